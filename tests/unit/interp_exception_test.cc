// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions: where they are caught, what arrives there, and every boundary that they cross.
#include "interp_fixture.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include "runtime/exception.hpp"

namespace waxwing::interp::testing {
namespace {

using runtime::exception_of;
using runtime::Tag;

runtime::EngineConfig with_legacy() {
  runtime::EngineConfig config;
  config.features.add(Feature::legacy_exceptions);
  return config;
}

/// The first value of the exception in flight.
template <class T>
T thrown(const Store& store) {
  return runtime::load_cell<T>(exception_of(store.exception).cells());
}

TEST(InterpException, ValuesOfAllTypesArrive) {
  World world;
  world.add(R"((module
    (tag $all (param i32 f32 i64 v128 f64 externref))
    (func $fail
      (throw $all (i32.const -2) (f32.const 1.5) (i64.const 0x123456789abcdef)
        (v128.const i64x2 3 4) (f64.const -0.25) (ref.null extern)))
    (func $sum (param i32 f32 i64 v128 f64 externref) (result f64)
      (if (i64.ne (local.get 2) (i64.const 0x123456789abcdef)) (then unreachable))
      (if (i64.ne (i64x2.extract_lane 0 (local.get 3)) (i64.const 3)) (then unreachable))
      (if (i32.eqz (ref.is_null (local.get 5))) (then unreachable))
      (f64.add (local.get 4)
        (f64.add (f64.convert_i64_s (i64x2.extract_lane 1 (local.get 3)))
          (f64.add (f64.promote_f32 (local.get 1)) (f64.convert_i32_s (local.get 0))))))
    (func (export "plain") (result f64)
      (block $b (result i32 f32 i64 v128 f64 externref)
        (try_table (catch $all $b) (call $fail)) unreachable)
      (call $sum))
    (func (export "ref") (result f64)
      (local $e exnref)
      (block $b (result i32 f32 i64 v128 f64 externref exnref)
        (try_table (catch_ref $all $b) (call $fail)) unreachable)
      (local.set $e)
      (if (ref.is_null (local.get $e)) (then unreachable))
      (call $sum))))");
  EXPECT_EQ(world.get<double>("plain"), -2 + 1.5 + 4 - 0.25);
  EXPECT_EQ(world.get<double>("ref"), -2 + 1.5 + 4 - 0.25);
  EXPECT_EQ(world.store->exception, 0u);
}

TEST(InterpException, OperandsBelowATryStay) {
  // A constant, a local that changes inside, and values that only accumulators hold.
  World world;
  world.add(R"((module
    (tag $t (param i32))
    (func $fail (param i32) (throw $t (local.get 0)))
    (func (export "f") (param $x i32) (param $y f64) (result i32)
      (i32.const 1000)
      (local.get $x)
      (f64.add (local.get $y) (f64.const 0.5))
      (i32.mul (local.get $x) (i32.const 3))
      (block $b (result i32)
        (try_table (catch $t $b)
          (local.set $x (i32.const 7))
          (local.set $y (f64.const 77))
          (call $fail (i32.const 20)))
        (i32.const 0))
      (i32.add)
      (f64.convert_i32_s)
      (f64.add)
      (i32.trunc_f64_s)
      (i32.add) (i32.add)
      (i32.add (local.get $x)) (i32.add (i32.trunc_f64_s (local.get $y))))))");
  EXPECT_EQ(world.get<uint32_t>("f", 2u, 9.5), 1000u + 2 + 10 + 6 + 20 + 7 + 77);
}

