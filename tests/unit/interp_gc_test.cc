// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects in the interpreter: accesses, casts, what a collection keeps, and the heap's end.
#include <thread>

#include "unit/interp_fixture.hpp"

namespace waxwing::interp {
namespace {

using namespace testing;
using runtime::Rooted;
using runtime::StoreLimits;

class GcTest : public ::testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] static StoreLimits limits(uint64_t heap_bytes = uint64_t{256} << 20) {
    return {.gc_heap_bytes = heap_bytes, .gc_stress = GetParam()};
  }
  World world_{{}, limits()};
};

INSTANTIATE_TEST_SUITE_P(, GcTest, ::testing::Bool(),
                         [](const auto& mode) { return mode.param ? "Stress" : "Plain"; });

constexpr const char* kFields = R"wat(
(module
  (type $s (struct (field (mut i8)) (field (mut i16)) (field (mut i32)) (field (mut i64))
                   (field (mut f32)) (field (mut f64)) (field (mut v128)) (field (mut anyref))
                   (field (mut i8)) (field (mut funcref)) (field (mut externref))))
  (global $g (mut (ref null $s)) (ref.null $s))
  (func (export "make")
    (global.set $g (struct.new $s
      (i32.const 0x1FF) (i32.const 0x18000) (i32.const -5) (i64.const -6) (f32.const 1.5)
      (f64.const 2.5) (v128.const i32x4 1 2 3 4) (ref.i31 (i32.const 7)) (i32.const 0x7F)
      (ref.null func) (ref.null extern))))
  (func (export "make_default") (global.set $g (struct.new_default $s)))
  (func (export "null") (global.set $g (ref.null $s)))
  (func (export "i8_s") (result i32) (struct.get_s $s 0 (global.get $g)))
  (func (export "i8_u") (result i32) (struct.get_u $s 0 (global.get $g)))
  (func (export "i16_s") (result i32) (struct.get_s $s 1 (global.get $g)))
  (func (export "i16_u") (result i32) (struct.get_u $s 1 (global.get $g)))
  (func (export "i32") (result i32) (struct.get $s 2 (global.get $g)))
  (func (export "i64") (result i64) (struct.get $s 3 (global.get $g)))
  (func (export "f32") (result f32) (struct.get $s 4 (global.get $g)))
  (func (export "f64") (result f64) (struct.get $s 5 (global.get $g)))
  (func (export "v128") (result i32) (i32x4.extract_lane 2 (struct.get $s 6 (global.get $g))))
  (func (export "any") (result i32) (i31.get_s (ref.cast i31ref (struct.get $s 7 (global.get $g)))))
  (func (export "last") (result i32) (struct.get_s $s 8 (global.get $g)))
  (func (export "set")
    (struct.set $s 0 (global.get $g) (i32.const -1))
    (struct.set $s 1 (global.get $g) (i32.const -2))
    (struct.set $s 2 (global.get $g) (i32.add (struct.get $s 2 (global.get $g)) (i32.const -3)))
    (struct.set $s 3 (global.get $g) (i64.const -4))
    (struct.set $s 4 (global.get $g) (f32.add (struct.get $s 4 (global.get $g)) (f32.const -5)))
    (struct.set $s 5 (global.get $g) (f64.const -6))
    (struct.set $s 6 (global.get $g) (v128.const i32x4 -7 -7 -7 -7)))
  (func (export "set_v128") (struct.set $s 6 (global.get $g) (v128.const i32x4 0 0 0 0))))
)wat";

