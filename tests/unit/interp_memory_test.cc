// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Accesses: every form of address and value, several memories, 64-bit addresses, and what a trap
// says.
#include "interp_fixture.hpp"

namespace waxwing::interp::testing {
namespace {

struct Expected {
  uint64_t address;
  uint64_t length;
  uint32_t index;
  uint64_t bound;
};

void expect_fault(const World& world, const Expected& expected) {
  const runtime::TrapInfo& trap = world.store->trap;
  EXPECT_EQ(trap.kind, TrapKind::out_of_bounds_memory_access);
  EXPECT_TRUE(trap.has_address);
  EXPECT_EQ(trap.address, expected.address);
  EXPECT_EQ(trap.length, expected.length);
  EXPECT_EQ(trap.index, expected.index);
  EXPECT_EQ(trap.bound, expected.bound);
}

TEST(InterpMemory, AFaultNamesItsAddress) {
  World world;
  world.add(R"((module (memory 1) (memory 2) (memory i64 1)
    (func (export "load") (param i32) (result i32) (i32.load offset=4 (local.get 0)))
    (func (export "load8") (param i32) (result i64) (i64.load8_s (local.get 0)))
    (func (export "sum") (param i32 i32) (result f64)
      (f64.load offset=8 (i32.add (local.get 0) (local.get 1))))
    (func (export "constant") (result i64) (i64.load offset=65529 (i32.const 0)))
    (func (export "store") (param i32) (i64.store (local.get 0) (i64.const -1)))
    (func (export "other") (param i32) (result i32) (i32.load16_u 1 offset=2 (local.get 0)))
    (func (export "wide") (param i64) (result i64) (i64.load 2 offset=0x10 (local.get 0)))
    (func (export "none") (result i32) (i32.div_u (i32.const 1) (i32.const 0)))))");
  EXPECT_EQ(world.get<uint32_t>("load", 65528u), 0u);
  EXPECT_EQ(world.trap("load", 65529u), TrapKind::out_of_bounds_memory_access);
  expect_fault(world, {65533, 4, 0, 65536});
  (void)world.trap("load", 0xFFFFFFFFu);
  expect_fault(world, {0x100000003, 4, 0, 65536});
  (void)world.trap("load8", 65536u);
  expect_fault(world, {65536, 1, 0, 65536});
  // The sum wraps, the offset doesn't.
  EXPECT_EQ(world.get<double>("sum", 0xFFFFFFF0u, 0x10u), 0.0);
  (void)world.trap("sum", 0xFFFFFFF0u, 0x8u);
  expect_fault(world, {0x100000000, 8, 0, 65536});
  (void)world.trap("constant");
  expect_fault(world, {65529, 8, 0, 65536});
  (void)world.trap("store", 65530u);
  expect_fault(world, {65530, 8, 0, 65536});
  EXPECT_EQ(world.get<uint32_t>("other", 131068u), 0u);
  (void)world.trap("other", 131069u);
  expect_fault(world, {131071, 2, 1, 131072});
  EXPECT_EQ(world.get<uint64_t>("wide", uint64_t{65512}), 0u);
  (void)world.trap("wide", uint64_t{65513});
  expect_fault(world, {65529, 8, 2, 65536});
  (void)world.trap("wide", ~uint64_t{0});
  EXPECT_EQ(world.store->trap.kind, TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(world.trap("none"), TrapKind::integer_divide_by_zero);
  EXPECT_FALSE(world.store->trap.has_address);
}

TEST(InterpMemory, ATrappingStoreWritesNothing) {
  World world;
  world.add(R"((module (memory 1)
    (func (export "store") (param i32) (i64.store (local.get 0) (i64.const -1)))
    (func (export "tail") (result i64) (i64.load (i32.const 65528)))))");
  for (uint32_t at = 65529; at < 65540; ++at)
    EXPECT_EQ(world.trap("store", at), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(world.get<uint64_t>("tail"), 0u);
}

TEST(InterpMemory, EveryFormOfAStore) {
  World world;
  world.add(R"((module (memory 1)
    (func (export "slot") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
    (func (export "computed") (param i32 i32)
      (i32.store (local.get 0) (i32.mul (local.get 1) (i32.const 3))))
    (func (export "address") (param i32 i32)
      (i32.store (i32.mul (local.get 0) (i32.const 2)) (local.get 1)))
    (func (export "both") (param i32 i32)
      (i32.store (i32.mul (local.get 0) (i32.const 2)) (i32.mul (local.get 1) (i32.const 3))))
    (func (export "sum") (param i32 i32)
      (i32.store offset=4 (i32.add (local.get 0) (local.get 0)) (local.get 1)))
    (func (export "sum_const") (param i32)
      (i32.store offset=4 (i32.add (local.get 0) (i32.const 8)) (i32.const 99)))
    (func (export "float") (param i32 f64)
      (f64.store (i32.shl (local.get 0) (i32.const 1)) (f64.add (local.get 1) (f64.const 1))))
    (func (export "float_const") (f64.store offset=8 (i32.const 8) (f64.const 1.5)))
    (func (export "fixed") (i32.store8 offset=3 (i32.const 13) (i32.const 0x1FF)))
    (func (export "get") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "getf") (param i32) (result f64) (f64.load (local.get 0)))))");
  (void)world.call("slot", 100u, 7u);
  EXPECT_EQ(world.get<uint32_t>("get", 100u), 7u);
  (void)world.call("computed", 100u, 7u);
  EXPECT_EQ(world.get<uint32_t>("get", 100u), 21u);
  (void)world.call("address", 100u, 8u);
  EXPECT_EQ(world.get<uint32_t>("get", 200u), 8u);
  (void)world.call("both", 100u, 9u);
  EXPECT_EQ(world.get<uint32_t>("get", 200u), 27u);
  (void)world.call("sum", 100u, 10u);
  EXPECT_EQ(world.get<uint32_t>("get", 204u), 10u);
  (void)world.call("sum_const", 300u);
  EXPECT_EQ(world.get<uint32_t>("get", 312u), 99u);
  (void)world.call("float", 100u, 2.5);
  EXPECT_EQ(world.get<double>("getf", 200u), 3.5);
  (void)world.call("float_const");
  EXPECT_EQ(world.get<double>("getf", 16u), 1.5);
  (void)world.call("fixed");
  EXPECT_EQ(world.get<uint32_t>("get", 16u) & 0xFF, 0xFFu);
}

TEST(InterpMemory, SeveralMemoriesGrowAndCopy) {
  World world;
  world.add(R"((module (memory $a 1 5) (memory $b 1) (memory $c i64 1)
    (data $d "hello")
    (func (export "run") (result i32)
      (memory.init $b $d (i32.const 10) (i32.const 1) (i32.const 4))
      (memory.copy $c $b (i64.const 20) (i32.const 10) (i32.const 4))
      (memory.copy $a $c (i32.const 30) (i64.const 20) (i32.const 4))
      (data.drop $d)
      (i32.load (i32.const 30)))
    (func (export "fill") (param i32) (memory.fill $b (i32.const 65530) (i32.const 1) (local.get 0)))
    (func (export "init") (memory.init $a $d (i32.const 0) (i32.const 0) (i32.const 1)))
    (func (export "grow") (param i32) (result i32) (memory.grow $a (local.get 0)))
    (func (export "grow64") (param i64) (result i64) (memory.grow $c (local.get 0)))
    (func (export "size") (result i64)
      (i64.add (i64.extend_i32_u (memory.size $a)) (memory.size $c)))
    (func (export "last") (param i32)
      (drop (memory.grow $a (i32.const 1)))
      (i32.store8 (i32.sub (i32.shl (memory.size $a) (i32.const 16)) (i32.const 1))
                  (local.get 0)))))");
  EXPECT_EQ(world.get<uint32_t>("run"), 0x6F6C6C65u); // "ello"
  EXPECT_EQ(world.trap("fill", 7u), TrapKind::out_of_bounds_memory_access);
  expect_fault(world, {65530, 7, 1, 65536});
  EXPECT_EQ(world.trap("fill", 6u), TrapKind::none);
  EXPECT_EQ(world.trap("init"), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(world.get<uint32_t>("grow", 2u), 1u);
  EXPECT_EQ(world.get<uint32_t>("grow", 3u), 0xFFFFFFFFu);
  EXPECT_EQ(world.get<uint64_t>("grow64", uint64_t{1}), 1u);
  EXPECT_EQ(world.get<uint64_t>("size"), 5u);
  EXPECT_EQ(world.trap("last", 5u), TrapKind::none);
}

TEST(InterpMemory, Tables) {
  World world;
  world.add(R"((module
    (table $t 2 10 externref) (table $u i64 3 funcref)
    (func $f (export "f"))
    (elem $e funcref (ref.func $f) (ref.null func))
    (func (export "set") (param i32 externref) (table.set $t (local.get 0) (local.get 1)))
    (func (export "get") (param i32) (result externref) (table.get $t (local.get 0)))
    (func (export "grow") (param externref i32) (result i32)
      (table.grow $t (local.get 0) (local.get 1)))
    (func (export "fill") (param i32 externref i32)
      (table.fill $t (local.get 0) (local.get 1) (local.get 2)))
    (func (export "init") (param i64)
      (table.init $u $e (local.get 0) (i32.const 0) (i32.const 2)))
    (func (export "is_null") (param i64) (result i32)
      (ref.is_null (table.get $u (local.get 0))))
    (func (export "size") (result i32) (table.size $t))))");
  const Ref token = 0x1234;
  EXPECT_EQ(world.trap("set", 1u, token), TrapKind::none);
  EXPECT_EQ(world.get<Ref>("get", 1u), token);
  EXPECT_EQ(world.get<Ref>("get", 0u), 0u);
  EXPECT_EQ(world.trap("get", 2u), TrapKind::out_of_bounds_table_access);
  EXPECT_EQ(world.store->trap.address, 2u);
  EXPECT_EQ(world.store->trap.bound, 2u);
  const Answer grown = world.call("grow", token, 3u);
  EXPECT_EQ(grown.as<uint32_t>(), 2u);
  EXPECT_EQ(world.get<Ref>("get", 4u), token);
  EXPECT_EQ(world.get<uint32_t>("size"), 5u);
  EXPECT_EQ(world.trap("fill", 4u, token, 2u), TrapKind::out_of_bounds_table_access);
  EXPECT_EQ(world.trap("init", uint64_t{1}), TrapKind::none);
  EXPECT_EQ(world.get<uint32_t>("is_null", uint64_t{1}), 0u);
  EXPECT_EQ(world.get<uint32_t>("is_null", uint64_t{2}), 1u);
  EXPECT_EQ(world.trap("init", uint64_t{2}), TrapKind::out_of_bounds_table_access);
  EXPECT_EQ(world.trap("is_null", uint64_t{1} << 32), TrapKind::out_of_bounds_table_access);
}