constexpr std::string_view kLabels = R"((module
    (tag $one (param i32))
    (tag $two (param i32 i64))
    (tag $none)
    (func $fail (param i32)
      (if (i32.eq (local.get 0) (i32.const 0)) (then (throw $none)))
      (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $one (i32.const 11))))
      (throw $two (i32.const 21) (i64.const 22)))
    (func (export "loop") (param i32) (result i32)
      (local $rounds i32)
      (i32.const 1)
      (loop $again (param i32) (result i32)
        (local.set $rounds (i32.add (local.get $rounds)))
        (if (result i32) (i32.lt_s (local.get $rounds) (i32.const 100))
          (then (try_table (result i32) (catch $one $again) (call $fail (local.get 0)) (i32.const 5)))
          (else (local.get $rounds)))))
    (func (export "return") (param i32) (result i32)
      (i32.const 1) (i32.const 2)
      (try_table (catch $one 0) (call $fail (local.get 0)))
      (i32.add))
    (func (export "returns") (param i32 i64 i32) (result i32 i64)
      (f64.const 8)
      (try_table (catch $two 0) (call $fail (local.get 0)))
      (drop) (i32.const 1) (i64.const 2))
    (func (export "if") (param i32) (result i32)
      (if $if (result i32) (local.get 0)
        (then (try_table (catch $one $if) (call $fail (local.get 0))) (i32.const 3))
        (else (try_table (catch $one $if) (call $fail (i32.const 1))) (i32.const 4))))
    (func (export "order") (param i32) (result i32)
      (block $all
        (block $one (result i32)
          (try_table (catch $one $one) (catch_all $all) (catch $one 0) (call $fail (local.get 0)))
          (unreachable))
        (return))
      (i32.const -1))))";

void labels_of_every_kind_catch(const runtime::EngineConfig& config) {
  World world(config);
  world.add(kLabels);
  // The first round adds 1, and each of those that follow the 11 that was thrown.
  EXPECT_EQ(world.get<uint32_t>("loop", 1u), 100u);
  EXPECT_EQ(world.call("loop", 0u).outcome, Outcome::exception);
  EXPECT_EQ(world.get<uint32_t>("return", 1u), 11u);
  EXPECT_EQ(world.call("return", 2u).outcome, Outcome::exception);
  const Answer two = world.call("returns", 2u, uint64_t{0}, 0u);
  EXPECT_EQ(two.as<uint32_t>(), 21u);
  EXPECT_EQ(two.as<uint64_t>(1), 22u);
  EXPECT_EQ(world.get<uint32_t>("if", 1u), 11u);
  EXPECT_EQ(world.get<uint32_t>("if", 0u), 11u);
  EXPECT_EQ(world.call("if", 2u).outcome, Outcome::exception);
  EXPECT_EQ(thrown<uint32_t>(*world.store), 21u);
  EXPECT_EQ(world.get<uint32_t>("order", 1u), 11u);
  EXPECT_EQ(world.get<int32_t>("order", 2u), -1);
}

TEST(InterpException, LabelsOfEveryKindCatch) {
  labels_of_every_kind_catch({});
  labels_of_every_kind_catch({.metering = true, .polling = true});
}

TEST(InterpException, FramesBeyondNarrowOffsets) {
  World world;
  std::string text = "(module (tag $t (param i64 i32)) (func $fail (throw $t (i64.const 5) "
                     "(i32.const 6))) (func (export \"f\") (param i32) (result i64 i32) (local";
  for (int i = 0; i < 10'000; ++i) text += " v128";
  text += R"()
    (block $b (result i64 i32 exnref)
      (try_table (catch_ref $t $b)
        (if (local.get 0) (then (throw $t (i64.const 7) (i32.const 8))))
        (call $fail))
      (unreachable))
    (drop)
    (try_table (param i64 i32) (result i64 i32) (catch $t 0) (throw $t)))))";
  world.add(text);
  Answer answer = world.call("f", 0u);
  EXPECT_EQ(answer.as<uint64_t>(), 5u);
  EXPECT_EQ(answer.as<uint32_t>(sizeof(uint64_t) / sizeof(Cell)), 6u);
  answer = world.call("f", 1u);
  EXPECT_EQ(answer.as<uint64_t>(), 7u);
}

TEST(InterpException, TagsAreTheirInstancesOwn) {
  World world;
  const std::string_view text = R"((module
    (tag $t (export "t") (param i32))
    (func (export "throw") (param i32) (throw $t (local.get 0)))))";
  world.add(text, "a");
  world.add(text, "b");
  world.add(R"((module
    (import "a" "t" (tag $a (param i32)))
    (import "b" "t" (tag $b (param i32)))
    (import "a" "t" (tag $again (param i32)))
    (import "a" "throw" (func $throw_a (param i32)))
    (import "b" "throw" (func $throw_b (param i32)))
    (func (export "f") (param i32 i32) (result i32)
      (block $caught_a (result i32)
        (block $caught_b (result i32)
          (try_table (catch $b $caught_b) (catch $again $caught_a)
            (if (local.get 0)
              (then (call $throw_a (local.get 1)))
              (else (call $throw_b (local.get 1)))))
          (unreachable))
        (return (i32.add (i32.const 100)))))))");
  EXPECT_EQ(world.get<uint32_t>("f", 1u, 5u), 5u);
  EXPECT_EQ(world.get<uint32_t>("f", 0u, 5u), 105u);
}

