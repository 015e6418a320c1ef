// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasm/names.hpp"

#include <gtest/gtest.h>

#include "support/counting_allocator.hpp"
#include "support/module_bytes.hpp"

namespace waxwing {
namespace {

using namespace testing;

Bytes with_names(const Bytes& subsections) {
  return preamble() + section(0, name("other")) + section(0, name("name") + subsections);
}

const Bytes kGood =
    section(0, name("m")) +
    section(1, Bytes{3, 0} + name("zero") + Bytes{2} + name("two") + Bytes{9} + name("nine")) +
    section(2, Bytes{2, 0, 1, 0} + name("x") + Bytes{2, 2, 0} + name("a") + Bytes{3} + name("b")) +
    section(7, Bytes{1, 0} + name("g"));

TEST(Names, Lookup) {
  const Bytes bytes = with_names(kGood);
  CountingAllocator counting;
  Module module(counting.allocator());
  ASSERT_TRUE(decode(bytes, FeatureSet::defaults(), module));
  ModuleNames names(module);
  EXPECT_EQ(names.module(), "m");
  EXPECT_EQ(names.function(0), "zero");
  EXPECT_EQ(names.function(1), "");
  EXPECT_EQ(names.function(2), "two");
  EXPECT_EQ(names.function(9), "nine");
  EXPECT_EQ(names.function(10), "");
  EXPECT_EQ(names.local(0, 0), "x");
  EXPECT_EQ(names.local(2, 3), "b");
  EXPECT_EQ(names.local(2, 1), "");
  EXPECT_EQ(names.local(1, 0), "");
  EXPECT_EQ(names.subsection(NameKind::globals).size, 4u);
  EXPECT_EQ(names.subsection(NameKind::tags).size, 0u);
  // Names are where they are in the module.
  EXPECT_GE(reinterpret_cast<const uint8_t*>(names.function(2).data()), bytes.data());
  EXPECT_LT(reinterpret_cast<const uint8_t*>(names.function(2).data()),
            bytes.data() + bytes.size());
}

TEST(Names, GarbageIsIgnored) {
  for (size_t size = 0; size < kGood.size(); ++size) {
    const Bytes cut(kGood.begin(), kGood.begin() + static_cast<ptrdiff_t>(size));
    for (uint8_t junk : Bytes{0x00, 0x7F, 0xFF}) {
      const Bytes bytes = with_names(cut + Bytes(6, junk));
      CountingAllocator counting;
      Module module(counting.allocator());
      ASSERT_TRUE(decode(bytes, FeatureSet::defaults(), module));
      ModuleNames names(module);
      (void)names.module();
      for (uint32_t i : {0u, 2u, 9u, UINT32_MAX}) {
        (void)names.function(i);
        (void)names.local(i, i);
      }
    }
  }
}

TEST(Names, BadNamesAreNone) {
  const Bytes bytes = with_names(
      section(1, Bytes{3, 5, 1, 0xFF, 6} + name("six") + Bytes{1} + name("out of order")));
  CountingAllocator counting;
  Module module(counting.allocator());
  ASSERT_TRUE(decode(bytes, FeatureSet::defaults(), module));
  ModuleNames names(module);
  EXPECT_EQ(names.function(5), "");
  EXPECT_EQ(names.function(6), "six");
  EXPECT_EQ(names.function(1), "");
}

TEST(Names, WithoutMemoryThereAreNone) {
  const Bytes bytes = with_names(kGood);
  uint64_t requests = 0;
  {
    CountingAllocator counting;
    Module module(counting.allocator());
    ASSERT_TRUE(decode(bytes, FeatureSet::defaults(), module));
    requests = counting.requests();
    EXPECT_EQ(ModuleNames(module).function(0), "zero");
  }
  CountingAllocator counting(requests);
  Module module(counting.allocator());
  ASSERT_TRUE(decode(bytes, FeatureSet::defaults(), module));
  ModuleNames names(module);
  EXPECT_EQ(names.function(0), "");
  EXPECT_EQ(names.module(), "m");
  EXPECT_EQ(counting.refused(), 1u);
}

} // namespace
} // namespace waxwing
