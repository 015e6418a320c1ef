// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "unit/runtime_fixture.hpp"

namespace waxwing::runtime {
namespace {

using namespace testing;

constexpr uint64_t kPage = 65536;
constexpr auto kMemoryTrap = TrapKind::out_of_bounds_memory_access;
constexpr auto kTableTrap = TrapKind::out_of_bounds_table_access;

/// Memories: 0 plain, 1 shared, 2 with 64-bit addresses. Tables of 4. Passive segments "hello" and
/// {f0, null}, {f0, f1}.
class BulkTest : public RuntimeTest {
 protected:
  BulkTest() {
    ModuleBuilder builder;
    builder.type(func_type({}, {}));
    builder.func(0);
    builder.func(0);
    builder.memory(limits(0, 1));
    builder.memory(limits(3, 1, 1));
    builder.memory(limits(4, 1));
    builder.table(table_type(kFuncref, limits(0, 4)));
    builder.table(table_type(kFuncref, limits(0, 4)));
    builder.data(Bytes{1} + text("hello"));
    builder.elem(Bytes{5, 0x70} + vector({expr(ref_func(0)), expr(Bytes{0xD0, 0x70})}));
    builder.elem(Bytes{1, 0} + vector({leb(0), leb(1)}));
    builder.elem(Bytes{3, 0} + vector({leb(0)}));
    instance_ = &instantiate(builder);
  }
  std::string bytes(uint32_t memory, uint64_t at, size_t count) {
    return {reinterpret_cast<char*>(instance_->memories[memory]->resolve(at, count)), count};
  }
  void write(uint32_t memory, uint64_t at, std::string_view value) {
    std::memcpy(instance_->memories[memory]->resolve(at, value.size()), value.data(), value.size());
  }
  Ref function(FuncIndex index) { return reinterpret_cast<Ref>(instance_->func_ref(index)); }