TEST_P(GcTest, FieldsOfEveryType) {
  world_.add(kFields);
  world_.call("make");
  EXPECT_EQ(world_.get<int32_t>("i8_s"), -1);
  EXPECT_EQ(world_.get<int32_t>("i8_u"), 0xFF);
  EXPECT_EQ(world_.get<int32_t>("i16_s"), -0x8000);
  EXPECT_EQ(world_.get<int32_t>("i16_u"), 0x8000);
  EXPECT_EQ(world_.get<int32_t>("i32"), -5);
  EXPECT_EQ(world_.get<int64_t>("i64"), -6);
  EXPECT_EQ(world_.get<float>("f32"), 1.5f);
  EXPECT_EQ(world_.get<double>("f64"), 2.5);
  EXPECT_EQ(world_.get<int32_t>("v128"), 3);
  EXPECT_EQ(world_.get<int32_t>("any"), 7);
  EXPECT_EQ(world_.get<int32_t>("last"), 0x7F);
  world_.call("set");
  EXPECT_EQ(world_.get<int32_t>("i8_u"), 0xFF);
  EXPECT_EQ(world_.get<int32_t>("i16_s"), -2);
  EXPECT_EQ(world_.get<int32_t>("i32"), -8);
  EXPECT_EQ(world_.get<int64_t>("i64"), -4);
  EXPECT_EQ(world_.get<float>("f32"), -3.5f);
  EXPECT_EQ(world_.get<double>("f64"), -6);
  EXPECT_EQ(world_.get<int32_t>("v128"), -7);
  EXPECT_EQ(world_.get<int32_t>("last"), 0x7F);
  world_.call("make_default");
  EXPECT_EQ(world_.get<int64_t>("i64"), 0);
  EXPECT_EQ(world_.get<int32_t>("v128"), 0);
  EXPECT_EQ(world_.trap("any"), TrapKind::null_i31_reference);
  world_.call("null");
  for (const char* name : {"i8_s", "i64", "f64", "v128", "set", "set_v128"})
    EXPECT_EQ(world_.trap(name), TrapKind::null_structure_reference) << name;
}

constexpr const char* kArrays = R"wat(
(module
  (type $i8 (array (mut i8))) (type $i64 (array (mut i64))) (type $f32 (array (mut f32)))
  (type $v (array (mut v128))) (type $any (array (mut anyref)))
  (data $d "\01\02\03\04\05\06\07\08\09")
  (elem $e i31ref (ref.i31 (i32.const 1)) (ref.i31 (i32.const 2)) (ref.null i31))
  (func (export "new8") (param i32) (drop (array.new $i8 (i32.const 1) (local.get 0))))
  (func (export "new64") (param i32) (drop (array.new $i64 (i64.const 1) (local.get 0))))
  (func (export "default64") (param i32) (drop (array.new_default $i64 (local.get 0))))
  (func (export "default_v") (param i32) (drop (array.new_default $v (local.get 0))))
  (func (export "data64") (param i32 i32) (result i64)
    (array.get $i64 (array.new_data $i64 $d (local.get 0) (local.get 1)) (i32.const 0)))
  (func (export "elem") (param i32 i32) (result i32)
    (array.len (array.new_elem $any $e (local.get 0) (local.get 1))))
  (func (export "get8") (param i32) (result i32)
    (array.get_s $i8 (array.new $i8 (i32.const -3) (i32.const 5)) (local.get 0)))
  (func (export "sum") (param $n i32) (result i64) (local $a (ref $i64)) (local $i i32) (local $s i64)
    (local.set $a (array.new_default $i64 (local.get $n)))
    (loop $fill
      (array.set $i64 (local.get $a) (local.get $i) (i64.extend_i32_u (local.get $i)))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.set $i (i32.const 0))
    (loop $add
      (local.set $s (i64.add (local.get $s) (array.get $i64 (local.get $a) (local.get $i))))
      (br_if $add (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                            (array.len (local.get $a)))))
    (local.get $s))
  (func (export "v") (param i32) (result i32) (local $a (ref $v))
    (local.set $a (array.new_fixed $v 2 (v128.const i32x4 1 1 1 1) (v128.const i32x4 2 2 2 2)))
    (array.set $v (local.get $a) (i32.const 0) (v128.const i32x4 5 5 5 5))
    (i32x4.extract_lane 3 (array.get $v (local.get $a) (local.get 0))))
  (func (export "f") (param i32 f32) (result f32) (local $a (ref $f32))
    (local.set $a (array.new $f32 (local.get 1) (i32.const 3)))
    (array.set $f32 (local.get $a) (i32.const 1)
      (f32.add (array.get $f32 (local.get $a) (i32.const 0)) (f32.const 1)))
    (array.get $f32 (local.get $a) (local.get 0)))
  (func (export "null") (result i32) (array.len (ref.null $i8)))
  (func (export "null_get") (result i32) (array.get_u $i8 (ref.null $i8) (i32.const 0)))
  (func (export "null_fill")
    (array.fill $i8 (ref.null $i8) (i32.const 0) (i32.const 0) (i32.const 0)))
  (func (export "overlap") (param i32 i32 i32) (result i32) (local $a (ref $i8))
    (local.set $a (array.new_data $i8 $d (i32.const 0) (i32.const 9)))
    (array.copy $i8 $i8 (local.get $a) (local.get 0) (local.get $a) (local.get 1) (local.get 2))
    (i32.add (i32.mul (array.get_u $i8 (local.get $a) (i32.const 0)) (i32.const 100))
             (array.get_u $i8 (local.get $a) (i32.const 8)))))
)wat";