/// Three memories of different sizes, and functions that use mostly one of them.
constexpr const char* kSeveral = R"((module
  (import "host" "grow" (func $host))
  (memory $a (export "a") 1 9) (memory $b (export "b") 2 9) (memory $c (export "c") i64 1 9)
  (func $one (result i32) (i32.const 1))
  (func $touch_a (param i32) (i32.store $a (local.get 0) (i32.const 0xAA)))
  (func (export "sum") (param $n i32) (result i32) (local $i i32) (local $s i32)
    (loop $l
      (i32.store $b offset=8 (i32.add (local.get $i) (i32.const 4)) (local.get $i))
      (local.set $s (i32.add (local.get $s) (i32.load $b offset=12 (local.get $i))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n))))
    (local.get $s))
  (func (export "calls") (param $i i32) (result i32)
    (i32.store $b (local.get $i) (i32.const 0xBB))
    (call $touch_a (local.get $i))
    (i32.add (i32.load $b (local.get $i))
             (i32.add (call $one) (i32.load $b (local.get $i)))))
  (func (export "grows") (param $i i32) (result i32)
    (i32.store8 $b (local.get $i) (i32.const 1))
    (drop (memory.grow $b (i32.const 1)))
    (i32.store8 $b (i32.const 0x2FFFF) (i32.const 7))
    (drop (memory.grow $a (i32.const 1)))
    (i32.add (i32.load8_u $b (i32.const 0x2FFFF)) (i32.load8_u $b (local.get $i))))
  (func (export "host") (result i32)
    (i32.store $b (i32.const 16) (i32.const 5))
    (call $host)
    (i32.store $b (i32.const 0x4FFFC) (i32.const 6))
    (i32.add (i32.load $b (i32.const 0x4FFFC)) (i32.load $b (i32.const 16))))
  (func (export "beyond_b") (param $i i32) (result i32)
    (i32.add (i32.load $b (local.get $i)) (i32.load $b offset=4 (local.get $i))))
  (func (export "beyond_a") (param $i i32) (result i32)
    (i32.store $b (i32.const 0) (i32.load $b (i32.const 4)))
    (i32.load $a (local.get $i)))
  (func (export "beyond_c") (param $i i64) (result i32)
    (i32.store $b (i32.const 0) (i32.load $b (i32.const 4)))
    (i32.load $c (local.get $i)))
  (func $early (export "early") (param $i i32) (result i32)
    (br_if 0 (i32.load $b (local.get $i)) (i32.eqz (local.get $i)))
    (drop)
    (i32.load $b (i32.const 4)))
  (func (export "after_early") (result i32)
    (i32.store $a (i32.const 0) (i32.const 0x11)) (i32.store $b (i32.const 0) (i32.const 0x22))
    (drop (call $early (i32.const 0)))
    (i32.load $a (i32.const 0)))
  (func (export "each") (param $i i32) (result i64)
    ;; every form of an access to a memory that is not in the registers
    (i32.store $a (local.get $i) (i32.const 3))
    (i64.store $b (i32.add (local.get $i) (i32.const 8)) (i64.const 4))
    (i64.store16 $b (i32.add (local.get $i) (local.get $i)) (i64.const 5))
    (i32.store8 $b (i32.const 100) (local.get $i))
    (f32.store $b (i32.add (local.get $i) (i32.const 32)) (f32.const 1.5))
    (f64.store $b offset=40 (local.get $i) (f64.add (f64.load $b (i32.const 200)) (f64.const 2)))
    (i32.store $a offset=4 (local.get $i) (i32.load $a (local.get $i)))
    (i32.store $a offset=8 (local.get $i) (i32.load $a offset=4 (local.get $i)))
    (i32.store $a offset=12 (local.get $i) (i32.load $a offset=8 (local.get $i)))
    (i32.store $a offset=16 (local.get $i) (i32.load $a offset=12 (local.get $i)))
    (i32.store $a offset=20 (local.get $i) (i32.load $a offset=16 (local.get $i)))
    (i64.add
      (i64.add (i64.load $b (i32.add (local.get $i) (i32.const 8)))
               (i64.load16_u $b (i32.add (local.get $i) (local.get $i))))
      (i64.add (i64.load8_u $b (i32.const 100))
        (i64.add (i64.trunc_f32_s (f32.mul (f32.load $b offset=32 (local.get $i)) (f32.const 2)))
                 (i64.trunc_f64_s (f64.load $b offset=40 (local.get $i)))))))))";

