// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls into guests: typed, dynamic and as objects; values and references; how errors say what is
// wrong.
#include <array>
#include <tuple>

#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

TEST(ApiCall, TypedFunctionsTakeAndReturnValues) {
  World world;
  const Instance i = world.instance(R"((module
    (func (export "i32") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func (export "i64") (param i64) (result i64) (i64.add (local.get 0) (i64.const 1)))
    (func (export "f32") (param f32) (result f32) (f32.add (local.get 0) (f32.const 1)))
    (func (export "f64") (param f64) (result f64) (f64.add (local.get 0) (f64.const 1)))
    (func (export "v128") (param v128) (result v128) (i8x16.add (local.get 0) (local.get 0)))
    (func (export "two") (param i32 f64) (result f64 i32) (local.get 1) (local.get 0))
    (func (export "nothing"))))");
  EXPECT_EQ(expect(i.func<int32_t(int32_t)>("i32")).call(-3).value(), -2);
  EXPECT_EQ(expect(i.func<uint32_t(uint32_t)>("i32")).call(0xFFFFFFFE).value(), 0xFFFFFFFF);
  EXPECT_EQ(expect(i.func<int64_t(int64_t)>("i64")).call(INT64_MAX).value(), INT64_MIN);
  EXPECT_EQ(expect(i.func<float(float)>("f32")).call(1.5F).value(), 2.5F);
  EXPECT_EQ(expect(i.func<double(double)>("f64")).call(1.5).value(), 2.5);
  V128 vector;
  for (uint8_t lane = 0; lane < 16; ++lane) vector.bytes[lane] = lane;
  const V128 doubled = expect(i.func<V128(V128)>("v128")).call(vector).value();
  for (size_t lane = 0; lane < 16; ++lane) EXPECT_EQ(doubled.bytes[lane], 2 * lane);
  const auto two = expect(i.func<std::tuple<double, int32_t>(int32_t, double)>("two"));
  EXPECT_EQ(two(7, 0.5).value(), std::tuple(0.5, 7));
  const auto pair = expect(i.func<std::pair<double, int32_t>(int32_t, double)>("two"));
  EXPECT_EQ(pair(7, 0.5).value(), std::pair(0.5, 7));
  EXPECT_TRUE(expect(i.func<void()>("nothing"))().has_value());
}

TEST(ApiCall, SignaturesAreCheckedOnce) {
  World world;
  const Instance i =
      world.instance(R"((func (export "f") (param i32) (result i64) (i64.const 0)))");
  EXPECT_EQ(error_of(i.func<int64_t(int64_t)>("f")).message,
            "'f' has (param i32) (result i64), not (param i64) (result i64)");
  EXPECT_EQ(error_of(i.func<void()>("f")).message,
            "'f' has (param i32) (result i64), not neither parameters nor results");
  const Error missing = error_of(i.func<void()>("g"));
  EXPECT_EQ(missing.kind, ErrorKind::usage);
  EXPECT_EQ(missing.message, "no exported function 'g'; there are 'f'");
  EXPECT_EQ(error_of(i.memory()).message, "no exported memory 'memory'; there are none");
}

TEST(ApiCall, DynamicCallsCheckTheirArguments) {
  World world;
  const Instance i = world.instance(
      R"((func (export "f") (param i32 f64) (result f64 i32) (local.get 1) (local.get 0)))");
  const Func f = expect(i.func("f"));
  EXPECT_EQ(f.type().text(), "(param i32 f64) (result f64 i32)");
  const std::array<Value, 2> good = {Value(3), Value(1.5)};
  const std::vector<Value> results = expect(f.call(good));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].f64(), 1.5);
  EXPECT_EQ(results[1].i32(), 3);
  const std::array<Value, 2> bad = {Value(3), Value(1.5F)};
  EXPECT_EQ(error_of(f.call(bad)).message, "argument 2: expected f64, found f32");
  EXPECT_EQ(error_of(f.call()).message, "0 arguments for a function of 2");
  EXPECT_EQ(error_of(Func().call()).kind, ErrorKind::usage);
}

TEST(ApiCall, ACallIsAnObject) {
  World world;
  const Instance i = world.instance(R"((module
    (func (export "double") (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1)))
    (func (export "trap") (unreachable))))");
  const std::array<Value, 1> arguments = {Value(21)};
  Call call = expect(expect(i.func("double")).start(arguments));
  EXPECT_EQ(call.state(), Call::State::ready);
  EXPECT_EQ(call.resume(), Call::State::finished);
  EXPECT_EQ(call.resume(), Call::State::finished);
  EXPECT_EQ(expect(call.finish()).at(0).i32(), 42);

  Call failing = expect(expect(i.func("trap")).start());
  EXPECT_EQ(failing.resume(), Call::State::failed);
  EXPECT_EQ(trap_of(failing.finish()), TrapKind::unreachable);
}

