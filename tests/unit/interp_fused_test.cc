// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fused handlers at their edges; that they compute the same is what the random functions test.
#include "interp_fixture.hpp"

namespace waxwing::interp::testing {
namespace {

/// Where the innermost frame of the last trap is, as an offset of the operator in the module.
uint32_t trap_offset(World& world) { return world.store->trap.trace.first[0].offset; }

TEST(InterpFused, ATrapIsTheLoads) {
  World world;
  ASSERT_NE(world.add(R"((module (memory 1)
    (func (export "then") (param i32 i32) (result i32)
      (i32.add (i32.load (local.get 0)) (local.get 1)))
    (func (export "branch") (param i32) (result i32)
      (if (result i32) (i32.eq (i32.load8_u (local.get 0)) (i32.const 3))
        (then (i32.const 1)) (else (i32.const 2))))
    (func (export "store") (param i32 i32)
      (i32.store (local.get 0) (i32.xor (local.get 1) (i32.const 1))))
    (func (export "index") (param i32 i32) (result i32)
      (i32.load offset=4 (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2)))))))"),
            nullptr);
  EXPECT_EQ(world.get<int32_t>("then", 65532, 7), 7);
  EXPECT_EQ(world.trap("then", 65533, 7), TrapKind::out_of_bounds_memory_access);
  // The module's only operators with the immediates 02 00, in order: the loads.
  const auto load = trap_offset(world);
  EXPECT_EQ(world.last->module().bytes[load], 0x28);
  EXPECT_EQ(world.trap("branch", 65536), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(world.last->module().bytes[trap_offset(world)], 0x2D);
  EXPECT_EQ(world.trap("store", 65533, 7), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(world.last->module().bytes[trap_offset(world)], 0x36);
  EXPECT_EQ(world.get<int32_t>("index", 4, 0), 0);
  EXPECT_EQ(world.get<int32_t>("index", 0, 16382), 0);
  EXPECT_EQ(world.trap("index", 0, 16383), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(world.last->module().bytes[trap_offset(world)], 0x28);
  // The sum wraps, the offset doesn't.
  EXPECT_EQ(world.get<int32_t>("index", -8, 2), 0);
  EXPECT_EQ(world.trap("index", -8, 1), TrapKind::out_of_bounds_memory_access);
}

TEST(InterpFused, LoopsWhoseBoundIsACounter) {
  World world;
  ASSERT_NE(world.add(R"((module
    (func (export "pair") (param i32 i32) (result i32)
      (loop
        (local.set 0 (i32.add (local.get 0) (i32.const 1)))
        (local.set 1 (i32.add (local.get 1) (i32.const 3)))
        (br_if 0 (i32.lt_u (local.get 1) (local.get 0))))
      (i32.add (i32.mul (local.get 0) (i32.const 1000)) (local.get 1)))
    (func (export "pair_self") (param i32 i32) (result i32)
      (loop
        (local.set 0 (i32.add (local.get 1) (i32.const 3)))
        (local.set 1 (i32.add (local.get 0) (i32.const -1)))
        (br_if 0 (i32.lt_s (local.get 1) (i32.const 50))))
      (i32.add (i32.mul (local.get 0) (i32.const 1000)) (local.get 1)))
    (func (export "sum") (param i32 i32) (result i32)
      (loop
        (local.set 0 (i32.add (local.get 0) (local.get 1)))
        (br_if 0 (i32.lt_s (local.get 0) (local.get 1))))
      (local.get 0))
    (func (export "double") (param i32) (result i32)
      (loop
        (local.set 0 (i32.add (local.get 0) (local.get 0)))
        (br_if 0 (i32.lt_u (local.get 0) (i32.const 1000))))
      (local.get 0))
    (func (export "count") (param i32) (result i32) (local i32 i32)
      (loop
        (local.set 1 (i32.add (local.get 1) (i32.const 5)))
        (local.set 2 (i32.add (local.get 2) (i32.const 7)))
        (br_if 0 (local.tee 0 (i32.add (local.get 0) (i32.const -1)))))
      (i32.add (i32.mul (local.get 1) (i32.const 1000)) (local.get 2)))))"),
            nullptr);
  EXPECT_EQ(world.get<int32_t>("pair", 10, 0), 15015);
  EXPECT_EQ(world.get<int32_t>("pair_self", 0, 0), 51050);
  EXPECT_EQ(world.get<int32_t>("sum", -10, 3), 5);
  EXPECT_EQ(world.get<int32_t>("double", 1), 1024);
  EXPECT_EQ(world.get<int32_t>("count", 4), 20028);
}

TEST(InterpFused, NegatedComparisonsOfFloats) {
  World world;
  ASSERT_NE(world.add(R"((module
    (func (export "not_le") (param f64 f64) (result i32)
      (if (result i32) (i32.eqz (f64.le (local.get 0) (local.get 1)))
        (then (i32.const 1)) (else (i32.const 0))))
    (func (export "constant") (param f64) (result i32)
      (block (br_if 0 (f64.gt (f64.const 1.5) (local.get 0))) (return (i32.const 0)))
      (i32.const 1))
    (func (export "reversed") (param f64 i32) (result f64)
      (f64.sub (f64.const 1) (f64.div (f64.const 3) (local.get 0))))))"),
            nullptr);
  const double nan = __builtin_nan("");
  EXPECT_EQ(world.get<int32_t>("not_le", 1.0, 2.0), 0);
  EXPECT_EQ(world.get<int32_t>("not_le", 2.0, 1.0), 1);
  EXPECT_EQ(world.get<int32_t>("not_le", nan, 1.0), 1);
  EXPECT_EQ(world.get<int32_t>("constant", 1.0), 1);
  EXPECT_EQ(world.get<int32_t>("constant", 1.5), 0);
  EXPECT_EQ(world.get<int32_t>("constant", nan), 0);
  EXPECT_EQ(world.get<double>("reversed", 2.0, 0), -0.5);
}

} // namespace
} // namespace waxwing::interp::testing