TEST(InterpException, TheCatchingInstanceIsItselfAgain) {
  // Its memory and globals, also where the exception comes through bridges, and by tail calls.
  World world;
  world.add(R"((module
    (memory 1) (global $g (mut i32) (i32.const 1))
    (tag $t (export "t") (param i32))
    (func $throw (param i32) (throw $t (local.get 0)))
    (func (export "fail") (param i32)
      (global.set $g (i32.const 9))
      (i32.store (i32.const 0) (i32.const 9))
      (if (i32.rem_u (local.get 0) (i32.const 2)) (then (return_call $throw (local.get 0))))
      (throw $t (local.get 0)))))",
            "a");
  world.add(R"((module
    (import "a" "fail" (func $fail (param i32)))
    (memory 1) (global $g (mut i32) (i32.const 2))
    (func (export "fail") (param i32)
      (i32.store (i32.const 0) (i32.const 8))
      (if (i32.rem_u (local.get 0) (i32.const 3)) (then (return_call $fail (local.get 0))))
      (call $fail (local.get 0)))))",
            "b");
  world.add(R"((module
    (import "a" "t" (tag $t (param i32)))
    (import "b" "fail" (func $fail (param i32)))
    (memory 1) (global $g (mut i32) (i32.const 3))
    (data (i32.const 0) "\04")
    (func (export "f") (param i32) (result i32)
      (block $b (result i32)
        (try_table (catch $t $b) (call $fail (local.get 0)))
        (unreachable))
      (i32.add (i32.mul (global.get $g) (i32.const 1000)))
      (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 100))))))");
  for (const uint32_t way : {0u, 1u, 2u, 3u, 4u, 5u})
    EXPECT_EQ(world.get<uint32_t>("f", way), 3400 + way) << way;
}

TEST(InterpException, TailCallsLeaveTheTry) {
  World world;
  static const Tag* tag = nullptr;
  world.host("throw", {}, {},
             [](HostCall& call) { return runtime::throw_exception(call.store, *tag, nullptr); });
  world.add(R"((module
    (import "host" "throw" (func $host))
    (tag $t (export "t"))
    (type $v (func))
    (table funcref (elem $fail $host))
    (func $fail (throw $t))
    (func $direct (try_table (catch_all 0) (return_call $fail)))
    (func $import (try_table (catch_all 0) (return_call $host)))
    (func $indirect (param i32)
      (try_table (catch_all 0) (return_call_indirect (type $v) (local.get 0))))
    (func (export "f") (param i32) (result i32)
      (block $b
        (try_table (catch_all $b)
          (block $3 (block $2 (block $1 (block $0
            (br_table $0 $1 $2 $3 (local.get 0)))
            (call $direct) (return (i32.const 0)))
            (call $import) (return (i32.const 1)))
            (call $indirect (i32.const 0)) (return (i32.const 2)))
          (call $indirect (i32.const 1)))
        (return (i32.const 3)))
      (i32.const -1))
    (func (export "direct") (call $direct))))");
  Extern item;
  ASSERT_TRUE(world.last->find_export("t", item));
  tag = item.tag;
  for (const uint32_t way : {0u, 1u, 2u, 3u}) EXPECT_EQ(world.get<int32_t>("f", way), -1) << way;
  EXPECT_EQ(world.call("direct").outcome, Outcome::exception);
}

TEST(InterpException, TrapsAreNotCaught) {
  World world;
  world.add(R"((module
    (func $deep (call $deep))
    (func (export "trap") (try_table (catch_all 0) (unreachable)))
    (func (export "deep") (try_table (catch_all 0) (call $deep)))
    (func (export "null") (try_table (catch_all 0) (throw_ref (ref.null exn))))))");
  EXPECT_EQ(world.trap("trap"), TrapKind::unreachable);
  EXPECT_EQ(world.trap("deep"), TrapKind::call_stack_exhausted);
  EXPECT_EQ(world.trap("null"), TrapKind::null_exception_reference);
}

