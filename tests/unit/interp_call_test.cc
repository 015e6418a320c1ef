// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of all kinds, between functions, instances, and the host.
#include "interp_fixture.hpp"

#include <map>

namespace waxwing::interp::testing {
namespace {

TEST(InterpCall, Recursion) {
  World world;
  world.add(R"((module
    (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                       (call $fib (i32.sub (local.get 0) (i32.const 2)))))))))");
  EXPECT_EQ(world.get<uint32_t>("fib", 20u), 6765u);
}

TEST(InterpCall, SeveralResultsInAnyOrder) {
  World world;
  world.add(R"((module
    (func $swap (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
    (func (export "rotate") (param i32 i32 i32) (result i32 i32 i32)
      (local.get 2) (local.get 0) (local.get 1))
    (func (export "twice") (param i32 i64) (result i64)
      (call $swap (local.get 0) (local.get 1))
      (i64.extend_i32_u) (i64.sub))
    (func (export "early") (param i32 i32) (result i32 i32)
      (local.get 1) (local.get 0)
      (br_if 0 (i32.const 1))
      (drop) (drop) (unreachable))))");
  const Answer swapped = world.call("swap", 7u, uint64_t{0x100000002});
  EXPECT_EQ(swapped.as<uint64_t>(), 0x100000002u);
  EXPECT_EQ(swapped.as<uint32_t>(sizeof(uint64_t) / sizeof(Cell)), 7u);
  const Answer rotated = world.call("rotate", 1u, 2u, 3u);
  EXPECT_EQ(rotated.as<uint32_t>(0), 3u);
  EXPECT_EQ(rotated.as<uint32_t>(1), 1u);
  EXPECT_EQ(rotated.as<uint32_t>(2), 2u);
  EXPECT_EQ(world.get<uint64_t>("twice", 5u, uint64_t{12}), 7u);
  const Answer early = world.call("early", 1u, 2u);
  EXPECT_EQ(early.as<uint32_t>(0), 2u);
  EXPECT_EQ(early.as<uint32_t>(1), 1u);
}

TEST(InterpCall, EndlessRecursionIsATrap) {
  World world;
  world.add(R"((module
    (func $f (export "f") (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))
    (func (export "ok") (result i32) (i32.const 5))))");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(world.trap("f", 1u), TrapKind::call_stack_exhausted);
    EXPECT_EQ(world.get<uint32_t>("ok"), 5u);
  }
  EXPECT_GT(world.store->trap.trace.count, 10'000u);
}

TEST(InterpCall, RecursionThroughTheHostIsATrap) {
  World world;
  struct Context {
    World* world;
    int depth = 0;
  } context{&world};
  world.host(
      "again", {}, {},
      [](HostCall& call) {
        auto& c = *static_cast<Context*>(call.data);
        ++c.depth;
        return c.world->call("f").outcome;
      },
      &context);
  world.add(R"((module (import "host" "again" (func $again))
    (func (export "f") (call $again))))");
  EXPECT_EQ(world.trap("f"), TrapKind::call_stack_exhausted);
  EXPECT_GT(context.depth, 100);
}

constexpr uint32_t kMany = 10'000'000;

TEST(InterpCall, TailCallsDoNotGrowTheStack) {
  World world;
  world.add(R"((module
    (type $t (func (param i32 i64) (result i64)))
    (type $u (func (param i64 i32 i32 i64) (result i64)))
    (table funcref (elem $even $odd $indirect $ref))
    (elem declare func $ref)
    (func $even (export "even") (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call $odd (i64.add (local.get 1) (i64.const 1)) (i32.const 0)
        (i32.sub (local.get 0) (i32.const 1)) (i64.const 0)))
    (func $odd (type $u)
      (if (i32.eqz (local.get 2)) (then (return (i64.const -1))))
      (return_call $even (i32.sub (local.get 2) (i32.const 1)) (local.get 0)))
    (func $indirect (export "indirect") (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1))
        (i64.add (local.get 1) (i64.const 2)) (i32.const 2)))
    (func $ref (export "ref") (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call_ref $t (i32.sub (local.get 0) (i32.const 1))
        (i64.add (local.get 1) (i64.const 3)) (ref.func $ref)))))");
  EXPECT_EQ(world.get<uint64_t>("even", kMany, uint64_t{0}), kMany / 2);
  EXPECT_EQ(world.get<uint64_t>("indirect", kMany / 10, uint64_t{0}), kMany / 10 * 2);
  EXPECT_EQ(world.get<uint64_t>("ref", kMany / 10, uint64_t{0}), kMany / 10 * 3);
}

