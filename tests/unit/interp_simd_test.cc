// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the official scripts leave open of vectors, wide arithmetic and atomic operators in the
// interpreter: how vectors move between slots, other memories than the first with 32-bit addresses,
// determinism, and threads.
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "runtime/instance.hpp"
#include "runtime/memory.hpp"
#include "text/parse.hpp"

namespace waxwing {
namespace {

using runtime::Cell;
using runtime::Extern;
using runtime::Outcome;

/// A module made of text, with one instance in a store of its own.
class Guest {
 public:
  Guest(runtime::Engine& engine, std::string_view text, runtime::Memory* memory = nullptr) {
    auto binary = text::parse_module(text);
    if (!binary) throw std::runtime_error(binary.error().message);
    bytes_ = std::move(binary->bytes);
    auto module = runtime::LoadedModule::load(engine, bytes_);
    if (!module) throw std::runtime_error("invalid module");
    module_ = *module;
    store = *runtime::Store::make(engine, runtime::StoreLimits{});
    Extern import;
    import.kind = ExternKind::memory;
    import.memory = memory;
    Outcome outcome{};
    instance_ =
        *runtime::instantiate(*store, *module_, {&import, memory == nullptr ? 0u : 1u}, outcome);
    if (outcome != Outcome::ok) throw std::runtime_error("instantiation");
  }
  ~Guest() {
    runtime::Store::destroy(store);
    module_->release();
  }
  Guest(const Guest&) = delete;

  /// Calls an export; `R` is its one result.
  template <class R, class... Args>
  R call(std::string_view name, const Args&... args) {
    const Outcome outcome = try_call(name, args...);
    EXPECT_EQ(outcome, Outcome::ok) << name << " trap " << static_cast<int>(store->trap.kind);
    R result;
    std::memcpy(&result, cells_, sizeof result);
    return result;
  }
  /// The trap that calling an export ends with.
  template <class... Args>
  TrapKind trap_of(std::string_view name, const Args&... args) {
    return try_call(name, args...) == Outcome::trap ? store->trap.kind : TrapKind::none;
  }

  runtime::Store* store;

 private:
  template <class... Args>
  Outcome try_call(std::string_view name, const Args&... args) {
    Extern found;
    if (!instance_->find_export(name, found)) throw std::runtime_error("no such export");
    Cell* at = cells_;
    [[maybe_unused]] const auto put = [&at](const auto& value) {
      std::memcpy(at, &value, sizeof value);
      at += (sizeof value + sizeof(Cell) - 1) / sizeof(Cell);
    };
    (put(args), ...);
    return runtime::call(*store, found.func, cells_);
  }