Outcome grow_second(HostCall& call) {
  return call.caller->memories[1]->grow(3) == 2 ? Outcome::ok : call.store.raise_host("no growth");
}

class SeveralMemories : public ::testing::TestWithParam<bool> {
 protected:
  SeveralMemories() : world_(config()) {
    world_.host("grow", {}, {}, &grow_second);
    world_.add(kSeveral);
  }
  static runtime::EngineConfig config() {
    runtime::EngineConfig config;
    config.polling = GetParam();
    return config;
  }
  World world_;
};

TEST_P(SeveralMemories, AreUsedInLoops) {
  EXPECT_EQ(world_.get<uint32_t>("sum", uint32_t{40}), 180u);
}

TEST_P(SeveralMemories, SurviveCalls) {
  EXPECT_EQ(world_.get<uint32_t>("calls", uint32_t{64}), 0xBBu * 2 + 1);
  EXPECT_EQ(world_.last->memories[0]->resolve(64, 1)[0], 0xAA);
  EXPECT_EQ(world_.last->memories[1]->resolve(64, 1)[0], 0xBB);
}

TEST_P(SeveralMemories, Grow) {
  EXPECT_EQ(world_.get<uint32_t>("grows", uint32_t{9}), 8u);
  EXPECT_EQ(world_.last->memories[0]->pages(), 2u);
  EXPECT_EQ(world_.last->memories[1]->pages(), 3u);
}

