// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions between guests and the host, and references to guests' objects in the host's hands.
#include <array>

#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

constexpr const char* kThrower = R"((module $thrower
  (tag $oops (export "oops") (param i32 f64))
  (func $throw (export "throw") (throw $oops (i32.const 7) (f64.const 0.5)))
  (func (export "catch") (result exnref)
    (block $caught (result exnref)
      (try_table (catch_all_ref $caught) (call $throw))
      unreachable))
  (func (export "rethrow") (param exnref) (throw_ref (local.get 0)))))";

TEST(ApiException, OneThatNobodyCatchesIsAnError) {
  World world;
  const Instance i = world.instance(kThrower);
  const Error error = error_of(expect(i.func<void()>("throw"))());
  EXPECT_EQ(error.kind, ErrorKind::exception);
  EXPECT_EQ(error.message, "uncaught exception: oops (i32 7, f64 0.5)");
  ASSERT_NE(error.exception, nullptr);
  EXPECT_EQ(error.exception->tag(), expect(i.tag("oops")));
  EXPECT_EQ(error.exception->tag().type(), (TagType{{ValueKind::i32, ValueKind::f64}}));
  const std::vector<Value> values = error.exception->values();
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[0].i32(), 7);
  EXPECT_EQ(values[1].f64(), 0.5);
  // Where it was thrown, without asking.
  ASSERT_NE(error.trap, nullptr);
  EXPECT_EQ(error.trap->kind, TrapKind::uncaught_exception);
  ASSERT_FALSE(error.trap->frames.empty());
  EXPECT_EQ(error.trap->frames[0].function, "throw");
  EXPECT_NE(error.trap->trace.find("throw"), std::string::npos);
  // The store goes on.
  EXPECT_EQ(error_of(expect(i.func<void()>("throw"))()).kind, ErrorKind::exception);
}

/// A guest that catches what comes out of the host: the number, or -1 for anything else.
constexpr const char* kCatcher = R"((module
  (import "h" "go" (func $go))
  (import "h" "oops" (tag $oops (param i32)))
  (func (export "run") (result i32)
    (block $oops (result i32)
      (block $other
        (try_table (catch $oops $oops) (catch_all $other) (call $go))
        (return (i32.const 0)))
      (return (i32.const -1))))
  (func (export "let_pass") (call $go))))";

TEST(ApiException, TheHostThrows) {
  World world;
  const Tag oops = expect(Tag::make(world.store, {{ValueKind::i32}}));
  const Tag other = expect(Tag::make(world.store, {{ValueKind::i32}}));
  EXPECT_NE(oops, other);
  bool throws_other = false;
  expect(world.linker.func("h", "go", [&]() -> Result<void> {
    const std::array<Value, 1> values = {Value(41)};
    return fail(expect(Exception::make(throws_other ? other : oops, values)));
  }));
  expect(world.linker.define("h", "oops", oops));
  const Instance i = world.instance(kCatcher);
  const auto run = expect(i.func<int32_t()>("run"));
  EXPECT_EQ(run().value(), 41);
  throws_other = true;
  EXPECT_EQ(run().value(), -1);
  const Error error = error_of(expect(i.func<void()>("let_pass"))());
  ASSERT_NE(error.exception, nullptr);
  EXPECT_EQ(error.exception->tag(), other);
  ASSERT_GE(error.trap->frames.size(), 2U);
  EXPECT_TRUE(error.trap->frames.front().is_host);
  EXPECT_EQ(error.trap->frames.back().function, "let_pass");

  const std::array<Value, 1> wrong = {Value(1.5)};
  EXPECT_EQ(error_of(Exception::make(oops, wrong)).message, "value 1: expected i32, found f64");
  EXPECT_EQ(error_of(Exception::make(oops)).kind, ErrorKind::usage);
}

