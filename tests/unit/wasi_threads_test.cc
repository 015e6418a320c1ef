// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi/threads.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "runtime/instance.hpp"
#include "text/parse.hpp"
#include "wasi/wasi.hpp"

namespace waxwing::wasi {
namespace {

using runtime::Outcome;

constexpr int32_t kAgain = -6;

/// A program with threads: `text` after the imports and the memory that all of them have.
class Program {
 public:
  explicit Program(const std::string& text, uint32_t max_threads = 16,
                   const runtime::EngineConfig& engine_config = {}, uint64_t fuel = UINT64_MAX)
      : engine(platform::default_allocator(), engine_config, interp::backend()),
        wasi(engine.allocator()) {
    auto binary = text::parse_module(R"((module
      (import "env" "memory" (memory 1 4 shared))
      (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
      (import "wasi_snapshot_preview1" "path_open" (func $open
        (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_filestat_get" (func $stat (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir
        (param i32 i32 i32 i64 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber
        (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
      (export "memory" (memory 0)))" +
                                     text + ")");
    if (!binary) {
      ADD_FAILURE() << binary.error().message;
      return;
    }
    bytes_ = std::move(binary->bytes);
    module = runtime::LoadedModule::load(engine, bytes_).value();
    runtime::StoreLimits limits;
    limits.fuel = fuel;
    store = runtime::Store::make(engine, limits).value();
    linker = std::make_unique<runtime::Linker>(*store);
    const Preopen here{.host_path = ".", .guest_path = "/"};
    WasiConfig wasi_config;
    wasi_config.preopens = {&here, 1};
    EXPECT_TRUE(wasi.configure(wasi_config).has_value());
    EXPECT_TRUE(wasi.define(*linker).has_value());
    ThreadConfig config;
    config.max_threads = max_threads;
    config.limits = limits;
    config.provide = [](void* context, runtime::Linker& other) {
      return static_cast<Wasi*>(context)->define(other);
    };
    config.context = &wasi;
    threads = std::make_unique<ThreadGroup>(engine, config);
    EXPECT_TRUE(threads->define(*linker, *module).has_value());
    Outcome outcome{};
    instance = linker->instantiate(*module, outcome).value();
    EXPECT_EQ(outcome, Outcome::ok);
  }
  ~Program() {
    threads.reset();
    linker.reset();
    if (store != nullptr) runtime::Store::destroy(store);
    if (module != nullptr) module->release();
  }
  Program(const Program&) = delete;

  Outcome call(const char* name, int32_t* result = nullptr) {
    runtime::Extern function;
    EXPECT_TRUE(instance->find_export(name, function)) << name;
    runtime::Cell cells[4] = {};
    const Outcome outcome = runtime::call(*store, function.func, cells);
    if (result != nullptr) *result = runtime::load_cell<int32_t>(cells);
    return outcome;
  }
  /// Runs `_start` and ends.
  ThreadGroup::End run() { return threads->finish(call("_start")); }
  [[nodiscard]] uint32_t word(uint32_t address) const {
    return load_unaligned<uint32_t>(instance->memories[0]->resolve(address, 4));
  }

  runtime::Engine engine;
  Wasi wasi;
  runtime::LoadedModule* module = nullptr;
  runtime::Store* store = nullptr;
  std::unique_ptr<runtime::Linker> linker;
  std::unique_ptr<ThreadGroup> threads;
  runtime::Instance* instance = nullptr;

 private:
  std::vector<uint8_t> bytes_;
};

uint32_t exit_code(const ThreadGroup::End& end) {
  EXPECT_EQ(end.outcome, Outcome::trap);
  EXPECT_EQ(end.store->trap.kind, TrapKind::exit);
  return end.store->trap.exit_code;
}

/// Makes eight threads that add 1,000 times their argument, and waits for them.
constexpr const char* kAdders = R"(
  (func (export "wasi_thread_start") (param $id i32) (param $arg i32) (local $i i32)
    (loop $more
      (drop (i32.atomic.rmw.add (i32.const 0) (local.get $arg)))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                             (i32.const 1000))))
    (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))
  (func (export "_start") (local $i i32) (local $seen i32)
    (loop $more
      (if (i32.le_s (call $spawn (i32.const 3)) (i32.const 0)) (then unreachable))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                             (i32.const 8))))
    (loop $wait
      (local.set $seen (i32.atomic.load (i32.const 4)))
      (if (i32.lt_u (local.get $seen) (i32.const 8)) (then
        (drop (memory.atomic.wait32 (i32.const 4) (local.get $seen) (i64.const -1)))
        (br $wait)))))
)";

TEST(Threads, ShareTheMemory) {
  Program program(kAdders);
  EXPECT_EQ(program.run().outcome, Outcome::ok);
  EXPECT_EQ(program.word(0), 24'000u);
}

TEST(Threads, ShareTheMemoryWherePolled) {
  runtime::EngineConfig config;
  config.polling = true;
  Program program(kAdders, 16, config);
  EXPECT_EQ(program.run().outcome, Outcome::ok);
  EXPECT_EQ(program.word(0), 24'000u);
}

TEST(Threads, HaveGlobalsAndSegmentsOfTheirOwn) {
  Program program(R"(
    (global $g (mut i32) (i32.const 5))
    (data (i32.const 100) "\2A")
    (start $init)
    (func $init (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1))))
    (func (export "wasi_thread_start") (param $id i32) (param $arg i32)
      (i32.store (i32.const 12) (global.get $g))
      (i32.store (i32.const 16) (local.get $id))
      (i32.store (i32.const 20) (local.get $arg))
      (i32.store (i32.const 24) (i32.load8_u (i32.const 100)))
      (i32.atomic.store (i32.const 4) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))
    (func (export "_start")
      (global.set $g (i32.const 6))
      (i32.store8 (i32.const 100) (i32.const 7))
      (i32.store (i32.const 28) (call $spawn (i32.const 12345)))
      (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))))");
  EXPECT_EQ(runtime::run_start(*program.instance), Outcome::ok);
  EXPECT_EQ(program.run().outcome, Outcome::ok);
  EXPECT_EQ(program.word(8), 1u) << "the start function runs once";
  EXPECT_EQ(program.word(12), 5u) << "globals begin anew";
  EXPECT_EQ(program.word(16), program.word(28)) << "both learn the same number";
  EXPECT_EQ(program.word(20), 12345u);
  EXPECT_EQ(program.word(24), 7u) << "active segments are not written again";
}

/// A thread that ends the program with 5 while the first does `waiting`.
std::string ended_while(const std::string& waiting) {
  return R"(
  (func $nap (drop (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const 20000000))))
  (func (export "wasi_thread_start") (param i32 i32)
    (call $nap) (call $exit (i32.const 5)) unreachable)
  (func (export "_start") (drop (call $spawn (i32.const 0)))
    )" + waiting +
         " unreachable)";
}