TEST_P(SeveralMemories, GrowInTheHost) { EXPECT_EQ(world_.get<uint32_t>("host"), 11u); }

TEST_P(SeveralMemories, HaveBoundsOfTheirOwn) {
  const auto fault = [&](uint32_t memory, uint64_t address, uint64_t bound) {
    const runtime::TrapInfo& trap = world_.store->trap;
    EXPECT_TRUE(trap.has_address);
    EXPECT_EQ(trap.index, memory);
    EXPECT_EQ(trap.address, address);
    EXPECT_EQ(trap.bound, bound);
  };
  EXPECT_EQ(world_.get<uint32_t>("beyond_b", uint32_t{0x1FFF8}), 0u);
  EXPECT_EQ(world_.trap("beyond_b", uint32_t{0x1FFFC}), TrapKind::out_of_bounds_memory_access);
  fault(1, 0x20000, 0x20000);
  EXPECT_EQ(world_.get<uint32_t>("beyond_a", uint32_t{0xFFFC}), 0u);
  EXPECT_EQ(world_.trap("beyond_a", uint32_t{0xFFFD}), TrapKind::out_of_bounds_memory_access);
  fault(0, 0xFFFD, 0x10000);
  EXPECT_EQ(world_.get<uint32_t>("beyond_c", uint64_t{0xFFFC}), 0u);
  EXPECT_EQ(world_.trap("beyond_c", uint64_t{0x10000}), TrapKind::out_of_bounds_memory_access);
  fault(2, 0x10000, 0x10000);
}

TEST_P(SeveralMemories, LeaveTheFirstBehind) {
  EXPECT_EQ(world_.get<uint32_t>("after_early"), 0x11u);
}

TEST_P(SeveralMemories, HaveEveryForm) {
  EXPECT_EQ(world_.get<uint64_t>("each", uint32_t{300}), 4u + 5 + (300 & 0xFF) + 3 + 2);
  EXPECT_EQ(world_.last->memories[0]->resolve(320, 1)[0], 3);
}

INSTANTIATE_TEST_SUITE_P(Modes, SeveralMemories, ::testing::Bool());

} // namespace
} // namespace waxwing::interp::testing
