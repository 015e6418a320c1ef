// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuel, interruption, bodies that are checked late, memory that runs out, and traces.
#include "interp_fixture.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include "support/counting_allocator.hpp"

namespace waxwing::interp::testing {
namespace {

constexpr std::string_view kLoop = R"((module
    (func (export "count") (param i32)
      (loop $l
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if $l (local.get 0))))
    (func (export "spin") (loop $l (br $l)))
    (func $deep (export "recurse") (result i32) (call $deep) (drop) (call $deep) (drop)
      (i32.const 1))))";

TEST(InterpLimit, FuelIsCountedByTheOperator) {
  World world({.metering = true});
  world.add(kLoop);
  // Outside the loop: loop, end of the loop and end of the function. A round: local.get,
  // i32.const, i32.sub, local.set, local.get, br_if.
  for (const uint32_t rounds : {1u, 2u, 1000u}) {
    world.store->fuel = 1'000'000;
    EXPECT_EQ(world.call("count", rounds).outcome, Outcome::ok);
    EXPECT_EQ(1'000'000 - world.store->fuel, 1 + 6 * int64_t{rounds} + 2);
  }
  // It runs out exactly when it is less than that.
  world.store->fuel = 1 + 6 * 10 + 2;
  EXPECT_EQ(world.call("count", 10u).outcome, Outcome::ok);
  EXPECT_EQ(world.store->fuel, 0);
  world.store->fuel = 1 + 6 * 10 + 1;
  EXPECT_EQ(world.trap("count", 10u), TrapKind::out_of_fuel);
  world.store->fuel = 10'000;
  EXPECT_EQ(world.trap("spin"), TrapKind::out_of_fuel);
}

TEST(InterpLimit, BranchesChargeWhatRuns) {
  World world({.metering = true});
  world.add(R"((module
    (func (export "if") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.const 1))
        (else (nop) (nop) (i32.const 2))))
    (func (export "dead") (result i32) (return (i32.const 1)) (drop) (unreachable))
    (func (export "table") (param i32)
      (block (block (block (br_table 0 1 2 (local.get 0))) (nop)) (nop)))))");
  const auto cost = [&](std::string_view name, auto... args) {
    world.store->fuel = 1000;
    EXPECT_EQ(world.call(name, args...).outcome, Outcome::ok);
    return 1000 - world.store->fuel;
  };
  // local.get, if, i32.const, else, end of the function: its block begins behind the inner end.
  EXPECT_EQ(cost("if", 1u), 2 + 2 + 1);
  EXPECT_EQ(cost("if", 0u), 2 + 4 + 1);
  EXPECT_EQ(cost("dead"), 2);
  EXPECT_EQ(cost("table", 0u), 5 + 2 + 2 + 1);
  EXPECT_EQ(cost("table", 1u), 5 + 2 + 1);
  EXPECT_EQ(cost("table", 2u), 5 + 1);
}

void interrupt_a_busy_loop(const runtime::EngineConfig& config, std::string_view function) {
  World world(config);
  world.add(kLoop);
  using runtime::Interrupt;
  struct Case {
    Interrupt reason;
    TrapKind kind;
  };
  for (const auto& [reason, kind] : {Case{Interrupt::stop, TrapKind::interrupted},
                                     Case{Interrupt::timeout, TrapKind::timeout}}) {
    std::atomic<bool> done{false};
    std::thread other([&, reason_ = reason] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      world.store->interrupt(reason_);
      while (!done) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        world.store->repeat_interrupt();
      }
    });
    EXPECT_EQ(world.trap(function), kind);
    done = true;
    other.join();
    // The store is as good as before.
    EXPECT_EQ(world.call("count", 10u).outcome, Outcome::ok);
  }
}

