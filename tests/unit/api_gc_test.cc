// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structs, arrays and i31 of guests in the hands of the host.
#include <array>
#include <cstring>
#include <string>

#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

constexpr std::string_view kGuest = R"((module
  (type $point (sub (struct (field (mut i32)) (field f64))))
  (type $named (sub $point (struct (field (mut i32)) (field f64) (field (mut i8)) (field (mut i16))
    (field (mut (ref null $point))) (field v128))))
  (type $text (array (mut i8)))
  (type $fixed (array i16))
  (type $refs (array (mut anyref)))
  (func (export "point") (result (ref $point)) (struct.new $point (i32.const 7) (f64.const 1.5)))
  (func (export "named") (result anyref)
    (struct.new $named (i32.const 1) (f64.const 2) (i32.const -1) (i32.const -2)
      (ref.null $point) (v128.const i32x4 1 2 3 4)))
  (func (export "x") (param (ref $point)) (result i32) (struct.get $point 0 (local.get 0)))
  (func (export "last") (param (ref $text)) (result i32)
    (array.get_u $text (local.get 0) (i32.sub (array.len (local.get 0)) (i32.const 1))))
  (func (export "text") (result (ref $text)) (array.new_fixed $text 3
    (i32.const 97) (i32.const 98) (i32.const 255)))
  (func (export "fixed") (result (ref $fixed)) (array.new $fixed (i32.const -5) (i32.const 4)))
  (func (export "refs") (result (ref $refs)) (array.new_default $refs (i32.const 2)))
  (func (export "out") (param anyref) (result externref)
    (extern.convert_any (local.get 0)))
  (func (export "i31") (param anyref) (result i32)
    (i31.get_s (ref.cast (ref i31) (local.get 0))))
  (func (export "takes_named") (param (ref $named)))))";

Value call(const Instance& i, std::string_view name, std::vector<Value> arguments = {}) {
  return expect(expect(i.func(name)).call(arguments)).at(0);
}
ObjectType param_type(World& world, const Instance& i, std::string_view name) {
  return ObjectType::of(world.store, expect(i.func(name)).type().params.at(0)).value();
}

TEST(ApiGc, FieldsOfAStruct) {
  World world;
  const Instance i = world.instance(kGuest);
  Struct point = expect(Struct::of(call(i, "point")));
  ASSERT_EQ(point.size(), 2U);
  EXPECT_EQ(expect(point.get(0)).i32(), 7);
  EXPECT_EQ(expect(point.get(1)).f64(), 1.5);
  EXPECT_EQ(error_of(point.get(2)).message, "field 2 of a struct that has 2");
  expect(point.set(0, int32_t{41}));
  EXPECT_EQ(call(i, "x", {point.reference()}).i32(), 41);
  EXPECT_EQ(error_of(point.set(1, 2.0)).message, "the field cannot be changed");
  EXPECT_EQ(error_of(point.set(0, int64_t{1})).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(point.set(9, int32_t{1})).kind, ErrorKind::usage);
  EXPECT_EQ(expect(point.get(0)).i32(), 41);
}

TEST(ApiGc, PackedFieldsAndReferences) {
  World world;
  const Instance i = world.instance(kGuest);
  Struct named = expect(Struct::of(call(i, "named")));
  EXPECT_EQ(expect(named.get(2)).i32(), 255);
  EXPECT_EQ(expect(named.get(2, Extension::sign)).i32(), -1);
  EXPECT_EQ(expect(named.get(3)).i32(), 65534);
  EXPECT_EQ(expect(named.get(3, Extension::sign)).i32(), -2);
  expect(named.set(2, int32_t{0x1234}));
  EXPECT_EQ(expect(named.get(2)).i32(), 0x34);
  EXPECT_TRUE(expect(named.get(4)).is_null());
  EXPECT_EQ(expect(named.get(5)).v128().bytes[4], 2);
  // A value of a supertype's field may be of a subtype; nothing else.
  expect(named.set(4, named.reference()));
  EXPECT_EQ(expect(Struct::of(expect(named.get(4)))).size(), 6U);
  EXPECT_EQ(error_of(named.set(4, call(i, "text"))).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(named.set(4, make_i31(1))).kind, ErrorKind::usage);

  const std::vector<FieldType> fields = named.type().fields();
  ASSERT_EQ(fields.size(), 6U);
  EXPECT_EQ(fields[2], (FieldType{.type = ValueKind::i32, .packed_bits = 8, .is_mutable = true}));
  EXPECT_EQ(fields[1], (FieldType{.type = ValueKind::f64}));
  EXPECT_EQ(fields[4].type.kind(), ValueKind::anyref);
}

