// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WASI as an embedder sets it up: streams that are buffers or functions, other clocks and random
// numbers, how programs end.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <memory>

#include "unit/api_fixture.hpp"

namespace waxwing::api_test {
namespace {

/// Copies its input to its output, byte by byte through a small buffer, and ends with the number of
/// bytes copied, or 100 and the error.
constexpr const char* kCopy = R"((module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $check (param i32)
    (if (local.get 0) (then (call $exit (i32.add (i32.const 100) (local.get 0))))))
  (func (export "_start") (local $total i32)
    (i32.store (i32.const 0) (i32.const 64))
    (loop $more
      (i32.store (i32.const 4) (i32.const 8))
      (call $check (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
      (if (i32.load (i32.const 16)) (then
        (i32.store (i32.const 4) (i32.load (i32.const 16)))
        (call $check (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))
        (local.set $total (i32.add (local.get $total) (i32.load (i32.const 20))))
        (br $more))))
    (call $exit (local.get $total)))))";

/// The exit code of a program with this configuration.
uint32_t run(const char* text, const WasiConfig& config) {
  World world;
  expect(world.linker.wasi(config));
  return expect(world.instance(text).run());
}

TEST(ApiWasi, StreamsAreBuffers) {
  WasiConfig config;
  auto output = std::make_shared<std::string>();
  config.in = Stream::input("a text that takes more than one read");
  config.out = Stream::output(output);
  EXPECT_EQ(run(kCopy, config), 36U);
  EXPECT_EQ(*output, "a text that takes more than one read");
  // A configuration may be used again.
  EXPECT_EQ(run(kCopy, config), 36U);
  EXPECT_EQ(output->size(), 72U);
}

TEST(ApiWasi, BuffersEndAtTheirLimit) {
  WasiConfig config;
  auto output = std::make_shared<std::string>();
  config.in = Stream::input("0123456789abcdef0123");
  config.out = Stream::output(output, 12);
  constexpr uint32_t kIo = 29;
  EXPECT_EQ(run(kCopy, config), 100 + kIo);
  EXPECT_EQ(*output, "0123456789ab");
}

TEST(ApiWasi, StreamsAreFunctions) {
  WasiConfig config;
  int reads = 0;
  std::string written;
  config.in = Stream::reader([&](std::span<char> bytes) -> std::optional<size_t> {
    if (++reads > 3) return 0;
    bytes[0] = static_cast<char>('0' + reads);
    return 1;
  });
  config.out = Stream::writer([&](std::span<const char> bytes) -> std::optional<size_t> {
    written.append(bytes.begin(), bytes.end());
    return bytes.size();
  });
  EXPECT_EQ(run(kCopy, config), 3U);
  EXPECT_EQ(written, "123");
  // Errors, and counts that cannot be, are errors of the guest's.
  constexpr uint32_t kIo = 29;
  config.in = Stream::reader([](std::span<char>) { return std::optional<size_t>(); });
  EXPECT_EQ(run(kCopy, config), 100 + kIo);
  config.in = Stream::reader([](std::span<char> bytes) { return std::optional(bytes.size() + 1); });
  EXPECT_EQ(run(kCopy, config), 100 + kIo);
  // A stream that only reads can't be written to, and one that is not there is not open.
  constexpr uint32_t kNotCapable = 76;
  constexpr uint32_t kBadFd = 8;
  config.in = Stream::input("x");
  config.out = Stream::input("");
  EXPECT_EQ(run(kCopy, config), 100 + kNotCapable);
  config.out = {};
  EXPECT_EQ(run(kCopy, config), 100 + kBadFd);
}

TEST(ApiWasi, StreamsAreFilesOfTheHost) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  WasiConfig config;
  config.in = Stream::input("through a pipe");
  config.out = Stream::descriptor(ends[1]);
  EXPECT_EQ(run(kCopy, config), 14U);
  char buffer[32] = {};
  EXPECT_EQ(read(ends[0], buffer, sizeof buffer), 14);
  EXPECT_STREQ(buffer, "through a pipe");
  // They stay the host's.
  EXPECT_EQ(fcntl(ends[1], F_GETFD) < 0, false);
  close(ends[0]);
  close(ends[1]);
}

