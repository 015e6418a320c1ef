// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of the host: signatures known to the compiler, views of a guest's memory whatever the
// guest passes, errors and traps on their way through the host.
#include <array>
#include <functional>
#include <memory>
#include <stdexcept>

#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

constexpr auto same = [](const auto& kinds, std::initializer_list<ValueKind> wanted) {
  if (kinds.size() != wanted.size()) return false;
  size_t at = 0;
  for (const ValueKind kind : wanted)
    if (kinds[at++] != kind) return false;
  return true;
};

constexpr auto everything = [](Caller&, int32_t, uint64_t, float, double, bool, V128, ExternRef,
                               const Func&, Span<const char>, Pointer<int64_t>) {};
using Everything = decltype(everything);
static_assert(same(kParamsOf<Everything>,
                   {ValueKind::i32, ValueKind::i64, ValueKind::f32, ValueKind::f64, ValueKind::i32,
                    ValueKind::v128, ValueKind::externref, ValueKind::funcref, ValueKind::i32,
                    ValueKind::i32, ValueKind::i32}));
static_assert(kResultsOf<Everything>.empty());
static_assert(same(kResultsOf<decltype([] { return 1; })>, {ValueKind::i32}));
static_assert(same(kResultsOf<decltype([] { return std::tuple(1.0, int64_t{2}); })>,
                   {ValueKind::f64, ValueKind::i64}));
static_assert(same(kResultsOf<decltype([]() -> Result<float> { return 1.0F; })>, {ValueKind::f32}));
static_assert(kResultsOf<decltype([]() -> Result<void> { return {}; })>.empty());
static_assert(same(kParamsOf<decltype([](Span<uint16_t>) noexcept {})>,
                   {ValueKind::i32, ValueKind::i32}));
static_assert(same(kParamsOf<int (*)(int)>, {ValueKind::i32}));

int32_t plain(int32_t x) { return x + 1; }

TEST(ApiHost, EveryKindOfCallable) {
  World world;
  int calls = 0;
  const std::unique_ptr<int> owned = std::make_unique<int>(7);
  auto with_state = [&calls, shared = std::make_shared<int>(0)](int32_t x) mutable {
    ++calls;
    return x + ++*shared;
  };
  const auto call = [](const Func& f, int32_t x) {
    return expect(f.typed<int32_t(int32_t)>()).call(x).value();
  };
  EXPECT_EQ(call(expect(make_func(world.store, &plain)), 1), 2);
  const Func counting = expect(make_func(world.store, with_state));
  EXPECT_EQ(call(counting, 10), 11);
  EXPECT_EQ(call(counting, 10), 12);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(call(expect(make_func(world.store, std::function<int32_t(int32_t)>(&plain))), 4), 5);
}

TEST(ApiHost, CallablesEndWithTheStore) {
  auto data = std::make_shared<int>(0);
  {
    World world;
    expect(world.linker.func("a", "b", [data] { ++*data; }));
    EXPECT_EQ(data.use_count(), 2);
  }
  EXPECT_EQ(data.use_count(), 1);
}

TEST(ApiHost, ValuesArriveInOrder) {
  World world;
  std::string seen;
  expect(world.linker.func("h", "f", [&](int32_t a, int64_t b, float c, double d, bool e) {
    seen = std::to_string(a) + " " + std::to_string(b) + " " + std::to_string(c) + " " +
           std::to_string(d) + " " + std::to_string(e);
    return std::tuple(d, a);
  }));
  const Instance i = world.instance(R"((module
    (import "h" "f" (func $f (param i32 i64 f32 f64 i32) (result f64 i32)))
    (func (export "run") (result f64 i32)
      (call $f (i32.const -1) (i64.const 2) (f32.const 3) (f64.const 4) (i32.const 5)))))");
  const auto run = expect(i.func<std::tuple<double, int32_t>()>("run"));
  EXPECT_EQ(run().value(), std::tuple(4.0, -1));
  EXPECT_EQ(seen, "-1 2 3.000000 4.000000 1");
}