TEST(Threads, EndTheProgramWhileOthersSpin) {
  EXPECT_EQ(exit_code(Program(ended_while("(loop $for_ever (br $for_ever))")).run()), 5u);
}

TEST(Threads, EndTheProgramWhileOthersWait) {
  EXPECT_EQ(exit_code(Program(ended_while("(drop (memory.atomic.wait32 (i32.const 0) "
                                          "(i32.const 0) (i64.const -1)))"))
                          .run()),
            5u);
}

TEST(Threads, EndTheProgramWhileOthersYield) {
  EXPECT_EQ(
      exit_code(Program(ended_while("(loop $for_ever (drop (call $yield)) (br $for_ever))")).run()),
      5u);
}

constexpr const char* kSpinners = R"(
  (func (export "wasi_thread_start") (param i32) (param $arg i32)
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
    (loop $for_ever (br $for_ever)))
  (func $make
    (drop (call $spawn (i32.const 0))) (drop (call $spawn (i32.const 0)))
    (loop $wait
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 1000000)))
      (br_if $wait (i32.lt_u (i32.atomic.load (i32.const 0)) (i32.const 2)))))
)";

TEST(Threads, EndWhenTheFirstReturns) {
  Program program(std::string(kSpinners) + R"((func (export "_start") (call $make)))");
  const ThreadGroup::End end = program.run();
  EXPECT_EQ(end.outcome, Outcome::ok);
  EXPECT_EQ(end.store, program.store);
}