TEST(ApiWasi, ClocksAndRandomNumbersAreReplaced) {
  World world;
  WasiConfig config;
  uint64_t time = 1000;
  config.clock = [&](ClockId id) { return time++ + (id == ClockId::realtime ? 500 : 0); };
  config.random = [](std::span<std::byte> bytes) {
    for (std::byte& byte : bytes) byte = std::byte{0x5A};
    return bytes.size() != 3;
  };
  expect(world.linker.wasi(config));
  const Instance i = world.instance(R"((module
    (import "wasi_snapshot_preview1" "clock_time_get"
      (func $time (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff"
      (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "time") (param i32) (result i64)
      (drop (call $time (local.get 0) (i64.const 0) (i32.const 0))) (i64.load (i32.const 0)))
    (func (export "random") (param i32) (result i32) (call $random (i32.const 0) (local.get 0)))
    (func (export "sleep") (param $until i64) (param $flags i32) (result i32)
      (i32.store (i32.const 16) (i32.const 1))
      (i64.store (i32.const 24) (local.get $until))
      (i32.store16 (i32.const 40) (local.get $flags))
      (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))");
  const auto read = expect(i.func<uint64_t(uint32_t)>("time"));
  EXPECT_EQ(read(0).value(), 1500U);
  EXPECT_EQ(read(1).value(), 1001U);
  const auto random = expect(i.func<uint32_t(uint32_t)>("random"));
  EXPECT_EQ(random(5).value(), 0U);
  EXPECT_EQ(expect(expect(i.memory()).load<uint32_t>(0)), 0x5A5A5A5AU);
  EXPECT_NE(random(3).value(), 0U);
  // A moment is one of the host's clock; a length of time is the system's.
  expect(expect(i.memory()).write(0, std::vector<std::byte>(64)));
  const auto sleep = expect(i.func<uint32_t(uint64_t, uint32_t)>("sleep"));
  EXPECT_EQ(sleep(time + 3, 1).value(), 0U);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(sleep(5'000'000, 0).value(), 0U);
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(5));
}

TEST(ApiWasi, ProgramsEndInTheirOwnWay) {
  EXPECT_EQ(run("(module (memory (export \"memory\") 1) (func (export \"_start\")))", {}), 0U);
  constexpr const char* kExit = R"((module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "_start") (call $exit (i32.const 7)))))";
  EXPECT_EQ(run(kExit, {}), 7U);
  World world;
  expect(world.linker.wasi({}));
  const Error error = error_of(expect(world.instance(kExit).func<void()>("_start"))());
  EXPECT_EQ(error.kind, ErrorKind::trap);
  EXPECT_EQ(error.exit_code(), 7U);
  EXPECT_EQ(error_of(world.instance("(module)").run()).kind, ErrorKind::usage);
  // A host function that calls back passes the end of the program on.
  expect(world.linker.func("h", "back", [](Caller& caller) -> Result<void> {
    auto ended = caller.instance()->func("end")->call();
    if (ended) return {};
    return std::unexpected(ended.error());
  }));
  const Instance nested = world.instance(R"((module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "h" "back" (func $back)) (memory (export "memory") 1)
    (func (export "end") (call $exit (i32.const 9)))
    (func (export "_start") (call $back))))");
  EXPECT_EQ(expect(nested.run()), 9U);
}

TEST(ApiWasi, WrongConfigurationsSayWhatIsWrong) {
  World world;
  WasiConfig config;
  config.dirs = {{.host = "/", .guest = "/"}, {.host = "/no/such/folder", .guest = "/x"}};
  const Error missing = error_of(world.linker.wasi(config));
  EXPECT_EQ(missing.kind, ErrorKind::io);
  EXPECT_TRUE(missing.message.starts_with("/no/such/folder: ")) << missing.message;
  config = {};
  config.env = {{"A=B", "C"}};
  EXPECT_EQ(error_of(world.linker.wasi(config)).kind, ErrorKind::usage);
}

TEST(ApiWasi, ReactorsAreInitialized) {
  World world;
  const Instance i = world.instance(R"((module (global $g (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $g (i32.const 5)))
    (func (export "get") (result i32) (global.get $g))))");
  EXPECT_EQ(expect(i.func<int32_t()>("get"))().value(), 5);
}

} // namespace
} // namespace waxwing::api_test
