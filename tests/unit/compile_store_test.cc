// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects wait outside of memory and come back as they were, whoever put them there.
#include <cstdlib>
#include <gtest/gtest.h>
#include <thread>

#include "compile/object_store.hpp"

namespace waxwing::compile {
namespace {

/// What is put at a place: as long as no other.
std::string piece(size_t number) {
  return std::string(number * 5000, static_cast<char>('a' + number));
}

TEST(ObjectStore, GivesBackWhatWasPut) {
  constexpr size_t kCount = 20;
  ObjectStore store(kCount);
  const auto put = [&](size_t from) {
    for (size_t i = from; i < kCount; i += 2) {
      const std::string bytes = piece(i);
      EXPECT_TRUE(store.put(i, bytes).has_value());
    }
  };
  std::thread other(put, 1);
  put(0);
  other.join();
  for (size_t i = kCount; i-- > 0;) {
    const auto read = store.get(i);
    ASSERT_TRUE(read.has_value()) << read.error().text;
    EXPECT_EQ((*read)->getBuffer().str(), piece(i));
  }
}

TEST(ObjectStore, SaysWhatIsWrongWithTheFolder) {
  const char* const before = std::getenv("TMPDIR");
  const std::string old = before == nullptr ? "" : before;
  ASSERT_EQ(setenv("TMPDIR", "/no/such/folder", 1), 0);
  ObjectStore store(1);
  const auto put = store.put(0, std::string("object"));
  if (before == nullptr)
    unsetenv("TMPDIR");
  else
    setenv("TMPDIR", old.c_str(), 1);
  ASSERT_FALSE(put.has_value());
  EXPECT_NE(put.error().text.find("no temporary file for objects: "), std::string::npos)
      << put.error().text;
}

} // namespace
} // namespace waxwing::compile