TEST(Threads, EndWithTheGroup) {
  Program program(std::string(kSpinners) + R"((func (export "init") (call $make)))");
  EXPECT_EQ(program.call("init"), Outcome::ok);
  // Nobody calls `finish`.
}

TEST(Threads, EndTheProgramByATrap) {
  Program program(R"(
    (func (export "wasi_thread_start") (param i32 i32)
      (drop (i32.load (i32.const 1000000))))
    (func (export "_start") (drop (call $spawn (i32.const 0)))
      (loop $for_ever (br $for_ever))))");
  const ThreadGroup::End end = program.run();
  EXPECT_EQ(end.outcome, Outcome::trap);
  EXPECT_NE(end.store, program.store);
  EXPECT_EQ(end.store->trap.kind, TrapKind::out_of_bounds_memory_access);
  EXPECT_EQ(end.store->trap.address, 1'000'000u);
  ASSERT_EQ(end.store->trap.trace.count, 1u);
  EXPECT_EQ(end.store->trap.trace.first[0].module, program.module);
}

TEST(Threads, AreLimited) {
  Program program(
      std::string(R"((func (export "spawn") (result i32) (call $spawn (i32.const 0))))") +
          kSpinners,
      2);
  int32_t id = 0;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(program.call("spawn", &id), Outcome::ok);
    EXPECT_GT(id, 0);
  }
  EXPECT_EQ(program.call("spawn", &id), Outcome::ok);
  EXPECT_EQ(id, kAgain);
}

TEST(Threads, GivePlacesBack) {
  // One at a time, many times over: each waits until the last has made room.
  Program program(R"(
    (func (export "wasi_thread_start") (param i32 i32)
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
    (func (export "_start") (local $made i32)
      (loop $more
        (if (i32.gt_s (call $spawn (i32.const 0)) (i32.const 0))
          (then (local.set $made (i32.add (local.get $made) (i32.const 1))))
          (else (drop (call $yield))))
        (br_if $more (i32.lt_u (local.get $made) (i32.const 50))))
      (loop $wait
        (drop (call $yield))
        (br_if $wait (i32.lt_u (i32.atomic.load (i32.const 0)) (i32.const 50))))))",
                  1);
  EXPECT_EQ(program.run().outcome, Outcome::ok);
  EXPECT_EQ(program.word(0), 50u);
}

TEST(Threads, CannotBeMadeAtTheEnd) {
  Program program(
      std::string(R"((func (export "spawn") (result i32) (call $spawn (i32.const 0))))") +
      kSpinners);
  EXPECT_EQ(program.threads->finish(Outcome::ok).outcome, Outcome::ok);
  int32_t id = 0;
  EXPECT_EQ(program.call("spawn", &id), Outcome::ok);
  EXPECT_EQ(id, kAgain);
}

TEST(Threads, ShareTheFuel) {
  runtime::EngineConfig config;
  config.metering = true;
  Program program(R"(
    (func (export "wasi_thread_start") (param i32 i32) (loop $for_ever (br $for_ever)))
    (func (export "_start") (drop (call $spawn (i32.const 0)))
      (loop $for_ever (drop (call $yield)) (br $for_ever))))",
                  4, config, 100'000);
  const ThreadGroup::End end = program.run();
  EXPECT_EQ(end.outcome, Outcome::trap);
  EXPECT_EQ(end.store->trap.kind, TrapKind::out_of_fuel);
}

TEST(Threads, GrowTheMemoryForAll) {
  Program program(R"(
    (func (export "wasi_thread_start") (param i32 i32)
      (if (i32.ne (memory.grow (i32.const 2)) (i32.const 1)) (then unreachable))
      (i32.store (i32.const 150000) (i32.const 77))
      (i32.atomic.store (i32.const 0) (i32.const 1)))
    (func (export "_start") (drop (call $spawn (i32.const 0)))
      (loop $wait (br_if $wait (i32.eqz (i32.atomic.load (i32.const 0)))))
      (if (i32.ne (memory.size) (i32.const 3)) (then unreachable))
      (if (i32.ne (i32.load (i32.const 150000)) (i32.const 77)) (then unreachable))))");
  EXPECT_EQ(program.run().outcome, Outcome::ok);
}