/// A guest that passes whatever it is told to pass.
constexpr const char* kHostile = R"((module
  (import "h" "span" (func $span (param i32 i32)))
  (import "h" "words" (func $words (param i32 i32)))
  (import "h" "pointer" (func $pointer (param i32)))
  (memory (export "memory") 1)
  (func (export "span") (param i32 i32) (call $span (local.get 0) (local.get 1)))
  (func (export "words") (param i32 i32) (call $words (local.get 0) (local.get 1)))
  (func (export "pointer") (param i32) (call $pointer (local.get 0)))))";

TEST(ApiHost, HostileViewsTrapInTheGuest) {
  World world;
  int entered = 0;
  expect(world.linker.func("h", "span", [&](Span<char> bytes) {
    ++entered;
    for (char& byte : bytes) byte = 'x';
  }));
  expect(world.linker.func("h", "words", [&](Span<const uint64_t> words) {
    ++entered;
    uint64_t sum = 0;
    for (const uint64_t word : words) sum += word;
    (void)sum;
  }));
  expect(world.linker.func("h", "pointer", [&](Pointer<uint64_t> to) {
    ++entered;
    to.store(to.load() + 1);
  }));
  const Instance i = world.instance(kHostile);
  const auto span = expect(i.func<void(uint32_t, uint32_t)>("span"));
  const auto words = expect(i.func<void(uint32_t, uint32_t)>("words"));
  const auto pointer = expect(i.func<void(uint32_t)>("pointer"));
  constexpr uint32_t kSize = 65536;

  EXPECT_TRUE(span(0, kSize));
  EXPECT_TRUE(span(kSize, 0));
  EXPECT_TRUE(words(8, (kSize - 8) / 8));
  EXPECT_TRUE(pointer(kSize - 8));
  // At any alignment.
  EXPECT_TRUE(pointer(kSize - 9));
  EXPECT_EQ(entered, 5);
  constexpr auto kOutside = TrapKind::out_of_bounds_memory_access;
  for (const auto& [address, count] :
       std::initializer_list<std::pair<uint32_t, uint32_t>>{{0, kSize + 1},
                                                            {1, kSize},
                                                            {kSize, 1},
                                                            {kSize + 1, 0},
                                                            {UINT32_MAX, UINT32_MAX},
                                                            {UINT32_MAX, 1},
                                                            {1, UINT32_MAX},
                                                            {0x80000000, 0x80000000}})
    EXPECT_EQ(trap_of(span(address, count)), kOutside) << address << "+" << count;
  for (const auto& [address, count] : std::initializer_list<std::pair<uint32_t, uint32_t>>{
           {0, 0x20000000}, {0, 0x20000001}, {8, kSize / 8}, {0, UINT32_MAX}})
    EXPECT_EQ(trap_of(words(address, count)), kOutside) << address << "+" << count;
  EXPECT_EQ(trap_of(words(4, 1)), TrapKind::unaligned_atomic);
  EXPECT_EQ(trap_of(pointer(kSize - 7)), kOutside);
  EXPECT_EQ(trap_of(pointer(UINT32_MAX)), kOutside);
  // The host function was never entered with one of these.
  EXPECT_EQ(entered, 5);
  EXPECT_TRUE(span(0, 1));
}

TEST(ApiHost, WithoutAMemoryThereAreNoViews) {
  World world;
  expect(world.linker.func("h", "span", [](Span<char>) { FAIL(); }));
  const Instance i = world.instance(R"((module
    (import "h" "span" (func $span (param i32 i32)))
    (func (export "run") (call $span (i32.const 0) (i32.const 0)))))");
  EXPECT_EQ(trap_of(expect(i.func<void()>("run"))()), TrapKind::host);
  // Nor is there one for the host that calls by itself.
  const Func direct = expect(make_func(world.store, [](Span<char>) { FAIL(); }));
  EXPECT_EQ(trap_of(expect(direct.typed<void(int32_t, int32_t)>())(0, 0)), TrapKind::host);
}