/// Guest and host call each other; every host frame may look at what passes.
struct Tower {
  World* world;
  const Tag* tag = nullptr;
  uint32_t seen = 0;
  uint32_t swallow_at = 0xFFFFFFFF;
};

TEST(InterpException, PassesAlternatingBoundaries) {
  World world;
  Tower tower{.world = &world};
  world.host(
      "down", {val::i32}, {val::i32},
      [](HostCall& call) {
        auto& t = *static_cast<Tower*>(call.data);
        const auto depth = runtime::load_cell<uint32_t>(call.cells);
        const Answer answer = t.world->call("f", depth);
        if (answer.outcome == Outcome::exception) {
          EXPECT_EQ(exception_of(call.store.exception).tag, t.tag);
          EXPECT_EQ(thrown<uint32_t>(call.store), 77u);
          ++t.seen;
          if (depth == t.swallow_at) {
            const Ref caught = runtime::catch_exception(call.store);
            EXPECT_NE(caught, 0u);
            EXPECT_EQ(call.store.exception, 0u);
            runtime::store_cell(call.cells, uint32_t{500});
            return Outcome::ok;
          }
          // Passed on as it is, or thrown again.
          if (depth % 2 == 0)
            return runtime::rethrow_exception(call.store, runtime::catch_exception(call.store));
          return answer.outcome;
        }
        runtime::store_cell(call.cells, answer.as<uint32_t>());
        return answer.outcome;
      },
      &tower);
  world.add(R"((module
    (import "host" "down" (func $down (param i32) (result i32)))
    (tag $t (export "t") (param i32))
    (tag $other (param i32))
    (func $f (export "f") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (throw $t (i32.const 77))))
      (block $b (result i32)
        (try_table (catch $other $b)
          (return (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1))))))
        (unreachable)))
    (func (export "catch") (param i32) (result i32)
      (block $b (result i32)
        (try_table (result i32) (catch $t $b) (call $f (local.get 0)))))))");
  Extern item;
  ASSERT_TRUE(world.last->find_export("t", item));
  tower.tag = item.tag;

  EXPECT_EQ(world.call("f", 6u).outcome, Outcome::exception);
  EXPECT_EQ(tower.seen, 6u);
  // Where it came through: the guest's frames and the host's in turns.
  world.store->locate_trace();
  const runtime::TraceSink& trace = world.store->trap.trace;
  // The last host function to throw it again has an even depth, so its own frame comes first.
  ASSERT_GE(trace.count, 3u);
  EXPECT_EQ(trace.first[trace.count - 1].module, &world.last->loaded());
  // The host's function, as the import that it is.
  EXPECT_EQ(trace.first[trace.count - 2].module, &world.last->loaded());
  EXPECT_LT(trace.first[trace.count - 2].function,
            world.last->loaded().module().imported_functions);

  EXPECT_EQ(world.get<uint32_t>("catch", 5u), 77u);
  EXPECT_EQ(world.store->exception, 0u);
  tower.swallow_at = 2;
  EXPECT_EQ(world.get<uint32_t>("f", 5u), 500u + 3);
}

TEST(InterpException, HostThrowsAndGuestCatches) {
  World world;
  struct Context {
    const Tag* tag;
  } context{};
  world.host(
      "throw", {val::i64, val::f64}, {},
      [](HostCall& call) {
        return runtime::throw_exception(call.store, *static_cast<Context*>(call.data)->tag,
                                        call.cells);
      },
      &context);
  ValType params[] = {val::i64, val::f64};
  const runtime::RuntimeType* type = *world.engine.types().intern_function(params, {});
  Extern tag;
  tag.kind = ExternKind::tag;
  tag.tag = *world.store->host_tag(type);
  context.tag = tag.tag;
  ASSERT_TRUE(world.linker->define("host", "tag", tag).has_value());
  world.add(R"((module
    (import "host" "throw" (func $throw (param i64 f64)))
    (import "host" "tag" (tag $t (param i64 f64)))
    (func (export "f") (param i64 f64) (result f64)
      (local i64)
      (block $b (result i64 f64)
        (try_table (catch $t $b) (call $throw (local.get 0) (local.get 1)))
        (unreachable))
      (local.set 1) (local.set 2)
      (f64.add (local.get 1) (f64.convert_i64_s (local.get 2))))
    (func (export "uncaught") (call $throw (i64.const 1) (f64.const 2)))))");
  EXPECT_EQ(world.get<double>("f", uint64_t{40}, 2.5), 42.5);
  EXPECT_EQ(world.call("uncaught").outcome, Outcome::exception);
  EXPECT_EQ(exception_of(world.store->exception).tag, tag.tag);
  const runtime::TraceSink& trace = world.store->trap.trace;
  ASSERT_EQ(trace.count, 2u);
  for (uint32_t i = 0; i < 2; ++i) EXPECT_EQ(trace.first[i].module, &world.last->loaded());
  EXPECT_LT(trace.first[0].function, world.last->loaded().module().imported_functions);
}

