// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two instances of tests/abi/slice.wat call each other, each interpreted or compiled, and
// everything that can be observed is compared with what the interpreter alone does: results, traps,
// exceptions, traces, globals and memory after each. $WAXWING_ABI_SLICE is the module's text,
// $WAXWING_ABI_IMAGE an image of it for this machine, $WAXWING_ABI_TAILS how many tail calls a run
// makes.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "abi/world.hpp"
#include "text/parse.hpp"

namespace waxwing {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::vector<uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

uint32_t tail_calls() {
  const std::string number = environment("WAXWING_ABI_TAILS");
  return number.empty() ? 10'000'000 : static_cast<uint32_t>(std::stoul(number));
}

} // namespace

namespace abi {

/// The module as text translated once, and its image.
const Files& files() {
  static const Files all = [] {
    const auto source = read_file(environment("WAXWING_ABI_SLICE"));
    auto binary = text::parse_module({reinterpret_cast<const char*>(source.data()), source.size()});
    EXPECT_TRUE(binary.has_value());
    return make_files(binary ? std::move(binary->bytes) : std::vector<uint8_t>(),
                      read_file(environment("WAXWING_ABI_IMAGE")));
  }();
  return all;
}

void complain(const std::string& text) { ADD_FAILURE() << text; }

runtime::StoreLimits limits() { return {}; }

} // namespace abi

namespace {

using namespace abi;

class Abi : public ::testing::TestWithParam<std::pair<Kind, Kind>> {
 protected:
  void SetUp() override {
    // There is nothing to compare without them. ctest runs this program by run.py alone, which
    // names both, so that nothing is skipped there.
    if (environment("WAXWING_ABI_SLICE").empty() || environment("WAXWING_ABI_IMAGE").empty())
      GTEST_SKIP() << "tests/abi/run.py runs this with a module and its image";
  }
};

TEST_P(Abi, DoesWhatTheInterpreterDoes) {
  static const std::vector<std::string> expected = run_all(Kind::interpreted, Kind::interpreted);
  const std::vector<std::string> found = run_all(GetParam().first, GetParam().second);
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], expected[i]);
}

TEST_P(Abi, TailCallsThatAlternateNeedNoStack) {
  World world(GetParam().first, GetParam().second);
  const uint32_t count = tail_calls();
  EXPECT_EQ(world.call(0, "tail_ping", {i32(count)}), "tail_ping: 77");
  EXPECT_EQ(world.call(1, "tail_ping", {i32(count + 1)}), "tail_ping: 77");
  EXPECT_EQ(world.call(0, "tail_ping_and_one", {i32(count)}), "tail_ping_and_one: 78");
  EXPECT_EQ(world.call(0, "count_tail", {i32(count), i64(0)}),
            "count_tail: " +
                std::to_string(uint64_t{count % 2 == 0 ? count : 0 - uint64_t{count}}));
  EXPECT_EQ(world.call(1, "grow_tail", {i32(count)}),
            "grow_tail: " + std::to_string(count + uint64_t{10}));
}