TEST(InterpLimit, ABusyLoopIsInterrupted) { interrupt_a_busy_loop({}, "spin"); }
TEST(InterpLimit, ABusyLoopIsInterruptedByPolling) {
  interrupt_a_busy_loop({.polling = true}, "spin");
}
TEST(InterpLimit, RecursionIsInterruptedByPolling) {
  World world({.polling = true}, {.stack_bytes = uint64_t{1} << 20});
  world.add(kLoop);
  world.store->interrupt(runtime::Interrupt::stop);
  EXPECT_EQ(world.trap("recurse"), TrapKind::interrupted);
}

TEST(InterpLimit, InterruptionsAtAnyMoment) {
  // Calls, growth and host calls are cut short again and again; the store must stay usable.
  World world;
  world.host("nothing", {val::i32}, {val::i32}, [](HostCall&) { return Outcome::ok; });
  world.add(R"((module (import "host" "nothing" (func $host (param i32) (result i32)))
    (memory 1) (global $g (mut i64) (i64.const 0))
    (func $f (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (call $f (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
        (else (call $host (i32.const 3)))))
    (func (export "work")
      (loop $l
        (global.set $g (i64.add (global.get $g) (i64.extend_i32_u (call $f (i32.const 9)))))
        (memory.fill (i32.const 0) (i32.const 7) (i32.const 300))
        (br $l)))
    (func (export "check") (result i32) (call $f (i32.const 100)))))");
  std::atomic<bool> done{false};
  std::atomic<int> stops{0};
  std::thread other([&] {
    while (!done) {
      world.store->interrupt(runtime::Interrupt::stop);
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
  });
  int traced = 0;
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(world.trap("work"), TrapKind::interrupted);
    ++stops;
    // Where it was is a guess, but not a wild one: `work` has called `f`, which calls itself.
    const runtime::TraceSink& trace = world.store->trap.trace;
    if (trace.count == 0) continue;
    ++traced;
    ASSERT_LE(trace.count, 12u);
    for (uint64_t j = 0; j < trace.count; ++j) {
      const runtime::Frame& frame = trace.first[j];
      const bool host = frame.function == 0 && j == 0; // the import
      if (!host) EXPECT_EQ(frame.function, j + 1 == trace.count ? 2u : 1u);
    }
  }
  if (kDispatch == Dispatch::tail && platform::can_redirect()) EXPECT_GT(traced, 100);
  done = true;
  other.join();
  world.store->withdraw_interrupt(runtime::Interrupt::stop);
  EXPECT_EQ(world.get<uint32_t>("check"), 103u);
  EXPECT_EQ(world.store->stack_top, world.store->stack_base);
}

TEST(InterpLimit, AnInvalidBodyTrapsWhenItIsCalled) {
  World world({.lazy_validation_bytes = 1});
  world.add(R"((module
    (func (export "good") (result i32) (i32.const 1))
    (func $bad (export "bad") (result i32) (i64.const 1))
    (func (export "caller") (result i32) (call $bad))))");
  EXPECT_EQ(world.get<uint32_t>("good"), 1u);
  for (const char* name : {"bad", "caller", "bad"}) {
    EXPECT_EQ(world.trap(name), TrapKind::invalid_function);
    EXPECT_EQ(world.store->trap.error.code, ErrorCode::type_mismatch);
    EXPECT_GT(world.store->trap.trace.count, 0u);
    EXPECT_EQ(world.store->trap.trace.first[0].function, 1u);
  }
  EXPECT_EQ(world.get<uint32_t>("good"), 1u);
}