  std::vector<uint8_t> bytes_;
  runtime::LoadedModule* module_;
  runtime::Instance* instance_;
  Cell cells_[32] = {};
};

class InterpSimd : public testing::Test {
 protected:
  static runtime::EngineConfig config(bool deterministic) {
    runtime::EngineConfig config;
    config.deterministic = deterministic;
    return config;
  }
  runtime::Engine engine{platform::default_allocator(), config(false), interp::backend()};
};

V128 lanes(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  const uint32_t values[4] = {a, b, c, d};
  V128 v;
  std::memcpy(&v, values, sizeof v);
  return v;
}

TEST_F(InterpSimd, KeepsLocalsThatAreStillToBeUsed) {
  Guest guest(engine, R"((module
    (func (export "set") (param v128 v128) (result v128)
      (local.get 0)
      (local.set 0 (i32x4.add (local.get 0) (local.get 1)))
      (i32x4.sub (local.get 0)))
    (func (export "tee") (param v128 v128) (result v128)
      (i32x4.mul (local.tee 0 (i32x4.add (local.get 0) (local.get 1))) (local.get 0)))
    (func (export "swap") (param v128 v128) (result v128)
      (local.get 1) (local.set 1 (local.get 0)) (local.set 0)
      (i32x4.sub (local.get 0) (local.get 1)))))");
  const V128 a = lanes(1, 2, 3, 4), b = lanes(10, 20, 30, 0xFFFFFFFF);
  EXPECT_EQ((guest.call<V128>("set", a, b)), lanes(0u - 10, 0u - 20, 0u - 30, 1));
  EXPECT_EQ((guest.call<V128>("tee", a, b)), lanes(121, 484, 1089, 9));
  EXPECT_EQ((guest.call<V128>("swap", a, b)), lanes(9, 18, 27, 0u - 5));
}

TEST_F(InterpSimd, CarriesVectorsThroughControl) {
  Guest guest(engine, R"((module
    (global $g (mut v128) (v128.const i32x4 5 6 7 8))
    (func $twice (param v128) (result v128) (i32x4.add (local.get 0) (local.get 0)))
    (func (export "select") (param v128 v128 i32) (result v128)
      (select (local.get 0) (call $twice (local.get 1)) (local.get 2)))
    (func (export "if") (param v128 i32) (result v128)
      (if (result v128) (local.get 1) (then (call $twice (local.get 0))) (else (global.get $g))))
    (func (export "loop") (param v128 i32) (result v128)
      (local.get 0)
      (loop (param v128) (result v128)
        (i32x4.add (local.get 0))
        (br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1))))))
    (func (export "global") (param v128) (result v128)
      (global.set $g (i32x4.add (global.get $g) (local.get 0)))
      (global.get $g))
    (func (export "extract") (param v128) (result i32)
      (i32.add (i32x4.extract_lane 3 (local.get 0)) (i32x4.extract_lane 1 (local.get 0))))))");
  const V128 a = lanes(1, 2, 3, 4), b = lanes(10, 20, 30, 40);
  EXPECT_EQ((guest.call<V128>("select", a, b, 1u)), a);
  EXPECT_EQ((guest.call<V128>("select", a, b, 0u)), lanes(20, 40, 60, 80));
  EXPECT_EQ((guest.call<V128>("if", a, 1u)), lanes(2, 4, 6, 8));
  EXPECT_EQ((guest.call<V128>("if", a, 0u)), lanes(5, 6, 7, 8));
  EXPECT_EQ((guest.call<V128>("loop", a, 9u)), b);
  EXPECT_EQ((guest.call<V128>("global", a)), lanes(6, 8, 10, 12));
  EXPECT_EQ((guest.call<uint32_t>("extract", a)), 6u);
}

TEST_F(InterpSimd, ReachesSlotsOfLargeFrames) {
  std::string text = "(module (func (export \"f\") (param v128 i64 i64) (result i64)";
  for (int i = 0; i < 5000; ++i) text += " (local v128)";
  text += R"(
      (local.set 5001 (i32x4.add (local.get 0) (local.get 0)))
      (local.set 5002 (i32x4.mul (local.get 5001) (local.get 5001)))
      (local.set 5002 (i8x16.shuffle 0 1 2 3 4 5 6 7 24 25 26 27 28 29 30 31
        (local.get 5002) (local.get 0)))
      (local.set 5001 (v128.bitselect (local.get 5002) (local.get 5001) (local.get 5002)))
      (i64.add128 (i64x2.extract_lane 0 (local.get 5002)) (i64x2.extract_lane 1 (local.get 5002))
                  (local.get 1) (local.get 2))
      (i64.xor)))";
  text += ")";
  Guest guest(engine, text);
  // The product's low half, then the upper half of the parameter: {4, 16, 3, 4}.
  const uint64_t low = (uint64_t{16} << 32 | 4) + 7, high = (uint64_t{4} << 32 | 3) + 9;
  EXPECT_EQ((guest.call<uint64_t>("f", lanes(1, 2, 3, 4), uint64_t{7}, uint64_t{9})), low ^ high);
}

