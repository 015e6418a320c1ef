// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads of guests, and memories that stores share.
#include <atomic>
#include <thread>

#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

/// Makes a thread that adds its argument to a word and calls the host; waits for it.
constexpr const char* kSpawner = R"((module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "h" "seen" (func $seen (param i32)))
  (import "env" "memory" (memory 1 2 shared))
  (export "memory" (memory 0))
  (func (export "wasi_thread_start") (param $id i32) (param $what i32)
    (call $seen (local.get $what))
    (if (i32.eq (local.get $what) (i32.const 13)) (then (call $exit (i32.const 9))))
    (if (i32.eq (local.get $what) (i32.const 14)) (then (unreachable)))
    (drop (i32.atomic.rmw.add (i32.const 0) (local.get $what)))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
  (func $start (param $what i32) (result i32)
    (if (i32.lt_s (call $spawn (local.get $what)) (i32.const 0)) (then (return (i32.const -1))))
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
    (i32.atomic.load (i32.const 0)))
  (func (export "start") (param i32) (result i32) (call $start (local.get 0)))
  (func (export "_start") (drop (call $start (i32.const 13))))))";

struct Threaded : World {
  Threaded() {
    expect(linker.wasi({}));
    expect(linker.func("h", "seen", [this](int32_t what) { seen += what; }));
    const Module made = module(kSpawner);
    EXPECT_TRUE(made.wants_threads());
    // What the host defines for one store is not there in another one by itself.
    expect(linker.threads(made, {.link = [this](Linker& other) {
                            EXPECT_NE(other.store().state(), store.state());
                            return other.func("h", "seen", [this](int32_t what) { seen += what; });
                          }}));
    instance.emplace(expect(linker.instantiate(made)));
  }
  std::atomic<int32_t> seen{0};
  std::optional<Instance> instance;
};

TEST(ApiThread, AThreadHasAStoreOfItsOwnAndSharesTheMemory) {
  Threaded world;
  EXPECT_EQ(expect(world.instance->func<int32_t(int32_t)>("start"))(21).value(), 21);
  expect(world.store.end_threads());
  EXPECT_EQ(world.seen, 21);
}

TEST(ApiThread, AnyThreadEndsTheProgram) {
  Threaded world;
  EXPECT_EQ(world.instance->run().value(), 9U);
}

TEST(ApiThread, ATrapOfAnotherThreadHasItsTrace) {
  Threaded world;
  const auto start = expect(world.instance->func<int32_t(int32_t)>("start"));
  Result<int32_t> first = start(14);
  Result<void> ended = first ? Result<void>() : std::unexpected(first.error());
  ended = world.store.end_threads(std::move(ended));
  const Error error = error_of(ended);
  ASSERT_NE(error.trap, nullptr);
  EXPECT_EQ(error.trap->kind, TrapKind::unreachable);
  ASSERT_FALSE(error.trap->frames.empty());
  EXPECT_EQ(error.trap->frames[0].function, "wasi_thread_start");
}

TEST(ApiThread, WhatAModuleLacksIsSaid) {
  World world;
  const Module lacking = world.module(R"((module
    (import "wasi" "thread-spawn" (func (param i32) (result i32)))))");
  EXPECT_EQ(error_of(world.linker.threads(lacking)).kind, ErrorKind::usage);
  // One that wants no threads is left alone.
  expect(world.linker.threads(world.module("(module)")));
}

TEST(ApiThread, StoresShareAMemory) {
  Engine engine;
  Store one = expect(Store::make(engine));
  auto two = std::make_optional(expect(Store::make(engine)));
  const Memory own = expect(Memory::make(*two, {.min = 1, .max = 2, .shared = true}));
  const Memory::Shared shared = expect(own.share());
  EXPECT_EQ(shared.type().max, 2U);
  const Memory joined = expect(Memory::from(one, shared));
  expect(own.store<uint32_t>(8, 77));
  EXPECT_EQ(expect(joined.load<uint32_t>(8)), 77U);
  two.reset();
  EXPECT_EQ(expect(joined.load<uint32_t>(8)), 77U) << "it lives as long as anybody has it";
  Linker linker(one);
  expect(linker.define("env", "memory", joined));
  EXPECT_EQ(error_of(expect(Memory::make(one, {.min = 1})).share()).kind, ErrorKind::usage);
}

} // namespace
} // namespace waxwing::api_test