TEST(ApiException, OneOfAGuestPassesThroughTheHost) {
  World world;
  const Instance thrower = world.instance(R"((module
    (tag $oops (export "oops") (param i32))
    (func $deep (throw $oops (i32.const 5)))
    (func (export "throw") (call $deep))))");
  bool handles = false;
  expect(world.linker.func("h", "go", [&]() -> Result<void> {
    Result<void> ended = expect(thrower.func<void()>("throw"))();
    // The host may look at it, and take it as done with.
    EXPECT_EQ(ended.error().exception->values().at(0).i32(), 5);
    if (handles) return {};
    return ended;
  }));
  expect(world.linker.define("h", "oops", expect(thrower.tag("oops"))));
  const Instance i = world.instance(kCatcher);
  EXPECT_EQ(expect(i.func<int32_t()>("run"))().value(), 5);
  handles = true;
  EXPECT_EQ(expect(i.func<int32_t()>("run"))().value(), 0);
  handles = false;
  // Frames of both guests, the thrower's first.
  const Error error = error_of(expect(i.func<void()>("let_pass"))());
  EXPECT_EQ(error.exception->text(), "oops (i32 5)");
  EXPECT_EQ(error.trap->frames.front().function, "deep");
  EXPECT_EQ(error.trap->frames.back().function, "let_pass");
}

TEST(ApiException, AnotherOneHasATraceOfItsOwn) {
  World world;
  const Tag oops = expect(Tag::make(world.store, {{ValueKind::i32}}));
  expect(world.linker.func("h", "go", [&]() -> Result<void> {
    const std::array<Value, 1> values = {Value(1)};
    return fail(expect(Exception::make(oops, values)));
  }));
  expect(world.linker.define("h", "oops", oops));
  const Instance i = world.instance(R"((module
    (import "h" "go" (func $go)) (import "h" "oops" (tag $oops (param i32)))
    (func $later (throw $oops (i32.const 2)))
    (func (export "run")
      (block $caught (result i32) (try_table (catch $oops $caught) (call $go)) (return))
      (drop) (call $later))))");
  const Error error = error_of(expect(i.func<void()>("run"))());
  EXPECT_EQ(error.exception->values().at(0).i32(), 2);
  EXPECT_EQ(error.trap->frame_count, 2U);
  EXPECT_EQ(error.trap->frames.front().function, "later");
}

TEST(ApiException, OfAnotherStoreIsATrap) {
  World world;
  World other;
  const Exception foreign = expect(Exception::make(expect(Tag::make(other.store, {}))));
  const Func f = expect(make_func(world.store, [&]() -> Result<void> { return fail(foreign); }));
  EXPECT_EQ(trap_of(f.call()), TrapKind::host);
}

TEST(ApiException, AsValues) {
  World world({}, {.gc_stress = true});
  const Instance i = world.instance(kThrower);
  const Value caught = expect(expect(i.func("catch")).call()).at(0);
  EXPECT_EQ(caught.kind(), ValueKind::exnref);
  EXPECT_EQ(caught.object_kind(), ObjectKind::exception);
  world.store.collect();
  const Exception exception = expect(Exception::of(caught));
  EXPECT_EQ(exception.text(), "oops (i32 7, f64 0.5)");
  const std::array<Value, 1> again = {exception.reference()};
  const Error thrown = error_of(expect(i.func("rethrow")).call(again));
  EXPECT_EQ(thrown.exception->values().at(1).f64(), 0.5);
  EXPECT_EQ(error_of(Exception::of(Value(1))).kind, ErrorKind::usage);
  const std::array<Value, 1> none = {Value(ValueKind::exnref, RawValue(), nullptr)};
  EXPECT_EQ(trap_of(expect(i.func("rethrow")).call(none)), TrapKind::null_reference);
}