TEST(InterpCall, TailCallsBetweenInstances) {
  World world;
  world.add(R"((module
    (table (export "t") 2 funcref)
    (memory (export "m") 1)
    (type $f (func (param i32 i32) (result i32)))
    (global $mine (mut i32) (i32.const 0))
    (elem (i32.const 0) $a)
    (func $a (export "a") (type $f)
      (global.set $mine (i32.add (global.get $mine) (i32.const 1)))
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1))
        (i32.add (local.get 1) (i32.const 1)) (i32.const 1)))
    (func (export "mine") (result i32) (global.get $mine))))",
            "a");
  Instance* first = world.last;
  world.add(R"((module
    (import "a" "t" (table 2 funcref))
    (memory 2)
    (type $f (func (param i32 i32) (result i32)))
    (elem (i32.const 1) $b)
    (func $b (export "b") (type $f)
      (i32.store (i32.const 100000) (local.get 0))
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1))
        (i32.add (local.get 1) (i32.load8_u (i32.const 131071))) (i32.const 0)))))");
  // From the host, and from a caller that needs its own instance back.
  EXPECT_EQ(world.get<uint32_t>("b", kMany / 10, 0u), kMany / 20);
  EXPECT_EQ(world.call_in(first, "a", kMany / 10, 0u).as<uint32_t>(), kMany / 20);
  EXPECT_EQ(world.call_in(first, "mine").as<uint32_t>(), kMany / 10 + 1);
}

TEST(InterpCall, OtherInstancesHaveTheirOwnMemory) {
  World world;
  world.add(R"((module
    (memory (export "m") 1)
    (func (export "grow") (result i32) (memory.grow (i32.const 1)))
    (func (export "put") (param i32 i32) (result i64 f64)
      (i32.store (local.get 0) (local.get 1))
      (i64.const 9) (f64.const 2.5))
    (func (export "get") (param i32) (result i32) (i32.load (local.get 0)))))",
            "a");
  world.add(R"((module
    (import "a" "put" (func $put (param i32 i32) (result i64 f64)))
    (import "a" "get" (func $get (param i32) (result i32)))
    (memory 3)
    (func (export "f") (result i32)
      (local $x i64)
      (i32.store (i32.const 70000) (i32.const 11))
      (drop (call $put (i32.const 8) (i32.const 22)))
      (local.set $x)
      (i32.add (i32.add (i32.load (i32.const 70000)) (call $get (i32.const 8)))
               (i32.wrap_i64 (local.get $x))))
    (func (export "far") (result i32) (call $get (i32.const 70000)))))");
  EXPECT_EQ(world.get<uint32_t>("f"), 42u);
  EXPECT_EQ(world.trap("far"), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(world.store->trap.trace.count, 2u);
}

TEST(InterpCall, GrowthInAnotherInstanceIsSeen) {
  World world;
  world.add(R"((module
    (memory (export "m") 1)
    (func (export "grow") (memory.grow (i32.const 3)) drop)))",
            "a");
  world.add(R"((module
    (import "a" "m" (memory 1))
    (import "a" "grow" (func $grow))
    (func (export "f") (result i32)
      (call $grow)
      (i32.store (i32.const 200000) (i32.const 77))
      (i32.load (i32.const 200000)))))");
  EXPECT_EQ(world.get<uint32_t>("f"), 77u);
}

