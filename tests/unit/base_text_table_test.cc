// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/text_table.hpp"

#include <gtest/gtest.h>

namespace waxwing {
namespace {

using Colours = TextTable<[] { return std::to_array<std::string_view>({"red", "", "dark blue"}); }>;

TEST(BaseTextTable, HasTextsByTheirNumbers) {
  EXPECT_EQ(Colours::size(), 3u);
  EXPECT_EQ(Colours::at(0), "red");
  EXPECT_EQ(Colours::at(1), "");
  EXPECT_EQ(Colours::at(2), "dark blue");
  static_assert(Colours::at(2).ends_with("blue"));
}

} // namespace
} // namespace waxwing