TEST_F(InterpSimd, AccessesAnyMemory) {
  Guest guest(engine, R"((module
    (memory $first 1) (memory $other 1) (memory $large i64 1)
    (data (memory $other) (i32.const 8) "\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10")
    (func (export "other") (param i32) (result v128) (v128.load $other (local.get 0)))
    (func (export "move") (param i64) (result v128)
      (v128.store $large offset=4 (local.get 0) (v128.load $other (i32.const 8)))
      (v128.load8_lane $large offset=4 7 (local.get 0)
        (v128.load32_splat $large offset=8 (local.get 0))))
    (func (export "lane") (param i64 v128)
      (v128.store16_lane $large 7 (local.get 0) (local.get 1)))
    (func (export "byte") (param i64) (result i32) (i32.load8_u $large (local.get 0)))
    (func (export "atomic") (param i64) (result i32)
      (drop (i32.atomic.rmw.add $large offset=4 (local.get 0) (i32.const 5)))
      (i32.atomic.load $large offset=4 (local.get 0)))))");
  EXPECT_EQ((guest.call<V128>("other", 8u)), lanes(0x04030201, 0x08070605, 0x0C0B0A09, 0x100F0E0D));
  EXPECT_EQ(guest.trap_of("other", 65521u), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(guest.trap_of("other", 0xFFFFFFFFu), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ((guest.call<V128>("move", uint64_t{100})),
            lanes(0x08070605, 0x01070605, 0x08070605, 0x08070605));
  EXPECT_EQ(guest.trap_of("move", ~uint64_t{0} - 3), TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(guest.trap_of("lane", uint64_t{65535}, V128{}), TrapKind::out_of_bounds_memory_access);
  guest.call<uint32_t>("lane", uint64_t{65534}, lanes(0, 0, 0, 0xABCD0000));
  EXPECT_EQ((guest.call<uint32_t>("byte", uint64_t{65535})), 0xABu);
  EXPECT_EQ((guest.call<uint32_t>("atomic", uint64_t{1000})), 5u);
  EXPECT_EQ(guest.trap_of("atomic", uint64_t{1002}), TrapKind::unaligned_atomic);
  EXPECT_EQ(guest.trap_of("atomic", ~uint64_t{0} - 3), TrapKind::out_of_bounds_memory_access);
}

TEST_F(InterpSimd, MakesCanonicalNansWhenDeterministic) {
  runtime::Engine deterministic(platform::default_allocator(), config(true), interp::backend());
  Guest guest(deterministic, R"((module
    (func (export "f32") (param v128) (result v128) (f32x4.div (local.get 0) (local.get 0)))
    (func (export "f64") (param v128) (result v128) (f64x2.sqrt (local.get 0)))))");
  EXPECT_EQ((guest.call<V128>("f32", lanes(0, 0x7FA00001, 0xFFC00000, 0x3F800000))),
            lanes(0x7FC00000, 0x7FC00000, 0x7FC00000, 0x3F800000));
  EXPECT_EQ((guest.call<V128>("f64", lanes(0, 0xBFF00000, 0, 0x40100000))),
            lanes(0, 0x7FF80000, 0, 0x40000000));
}

constexpr std::string_view kThreads = R"((module
  (import "env" "memory" (memory 1 1 shared))
  (func (export "wait") (param i64) (result i32)
    (memory.atomic.wait32 offset=8 (i32.const 0) (i32.const 0) (local.get 0)))
  (func (export "wait_64") (param i32 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (i64.const 1000)))
  (func (export "notify") (param i32) (result i32)
    (memory.atomic.notify (i32.const 8) (local.get 0)))
  (func (export "count") (param i32)
    (loop
      (drop (i64.atomic.rmw.add (i32.const 16) (i64.const 1)))
      (drop (i32.atomic.rmw8.xor_u (i32.const 24) (i32.const 0xFF)))
      (atomic.fence)
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "race") (param i32)
    (loop
      (i64.store (i32.const 32) (i64.add (i64.load (i32.const 32)) (i64.const 1)))
      (v128.store (i32.const 40) (v128.load (i32.const 41)))
      (f32.store (i32.const 60) (f32.add (f32.load (i32.const 60)) (f32.const 1)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "total") (result i64)
    (i64.add (i64.atomic.load (i32.const 16)) (i64.atomic.load32_u (i32.const 24))))))";

class InterpThreads : public InterpSimd {
 protected:
  InterpThreads() {
    MemoryType type;
    type.limits = {.min = 1, .max = 1, .has_max = true, .shared = true};
    memory = *runtime::Memory::make(engine, type, UINT64_MAX);
  }
  ~InterpThreads() override { memory->release(); }
  runtime::Memory* memory;
};

TEST_F(InterpThreads, CountTogether) {
  Guest one(engine, kThreads, memory), two(engine, kThreads, memory);
  std::thread other([&] { one.call<uint32_t>("count", 20'000u); });
  two.call<uint32_t>("count", 10'000u);
  other.join();
  EXPECT_EQ((one.call<uint64_t>("total")), 30'000u);
}

TEST_F(InterpThreads, MayRaceWithoutOrder) {
  // Whatever is stored, no thread is stopped, and ThreadSanitizer has nothing to say.
  Guest one(engine, kThreads, memory), two(engine, kThreads, memory);
  std::thread other([&] { EXPECT_EQ(one.trap_of("race", 5'000u), TrapKind::none); });
  EXPECT_EQ(two.trap_of("race", 5'000u), TrapKind::none);
  other.join();
}

TEST_F(InterpThreads, WaitForEachOther) {
  Guest one(engine, kThreads, memory), two(engine, kThreads, memory);
  EXPECT_EQ((one.call<uint32_t>("wait", int64_t{0})), 2u);
  EXPECT_EQ((one.call<uint32_t>("wait_64", 8u, uint64_t{1})), 1u);
  EXPECT_EQ((one.call<uint32_t>("wait_64", 8u, uint64_t{0})), 2u);
  EXPECT_EQ(one.trap_of("wait_64", 4u, uint64_t{0}), TrapKind::unaligned_atomic);
  EXPECT_EQ(one.trap_of("wait_64", 65536u, uint64_t{0}), TrapKind::out_of_bounds_memory_access);
  uint32_t result = 99;
  std::thread other([&] { result = one.call<uint32_t>("wait", int64_t{-1}); });
  uint32_t woken = 0;
  while (woken == 0) woken = two.call<uint32_t>("notify", 5u);
  other.join();
  EXPECT_EQ(woken, 1u);
  EXPECT_EQ(result, 0u);
}

TEST_F(InterpThreads, StopWaitingWhenInterrupted) {
  Guest guest(engine, kThreads, memory);
  std::atomic<bool> done{false};
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    guest.store->interrupt(runtime::Interrupt::stop);
    while (!done) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      guest.store->repeat_interrupt();
    }
  });
  EXPECT_EQ(guest.trap_of("wait", int64_t{-1}), TrapKind::interrupted);
  done = true;
  other.join();
}

TEST_F(InterpSimd, NobodyWaitsInAMemoryThatIsNotShared) {
  Guest guest(engine, R"((module (memory 1)
    (func (export "wait") (result i32)
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))
    (func (export "notify") (param i32) (result i32)
      (memory.atomic.notify (local.get 0) (i32.const 1)))))");
  EXPECT_EQ(guest.trap_of("wait"), TrapKind::expected_shared_memory);
  EXPECT_EQ((guest.call<uint32_t>("notify", 0u)), 0u);
  EXPECT_EQ(guest.trap_of("notify", 2u), TrapKind::unaligned_atomic);
  EXPECT_EQ(guest.trap_of("notify", 65536u), TrapKind::out_of_bounds_memory_access);
}

} // namespace
} // namespace waxwing
