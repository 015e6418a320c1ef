// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "interp_fixture.hpp"

namespace waxwing::interp::testing {
namespace {

constexpr const char* kEverything = R"((module
  (memory (export "memory") 1 4)
  (table $t (export "table") 3 8 funcref)
  (global $g (mut i32) (i32.const 5))
  (data (i32.const 8) "\11\22\33\44")
  (data $passive "\77")
  (elem (i32.const 1) $seven)
  (elem $functions func $seven)
  (func $seven (result i32) (i32.const 7))
  (func (export "spoil")
    (global.set $g (i32.const 6))
    (i32.store (i32.const 8) (i32.const -1))
    (i32.store (i32.const 60000) (i32.const -1))
    (drop (memory.grow (i32.const 2)))
    (i32.store (i32.const 140000) (i32.const -1))
    (drop (table.grow $t (ref.func $seven) (i32.const 4)))
    (table.set $t (i32.const 0) (ref.func $seven))
    (table.set $t (i32.const 1) (ref.null func))
    (data.drop $passive)
    (elem.drop $functions))
  (func (export "grow") (result i32) (memory.grow (i32.const 2)))
  (func (export "state") (result i64)
    (i64.add
      (i64.add (i64.extend_i32_u (global.get $g)) (i64.load32_u (i32.const 8)))
      (i64.add
        (i64.add (i64.load32_u (i32.const 60000)) (i64.extend_i32_u (memory.size)))
        (i64.add (i64.extend_i32_u (table.size $t))
                 (i64.extend_i32_u (call_indirect (result i32) (i32.const 1)))))))
  (func (export "is_null") (result i32) (ref.is_null (table.get $t (i32.const 0))))
  (func (export "passive")
    (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 1))
    (table.init $functions (i32.const 2) (i32.const 0) (i32.const 1)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))))";

void reset_now(World& world) {
  Outcome outcome{};
  ASSERT_TRUE(runtime::reset(*world.last, outcome).has_value());
  ASSERT_EQ(outcome, Outcome::ok);
}

TEST(InterpReset, BringsEverythingBack) {
  World world;
  ASSERT_NE(world.add(kEverything), nullptr);
  const auto start = world.get<int64_t>("state");
  for (int round = 0; round < 3; ++round) {
    (void)world.call("spoil");
    EXPECT_EQ(world.trap("passive"), TrapKind::out_of_bounds_memory_access);
    EXPECT_EQ(world.trap("state"), TrapKind::uninitialized_element);
    reset_now(world);
    EXPECT_EQ(world.get<int64_t>("state"), start);
    EXPECT_EQ(world.get<int32_t>("is_null"), 1);
    EXPECT_EQ(world.trap("passive"), TrapKind::none);
    EXPECT_EQ(world.trap("load", 65536), TrapKind::out_of_bounds_memory_access);
    // What is grown again is zero.
    EXPECT_EQ(world.get<int32_t>("grow"), 1);
    EXPECT_EQ(world.get<int32_t>("load", 140000), 0);
    reset_now(world);
  }
}

TEST(InterpReset, LeavesImportsAlone) {
  World world;
  ASSERT_NE(world.add(R"((module (memory (export "memory") 1) (global (export "global") (mut i32)
    (i32.const 1)) (table (export "table") 2 funcref)))",
                      "host"),
            nullptr);
  ASSERT_NE(world.add(R"((module
    (memory (import "host" "memory") 1) (table (import "host" "table") 2 funcref)
    (global $g (import "host" "global") (mut i32))
    (data (i32.const 0) "\05") (elem (i32.const 0) $f)
    (func $f (export "set") (global.set $g (i32.const 9)) (i32.store8 (i32.const 0) (i32.const 8))
      (table.set (i32.const 0) (ref.null func)))
    (func (export "get") (result i32) (i32.add (global.get $g) (i32.add
      (i32.load8_u (i32.const 0)) (ref.is_null (table.get (i32.const 0))))))))"),
            nullptr);
  EXPECT_EQ(world.get<int32_t>("get"), 1 + 5 + 0);
  (void)world.call("set");
  reset_now(world);
  EXPECT_EQ(world.get<int32_t>("get"), 9 + 8 + 1);
}

/// Much data is shown from an image from the second time on.
TEST(InterpReset, ShowsImages) {
  World world;
  std::string text = R"((module (memory 4 8) (data (i32.const 4096) ")";
  text += std::string(150'000, 'x') + R"(") (data (i32.const 154000) "yyyy")
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
    (func (export "grow") (result i32) (memory.grow (i32.const 2)))))";
  constexpr int32_t kX = 0x78787878, kY = 0x79797979;
  const auto check = [&] {
    EXPECT_EQ(world.get<int32_t>("load", 0), 0);
    EXPECT_EQ(world.get<int32_t>("load", 4096), kX);
    EXPECT_EQ(world.get<int32_t>("load", 154000), kY);
    EXPECT_EQ(world.get<int32_t>("load", 262140), 0);
  };
  ASSERT_NE(world.add(text), nullptr);
  check();
  for (int round = 0; round < 3; ++round) {
    for (const int32_t at : {0, 4096, 154000, 262140}) (void)world.call("store", at, -1);
    EXPECT_EQ(world.get<int32_t>("grow"), 4);
    (void)world.call("store", 300000, -1);
    reset_now(world);
    check();
  }
  // Another instance of the same module shows the same, and its own.
  Instance* const first = world.last;
  Outcome outcome{};
  auto second = world.linker->instantiate(first->loaded(), outcome);
  ASSERT_TRUE(second.has_value());
  (void)world.call_in(first, "store", 4096, -1);
  world.last = *second;
  check();
  EXPECT_EQ(world.get<int32_t>("grow"), 4);
  EXPECT_EQ(world.get<int32_t>("load", 300000), 0);
}

TEST(InterpReset, RefusesMemoryThatOthersHold) {
  World world;
  ASSERT_NE(world.add(R"((module (memory (export "memory") 1 2 shared)))", "host"), nullptr);
  Instance* const owner = world.last;
  Outcome outcome{};
  EXPECT_TRUE(runtime::reset(*owner, outcome).has_value());
  ASSERT_NE(world.add(R"((module (memory (import "host" "memory") 1 2 shared)))"), nullptr);
  const auto refused = runtime::reset(*owner, outcome);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::memory_in_use);
}

} // namespace
} // namespace waxwing::interp::testing