TEST(InterpException, ReferencesLiveInGlobalsTablesAndArguments) {
  World world;
  static Ref given = 0;
  world.host("give", {val::exnref}, {}, [](HostCall& call) {
    given = runtime::load_cell<Ref>(call.cells);
    return Outcome::ok;
  });
  world.host("take", {}, {val::exnref}, [](HostCall& call) {
    runtime::store_cell(call.cells, given);
    return Outcome::ok;
  });
  world.host("again", {}, {},
             [](HostCall& call) { return runtime::rethrow_exception(call.store, given); });
  world.add(R"((module
    (import "host" "give" (func $give (param exnref)))
    (import "host" "take" (func $take (result exnref)))
    (import "host" "again" (func $again))
    (tag $t (param i32))
    (global $g (mut exnref) (ref.null exn))
    (table $e 3 exnref)
    (func (export "keep") (param i32)
      (block $b (result i32 exnref)
        (try_table (catch_ref $t $b) (throw $t (local.get 0)))
        (unreachable))
      (global.set $g) (drop)
      (table.set $e (i32.const 1) (global.get $g))
      (call $give (table.get $e (i32.const 1))))
    (func $value (param i32) (result i32)
      (block $b (result i32)
        (try_table (catch $t $b)
          (if (i32.eq (local.get 0) (i32.const 0)) (then (throw_ref (global.get $g))))
          (if (i32.eq (local.get 0) (i32.const 1)) (then (throw_ref (table.get $e (i32.const 1)))))
          (if (i32.eq (local.get 0) (i32.const 2)) (then (throw_ref (call $take))))
          (call $again))
        (unreachable)))
    (export "value" (func $value))))");
  ASSERT_EQ(world.call("keep", 1234u).outcome, Outcome::ok);
  for (const uint32_t way : {0u, 1u, 2u, 3u})
    EXPECT_EQ(world.get<uint32_t>("value", way), 1234u) << way;
}

TEST(InterpException, TheStartFunctionMayThrow) {
  World world;
  world.add(R"((module (tag $t) (func $main (throw $t)) (start $main)))");
  EXPECT_EQ(runtime::run_start(*world.last), Outcome::exception);
  EXPECT_NE(world.store->exception, 0u);
}

TEST(InterpException, ThrowingWhenThereIsNoMemoryTraps) {
  World world({}, {.gc_heap_bytes = 256 << 10});
  world.add(R"((module
    (tag $t (param v128 v128 v128 v128))
    (table $kept 100000 exnref)
    (func $fail
      (v128.const i64x2 1 2) (v128.const i64x2 1 2) (v128.const i64x2 1 2) (v128.const i64x2 1 2)
      (throw $t))
    (func (export "f") (param $keep i32) (result i32)
      (local $i i32) (local $e exnref)
      (loop $l
        (block $b (result exnref)
          (try_table (catch_all_ref $b) (call $fail))
          (unreachable))
        (local.set $e)
        (if (local.get $keep) (then (table.set $kept (local.get $i) (local.get $e))))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                            (i32.const 100000))))
      (local.get $i))))");
  // What is caught and forgotten is collected.
  EXPECT_EQ(world.get<uint32_t>("f", 0u), 100'000u);
  EXPECT_GT(world.store->heap().collections(), 0u);
  EXPECT_EQ(world.trap("f", 1u), TrapKind::gc_heap_exhausted);
}