TEST_P(GcTest, Arrays) {
  world_.add(kArrays);
  EXPECT_EQ(world_.get<int64_t>("sum", 1000), 499'500);
  EXPECT_EQ(world_.get<int32_t>("get8", 4), -3);
  EXPECT_EQ(world_.trap("get8", 5), TrapKind::out_of_bounds_array_access);
  EXPECT_EQ(world_.store->trap.address, 5u);
  EXPECT_EQ(world_.store->trap.bound, 5u);
  EXPECT_EQ(world_.trap("get8", -1), TrapKind::out_of_bounds_array_access);
  EXPECT_EQ(world_.get<int32_t>("v", 0), 5);
  EXPECT_EQ(world_.get<int32_t>("v", 1), 2);
  EXPECT_EQ(world_.trap("v", 2), TrapKind::out_of_bounds_array_access);
  EXPECT_EQ(world_.get<float>("f", 1, 2.0f), 3.0f);
  EXPECT_EQ(world_.get<float>("f", 2, 2.0f), 2.0f);
  EXPECT_EQ(world_.get<int64_t>("data64", 1, 1), 0x0908070605040302);
  EXPECT_EQ(world_.trap("data64", 2, 1), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(world_.trap("data64", 0, 0x20000000), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(world_.get<int32_t>("elem", 1, 2), 2);
  EXPECT_EQ(world_.trap("elem", 1, 3), TrapKind::out_of_bounds_table_access);
  EXPECT_EQ(world_.trap("elem", -1, 2), TrapKind::out_of_bounds_table_access);
  for (const char* name : {"null", "null_get", "null_fill"})
    EXPECT_EQ(world_.trap(name), TrapKind::null_array_reference) << name;
  EXPECT_EQ(world_.get<int32_t>("overlap", 1, 0, 8), 108);
  EXPECT_EQ(world_.get<int32_t>("overlap", 0, 1, 8), 209);
  EXPECT_EQ(world_.trap("overlap", 2, 0, 8), TrapKind::out_of_bounds_array_access);
}

TEST_P(GcTest, HugeArraysTrap) {
  world_.add(kArrays);
  for (const uint32_t length : {0x7FFFFFFFu, 0xFFFFFFFFu, 0x80000000u, 0x20000000u})
    for (const char* name : {"new8", "new64", "default64", "default_v"})
      EXPECT_EQ(world_.trap(name, length), TrapKind::gc_heap_exhausted) << name << length;
  EXPECT_EQ(world_.trap("new64", 1000), TrapKind::none);
}

// Operands in locals, on the operand stack and in accumulators while others are allocated.
TEST_P(GcTest, OperandsSurviveCollections) {
  world_.add(R"wat(
(module
  (type $n (struct (field (mut i32)) (field (ref null $n))))
  (type $bytes (array (mut i8)))
  (func $litter (drop (array.new $bytes (i32.const 0xAA) (i32.const 24))))
  (func $new (param i32) (result (ref $n))
    (call $litter)
    (struct.new $n (local.get 0) (ref.null $n)))
  (func $value (param (ref null $n)) (result i32) (call $litter) (struct.get $n 0 (local.get 0)))
  (func (export "operands") (result i32)
    (i32.add
      (i32.add (call $value (struct.new $n (i32.const 1) (call $new (i32.const 10))))
               (call $value (call $new (i32.const 100))))
      (call $value (struct.get $n 1 (struct.new $n (i32.const 0) (struct.new $n (i32.const 1000)
        (call $new (i32.const 0))))))))
  (func (export "nested") (result i32) (local $a (ref null $n)) (local $b (ref null $n))
    (local.set $a (struct.new $n (i32.const 1) (struct.new $n (i32.const 2)
      (struct.new $n (i32.const 3) (struct.new $n (i32.const 4) (ref.null $n))))))
    (call $litter) (call $litter)
    (local.set $b (struct.get $n 1 (struct.get $n 1 (local.get $a))))
    (local.set $a (ref.null $n))
    (call $litter) (call $litter)
    (i32.add (i32.mul (struct.get $n 0 (local.get $b)) (i32.const 10))
             (struct.get $n 0 (struct.get $n 1 (local.get $b)))))
  (func $many (param i32) (result (ref $n) (ref $n) (ref $n))
    (call $new (local.get 0))
    (call $new (i32.add (local.get 0) (i32.const 1)))
    (call $new (i32.add (local.get 0) (i32.const 2))))
  (func (export "results") (result i32) (local $c (ref null $n)) (local $b (ref null $n))
    (call $many (i32.const 5)) (local.set $c) (local.set $b)
    (call $litter)
    (i32.mul (struct.get $n 0) (i32.mul (struct.get $n 0 (local.get $b))
                                        (struct.get $n 0 (local.get $c)))))
  (func $deep (param $n i32) (param $x (ref $n)) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (struct.get $n 0 (local.get $x)))
      (else (i32.add
        (call $deep (i32.sub (local.get $n) (i32.const 1))
                    (call $new (i32.const 1)))
        (struct.get $n 0 (local.get $x))))))
  (func (export "deep") (param i32) (result i32)
    (call $deep (local.get 0) (call $new (i32.const 1)))))
)wat");
  EXPECT_EQ(world_.get<int32_t>("operands"), 1101);
  EXPECT_EQ(world_.get<int32_t>("nested"), 34);
  EXPECT_EQ(world_.get<int32_t>("results"), 5 * 6 * 7);
  EXPECT_EQ(world_.get<int32_t>("deep", 300), 301);
}

// What only globals, tables, segments, other modules or the host refer to.
TEST_P(GcTest, ReferencesOutsideOfFramesSurvive) {
  Rooted held(world_.store->heap());
  world_.host(
      "hold", {val::anyref}, {},
      [](HostCall& call) {
        auto& rooted = *static_cast<Rooted*>(call.data);
        rooted.set(load_unaligned<Ref>(call.cells));
        // While the host runs, its arguments are alive.
        call.store.heap().collect();
        return Outcome::ok;
      },
      &held);
  world_.host(
      "give", {}, {val::anyref},
      [](HostCall& call) {
        store_unaligned(call.cells, static_cast<Rooted*>(call.data)->get());
        return Outcome::ok;
      },
      &held);
  Instance* first = world_.add(R"wat(
(module
  (type $n (struct (field i32)))
  (global (export "constant") (ref $n) (struct.new $n (i32.const 1)))
  (global $changes (mut (ref null $n)) (struct.new $n (i32.const 2)))
  (table $t (export "table") 3 10 anyref (struct.new $n (i32.const 3)))
  (elem $e anyref (struct.new $n (i32.const 4)) (array.new_fixed $a 2 (i32.const 5) (i32.const 5)))
  (type $a (array i32))
  (elem (table $t) (i32.const 1) anyref (item (struct.new $n (i32.const 6))))
  (func (export "set") (param i32) (global.set $changes (struct.new $n (local.get 0))))
  (func (export "changes") (result i32) (struct.get $n 0 (global.get $changes)))
  (func (export "table_get") (param i32) (result i32)
    (struct.get $n 0 (ref.cast (ref $n) (table.get $t (local.get 0)))))
  (func (export "init") (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 2)))
  (func (export "array") (result i32)
    (array.get $a (ref.cast (ref $a) (table.get $t (i32.const 1))) (i32.const 1)))
  (func (export "grow")
    (drop (table.grow $t (struct.new $n (i32.const 8)) (i32.const 4)))))
)wat",
                               "first");
  Instance* second = world_.add(R"wat(
(module
  (type $n (struct (field i32)))
  (import "first" "constant" (global $c (ref $n)))
  (import "first" "table" (table $t 3 10 anyref))
  (import "host" "hold" (func $hold (param anyref)))
  (import "host" "give" (func $give (result anyref)))
  (func (export "constant") (result i32) (struct.get $n 0 (global.get $c)))
  (func (export "other") (param i32) (result i32)
    (struct.get $n 0 (ref.cast (ref $n) (table.get $t (local.get 0)))))
  (func (export "hold") (param i32) (call $hold (struct.new $n (local.get 0))))
  (func (export "held") (result i32) (struct.get $n 0 (ref.cast (ref $n) (call $give)))))
)wat");
  auto& heap = world_.store->heap();
  const auto get = [&](Instance* instance, const char* name, auto... args) {
    heap.collect();
    const Answer answer = world_.call_in(instance, name, args...);
    EXPECT_EQ(answer.outcome, Outcome::ok) << name;
    return answer.as<int32_t>();
  };
  EXPECT_EQ(get(second, "constant"), 1);
  EXPECT_EQ(get(first, "changes"), 2);
  EXPECT_EQ(get(first, "table_get", 0), 3);
  EXPECT_EQ(get(first, "table_get", 1), 6);
  EXPECT_EQ(get(second, "other", 1), 6);
  get(first, "set", 9);
  EXPECT_EQ(get(first, "changes"), 9);
  get(first, "init");
  EXPECT_EQ(get(first, "table_get", 0), 4);
  EXPECT_EQ(get(first, "array"), 5);
  get(first, "grow");
  EXPECT_EQ(get(second, "other", 6), 8);
  get(second, "hold", 77);
  EXPECT_EQ(get(second, "held"), 77);
}