TEST(Threads, ShareDescriptors) {
  // Four threads use, move and close what the others have opened; whatever one call gives, the
  // table stays whole, and all that is open is closed at the end.
  Program program(R"(
    (data (i32.const 1000) ".")
    (func (export "wasi_thread_start") (param $id i32) (param i32) (local $i i32) (local $fd i32)
      (loop $more
        (drop (call $open (i32.const 3) (i32.const 0) (i32.const 1000) (i32.const 1) (i32.const 2)
                          (i64.const 0x206000) (i64.const 0x206000) (i32.const 0)
                          (i32.add (i32.const 2000) (i32.mul (local.get $id) (i32.const 4)))))
        (local.set $fd (i32.add (i32.const 4) (i32.rem_u (local.get $i) (i32.const 8))))
        (drop (call $stat (local.get $fd)
                          (i32.add (i32.const 3000) (i32.mul (local.get $id) (i32.const 64)))))
        (drop (call $readdir (local.get $fd)
                             (i32.add (i32.const 8192) (i32.mul (local.get $id) (i32.const 1024)))
                             (i32.const 1024) (i64.const 0)
                             (i32.add (i32.const 2000) (i32.mul (local.get $id) (i32.const 4)))))
        (drop (call $renumber (local.get $fd) (i32.add (local.get $fd) (i32.const 1))))
        (drop (call $close (i32.add (i32.const 4) (i32.rem_u (i32.mul (local.get $i) (i32.const 7))
                                                             (i32.const 9)))))
        (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                               (i32.const 300))))
      (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))
    (func (export "_start") (local $seen i32)
      (drop (call $spawn (i32.const 0))) (drop (call $spawn (i32.const 0)))
      (drop (call $spawn (i32.const 0))) (drop (call $spawn (i32.const 0)))
      (loop $wait
        (local.set $seen (i32.atomic.load (i32.const 4)))
        (if (i32.lt_u (local.get $seen) (i32.const 4)) (then
          (drop (memory.atomic.wait32 (i32.const 4) (local.get $seen) (i64.const -1)))
          (br $wait))))
      (loop $close
        (drop (call $close (local.get $seen)))
        (br_if $close (i32.lt_u (local.tee $seen (i32.add (local.get $seen) (i32.const 1)))
                                (i32.const 2000))))
      (i32.store (i32.const 0)
        (call $open (i32.const 3) (i32.const 0) (i32.const 1000) (i32.const 1) (i32.const 2)
                    (i64.const 0x206000) (i64.const 0x206000) (i32.const 0) (i32.const 2000)))))");
  EXPECT_EQ(program.run().outcome, Outcome::ok);
  EXPECT_EQ(program.word(0), 0u);
  EXPECT_EQ(program.word(2000), 4u) << "the lowest number is free again";
}

TEST(Threads, SayWhatIsMissing) {
  const auto obstacle = [](const char* text) {
    auto binary = text::parse_module(text);
    runtime::Engine engine(platform::default_allocator(), {}, interp::backend());
    runtime::LoadedModule* module = runtime::LoadedModule::load(engine, binary->bytes).value();
    const char* found = ThreadGroup::obstacle(*module);
    module->release();
    return std::string(found == nullptr ? "" : found);
  };
  constexpr const char* kNone = R"((module (memory 1)))";
  EXPECT_EQ(obstacle(kNone), "");
  EXPECT_NE(obstacle(R"((module (import "wasi" "thread-spawn" (func (param i32) (result i32)))))")
                .find("no shared memory"),
            std::string::npos);
  EXPECT_NE(obstacle(R"((module (import "wasi" "thread-spawn" (func (param i32) (result i32)))
                         (import "m" "m" (memory 1 1 shared))))")
                .find("wasi_thread_start"),
            std::string::npos);
  EXPECT_NE(obstacle(R"((module (import "wasi" "thread-spawn" (func (param i32) (result i32)))
                         (import "m" "m" (memory 1 1 shared))
                         (func (export "wasi_thread_start") (param i32))))")
                .find("two i32"),
            std::string::npos);
}

} // namespace
} // namespace waxwing::wasi