TEST(InterpException, ValuesOnTheirWayAreNotCollected) {
  // A reference that only the exception holds, while others are thrown: on the value stack until
  // the exception has it, and in flight.
  // Finalizers run as late as with the store.
  struct Kept {
    World* world;
    int* gone;
  };
  int gone = 0;
  Kept kept{nullptr, &gone};
  World world({}, {.gc_heap_bytes = 256 << 10});
  kept.world = &world;
  world.host(
      "object", {}, {val::externref},
      [](HostCall& call) {
        const auto& k = *static_cast<Kept*>(call.data);
        const runtime::HostObject* object =
            call.store.heap().new_host(k.gone, [](void* data) { ++*static_cast<int*>(data); });
        if (object == nullptr) return call.store.raise(TrapKind::gc_heap_exhausted);
        runtime::store_cell(call.cells, runtime::ref_of(object));
        return Outcome::ok;
      },
      &kept);
  world.host("collect", {}, {}, [](HostCall& call) {
    call.store.heap().collect();
    return Outcome::ok;
  });
  world.add(R"((module
    (import "host" "object" (func $object (result externref)))
    (import "host" "collect" (func $collect))
    (tag $t (param i32 externref))
    (tag $other)
    (func $fail (throw $t (i32.const 4) (call $object)))
    (func (export "f") (result externref)
      (local $e exnref)
      (block $b (result exnref)
        (try_table (catch_all_ref $b) (call $fail)) (unreachable))
      (local.set $e)
      (call $collect)
      (block $c (try_table (catch $other $c) (throw $other)))
      (block $d (result i32 externref)
        (try_table (catch $t $d) (throw_ref (local.get $e))) (unreachable))
      (call $collect)
      (return))))");
  const Answer answer = world.call("f");
  ASSERT_EQ(answer.outcome, Outcome::ok);
  EXPECT_EQ(gone, 0);
  EXPECT_EQ(world.store->heap().find(answer.as<Ref>())->type, &runtime::kHostType);
}

TEST(InterpException, DeepStacksUnwindInLinearTime) {
  // A throw from every depth up to the deepest would be minutes if it looked at a frame more than
  // once.
  World world({}, {.stack_bytes = uint64_t{64} << 20});
  world.add(R"((module
    (tag $t) (tag $other)
    (func $deep (param i32)
      (block $b
        (try_table (catch $other $b)
          (if (i32.eqz (local.get 0)) (then (throw $t)))
          (call $deep (i32.sub (local.get 0) (i32.const 1)))))
      )
    (func $pass (param i32)
      (block $b (result exnref)
        (try_table (catch_all_ref $b)
          (if (i32.eqz (local.get 0)) (then (throw $t)))
          (call $pass (i32.sub (local.get 0) (i32.const 1))))
        (return))
      (throw_ref))
    (func (export "deep") (param i32 i32)
      (loop $l
        (block $b (try_table (catch $t $b) (call $deep (local.get 0))))
        (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1))))))
    (func (export "pass") (param i32)
      (block $b (try_table (catch $t $b) (call $pass (local.get 0)))))))");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(world.call("deep", 100'000u, 5u).outcome, Outcome::ok);
  EXPECT_EQ(world.call("pass", 100'000u).outcome, Outcome::ok);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(InterpException, ManyFunctionsAndRegions) {
  // Each function has its regions in its own code: whose code an address is has to be right.
  World world;
  constexpr uint32_t kCount = 300;
  std::string text = "(module (tag $t (param i32)) (type $f (func (param i32) (result i32)))";
  std::string table = "(table funcref (elem";
  for (uint32_t i = 0; i < kCount; ++i) {
    const std::string n = std::to_string(i);
    text += "(func $f" + n + " (type $f)";
    for (uint32_t j = 0; j < 40; ++j)
      text += "(if (i32.eq (local.get 0) (i32.const " + std::to_string(j) +
              ")) (then (return (i32.add (i32.const " + std::to_string(i * 100 + j) +
              ") (block $b (result i32) (try_table (catch $t $b) (throw $t (i32.const 1000000)))"
              " (unreachable))))))";
    text += "(throw $t (i32.const " + n + ")))";
    table += " $f" + n;
  }
  world.add(text + table +
            R"())
    (func (export "call") (param i32 i32) (result i32)
      (block $b (result i32)
        (try_table (result i32) (catch $t $b)
          (call_indirect (type $f) (local.get 1) (local.get 0)))))))");
  // In an order that isn't that of the module.
  for (uint32_t i = 0; i < kCount; ++i) {
    const uint32_t f = i * 7 % kCount;
    const uint32_t j = i % 40;
    EXPECT_EQ(world.get<uint32_t>("call", f, j), 1'000'000 + f * 100 + j);
    EXPECT_EQ(world.get<uint32_t>("call", f, 40u), f);
  }
}