TEST_P(GcTest, CastsAreNotFooled) {
  // The store, which ends behind the test, finalizes what is left.
  static int finalized;
  finalized = 0;
  Rooted host(world_.store->heap());
  host.set(runtime::ref_of(
      world_.store->heap().new_host(&finalized, [](void* data) { ++*static_cast<int*>(data); })));
  world_.add(R"wat(
(module
  (type $s (sub (struct (field i32))))
  (type $t (sub $s (struct (field i32) (field i64))))
  (type $u (sub $s (struct (field i32) (field i64) (field i64))))
  (type $same (sub $s (struct (field i32) (field i64))))
  (type $a (array i32)) (type $f (func)) (type $g (func (param i32)))
  (func $ff (type $f)) (elem declare func $ff)
  (func $is (param anyref) (result i32)
    (local $r i32)
    (local.set $r (ref.test (ref $s) (local.get 0)))
    (local.set $r (i32.or (local.get $r) (i32.shl (ref.test (ref $t) (local.get 0)) (i32.const 1))))
    (local.set $r (i32.or (local.get $r) (i32.shl (ref.test (ref $u) (local.get 0)) (i32.const 2))))
    (local.set $r (i32.or (local.get $r) (i32.shl (ref.test (ref $a) (local.get 0)) (i32.const 3))))
    (local.set $r (i32.or (local.get $r) (i32.shl (ref.test (ref eq) (local.get 0)) (i32.const 4))))
    (local.set $r (i32.or (local.get $r) (i32.shl (ref.test (ref i31) (local.get 0)) (i32.const 5))))
    (local.set $r (i32.or (local.get $r) (i32.shl (ref.test (ref struct) (local.get 0)) (i32.const 6))))
    (local.set $r (i32.or (local.get $r) (i32.shl (ref.test (ref array) (local.get 0)) (i32.const 7))))
    (local.set $r (i32.or (local.get $r) (i32.shl (ref.test (ref any) (local.get 0)) (i32.const 8))))
    (local.set $r (i32.or (local.get $r) (i32.shl (ref.test nullref (local.get 0)) (i32.const 9))))
    (local.set $r (i32.or (local.get $r) (i32.shl (ref.test (ref $same) (local.get 0)) (i32.const 10))))
    (local.get $r))
  (func (export "host") (param externref) (result i32) (call $is (any.convert_extern (local.get 0))))
  (func (export "cast_host") (param externref) (result i32)
    (struct.get $s 0 (ref.cast (ref $s) (any.convert_extern (local.get 0)))))
  (func (export "i31_host") (param externref) (result i32)
    (i31.get_u (ref.cast (ref i31) (any.convert_extern (local.get 0)))))
  (func (export "s") (result i32) (call $is (struct.new_default $s)))
  (func (export "t") (result i32) (call $is (struct.new_default $t)))
  (func (export "u") (result i32) (call $is (struct.new_default $u)))
  (func (export "a") (result i32) (call $is (array.new_default $a (i32.const 0))))
  (func (export "i31") (param i32) (result i32) (call $is (ref.i31 (local.get 0))))
  (func (export "nil") (result i32) (call $is (ref.null any)))
  (func (export "func") (result i32)
    (i32.add (ref.test (ref $f) (ref.func $ff))
      (i32.mul (ref.test (ref $g) (ref.cast funcref (ref.func $ff))) (i32.const 10))))
  (func (export "down") (param i32) (result i32)
    (struct.get $s 0 (ref.cast (ref $u) (block (result (ref $s))
      (br_if 0 (struct.new_default $t) (local.get 0)) (drop) (struct.new_default $u)))))
  (func (export "branch") (param i32) (result i32)
    (block $out (result i32)
      (block $is_t (result (ref $t))
        (br_on_cast $is_t (ref $s) (ref $t)
          (if (result (ref $s)) (local.get 0) (then (struct.new_default $t))
                                              (else (struct.new $s (i32.const 3)))))
        (br $out (struct.get $s 0)))
      (drop) (i32.const 100)))
  (func (export "branch_fail") (param i32) (result i32)
    (block $not (result (ref $s))
      (br_on_cast_fail $not (ref $s) (ref $t)
        (if (result (ref $s)) (local.get 0) (then (struct.new $t (i32.const 4) (i64.const 5)))
                                            (else (struct.new $s (i32.const 3)))))
      (return (i32.wrap_i64 (struct.get $t 1))))
    (struct.get $s 0)))
)wat");
  constexpr int32_t kAny = 1 << 8;
  constexpr int32_t kEq = 1 << 4;
  constexpr int32_t kStruct = kAny | kEq | 1 << 6;
  EXPECT_EQ(world_.get<int32_t>("host", host.get()), kAny);
  EXPECT_EQ(world_.trap("cast_host", host.get()), TrapKind::cast_failure);
  EXPECT_EQ(world_.trap("i31_host", host.get()), TrapKind::cast_failure);
  EXPECT_EQ(world_.get<int32_t>("host", Ref{0}), 1 << 9);
  EXPECT_EQ(world_.get<int32_t>("s"), kStruct | 1);
  EXPECT_EQ(world_.get<int32_t>("t"), kStruct | 1 | 2 | 1 << 10);
  EXPECT_EQ(world_.get<int32_t>("u"), kStruct | 1 | 4);
  EXPECT_EQ(world_.get<int32_t>("a"), kAny | kEq | 8 | 1 << 7);
  for (const uint32_t n : {0u, 1u, 0x7FFFFFFFu, 0xFFFFFFFFu, 0x80000000u})
    EXPECT_EQ(world_.get<int32_t>("i31", n), kAny | kEq | 1 << 5);
  EXPECT_EQ(world_.get<int32_t>("nil"), 1 << 9);
  EXPECT_EQ(world_.get<int32_t>("func"), 1);
  EXPECT_EQ(world_.trap("down", 1), TrapKind::cast_failure);
  EXPECT_EQ(world_.get<int32_t>("down", 0), 0);
  EXPECT_EQ(world_.get<int32_t>("branch", 1), 100);
  EXPECT_EQ(world_.get<int32_t>("branch", 0), 3);
  EXPECT_EQ(world_.get<int32_t>("branch_fail", 1), 5);
  EXPECT_EQ(world_.get<int32_t>("branch_fail", 0), 3);
  EXPECT_EQ(finalized, 0);
}