constexpr const char* kObjects = R"((module
  (type $point (struct (field $x (mut i32)) (field $tag (mut externref))))
  (type $list (array (mut anyref)))
  (func (export "point") (param i32 externref) (result (ref $point))
    (struct.new $point (local.get 0) (local.get 1)))
  (func (export "x") (param (ref null $point)) (result i32)
    (struct.get $point $x (local.get 0)))
  (func (export "tag") (param (ref null $point)) (result externref)
    (struct.get $point $tag (local.get 0)))
  (func (export "small") (result (ref i31)) (ref.i31 (i32.const -3)))
  (func (export "list") (param anyref) (result (ref $list))
    (array.new $list (local.get 0) (i32.const 4)))
  (func (export "out") (param anyref) (result externref)
    (extern.convert_any (local.get 0)))
  (func (export "is_point") (param externref) (result i32)
    (ref.test (ref $point) (any.convert_extern (local.get 0))))))";

TEST(ApiException, ObjectsOfGuestsAreHeld) {
  World world({}, {.gc_stress = true});
  const Instance i = world.instance(kObjects);
  const auto call = [&](const char* name, std::initializer_list<Value> arguments) {
    return expect(expect(i.func(name)).call(std::span(arguments.begin(), arguments.size()))).at(0);
  };
  const ExternRef named = world.store.reference(std::string("name"));
  const Value point = call("point", {5, named});
  EXPECT_EQ(point.kind(), ValueKind::anyref);
  EXPECT_EQ(point.object_kind(), ObjectKind::struct_);
  EXPECT_EQ(point.text(), "ref.struct");
  for (int round = 0; round < 3; ++round) world.store.collect();
  EXPECT_EQ(call("x", {point}).i32(), 5);
  // The host's object came back through a field, and was looked at by collections.
  const Value tag = call("tag", {point});
  EXPECT_EQ(tag.object_kind(), ObjectKind::host);
  EXPECT_EQ(*world.store.get<std::string>(tag.externref()), "name");

  const Value small = call("small", {});
  EXPECT_EQ(small.object_kind(), ObjectKind::i31);
  EXPECT_EQ(small.i31(), -3);
  EXPECT_EQ(small.text(), "ref.i31 -3");
  EXPECT_EQ(call("list", {small}).object_kind(), ObjectKind::array);

  // As externref and back again.
  const Value outside = call("out", {point});
  EXPECT_EQ(outside.kind(), ValueKind::externref);
  EXPECT_EQ(outside.object_kind(), ObjectKind::struct_);
  EXPECT_EQ(call("is_point", {outside}).i32(), 1);
  EXPECT_EQ(call("is_point", {named}).i32(), 0);
  EXPECT_EQ(world.store.get<std::string>(outside.externref()), nullptr);
}

TEST(ApiException, ReferencesAreCheckedWhereTheyComeIn) {
  World world;
  World other;
  const Instance i = world.instance(kObjects);
  const auto refusal = [&](const char* name, const Value& argument) {
    const std::array<Value, 1> arguments = {argument};
    return error_of(expect(i.func(name)).call(arguments)).message;
  };
  const std::array<Value, 1> none = {Value(ValueKind::anyref, RawValue(), nullptr)};
  const Value list = expect(expect(i.func("list")).call(none)).at(0);
  EXPECT_EQ(refusal("x", list), "argument 1: a reference to an object of another type");
  EXPECT_EQ(trap_of(expect(i.func("x")).call(none)), TrapKind::null_reference);
  EXPECT_NE(refusal("out", Value(other.store.reference(1))), "");
  const std::array<Value, 1> foreign = {Value(other.store.reference(1))};
  EXPECT_EQ(error_of(expect(i.func("is_point")).call(foreign)).message,
            "argument 1: a reference of another store, or to an object that is gone");
  // Made up by the host.
  for (const uint64_t word : {uint64_t{2}, uint64_t{6}, uint64_t{0x1000}, UINT64_MAX - 1}) {
    const std::array<Value, 1> made_up = {Value(ExternRef(word))};
    EXPECT_FALSE(expect(i.func("is_point")).call(made_up));
    EXPECT_FALSE(expect(i.func<int32_t(ExternRef)>("is_point"))(ExternRef(word)));
  }
}

} // namespace
} // namespace waxwing::api_test