TEST(ApiGc, ElementsOfArrays) {
  World world;
  const Instance i = world.instance(kGuest);
  Array text = expect(Array::of(call(i, "text")));
  ASSERT_EQ(text.size(), 3U);
  EXPECT_EQ(expect(text.get(2)).i32(), 255);
  EXPECT_EQ(expect(text.get(2, Extension::sign)).i32(), -1);
  EXPECT_EQ(error_of(text.get(3)).message, "element 3 of an array that has 3");
  expect(text.set(2, int32_t{'c'}));
  std::array<std::byte, 3> bytes{};
  expect(text.read(0, bytes));
  EXPECT_EQ(std::memcmp(bytes.data(), "abc", 3), 0);
  EXPECT_EQ(error_of(text.read(1, bytes)).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(text.read(UINT32_MAX, bytes)).kind, ErrorKind::usage);
  expect(text.read(3, {}));
  EXPECT_EQ(error_of(text.read(4, {})).kind, ErrorKind::usage);
  expect(text.write(1, std::as_bytes(std::span("xy", 2))));
  EXPECT_EQ(call(i, "last", {text.reference()}).i32(), 'y');

  Array fixed = expect(Array::of(call(i, "fixed")));
  EXPECT_EQ(error_of(fixed.set(0, int32_t{1})).message, "the element cannot be changed");
  EXPECT_EQ(error_of(fixed.write(0, std::as_bytes(std::span("xy", 2)))).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(fixed.read(0, bytes)).message, "3 bytes are no whole number of elements of 2");
  std::array<int16_t, 4> numbers{};
  expect(fixed.read(0, std::as_writable_bytes(std::span(numbers))));
  EXPECT_EQ(numbers[3], -5);

  Array refs = expect(Array::of(call(i, "refs")));
  EXPECT_EQ(error_of(refs.read(0, bytes)).kind, ErrorKind::usage);
  expect(refs.set(0, text.reference()));
  expect(refs.set(1, make_i31(-3)));
  EXPECT_EQ(expect(Array::of(expect(refs.get(0)))).size(), 3U);
  EXPECT_EQ(expect(refs.get(1)).i31(), -3);
}

TEST(ApiGc, TheHostMakesObjects) {
  World world;
  const Instance i = world.instance(kGuest);
  const ObjectType point = param_type(world, i, "x");
  const ObjectType named = param_type(world, i, "takes_named");
  EXPECT_EQ(point.kind(), ObjectKind::struct_);
  EXPECT_TRUE(named.is_subtype_of(point));
  EXPECT_FALSE(point.is_subtype_of(named));
  const Struct made = expect(Struct::make(point, std::vector<Value>{int32_t{5}, 0.5}));
  EXPECT_EQ(made.type(), point);
  EXPECT_EQ(call(i, "x", {made.reference()}).i32(), 5);
  EXPECT_EQ(error_of(expect(i.func("takes_named")).call(std::vector{made.reference()})).kind,
            ErrorKind::usage);
  EXPECT_EQ(error_of(Struct::make(point, std::vector<Value>{int32_t{5}})).message,
            "1 values for a struct of 2 fields");
  EXPECT_EQ(error_of(Struct::make(point, std::vector<Value>{int32_t{5}, 1.5F})).kind,
            ErrorKind::usage);

  const ObjectType text = param_type(world, i, "last");
  EXPECT_EQ(text.kind(), ObjectKind::array);
  EXPECT_EQ(call(i, "last", {expect(Array::make(text, 9, int32_t{300})).reference()}).i32(), 44);
  EXPECT_EQ(expect(Array::make(text, 0, int32_t{0})).size(), 0U);
  EXPECT_EQ(error_of(Array::make(text, 1, int64_t{0})).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(Array::make(point, 1, int32_t{0})).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(Struct::make(text, {})).kind, ErrorKind::usage);
  EXPECT_EQ(call(i, "i31", {make_i31(-1)}).i32(), -1);
  EXPECT_EQ(call(i, "i31", {make_i31(0x7FFFFFFF)}).i32(), -1) << "31 bits";
}

TEST(ApiGc, WhatIsNoObjectIsRefused) {
  World world;
  World other;
  const Instance i = world.instance(kGuest);
  const Value point = call(i, "point");
  EXPECT_EQ(error_of(Array::of(point)).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(Struct::of(call(i, "text"))).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(Struct::of(Value(int32_t{5}))).message, "5 is no struct");
  EXPECT_EQ(error_of(Struct::of(Value(ExternRef()))).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(Struct::of(world.store.reference(5))).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(Struct::of(make_i31(5))).kind, ErrorKind::usage);
  // One that went through the guest as an externref is still what it was.
  EXPECT_EQ(expect(Struct::of(call(i, "out", {point}))).size(), 2U);
  // Of another store.
  const Instance j = other.instance(kGuest);
  Struct there = expect(Struct::of(call(j, "point")));
  EXPECT_EQ(error_of(expect(i.func("x")).call(std::vector{there.reference()})).kind,
            ErrorKind::usage);
  EXPECT_FALSE(ObjectType::of(world.store, ValueKind::anyref).has_value());
  EXPECT_FALSE(ObjectType::of(world.store, ValueKind::i32).has_value());
  EXPECT_FALSE(
      ObjectType::of(world.store, ValueType(ValueKind::anyref, true, 0x00FFFF63)).has_value());
}

TEST(ApiGc, ObjectsLiveAsLongAsTheirHandles) {
  World world({}, {.gc_heap_bytes = 1 << 20, .gc_stress = true});
  const Instance i = world.instance(kGuest);
  const ObjectType text = param_type(world, i, "last");
  Array refs = expect(Array::of(call(i, "refs")));
  {
    Array held = expect(Array::make(text, 100, int32_t{'x'}));
    expect(refs.set(0, held.reference()));
  }
  Array kept = expect(Array::make(text, 100, int32_t{'k'}));
  for (int round = 0; round < 100; ++round) (void)expect(Array::make(text, 10'000, int32_t{round}));
  EXPECT_EQ(expect(kept.get(99)).i32(), 'k');
  EXPECT_EQ(expect(expect(Array::of(expect(refs.get(0)))).get(99)).i32(), 'x');
  EXPECT_EQ(error_of(Array::make(text, 2 << 20, int32_t{0})).limit, LimitKind::gc_heap);
  EXPECT_EQ(error_of(Array::make(text, UINT32_MAX, int32_t{0})).limit, LimitKind::gc_heap);
}

} // namespace
} // namespace waxwing::api_test