TEST_P(Abi, AnotherThreadStopsABusyLoop) {
  World world(GetParam().first, GetParam().second);
  for (const char* name : {"spin", "spin_other", "spin"}) {
    std::thread stopper([&world] {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      world.store().interrupt(runtime::Interrupt::stop);
      while (world.store().repeat_interrupt())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    EXPECT_EQ(world.call(0, name, {}), std::string(name) + ": trap interrupted");
    stopper.join();
    EXPECT_EQ(world.call(0, "fib", {i32(10)}), "fib: 55");
  }
}

TEST_P(Abi, ThreadsOfTheEmbedderRunGuests) {
  std::thread thread([] {
    World world(GetParam().first, GetParam().second);
    EXPECT_EQ(world.call(0, "load32", {i32(0x10000)}).substr(0, 40),
              "load32: trap out of bounds memory access");
    EXPECT_EQ(world.call(0, "recurse", {i32(0)}), "recurse: trap call stack exhausted");
    EXPECT_EQ(world.call(1, "recurse_wide", {}), "recurse_wide: trap call stack exhausted");
    EXPECT_EQ(world.call(1, "fib", {i32(10)}), "fib: 55");
  });
  thread.join();
}

/// Calls with `bytes` of stack used up before.
std::string call_lower(World& world, const char* name, const std::vector<Value>& arguments,
                       size_t bytes) {
  auto* used = static_cast<volatile char*>(__builtin_alloca(bytes + 16));
  used[0] = 1;
  return world.call(0, name, arguments);
}

std::string place(const runtime::Frame& frame) {
  return std::to_string(frame.function) + "@" + std::to_string(frame.offset) +
         (frame.exact ? "" : "~");
}

// The stack ends in a push of the prologue, in a call, in a store to a new frame, as the stack was
// when the recursion began. Whatever it is, the frames below are exactly the callers.
void expect_traces_where_the_stack_ends(Kind first, Kind second, size_t step) {
  struct Recursion {
    const char* name;
    std::vector<Value> arguments;
  };
  for (const Recursion& recursion : {Recursion{"recurse", {i32(0)}}, Recursion{"self", {i32(0)}},
                                     Recursion{"recurse_wide", {}}}) {
    World expected(Kind::interpreted, Kind::interpreted);
    World world(first, second);
    (void)expected.call(0, recursion.name, recursion.arguments);
    const runtime::TraceSink& want = expected.frames();
    for (size_t bytes = 0; bytes < 256; bytes += step) {
      EXPECT_EQ(call_lower(world, recursion.name, recursion.arguments, bytes),
                std::string(recursion.name) + ": trap call stack exhausted");
      const runtime::TraceSink& found = world.frames();
      ASSERT_GT(found.count, 1000u);
      EXPECT_EQ(found.first[0].function, want.first[0].function);
      for (uint32_t i = 1; i < runtime::TraceSink::kKeep; ++i)
        ASSERT_EQ(place(found.first[i]), place(want.first[i]))
            << recursion.name << " " << bytes << " " << i;
      // The last two: the recursion's first call, and the function that began it.
      for (const uint64_t back : {uint64_t{1}, uint64_t{2}})
        ASSERT_EQ(place(found.last[(found.count - back) % runtime::TraceSink::kKeep]),
                  place(want.last[(want.count - back) % runtime::TraceSink::kKeep]))
            << recursion.name << " " << bytes;
    }
  }
}

TEST_P(Abi, TracesWhereTheStackEnds) {
  expect_traces_where_the_stack_ends(GetParam().first, GetParam().second, 16);
}

// Prologues, and leaves that fault: an access and a division, called by the other instance.
TEST_P(Abi, ThreadsOfTheEmbedderWalkTraces) {
  std::thread thread([] {
    expect_traces_where_the_stack_ends(GetParam().first, GetParam().second, 64);
    World expected(Kind::interpreted, Kind::interpreted);
    World world(GetParam().first, GetParam().second);
    for (const Value& argument : {i32(0x10000), i32(0xFFFD), i32(0)}) {
      const auto leaf = i32(argument.bits == 0 ? 11 : 10);
      for (const int which : {0, 1}) {
        EXPECT_EQ(world.call(which, "leaf_other", {argument, leaf}),
                  expected.call(which, "leaf_other", {argument, leaf}));
        EXPECT_EQ(world.trace(), expected.trace());
        EXPECT_EQ(world.frames().count, 2u);
      }
    }
  });
  thread.join();
}

std::string word_of(Kind kind) {
  switch (kind) {
  case Kind::interpreted: return "Interpreted";
  case Kind::compiled: return "Compiled";
  case Kind::mixed: break;
  }
  return "Mixed";
}

INSTANTIATE_TEST_SUITE_P(Engines, Abi,
                         ::testing::Values(std::pair{Kind::compiled, Kind::compiled},
                                           std::pair{Kind::compiled, Kind::interpreted},
                                           std::pair{Kind::interpreted, Kind::compiled},
                                           std::pair{Kind::mixed, Kind::mixed},
                                           std::pair{Kind::mixed, Kind::compiled}),
                         [](const auto& instance) {
                           return word_of(instance.param.first) + word_of(instance.param.second);
                         });

} // namespace
} // namespace waxwing