TEST_P(GcTest, FramesBeyondNarrowOperands) {
  // 9,000 locals of 16 bytes lie in front of the operand stack.
  std::string locals;
  for (int i = 0; i < 9000; ++i) locals += " v128";
  world_.add(
      "(module (type $n (struct (field (mut i32)) (field (mut f64))))"
      "(type $a (array (mut i32)))"
      "(func (export \"f\") (param i32) (result i32) (local" +
      locals +
      ") (local $x (ref null $n)) (local $y (ref null $a))"
      "(local.set $x (struct.new $n (local.get 0) (f64.const 3)))"
      "(local.set $y (array.new $a (i32.const 5) (i32.const 4)))"
      "(struct.set $n 1 (local.get $x) (f64.const 4))"
      "(array.set $a (local.get $y) (i32.const 1) (i32.const 50))"
      "(i32.add (i32.add (struct.get $n 0 (local.get $x))"
      " (i32.trunc_f64_s (struct.get $n 1 (ref.cast (ref $n) (local.get $x)))))"
      " (i32.add (array.get $a (local.get $y) (i32.const 1)) (array.len (local.get $y))))))");
  EXPECT_EQ(world_.get<int32_t>("f", 1000), 1000 + 4 + 50 + 4);
}

constexpr const char* kTrees = R"wat(
(module
  (type $tree (struct (field (ref null $tree)) (field (ref null $tree))))
  (type $list (struct (field (ref null $list)) (field i32)))
  (global $list (mut (ref null $list)) (ref.null $list))
  (func $make (param i32) (result (ref $tree))
    (if (result (ref $tree)) (local.get 0)
      (then (struct.new $tree (call $make (i32.sub (local.get 0) (i32.const 1)))
                              (call $make (i32.sub (local.get 0) (i32.const 1)))))
      (else (struct.new_default $tree))))
  (func $count (param (ref null $tree)) (result i32)
    (if (result i32) (ref.is_null (local.get 0)) (then (i32.const 0))
      (else (i32.add (i32.const 1)
        (i32.add (call $count (struct.get $tree 0 (local.get 0)))
                 (call $count (struct.get $tree 1 (local.get 0))))))))
  (func (export "trees") (param $rounds i32) (param $depth i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (call $count (call $make (local.get $depth)))))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.get $sum))
  (func (export "grow") (param $n i32)
    (loop $again
      (global.set $list (struct.new $list (global.get $list) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "length") (result i32) (local $l (ref null $list)) (local $n i32)
    (local.set $l (global.get $list))
    (block $done (loop $next
      (local.set $l (struct.get $list 0 (br_on_null $done (local.get $l))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br $next)))
    (local.get $n))
  (func (export "clear") (global.set $list (ref.null $list)))
  (func (export "forever") (loop (drop (struct.new_default $tree)) (br 0))))
)wat";

TEST(GcLimits, GarbageIsNoLimit) {
  // A hundred times the heap's size in all, never more than half of it at once.
  World world({}, {.gc_heap_bytes = 1 << 20});
  world.add(kTrees);
  EXPECT_EQ(world.get<int32_t>("trees", 400, 12), 400 * 8191);
  EXPECT_LE(world.store->heap().taken_bytes(), 1u << 20);
  EXPECT_GE(world.store->heap().collections(), 50u);
}

TEST(GcLimits, RunningOutIsATrapAndNoMore) {
  World world({}, {.gc_heap_bytes = 1 << 20});
  world.add(kTrees);
  EXPECT_EQ(world.trap("grow", 10'000'000), TrapKind::gc_heap_exhausted);
  EXPECT_GT(world.store->trap.trace.count, 0u);
  EXPECT_GT(world.get<int32_t>("length"), 20'000);
  EXPECT_EQ(world.trap("trees", 1, 14), TrapKind::gc_heap_exhausted);
  world.call("clear");
  EXPECT_EQ(world.get<int32_t>("trees", 10, 12), 10 * 8191);
}

TEST(GcLimits, NoHeapAtAll) {
  World world({}, {.gc_heap_bytes = 0});
  world.add(kTrees);
  EXPECT_EQ(world.trap("grow", 1), TrapKind::gc_heap_exhausted);
  EXPECT_EQ(world.get<int32_t>("length"), 0);
}

TEST(GcLimits, LongListsAreCollected) {
  World world;
  world.add(kTrees);
  world.call("grow", 3'000'000);
  world.store->heap().collect();
  EXPECT_EQ(world.get<int32_t>("length"), 3'000'000);
  world.call("clear");
  world.store->heap().collect();
  EXPECT_LT(world.store->heap().used_bytes(), 1u << 20);
}

TEST(GcLimits, ConstantsThatDoNotFitAreAnError) {
  World world({}, {.gc_heap_bytes = 1 << 20});
  auto binary = text::parse_module("(module (type $a (array i64)) (global (ref $a) (array.new $a "
                                   "(i64.const 1) (i32.const 1000000))))");
  ASSERT_TRUE(binary.has_value());
  for (int i = 0; i < 3; ++i) {
    runtime::LoadedModule* module = *runtime::LoadedModule::load(world.engine, binary->bytes);
    Outcome outcome{};
    const auto instance = world.linker->instantiate(*module, outcome);
    ASSERT_FALSE(instance.has_value());
    EXPECT_EQ(instance.error().code, ErrorCode::gc_heap_limit);
    EXPECT_NE(instance.error().offset, 0u);
    module->release();
    world.store->heap().collect();
  }
}

TEST(GcLimits, AGuestThatAllocatesCanBeStopped) {
  for (const bool polling : {false, true}) {
    runtime::EngineConfig config;
    config.polling = polling;
    World world(config);
    world.add(kTrees);
    std::thread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      world.store->interrupt(runtime::Interrupt::stop);
      while (world.store->repeat_interrupt())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    EXPECT_EQ(world.trap("forever"), TrapKind::interrupted);
    stopper.join();
    EXPECT_EQ(world.get<int32_t>("trees", 3, 10), 3 * 2047);
  }
}

TEST(GcLimits, StoresDoNotShareAHeap) {
  runtime::Engine engine(platform::default_allocator(), {}, backend());
  auto binary = text::parse_module(kTrees);
  ASSERT_TRUE(binary.has_value());
  runtime::LoadedModule* module = *runtime::LoadedModule::load(engine, binary->bytes);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      Store* store = *Store::make(engine, {.gc_heap_bytes = 1 << 20});
      Outcome outcome{};
      Instance* instance = *runtime::instantiate(*store, *module, {}, outcome);
      Extern trees;
      if (!instance->find_export("trees", trees)) std::abort();
      Cell cells[4] = {};
      for (int i = 0; i < 3; ++i) {
        cells[0] = 20;
        cells[1] = 10;
        if (runtime::call(*store, trees.func, cells) != Outcome::ok) std::abort();
        if (static_cast<uint32_t>(cells[0]) != 20 * 2047) std::abort();
      }
      Store::destroy(store);
    });
  for (std::thread& thread : threads) thread.join();
  module->release();
}

} // namespace
} // namespace waxwing::interp