TEST(InterpCall, HostFunctions) {
  World world;
  world.host("mix", {val::i32, val::i64, val::f32, val::f64}, {val::f64}, [](HostCall& call) {
    const Cell* at = call.cells;
    const auto a = runtime::load_cell<uint32_t>(at);
    at += cells_of(val::i32);
    const auto b = runtime::load_cell<uint64_t>(at);
    at += cells_of(val::i64);
    const auto c = runtime::load_cell<float>(at);
    at += cells_of(val::f32);
    const auto d = runtime::load_cell<double>(at);
    runtime::store_cell(call.cells, static_cast<double>(a) + static_cast<double>(b) +
                                        static_cast<double>(c) + d);
    return Outcome::ok;
  });
  world.host("fail", {}, {}, [](HostCall& call) { return call.store.raise_host("no"); });
  world.host("exit", {val::i32}, {}, [](HostCall& call) {
    return call.store.raise_exit(runtime::load_cell<uint32_t>(call.cells));
  });
  world.add(R"((module
    (import "host" "mix" (func $mix (param i32 i64 f32 f64) (result f64)))
    (import "host" "fail" (func $fail))
    (import "host" "exit" (func $exit (param i32)))
    (table funcref (elem $mix))
    (type $mix (func (param i32 i64 f32 f64) (result f64)))
    (func (export "direct") (result f64)
      (f64.add (call $mix (i32.const 1) (i64.const 2) (f32.const 0.5) (f64.const 4))
               (f64.const 100)))
    (func (export "indirect") (result f64)
      (call_indirect (type $mix) (i32.const 1) (i64.const 2) (f32.const 0.5) (f64.const 4)
        (i32.const 0)))
    (func (export "tail") (result f64)
      (return_call $mix (i32.const 1) (i64.const 2) (f32.const 0.5) (f64.const 4)))
    (func (export "fail") (call $fail) (unreachable))
    (func (export "exit") (param i32) (call $exit (local.get 0)) (unreachable))))");
  EXPECT_EQ(world.get<double>("direct"), 107.5);
  EXPECT_EQ(world.get<double>("indirect"), 7.5);
  EXPECT_EQ(world.get<double>("tail"), 7.5);
  EXPECT_EQ(world.trap("fail"), TrapKind::host);
  EXPECT_STREQ(world.store->trap.message, "no");
  EXPECT_EQ(world.trap("exit", 42u), TrapKind::exit);
  EXPECT_EQ(world.store->trap.exit_code, 42u);
}

TEST(InterpCall, HostCallsBackAndForth) {
  World world;
  struct Context {
    World* world;
  } context{&world};
  world.host(
      "down", {val::i32}, {val::i32},
      [](HostCall& call) {
        auto& c = *static_cast<Context*>(call.data);
        const auto n = runtime::load_cell<uint32_t>(call.cells);
        const Answer answer = c.world->call("sum", n);
        if (answer.outcome == Outcome::ok) runtime::store_cell(call.cells, answer.as<uint32_t>());
        return answer.outcome;
      },
      &context);
  world.add(R"((module (import "host" "down" (func $down (param i32) (result i32)))
    (memory 1)
    (func (export "sum") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
      (if (i32.eq (local.get 0) (i32.const 1000)) (then (unreachable)))
      (i32.add (local.get 0) (call $down (i32.sub (local.get 0) (i32.const 1)))))))");
  EXPECT_EQ(world.get<uint32_t>("sum", 50u), 50u * 51 / 2);
  EXPECT_EQ(world.trap("sum", 1010u), TrapKind::unreachable);
  // Eleven frames of the guest, ten of the host.
  EXPECT_EQ(world.store->trap.trace.count, 21u);
  EXPECT_EQ(world.store->stack_top, world.store->stack_base);
}

TEST(InterpCall, ATailCallThatComesBackFromTheHost) {
  World world;
  struct Context {
    const runtime::FuncRef* target = nullptr;
    Cell argument[2] = {};
  } context;
  world.host(
      "bounce", {val::i32}, {val::i32},
      [](HostCall& call) {
        auto& c = *static_cast<Context*>(call.data);
        c.argument[0] = 0;
        runtime::store_cell(c.argument, runtime::load_cell<uint32_t>(call.cells));
        call.store.pending = {c.target, call.caller, c.argument};
        return Outcome::tail_call;
      },
      &context);
  world.add(R"((module (import "host" "bounce" (func $bounce (param i32) (result i32)))
    (func $f (export "f") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 123))))
      (return_call $bounce (i32.sub (local.get 0) (i32.const 1))))
    (func (export "g") (param i32) (result i32)
      (i32.add (call $bounce (local.get 0)) (i32.const 1)))))");
  Extern f;
  ASSERT_TRUE(world.last->find_export("f", f));
  context.target = f.func;
  EXPECT_EQ(world.get<uint32_t>("f", 1'000'000u), 123u);
  EXPECT_EQ(world.get<uint32_t>("g", 1000u), 124u);
}