TEST(ApiHost, TheMemoryIsTheOneExportedAsMemory) {
  World world;
  char seen = 0;
  expect(world.linker.func("h", "f", [&](Caller& caller, Span<const char> text) {
    seen = text[0];
    EXPECT_TRUE(caller.memory("other").has_value());
    EXPECT_FALSE(caller.memory("run").has_value());
    EXPECT_TRUE(caller.instance().has_value());
  }));
  const Instance i = world.instance(R"((module
    (import "h" "f" (func $f (param i32 i32)))
    (memory $first (export "other") 1) (memory $second (export "memory") 1)
    (data (memory $first) (i32.const 0) "1") (data (memory $second) (i32.const 0) "2")
    (func (export "run") (call $f (i32.const 0) (i32.const 1)))))");
  EXPECT_TRUE(expect(i.func<void()>("run"))());
  EXPECT_EQ(seen, '2');
}

TEST(ApiHost, ErrorsStopTheGuest) {
  World world;
  expect(world.linker.func("h", "fail", []() -> Result<int32_t> { return fail("no more"); }));
  expect(world.linker.func("h", "throw", [] { throw std::runtime_error("thrown"); }));
  expect(world.linker.func("h", "odd", [] { throw 1; })); // NOLINT: what a host may do
  const Instance i = world.instance(R"((module
    (import "h" "fail" (func $fail (result i32)))
    (import "h" "throw" (func $throw))
    (import "h" "odd" (func $odd))
    (func (export "fail") (drop (call $fail)))
    (func (export "throw") (call $throw))
    (func (export "odd") (call $odd))
    (func (export "fine") (result i32) (i32.const 1))))");
  const auto end = [&](const char* name) { return expect(i.func<void()>(name))(); };
  EXPECT_EQ(trap_of(end("fail")), TrapKind::host);
  EXPECT_EQ(error_of(end("fail")).message, "no more");
  EXPECT_EQ(error_of(end("fail")).trap->frames.at(0).is_host, true);
  EXPECT_EQ(error_of(end("throw")).message, "thrown");
  EXPECT_EQ(error_of(end("odd")).message, "a host function has thrown an exception");
  EXPECT_EQ(expect(i.func<int32_t()>("fine"))().value(), 1);
}

TEST(ApiHost, TrapsOfInnerCallsGoOn) {
  World world;
  bool swallows = false;
  expect(world.linker.func("h", "back", [&](Caller& caller) -> Result<void> {
    Result<Func> f = caller.instance()->func("inner");
    if (!f) return std::unexpected(f.error());
    auto ended = f->call();
    if (swallows || ended) return {};
    return std::unexpected(ended.error());
  }));
  const Instance i = world.instance(R"((module
    (import "h" "back" (func $back))
    (memory 1)
    (func $inner (export "inner") (drop (i32.load (i32.const 70000))))
    (func (export "outer") (call $back))))");
  const auto outer = expect(i.func<void()>("outer"));
  const Error error = error_of(outer());
  ASSERT_NE(error.trap, nullptr);
  EXPECT_EQ(error.trap->kind, TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(error.trap->access->address, 70000U);
  EXPECT_EQ(error.trap->frames.front().function, "inner");
  EXPECT_EQ(error.trap->frames.back().function, "outer");
  swallows = true;
  EXPECT_TRUE(outer());
}

TEST(ApiHost, ResultsAreChecked) {
  World world;
  World other;
  const Func foreign = expect(make_func(other.store, [] {}));
  const Func f = expect(make_func(world.store, [&] { return foreign; }));
  EXPECT_EQ(trap_of(f.call()), TrapKind::host);
}

TEST(ApiHost, TypesOfTheRunTime) {
  World world;
  const FunctionType type = {{ValueKind::i32, ValueKind::f64}, {ValueKind::f64, ValueKind::i32}};
  bool lies = false;
  const Func swap = expect(
      make_func(world.store, type,
                [&](Caller&, std::span<const Value> in, std::span<Value> out) -> Result<void> {
                  out[0] = lies ? Value(1) : in[1];
                  out[1] = in[0];
                  return {};
                }));
  EXPECT_EQ(swap.type(), type);
  const std::array<Value, 2> arguments = {Value(1), Value(2.5)};
  EXPECT_EQ(expect(swap.call(arguments)).at(0).f64(), 2.5);
  lies = true;
  EXPECT_EQ(error_of(swap.call(arguments)).message, "result 1: expected f64, found i32");
}

} // namespace
} // namespace waxwing::api_test