TEST(InterpLimit, TranslationWithoutMemoryIsATrap) {
  using waxwing::testing::CountingAllocator;
  constexpr std::string_view kText = R"((module (memory 1)
    (func $g (param i32) (result i32) (local i64 f64)
      (block (block (br_table 0 1 (local.get 0))) (return (i32.const 3)))
      (i32.load (i32.add (local.get 0) (i32.const 8))))
    (func (export "f") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (call $g (local.get 0))) (else (i32.const 9))))))";
  // How many requests a world takes before its first call, and in all.
  uint64_t before = 0;
  uint64_t all = 0;
  {
    CountingAllocator counting;
    World world({}, {}, counting.allocator());
    world.add(kText);
    before = counting.requests();
    EXPECT_EQ(world.get<uint32_t>("f", 1u), 0u);
    all = counting.requests();
  }
  ASSERT_GT(all, before + 4);
  uint64_t trapped = 0;
  for (uint64_t n = before; n < all; ++n) {
    CountingAllocator counting(n);
    World world({}, {}, counting.allocator());
    world.add(kText);
    const TrapKind kind = world.trap("f", 1u);
    EXPECT_TRUE(kind == TrapKind::out_of_memory || kind == TrapKind::none) << n;
    trapped += kind == TrapKind::out_of_memory;
  }
  EXPECT_GT(trapped, 4u);
}

TEST(InterpLimit, TracesAreExact) {
  World world;
  auto binary = text::parse_module(R"((module (memory 1)
    (type $t (func (param i32 i32) (result i32)))
    (table funcref (elem $inner))
    (func $inner (type $t)
      (local i32)
      (local.set 2 (i32.mul (local.get 0) (local.get 1)))
      (drop (i32.load (i32.add (local.get 2) (i32.const 4))))
      (i32.div_s (i32.const 1) (local.get 1)))
    (func $middle (param i32) (result i32)
      (drop (call $inner (i32.const 1) (i32.const 1)))
      (i32.add (i32.const 1)
        (call_indirect (type $t) (local.get 0) (i32.const 0) (i32.const 0))))
    (func (export "outer") (param i32) (result i32)
      (call $middle (i32.const 2)) (call $middle (local.get 0)) (i32.add))))",
                                   {.source_map = true});
  ASSERT_TRUE(binary.has_value());
  const std::vector<uint8_t> bytes = binary->bytes;
  // Where an operator lies, by its code, counted from the body's start.
  const auto find = [&](const Module& module, FuncIndex function, std::vector<uint8_t> code,
                        int which = 0) {
    const ByteRange body = module.functions[function].body;
    for (uint32_t at = body.offset; at < body.offset + body.size; ++at)
      if (std::equal(code.begin(), code.end(), bytes.begin() + at) && which-- == 0) return at;
    return 0u;
  };
  Instance* instance = world.add_binary(binary->bytes);
  ASSERT_NE(instance, nullptr);
  const Module& module = instance->module();
  EXPECT_EQ(world.trap("outer", 5u), TrapKind::integer_divide_by_zero);
  const runtime::TraceSink& trace = world.store->trap.trace;
  ASSERT_EQ(trace.count, 3u);
  EXPECT_EQ(trace.first[0].function, 0u);
  EXPECT_EQ(trace.first[0].offset, find(module, 0, {0x6D}));
  EXPECT_EQ(trace.first[1].function, 1u);
  EXPECT_EQ(trace.first[1].offset, find(module, 1, {0x11}));
  EXPECT_EQ(trace.first[2].function, 2u);
  EXPECT_EQ(trace.first[2].offset, find(module, 2, {0x10, 0x01}));
  EXPECT_TRUE(trace.first[0].exact);
}

TEST(InterpLimit, ATraceOfDeepRecursionIsBounded) {
  World world;
  world.add(R"((module (func $f (export "f") (param i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (call $f (i32.sub (local.get 0) (i32.const 1))))))");
  EXPECT_EQ(world.trap("f", 50'000u), TrapKind::unreachable);
  const runtime::TraceSink& trace = world.store->trap.trace;
  EXPECT_EQ(trace.count, 50'001u);
  const uint32_t inner = trace.first[0].offset;
  EXPECT_NE(trace.first[1].offset, inner);
  for (const runtime::Frame& frame : trace.last) EXPECT_EQ(frame.offset, trace.first[1].offset);
}

} // namespace
} // namespace waxwing::interp::testing