TEST(ApiCall, AnEventLoopHoldsCalls) {
  World world({}, {.gc_stress = true});
  const Instance i = world.instance(R"((module
    (type $box (struct (field i32)))
    (func (export "box") (param i32) (result (ref $box)) (struct.new $box (local.get 0)))
    (func (export "open") (param (ref $box)) (result i32) (struct.get $box 0 (local.get 0)))
    (func (export "trap") (param (ref $box)) (result i32) (unreachable))))");
  std::vector<Call> waiting;
  for (int32_t n = 0; n < 5; ++n) {
    const std::array<Value, 1> number = {Value(n)};
    const std::vector<Value> box = expect(expect(i.func("box")).call(number));
    waiting.push_back(expect(expect(i.func(n == 3 ? "trap" : "open")).start(box)));
  }
  // Their arguments wait with them, whatever happens in between.
  world.store.collect();
  int32_t sum = 0;
  int trapped = 0;
  while (!waiting.empty()) {
    std::vector<Call> ready;
    for (Call& call : waiting) {
      if (call.resume() == Call::State::ready) {
        ready.push_back(std::move(call));
        continue;
      }
      auto ended = call.finish();
      if (ended)
        sum += ended->at(0).i32();
      else
        ++trapped;
    }
    waiting = std::move(ready);
  }
  EXPECT_EQ(sum, 0 + 1 + 2 + 4);
  EXPECT_EQ(trapped, 1);
}

TEST(ApiCall, TrapsAreData) {
  World world;
  const Instance i = world.instance(R"((module
    (memory 1)
    (func $inner (param i32) (drop (i64.load offset=8 (local.get 0))))
    (func (export "outer") (call $inner (i32.const 65535)))))");
  const Error error = error_of(expect(i.func<void()>("outer"))());
  ASSERT_NE(error.trap, nullptr);
  const Trap& trap = *error.trap;
  EXPECT_EQ(trap.kind, TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(error.message, trap.message);
  ASSERT_TRUE(trap.access.has_value());
  EXPECT_EQ(trap.access->address, 65543U);
  EXPECT_EQ(trap.access->length, 8U);
  EXPECT_EQ(trap.access->bound, 65536U);
  ASSERT_EQ(trap.frames.size(), 2U);
  EXPECT_EQ(trap.frame_count, 2U);
  EXPECT_EQ(trap.frames[0].function, "inner");
  EXPECT_EQ(trap.frames[0].module, "test");
  EXPECT_EQ(trap.frames[1].function, "outer");
  ASSERT_TRUE(trap.frames[0].position.has_value());
  EXPECT_EQ(trap.frames[0].position->line, 3U);
  EXPECT_NE(trap.trace.find("inner"), std::string::npos);
}

TEST(ApiCall, DeepTracesKeepTheirEnds) {
  World world;
  const Instance i = world.instance(R"((module
    (func $down (export "down") (param i32)
      (if (i32.eqz (local.get 0)) (then (unreachable)))
      (call $down (i32.sub (local.get 0) (i32.const 1))))))");
  const Error error = error_of(expect(i.func<void(int32_t)>("down"))(999));
  EXPECT_EQ(error.trap->frame_count, 1000U);
  EXPECT_EQ(error.trap->frames.size(), 128U);
}

TEST(ApiCall, FunctionReferencesCross) {
  World world;
  const Instance i = world.instance(R"((module
    (type $unary (func (param i32) (result i32)))
    (table 1 funcref)
    (func $inc (export "inc") (type $unary) (i32.add (local.get 0) (i32.const 1)))
    (func (export "get") (result funcref) (ref.func $inc))
    (func (export "apply") (param funcref i32) (result i32)
      (table.set (i32.const 0) (local.get 0))
      (call_indirect (type $unary) (local.get 1) (i32.const 0)))
    (func (export "exact") (param (ref $unary) i32) (result i32)
      (call_ref $unary (local.get 1) (local.get 0)))))");
  const Func inc = expect(i.func<Func()>("get")).call().value();
  EXPECT_EQ(inc, expect(i.func("inc")));
  EXPECT_EQ(expect(inc.typed<int32_t(int32_t)>())(1).value(), 2);
  const auto apply = expect(i.func<int32_t(Func, int32_t)>("apply"));
  EXPECT_EQ(apply(inc, 5).value(), 6);
  const Func host = expect(make_func(world.store, [](int32_t x) { return x * 10; }));
  EXPECT_EQ(apply(host, 5).value(), 50);
  EXPECT_EQ(trap_of(apply(Func(), 5)), TrapKind::uninitialized_element);
  // A reference that may not be null and has one type.
  const auto exact = expect(i.func<int32_t(Func, int32_t)>("exact"));
  EXPECT_EQ(exact(host, 3).value(), 30);
  EXPECT_EQ(error_of(exact(Func(), 3)).kind, ErrorKind::usage);
  EXPECT_EQ(error_of(exact(expect(i.func("get")), 3)).message,
            "argument 1: a function of another type");
  // A function of another store is no function here.
  World other;
  const Func foreign = expect(make_func(other.store, [](int32_t x) { return x; }));
  EXPECT_EQ(error_of(apply(foreign, 1)).kind, ErrorKind::usage);
  const std::array<Value, 2> values = {Value(foreign), Value(1)};
  EXPECT_EQ(error_of(expect(i.func("apply")).call(values)).kind, ErrorKind::usage);
}