  Instance* instance_;
};

TEST_F(BulkTest, MemoryInit) {
  for (uint32_t memory = 0; memory < 3; ++memory) {
    EXPECT_EQ(instance_->memory_init(memory, 0, 3, 1, 4), TrapKind::none);
    EXPECT_EQ(bytes(memory, 2, 6), std::string("\0ello\0", 6));
    EXPECT_EQ(instance_->memory_init(memory, 0, kPage - 2, 0, 2), TrapKind::none);
    EXPECT_EQ(instance_->memory_init(memory, 0, kPage - 1, 1, 2), kMemoryTrap);
    EXPECT_EQ(bytes(memory, kPage - 2, 2), "he");
    EXPECT_EQ(instance_->memory_init(memory, 0, 0, 3, 3), kMemoryTrap);
    EXPECT_EQ(instance_->memory_init(memory, 0, 0, UINT32_MAX, 1), kMemoryTrap);
    EXPECT_EQ(instance_->memory_init(memory, 0, 0, 1, UINT32_MAX), kMemoryTrap);
    EXPECT_EQ(instance_->memory_init(memory, 0, UINT64_MAX, 0, 2), kMemoryTrap);
    EXPECT_EQ(instance_->memory_init(memory, 0, kPage, 5, 0), TrapKind::none);
    EXPECT_EQ(instance_->memory_init(memory, 0, kPage + 1, 0, 0), kMemoryTrap);
    EXPECT_EQ(instance_->memory_init(memory, 0, 0, 6, 0), kMemoryTrap);
  }
  instance_->data_drop(0);
  EXPECT_EQ(instance_->memory_init(0, 0, 0, 0, 0), TrapKind::none);
  EXPECT_EQ(instance_->memory_init(0, 0, 0, 0, 1), kMemoryTrap);
}

TEST_F(BulkTest, MemoryFill) {
  for (uint32_t memory = 0; memory < 3; ++memory) {
    EXPECT_EQ(instance_->memory_fill(memory, 1, 0xAB, 2), TrapKind::none);
    EXPECT_EQ(bytes(memory, 0, 4), std::string("\0\xAB\xAB\0", 4));
    EXPECT_EQ(instance_->memory_fill(memory, kPage - 1, 1, 2), kMemoryTrap);
    EXPECT_EQ(bytes(memory, kPage - 1, 1)[0], 0);
    EXPECT_EQ(instance_->memory_fill(memory, 1, 1, UINT64_MAX), kMemoryTrap);
    EXPECT_EQ(instance_->memory_fill(memory, UINT64_MAX, 1, 1), kMemoryTrap);
    EXPECT_EQ(instance_->memory_fill(memory, kPage, 1, 0), TrapKind::none);
    EXPECT_EQ(instance_->memory_fill(memory, kPage + 1, 1, 0), kMemoryTrap);
  }
  EXPECT_EQ(store_->raise(kMemoryTrap), Outcome::trap);
  EXPECT_EQ(store_->trap.address, kPage + 1);
  EXPECT_EQ(store_->trap.bound, kPage);
}

TEST_F(BulkTest, MemoryCopyInEveryDirection) {
  const std::string text = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (uint32_t memory = 0; memory < 3; ++memory)
    for (size_t from = 0; from < 20; ++from)
      for (size_t to = 0; to < 20; ++to)
        for (size_t count : {0u, 1u, 7u, 8u, 9u, 16u, 23u}) {
          write(memory, 0, std::string(64, '.'));
          write(memory, from, text);
          std::string expected = bytes(memory, 0, 64);
          expected.replace(to, count, bytes(memory, from, count));
          ASSERT_EQ(instance_->memory_copy(memory, memory, to, from, count), TrapKind::none);
          ASSERT_EQ(bytes(memory, 0, 64), expected) << from << " " << to << " " << count;
        }
}

TEST_F(BulkTest, MemoryCopyBetweenMemories) {
  write(0, 0, "abcdef");
  EXPECT_EQ(instance_->memory_copy(2, 0, kPage - 3, 1, 3), TrapKind::none);
  EXPECT_EQ(bytes(2, kPage - 3, 3), "bcd");
  EXPECT_EQ(instance_->memory_copy(1, 2, 9, kPage - 3, 3), TrapKind::none);
  EXPECT_EQ(bytes(1, 9, 3), "bcd");
  EXPECT_EQ(instance_->memory_copy(2, 0, kPage - 2, 0, 3), kMemoryTrap);
  EXPECT_EQ(instance_->memory_copy(0, 2, 0, UINT64_MAX, 2), kMemoryTrap);
  EXPECT_EQ(instance_->memory_copy(0, 2, 0, kPage - 1, 2), kMemoryTrap);
  EXPECT_EQ(bytes(0, 0, 6), "abcdef");
  EXPECT_EQ(instance_->memory_copy(0, 2, kPage, kPage, 0), TrapKind::none);
  EXPECT_EQ(instance_->memory_copy(0, 2, kPage, kPage + 1, 0), kMemoryTrap);
}

TEST_F(BulkTest, TableInit) {
  Ref* elements = instance_->tables[0]->elements;
  elements[2] = 1;
  EXPECT_EQ(instance_->table_init(0, 0, 1, 0, 2), TrapKind::none);
  EXPECT_EQ(elements[1], function(0));
  EXPECT_EQ(elements[2], 0u);
  EXPECT_EQ(instance_->table_init(0, 1, 3, 1, 1), TrapKind::none);
  EXPECT_EQ(elements[3], function(1));
  EXPECT_EQ(instance_->table_init(0, 1, 3, 0, 2), kTableTrap);
  EXPECT_EQ(elements[3], function(1));
  EXPECT_EQ(instance_->table_init(0, 1, 0, 1, 2), kTableTrap);
  EXPECT_EQ(instance_->table_init(0, 1, UINT64_MAX, 0, 2), kTableTrap);
  EXPECT_EQ(instance_->table_init(0, 1, 0, UINT32_MAX, 2), kTableTrap);
  EXPECT_EQ(instance_->table_init(0, 1, 4, 2, 0), TrapKind::none);
  EXPECT_EQ(instance_->table_init(0, 1, 5, 0, 0), kTableTrap);
  EXPECT_EQ(instance_->table_init(0, 1, 0, 3, 0), kTableTrap);
  // Declarative and dropped segments are empty.
  EXPECT_EQ(instance_->table_init(0, 2, 0, 0, 1), kTableTrap);
  instance_->elem_drop(1);
  EXPECT_EQ(instance_->table_init(0, 1, 0, 0, 1), kTableTrap);
  EXPECT_EQ(instance_->table_init(0, 1, 0, 0, 0), TrapKind::none);
}

TEST_F(BulkTest, TableCopy) {
  ASSERT_EQ(instance_->table_init(0, 1, 0, 0, 2), TrapKind::none);
  EXPECT_EQ(instance_->table_copy(1, 0, 2, 0, 2), TrapKind::none);
  EXPECT_EQ(instance_->tables[1]->elements[3], function(1));
  EXPECT_EQ(instance_->table_copy(1, 0, 3, 0, 2), kTableTrap);
  EXPECT_EQ(instance_->table_copy(1, 0, 0, UINT64_MAX, 2), kTableTrap);
  (void)store_->raise(kTableTrap);
  EXPECT_EQ(store_->trap.address, UINT64_MAX);
}

} // namespace
} // namespace waxwing::runtime