TEST(InterpException, ThrowingWithoutEndCanBeStopped) {
  for (const bool polling : {false, true}) {
    World world({.polling = polling});
    world.add(R"((module (tag $t)
      (func $fail (throw $t))
      (func (export "spin")
        (loop $l (try_table (catch $t $l) (call $fail))))))");
    std::atomic<bool> done{false};
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      world.store->interrupt(runtime::Interrupt::stop);
      while (!done) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        (void)world.store->repeat_interrupt();
      }
    });
    EXPECT_EQ(world.trap("spin"), TrapKind::interrupted);
    done = true;
    other.join();
  }
}

TEST(InterpException, FuelIsChargedByTheBlock) {
  World world({.metering = true});
  world.add(R"((module (tag $t)
    (func (export "f") (block $b (try_table (catch $t $b) (throw $t) (nop)) (nop)))))");
  world.store->fuel = 1000;
  EXPECT_EQ(world.call("f").outcome, Outcome::ok);
  // block, try_table, throw; then the end of the function.
  EXPECT_EQ(1000 - world.store->fuel, 3 + 1);
}

TEST(InterpException, TracesLeadToTheThrow) {
  World world;
  world.add(R"((module (tag $t (param i32)) (func $fail (throw $t (i32.const 1)))
    (func (export "f") (nop) (call $fail) (nop))))");
  EXPECT_EQ(world.call("f").outcome, Outcome::exception);
  const runtime::TraceSink& trace = world.store->trap.trace;
  ASSERT_EQ(trace.count, 2u);
  EXPECT_NE(trace.first[0].code, nullptr);
  world.store->locate_trace();
  const Module& module = world.last->module();
  // Behind the count of locals: i32.const (2 bytes), throw; nop, call.
  EXPECT_EQ(trace.first[0].offset, module.functions[0].body.offset + 3);
  EXPECT_EQ(trace.first[1].offset, module.functions[1].body.offset + 2);
  EXPECT_EQ(trace.first[0].code, nullptr);
  EXPECT_TRUE(trace.first[0].exact);
}

// --- The legacy form

TEST(InterpException, LegacyCatchesRethrowTheirOwn) {
  World world(with_legacy());
  world.add(R"((module
    (tag $a (param i32)) (tag $b (param i64 f64))
    (func $inner (param $first i32) (param $again i32) (result i32)
      (i32.add (local.get $first) (i32.const 999))
      (try $outer (result i32)
        (do (if (local.get $first) (then (throw $a (i32.const 5))))
            (throw $b (i64.const 6) (f64.const 7)))
        (catch $a
          (try $mid (result i32)
            (do (throw $b (i64.const 8) (f64.const 9)))
            (catch $b
              (if (i32.eq (local.get $again) (i32.const 1)) (then (rethrow $outer)))
              (if (i32.eq (local.get $again) (i32.const 2)) (then (rethrow $mid)))
              (i32.trunc_f64_s) (local.set $first) (i32.wrap_i64)
              (i32.add (local.get $first))))
          (i32.add))
        (catch_all
          (if (local.get $again) (then (rethrow $outer)))
          (i32.const 20)))
      (i32.add))
    (func (export "f") (param i32 i32) (result i32)
      (try (result i32)
        (do (call $inner (local.get 0) (local.get 1)))
        (catch $b (i32.trunc_f64_s) (local.set 0) (i32.wrap_i64)
          (i32.add (i32.mul (local.get 0) (i32.const 100))))
        (catch $a (i32.add (i32.const 2000)))))))");
  EXPECT_EQ(world.get<uint32_t>("f", 1u, 0u), 1000u + 5 + 8 + 9);
  EXPECT_EQ(world.get<uint32_t>("f", 1u, 1u), 2005u);
  EXPECT_EQ(world.get<uint32_t>("f", 1u, 2u), 908u);
  EXPECT_EQ(world.get<uint32_t>("f", 0u, 0u), 1019u);
  EXPECT_EQ(world.get<uint32_t>("f", 0u, 1u), 706u);
}

