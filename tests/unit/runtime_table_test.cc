// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/table.hpp"

#include <gtest/gtest.h>

#include "support/counting_allocator.hpp"
#include "unit/runtime_fixture.hpp"

namespace waxwing::runtime {
namespace {

class TableTest : public ::testing::Test {
 protected:
  ~TableTest() override {
    for (Table* table : tables_) table->destroy();
  }
  Result<Table*> make(const Limits& limits, Ref init = 0, uint64_t max = 10'000'000) {
    Result<Table*> table = Table::make(engine_, {val::externref, limits}, init, max);
    if (table) tables_.push_back(*table);
    return table;
  }

  testing::TestBackend backend_;
  waxwing::testing::CountingAllocator counting_;
  Engine engine_{counting_.allocator(), EngineConfig{}, testing::TestBackend::get()};
  std::vector<Table*> tables_;
};

TEST_F(TableTest, StartsWithItsInitialValue) {
  Table& nulls = **make({.min = 3});
  Table& sevens = **make({.min = 3}, 7);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(nulls.elements[i], 0u);
    EXPECT_EQ(sevens.elements[i], 7u);
  }
}

TEST_F(TableTest, GrowsWithNewElements) {
  Table& table = **make({.min = 1}, 5);
  for (Ref i = 1; i < 40000; ++i)
    ASSERT_EQ(table.grow(1, i % 2 == 0 ? 0 : i), static_cast<int64_t>(i));
  EXPECT_EQ(table.elements[0], 5u);
  for (Ref i = 1; i < 40000; ++i) ASSERT_EQ(table.elements[i], i % 2 == 0 ? 0 : i);
  EXPECT_EQ(table.current_type().limits.min, 40000u);
}

TEST_F(TableTest, GrowthThatIsTooLargeAllocatesNothing) {
  Table& table = **make({.min = 1});
  const uint64_t before = counting_.requests();
  EXPECT_EQ(table.grow(UINT32_MAX, 0), -1);
  EXPECT_EQ(table.grow(UINT64_MAX, 0), -1);
  EXPECT_EQ(table.grow(10'000'000, 0), -1);
  EXPECT_EQ(counting_.requests(), before);
  EXPECT_EQ(table.size, 1u);
  Table& unlimited = **make({.min = 0, .is64 = true}, 0, kUnlimited);
  EXPECT_EQ(unlimited.grow(UINT64_MAX, 0), -1);
  EXPECT_EQ(unlimited.grow(uint64_t{1} << 60, 0), -1);
}

TEST_F(TableTest, GrowthStopsAtTheMaximum) {
  Table& table = **make({.min = 1, .max = 3, .has_max = true});
  EXPECT_EQ(table.grow(3, 0), -1);
  EXPECT_EQ(table.grow(2, 0), 1);
  EXPECT_EQ(table.grow(1, 0), -1);
  EXPECT_EQ(table.grow(0, 0), 3);
}

TEST_F(TableTest, TooManyElementsAreRefused) {
  EXPECT_EQ(make({.min = 11}, 0, 10).error().code, ErrorCode::table_limit);
  EXPECT_EQ(make({.min = UINT32_MAX}).error().code, ErrorCode::table_limit);
  EXPECT_EQ(make({.min = UINT64_MAX, .is64 = true}, 0, kUnlimited).error().code,
            ErrorCode::out_of_memory);
}

TEST_F(TableTest, FillsAndWritesWholeRangesOrNothing) {
  Table& table = **make({.min = 4});
  EXPECT_TRUE(table.fill(1, 2, 9));
  EXPECT_FALSE(table.fill(3, 2, 8));
  EXPECT_FALSE(table.fill(UINT64_MAX, 2, 8));
  EXPECT_FALSE(table.fill(0, UINT64_MAX, 8));
  EXPECT_TRUE(table.fill(4, 0, 8));
  EXPECT_FALSE(table.fill(5, 0, 8));
  const Ref values[] = {3, 4};
  EXPECT_FALSE(table.write(3, values));
  EXPECT_TRUE(table.write(2, values));
  EXPECT_EQ(std::vector<Ref>(table.elements, table.elements + 4), (std::vector<Ref>{0, 9, 3, 4}));
}

TEST_F(TableTest, CopiesOverlappingRanges) {
  Table& table = **make({.min = 5});
  const Ref values[] = {1, 2, 3, 4, 5};
  ASSERT_TRUE(table.write(0, values));
  EXPECT_TRUE(Table::copy(table, 1, table, 0, 4));
  EXPECT_EQ(std::vector<Ref>(table.elements, table.elements + 5),
            (std::vector<Ref>{1, 1, 2, 3, 4}));
  EXPECT_TRUE(Table::copy(table, 0, table, 1, 4));
  EXPECT_EQ(std::vector<Ref>(table.elements, table.elements + 5),
            (std::vector<Ref>{1, 2, 3, 4, 4}));
  EXPECT_FALSE(Table::copy(table, 2, table, 0, 4));
  EXPECT_FALSE(Table::copy(table, 0, table, UINT64_MAX, 2));
  Table& other = **make({.min = 2});
  EXPECT_TRUE(Table::copy(other, 0, table, 3, 2));
  EXPECT_FALSE(Table::copy(other, 0, table, 0, 3));
  EXPECT_EQ(other.elements[1], 4u);
}

TEST_F(TableTest, LargeTablesAreNotTouched) {
  // Ten million null elements are 80 MB that nobody looks at.
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(make({.min = 10'000'000}).has_value());
  EXPECT_EQ(tables_.back()->elements[9'999'999], 0u);
}

} // namespace
} // namespace waxwing::runtime