TEST(InterpCall, IndirectCallsAreChecked) {
  World world;
  world.add(R"((module
    (type $i (func (result i32)))
    (type $l (func (result i64)))
    (table 5 10 funcref)
    (elem (i32.const 1) $one $two)
    (func $one (type $i) (i32.const 1))
    (func $two (type $l) (i64.const 2))
    (func (export "call") (param i32) (result i32) (call_indirect (type $i) (local.get 0)))
    (func (export "tail") (param i32) (result i32) (return_call_indirect (type $i) (local.get 0)))
    (func (export "null") (result i32) (call_ref $i (ref.null $i)))
    (func (export "computed") (param i32) (result i32)
      (call_indirect (type $i) (i32.sub (local.get 0) (i32.const 1))))))");
  for (const char* name : {"call", "tail"}) {
    EXPECT_EQ(world.get<uint32_t>(name, 1u), 1u);
    EXPECT_EQ(world.trap(name, 2u), TrapKind::indirect_call_type_mismatch);
    EXPECT_EQ(world.trap(name, 3u), TrapKind::uninitialized_element);
    EXPECT_EQ(world.trap(name, 5u), TrapKind::undefined_element);
    EXPECT_TRUE(world.store->trap.has_address);
    EXPECT_EQ(world.store->trap.address, 5u);
    EXPECT_EQ(world.store->trap.bound, 5u);
    EXPECT_EQ(world.trap(name, 0xFFFFFFFFu), TrapKind::undefined_element);
  }
  EXPECT_EQ(world.get<uint32_t>("computed", 2u), 1u);
  EXPECT_EQ(world.trap("null"), TrapKind::null_function_reference);
}

TEST(InterpCall, AThousandParametersAndResults) {
  constexpr int kCount = 1000;
  std::string type, gets, consts;
  for (int i = 0; i < kCount; ++i) {
    type += i % 2 == 0 ? " i32" : " i64";
    gets += "(local.get " + std::to_string(kCount - 1 - i) + ")";
    consts += (i % 2 == 0 ? "(i32.const " : "(i64.const ") + std::to_string(i) + ")";
  }
  std::string reversed;
  for (int i = 0; i < kCount; ++i) reversed += i % 2 == 0 ? " i64" : " i32";
  std::string drops;
  for (int i = 0; i < kCount - 1; ++i) drops += "(drop)";
  World world;
  world.add("(module (func $f (param" + type + ") (result" + reversed + ") " + gets +
            ") (func (export \"first\") (result i64) " + consts + " (call $f) " + drops +
            ") (func (export \"tail\") (result" + reversed + ") " + consts + " (return_call $f)))");
  EXPECT_EQ(world.get<uint64_t>("first"), 999u);
  const Answer tail = world.call("tail");
  ASSERT_EQ(tail.outcome, Outcome::ok);
  EXPECT_EQ(tail.as<uint64_t>(), 999u);
}

TEST(InterpCall, OneModuleInTwoStoresAndThreads) {
  // Translated once, run by both.
  runtime::Engine engine(platform::default_allocator(), {}, backend());
  auto binary = text::parse_module(R"((module
    (global $g (mut i32) (i32.const 0))
    (func (export "bump") (result i32)
      (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g))))");
  ASSERT_TRUE(binary.has_value());
  auto module = runtime::LoadedModule::load(engine, binary->bytes);
  ASSERT_TRUE(module.has_value());
  Store* stores[2];
  const runtime::FuncRef* functions[2];
  for (int i = 0; i < 2; ++i) {
    stores[i] = *Store::make(engine, {});
    Outcome outcome{};
    Instance* instance = *runtime::instantiate(*stores[i], **module, {}, outcome);
    Extern function;
    ASSERT_TRUE(instance->find_export("bump", function));
    functions[i] = function.func;
  }
  Cell cells[2] = {};
  for (uint32_t n = 1; n < 4; ++n)
    for (int i = 0; i < 2; ++i) {
      ASSERT_EQ(runtime::call(*stores[i], functions[i], cells), Outcome::ok);
      EXPECT_EQ(runtime::load_cell<uint32_t>(cells), n);
    }
  for (Store* store : stores) Store::destroy(store);
  (*module)->release();
}

} // namespace
} // namespace waxwing::interp::testing