TEST(ApiCall, ModulesTellTheirImportsAndExports) {
  World world;
  const Module module = world.module(R"((module
    (import "env" "f" (func (param i32) (result f64)))
    (import "env" "m" (memory 1 2))
    (table (export "t") 3 4 funcref)
    (global (export "g") (mut i64) (i64.const 0))
    (@custom "note" "hello")
    (func (export "run"))))");
  const std::vector<ImportType> imports = module.imports();
  ASSERT_EQ(imports.size(), 2U);
  EXPECT_EQ(imports[0].text, "(func (param i32) (result f64))");
  EXPECT_EQ(std::get<FunctionType>(imports[0].type).results.at(0).kind(), ValueKind::f64);
  EXPECT_EQ(std::get<MemoryType>(imports[1].type), (MemoryType{.min = 1, .max = 2}));
  ASSERT_EQ(module.exports().size(), 3U);
  const auto table = std::get<TableType>(module.export_type("t").value());
  EXPECT_EQ(table.min, 3U);
  EXPECT_EQ(table.max, 4U);
  EXPECT_TRUE(std::get<GlobalType>(module.export_type("g").value()).is_mutable);
  EXPECT_FALSE(module.export_type("nothing").has_value());
  const auto note = module.custom_section("note");
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(note->data()), note->size()), "hello");
  bool has_code = false;
  for (const Section& section : module.sections()) has_code = has_code || section.name == "code";
  EXPECT_TRUE(has_code);
  const std::string text = expect(module.print());
  EXPECT_EQ(expect(Module::from_text(world.engine, text)).bytes().size(), module.bytes().size());
}

TEST(ApiCall, ErrorsOfModulesSayWhere) {
  const Engine engine;
  const Error text = error_of(Module::from_text(engine, "(module\n  (fnc))", {.name = "a.wat"}));
  EXPECT_EQ(text.kind, ErrorKind::text);
  EXPECT_TRUE(text.message.starts_with("a.wat:2:4: ")) << text.message;
  const Error invalid = error_of(Module::from_text(
      engine, "(module\n (func $f (result i32)\n  (i64.const 0)))", {.name = "a"}));
  EXPECT_EQ(invalid.kind, ErrorKind::invalid);
  EXPECT_TRUE(invalid.message.starts_with("a:3:")) << invalid.message;
  EXPECT_NE(invalid.message.find("type mismatch: expected i32, found i64"), std::string::npos);
  ASSERT_TRUE(invalid.position.has_value());
  EXPECT_EQ(invalid.position->line, 3U);
  EXPECT_EQ(error_of(Module::from_bytes(engine, "junk", 4)).kind, ErrorKind::malformed);
  EXPECT_EQ(error_of(Module::from_bytes(engine, "\0asm\x0d\0\1\0", 8)).kind, ErrorKind::component);
  EXPECT_EQ(error_of(Module::from_file(engine, "/nonexistent")).kind, ErrorKind::io);

  Config config;
  ASSERT_TRUE(config.features.disable("simd"));
  EXPECT_FALSE(config.features.enable("no-such-feature"));
  const Error disabled =
      error_of(Module::from_text(Engine(config), "(func (drop (v128.const i64x2 0 0)))"));
  EXPECT_EQ(disabled.kind, ErrorKind::feature_disabled);
  EXPECT_EQ(disabled.feature, "simd");
}

TEST(ApiCall, ErrorsOfLinkingNameTheImport) {
  World world;
  constexpr const char* kText = R"((import "env" "f" (func (param i32))))";
  const Error unknown = error_of(world.try_instance(kText));
  EXPECT_EQ(unknown.kind, ErrorKind::unknown_import);
  EXPECT_EQ(unknown.import, 0U);
  EXPECT_NE(unknown.message.find("unknown import env.f: expected function (param i32)"),
            std::string::npos);
  expect(world.linker.func("env", "f", [](int64_t) {}));
  const Error other = error_of(world.try_instance(kText));
  EXPECT_EQ(other.kind, ErrorKind::incompatible_import);
  EXPECT_NE(other.message.find("found function (param i64)"), std::string::npos);
  ASSERT_EQ(world.linker.names().size(), 1U);
  EXPECT_EQ(world.linker.names()[0].text, "(func (param i64))");
  World stranger;
  EXPECT_EQ(error_of(world.linker.instantiate(stranger.module("(module)"))).kind, ErrorKind::usage);
}

} // namespace
} // namespace waxwing::api_test