TEST(InterpException, LegacyTriesLeaveWhatLiesBelow) {
  // Only an accumulator holds it when the exception is thrown.
  World world(with_legacy());
  world.add(R"((module
    (tag $t (param i32))
    (func (export "f") (param i32) (result i32)
      (i32.add (local.get 0) (i32.const 999))
      (try (result i32) (do (throw $t (i32.const 5))) (catch $t))
      (i32.add))))");
  EXPECT_EQ(world.get<uint32_t>("f", 1u), 1005u);
}

TEST(InterpException, LegacyDelegateSkipsWhatLiesBetween) {
  // Regions that begin at the same byte of code as the block that is delegated to, or lie before it
  // in the same block, are none of its own.
  World world(with_legacy());
  world.add(R"((module
    (tag $t)
    (func $fail (throw $t))
    (func (export "inner_at_the_start") (result i32)
      (try (result i32)
        (do
          (block $target
            (try
              (do (try (do (call $fail)) (delegate $target)))
              (catch_all (return (i32.const -1)))))
          (i32.const -2))
        (catch_all (i32.const 1))))
    (func (export "sibling") (result i32)
      (try (result i32)
        (do
          (block $target
            (try (do (call $fail)) (catch_all))
            (try (do (call $fail)) (delegate $target)))
          (i32.const -2))
        (catch_all (i32.const 1))))
    (func (export "to_a_loop") (result i32)
      (try (result i32)
        (do
          (loop $target
            (try
              (do (try (do (call $fail)) (delegate $target)))
              (catch_all (return (i32.const -1)))))
          (i32.const -2))
        (catch_all (i32.const 1))))
    (func (export "to_a_catch") (result i32)
      (try (result i32)
        (do
          (try $target
            (do (call $fail))
            (catch_all
              (try
                (do (try (do (call $fail)) (delegate $target)))
                (catch_all (return (i32.const -1))))))
          (i32.const -2))
        (catch_all (i32.const 1))))
    (func (export "to_a_try_table") (result i32)
      (block $b
        (try_table $target (catch_all $b)
          (try
            (do (try (do (call $fail)) (delegate $target)))
            (catch_all (return (i32.const -1)))))
        (return (i32.const -2)))
      (i32.const 1))
    (func (export "twice") (result i32)
      (try $outer (result i32)
        (do
          (try $mid
            (do
              (try
                (do
                  (try (do (call $fail)) (delegate $mid)))
                (catch_all (return (i32.const -1)))))
            (delegate $outer))
          (i32.const -2))
        (catch_all (i32.const 1))))
    (func $out
      (try
        (do (try (do (call $fail)) (delegate 1)))
        (catch_all (unreachable))))
    (func (export "to_the_caller") (result i32)
      (try (result i32) (do (call $out) (i32.const -2)) (catch_all (i32.const 1))))))");
  for (const std::string_view name : {"inner_at_the_start", "sibling", "to_a_loop", "to_a_catch",
                                      "to_a_try_table", "twice", "to_the_caller"})
    EXPECT_EQ(world.get<int32_t>(name), 1) << name;
}

TEST(InterpException, LegacyTriesInDeadCodeArePassedOver) {
  World world(with_legacy());
  world.add(R"((module
    (tag $t (param i32))
    (func (export "f") (param i32) (result i32)
      (try $a (result i32)
        (do
          (if (local.get 0) (then (return (i32.const 1))))
          (throw $t (i32.const 2))
          (try (do (unreachable)) (catch $t (drop)) (catch_all (rethrow 0)))
          (try (do (try (do) (delegate 0))) (delegate $a))
          (block (try_table (catch_all 0))))
        (catch $t (return) (try (do) (catch_all)))
        (catch_all (unreachable))))))");
  EXPECT_EQ(world.get<uint32_t>("f", 1u), 1u);
  EXPECT_EQ(world.get<uint32_t>("f", 0u), 2u);
}

} // namespace
} // namespace waxwing::interp::testing
