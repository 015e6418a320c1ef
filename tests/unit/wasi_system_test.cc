// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments, environment, clocks, random numbers, the end of the program, standard streams, and
// waiting.
#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <thread>

#include "support/wasi_guest.hpp"

namespace waxwing::wasi_test {
namespace {

using platform::Handle;

/// Both ends of a pipe, closed at the end.
struct Pipe {
  Pipe() {
    if (pipe(ends) != 0) std::abort();
  }
  ~Pipe() {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
  [[nodiscard]] Handle reader() const { return Handle{ends[0]}; }
  [[nodiscard]] Handle writer() const { return Handle{ends[1]}; }
  void close_end(unsigned i) {
    ::close(ends[i]);
    ends[i] = -1;
  }
  int ends[2];
};

uint64_t milliseconds_since(std::chrono::steady_clock::time_point start) {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                   std::chrono::steady_clock::now() - start)
                                   .count());
}

std::vector<std::string> strings(Guest& guest, const char* sizes, const char* get) {
  EXPECT_EQ(guest.call(sizes, {Guest::kResult, Guest::kResult + 4}), Errno::success);
  const auto count = guest.get<uint32_t>(Guest::kResult);
  const auto size = guest.get<uint32_t>(Guest::kResult + 4);
  EXPECT_EQ(guest.call(get, {Guest::kVector, Guest::kData}), Errno::success);
  std::vector<std::string> result;
  uint32_t expected = Guest::kData;
  for (uint32_t i = 0; i < count; ++i) {
    const auto at = guest.get<uint32_t>(Guest::kVector + 4 * i);
    EXPECT_EQ(at, expected);
    result.emplace_back(guest.get_text(at, Guest::kData + size - at).c_str());
    expected += static_cast<uint32_t>(result.back().size()) + 1;
  }
  EXPECT_EQ(expected, Guest::kData + size);
  return result;
}

TEST(WasiSystem, GivesArgumentsAndEnvironment) {
  const std::string_view args[] = {"program", "", "two words", "\xC3\xA4"};
  const std::string_view env[] = {"A=1", "B=say \"x\"\nand more"};
  Guest guest({.args = args, .env = env});
  EXPECT_EQ(strings(guest, "args_sizes_get", "args_get"),
            (std::vector<std::string>{"program", "", "two words", "\xC3\xA4"}));
  EXPECT_EQ(strings(guest, "environ_sizes_get", "environ_get"),
            (std::vector<std::string>{"A=1", "B=say \"x\"\nand more"}));
  EXPECT_EQ(guest.call("args_get", {4 * 65'536 - 12, Guest::kData}), Errno::fault);
  EXPECT_EQ(guest.call("args_get", {Guest::kVector, 4 * 65'536 - 8}), Errno::fault);
  Guest none({});
  EXPECT_TRUE(strings(none, "args_sizes_get", "args_get").empty());
}

TEST(WasiSystem, RefusesStringsWithNul) {
  const std::string_view args[] = {"good", std::string_view("ba\0d", 4)};
  wasi::Wasi wasi(platform::default_allocator());
  const auto done = wasi.configure({.args = args});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().offset, 1u);
}

TEST(WasiSystem, SaysWhichPreopenIsMissing) {
  const wasi::Preopen preopens[] = {{"/", "/"}, {"/does/not/exist", "/x"}};
  wasi::Wasi wasi(platform::default_allocator());
  const auto done = wasi.configure({.preopens = preopens});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::io_error);
  EXPECT_EQ(done.error().offset, 1u);
  EXPECT_EQ(done.error().a, static_cast<uint32_t>(platform::FileError::noent));
}

TEST(WasiSystem, TellsTheTime) {
  Guest guest({});
  auto time = [&](uint32_t clock) {
    EXPECT_EQ(guest.call("clock_time_get", {clock, 0, Guest::kResult}), Errno::success);
    return guest.get<uint64_t>(Guest::kResult);
  };
  const auto real = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  EXPECT_NEAR(static_cast<double>(time(0)) / 1e9, static_cast<double>(real.count()), 5);
  for (const uint32_t clock : {1u, 2u, 3u}) {
    const uint64_t first = time(clock);
    EXPECT_LE(first, time(clock));
  }
  for (uint32_t clock = 0; clock < 4; ++clock) {
    EXPECT_EQ(guest.call("clock_res_get", {clock, Guest::kResult}), Errno::success);
    EXPECT_GT(guest.get<uint64_t>(Guest::kResult), 0u);
  }
  for (const uint32_t clock : {4u, 100u, UINT32_MAX}) {
    EXPECT_EQ(guest.call("clock_time_get", {clock, 0, Guest::kResult}), Errno::inval);
    EXPECT_EQ(guest.call("clock_res_get", {clock, Guest::kResult}), Errno::inval);
  }
}

TEST(WasiSystem, FillsWithRandomBytes) {
  Guest guest({}, 8);
  constexpr uint32_t kSize = 300'000;
  EXPECT_EQ(guest.call("random_get", {100, kSize}), Errno::success);
  std::set<std::string> pieces;
  for (uint32_t at = 100; at + 16 <= 100 + kSize; at += 16) pieces.insert(guest.get_text(at, 16));
  EXPECT_EQ(pieces.size(), kSize / 16);
  EXPECT_EQ(guest.get<uint32_t>(0), 0u);
  EXPECT_EQ(guest.get<uint64_t>(100 + kSize), 0u);
  EXPECT_EQ(guest.call("random_get", {100, UINT32_MAX}), Errno::fault);
  EXPECT_EQ(guest.call("random_get", {8 * 65'536, 1}), Errno::fault);
  EXPECT_EQ(guest.call("random_get", {8 * 65'536, 0}), Errno::success);
}

TEST(WasiSystem, Exits) {
  Guest guest({});
  EXPECT_EQ(guest.call("proc_exit", {33}), kExited);
  EXPECT_EQ(guest.exit_code, 33u);
  EXPECT_EQ(guest.call("proc_exit", {UINT32_MAX}), kExited);
  EXPECT_EQ(guest.exit_code, UINT32_MAX);
}

TEST(WasiSystem, RaisesSignalsOnlyInTheGuest) {
  Guest guest({});
  constexpr uint32_t kEnding[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                  12, 13, 14, 15, 23, 24, 25, 26, 28, 29, 30};
  for (const uint32_t signal : kEnding) {
    EXPECT_EQ(guest.call("proc_raise", {signal}), kExited) << signal;
    EXPECT_EQ(guest.exit_code, 128 + signal);
  }
  for (const uint32_t signal : {0u, 16u, 17u, 22u, 27u})
    EXPECT_EQ(guest.call("proc_raise", {signal}), Errno::success) << signal;
  for (const uint32_t signal : {18u, 19u, 20u, 21u})
    EXPECT_EQ(guest.call("proc_raise", {signal}), Errno::notsup) << signal;
  for (const uint32_t signal : {31u, 64u, 256u, UINT32_MAX})
    EXPECT_EQ(guest.call("proc_raise", {signal}), Errno::inval) << signal;
}

TEST(WasiSystem, Yields) {
  Guest guest({});
  EXPECT_EQ(guest.call("sched_yield", {}), Errno::success);
}

TEST(WasiSystem, UsesTheStreamsItIsGiven) {
  Pipe in;
  Pipe out;
  Guest guest({.stdio = {in.reader(), out.writer(), Handle::none}});
  EXPECT_EQ(guest.fdstat(0).rights_base & rights::fd_write, 0u);
  EXPECT_EQ(guest.fdstat(1).rights_base & rights::fd_read, 0u);
  EXPECT_EQ(guest.call("fd_fdstat_get", {2, Guest::kResult}), Errno::badf);
  ASSERT_EQ(::write(in.ends[1], "input", 5), 5);
  EXPECT_EQ(guest.read(0, 100), Errno::success);
  EXPECT_EQ(guest.data(), "input");
  EXPECT_EQ(guest.write(1, "output"), Errno::success);
  char buffer[16] = {};
  ASSERT_EQ(::read(out.ends[0], buffer, sizeof buffer), 6);
  EXPECT_STREQ(buffer, "output");
  EXPECT_EQ(guest.write(0, "x"), Errno::notcapable);
  EXPECT_EQ(guest.read(1, 1), Errno::notcapable);

  // Not waiting is this guest's affair: the stream of the host stays as it is.
  EXPECT_EQ(guest.call("fd_fdstat_set_flags", {0, fdflags::nonblock}), Errno::success);
  EXPECT_EQ(guest.read(0, 100), Errno::again);
  EXPECT_EQ(fcntl(in.ends[0], F_GETFL) & O_NONBLOCK, 0);
  in.close_end(1);
  EXPECT_EQ(guest.read(0, 100), Errno::success);
  EXPECT_EQ(guest.data(), "");

  EXPECT_EQ(guest.call("fd_fdstat_set_flags", {1, fdflags::nonblock}), Errno::success);
  // What is too much for one piece comes out in order.
  std::string numbers;
  while (numbers.size() < 3000) numbers += std::to_string(numbers.size()) + ' ';
  EXPECT_EQ(guest.write(1, numbers), Errno::success);
  std::string got(guest.result(), 0);
  ASSERT_EQ(::read(out.ends[0], got.data(), got.size()), static_cast<ssize_t>(got.size()));
  EXPECT_EQ(got, numbers);
  uint32_t error = 0;
  const std::string block(10'000, 'x');
  for (int i = 0; i < 1000 && error == 0; ++i) error = guest.write(1, block);
  EXPECT_EQ(error, Errno::again);
  out.close_end(0);
  EXPECT_EQ(guest.write(1, "x"), Errno::pipe);

  // They belong to the embedder.
  EXPECT_EQ(guest.close(1), Errno::success);
  EXPECT_NE(fcntl(out.ends[1], F_GETFL), -1);
}

TEST(WasiSystem, KnowsATerminal) {
  int controller = -1;
  int terminal = -1;
  ASSERT_EQ(openpty(&controller, &terminal, nullptr, nullptr, nullptr), 0);
  const int null = ::open("/dev/null", O_RDWR);
  Guest guest({.stdio = {Handle{terminal}, Handle{terminal}, Handle{null}}});
  for (const Fd fd : {0u, 1u}) {
    EXPECT_EQ(guest.fdstat(fd).filetype, wasi::filetype::character_device);
    EXPECT_EQ(guest.fdstat(fd).rights_base & (rights::fd_seek | rights::fd_tell), 0u);
  }
  EXPECT_EQ(guest.fdstat(2).filetype, wasi::filetype::character_device);
  EXPECT_NE(guest.fdstat(2).rights_base & rights::fd_seek, 0u);
  ::close(controller);
  ::close(terminal);
  ::close(null);
}

TEST(WasiSystem, GivesNothingInADirectoryThatIsAStream) {
  const int root = ::open("/", O_RDONLY | O_DIRECTORY);
  Guest guest({.stdio = {Handle{root}, Handle::none, Handle::none}});
  EXPECT_EQ(guest.path_open(0, "etc", 0, 0), Errno::notcapable);
  EXPECT_EQ(guest.call("fd_readdir", {0, Guest::kData, 100, 0, Guest::kResult}), Errno::notcapable);
  EXPECT_EQ(guest.call("fd_prestat_get", {0, Guest::kResult}), Errno::badf);
  ::close(root);
}

// Waiting.

void put_clock(Guest& guest, uint32_t index, uint64_t userdata, uint32_t clock, uint64_t timeout,
               bool absolute = false) {
  wasi::Snapshot1Subscription subscription{};
  subscription.userdata = userdata;
  subscription.type = wasi::eventtype::clock;
  subscription.clock_or_fd = clock;
  subscription.timeout = timeout;
  subscription.flags = absolute ? 1 : 0;
  guest.put(Guest::kVector + index * 48, subscription);
}

void put_fd(Guest& guest, uint32_t index, uint64_t userdata, uint8_t type, Fd fd) {
  wasi::Snapshot1Subscription subscription{};
  subscription.userdata = userdata;
  subscription.type = type;
  subscription.clock_or_fd = fd;
  guest.put(Guest::kVector + index * 48, subscription);
}

uint32_t poll(Guest& guest, uint32_t count) {
  return guest.call("poll_oneoff", {Guest::kVector, Guest::kData, count, Guest::kResult});
}

wasi::Event event(const Guest& guest, uint32_t index) {
  return guest.get<wasi::Event>(Guest::kData + index * 32);
}

TEST(WasiPoll, WaitsForClocks) {
  Guest guest({});
  const auto start = std::chrono::steady_clock::now();
  put_clock(guest, 0, 7, 1, 30'000'000);
  put_clock(guest, 1, 8, 0, 3'600'000'000'000);
  EXPECT_EQ(poll(guest, 2), Errno::success);
  EXPECT_GE(milliseconds_since(start), 30u);
  ASSERT_EQ(guest.result(), 1u);
  EXPECT_EQ(event(guest, 0).userdata, 7u);
  EXPECT_EQ(event(guest, 0).type, wasi::eventtype::clock);
  EXPECT_EQ(event(guest, 0).error, Errno::success);

  for (const uint32_t clock : {0u, 1u}) {
    EXPECT_EQ(guest.call("clock_time_get", {clock, 0, Guest::kResult}), Errno::success);
    const auto now = guest.get<uint64_t>(Guest::kResult);
    put_clock(guest, 0, 1, clock, now + 25'000'000, true);
    put_clock(guest, 1, 2, clock, now - 1, true);
    EXPECT_EQ(poll(guest, 2), Errno::success);
    ASSERT_EQ(guest.result(), 1u);
    EXPECT_EQ(event(guest, 0).userdata, 2u);
    EXPECT_EQ(poll(guest, 1), Errno::success);
    EXPECT_EQ(guest.call("clock_time_get", {clock, 0, Guest::kResult}), Errno::success);
    EXPECT_GE(guest.get<uint64_t>(Guest::kResult), now + 25'000'000);
  }
}

TEST(WasiPoll, UnstableSubscriptionsAreLarger) {
  Guest guest({});
  for (uint32_t i = 0; i < 2; ++i) {
    wasi::UnstableSubscription subscription{};
    subscription.userdata = 40 + i;
    subscription.identifier_or_fd = 0xFFFF'FFFF;
    subscription.clock = 1;
    subscription.timeout = i == 0 ? uint64_t{1} << 62 : 1;
    guest.put(Guest::kVector + i * 56, subscription);
  }
  EXPECT_EQ(guest.call_in("wasi_unstable", "poll_oneoff",
                          {Guest::kVector, Guest::kData, 2, Guest::kResult}),
            Errno::success);
  ASSERT_EQ(guest.result(), 1u);
  EXPECT_EQ(event(guest, 0).userdata, 41u);
}

TEST(WasiPoll, WaitsForDescriptors) {
  Pipe in;
  Pipe out;
  TemporaryFolder folder;
  write_file(folder.path() / "file", "12345");
  const std::string path = folder.path().string();
  const wasi::Preopen preopens[] = {{path, "/"}};
  Guest guest({.preopens = preopens, .stdio = {in.reader(), out.writer(), Handle::none}});
  put_fd(guest, 0, 1, wasi::eventtype::fd_read, 0);
  put_fd(guest, 1, 2, wasi::eventtype::fd_write, 1);
  EXPECT_EQ(poll(guest, 2), Errno::success);
  ASSERT_EQ(guest.result(), 1u);
  EXPECT_EQ(event(guest, 0).userdata, 2u);
  EXPECT_EQ(event(guest, 0).type, wasi::eventtype::fd_write);

  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    (void)!::write(in.ends[1], "abc", 3);
  });
  put_clock(guest, 1, 3, 1, 10'000'000'000);
  EXPECT_EQ(poll(guest, 2), Errno::success);
  later.join();
  ASSERT_EQ(guest.result(), 1u);
  EXPECT_EQ(event(guest, 0).userdata, 1u);
  EXPECT_EQ(event(guest, 0).nbytes, 3u);
  EXPECT_EQ(event(guest, 0).flags, 0);
  EXPECT_EQ(guest.read(0, 10), Errno::success);
  in.close_end(1);
  put_fd(guest, 0, 1, wasi::eventtype::fd_read, 0);
  EXPECT_EQ(poll(guest, 1), Errno::success);
  EXPECT_EQ(event(guest, 0).flags, wasi::kEventHangUp);

  // Files are ready at once; what cannot be waited for says so in its own event.
  const Fd file = guest.open(3, "file", 0, rights::fd_read | rights::poll_fd_readwrite);
  put_fd(guest, 0, 10, wasi::eventtype::fd_read, file);
  put_fd(guest, 1, 11, wasi::eventtype::fd_write, file);
  put_fd(guest, 2, 12, wasi::eventtype::fd_read, 99);
  put_clock(guest, 3, 13, 9, 0);
  put_clock(guest, 4, 14, 2, 0);
  put_clock(guest, 5, 15, 1, UINT64_MAX);
  EXPECT_EQ(poll(guest, 6), Errno::success);
  ASSERT_EQ(guest.result(), 5u);
  EXPECT_EQ(event(guest, 0).userdata, 10u);
  EXPECT_EQ(event(guest, 0).nbytes, 5u);
  EXPECT_EQ(event(guest, 1).userdata, 11u);
  EXPECT_EQ(event(guest, 1).error, Errno::notcapable);
  EXPECT_EQ(event(guest, 2).error, Errno::badf);
  EXPECT_EQ(event(guest, 3).error, Errno::inval);
  EXPECT_EQ(event(guest, 4).error, Errno::notsup);
}

TEST(WasiPoll, BoundsSubscriptions) {
  Guest guest({}, 100);
  EXPECT_EQ(poll(guest, 0), Errno::inval);
  EXPECT_EQ(poll(guest, 65'537), Errno::inval);
  EXPECT_EQ(poll(guest, UINT32_MAX), Errno::inval);
  put_fd(guest, 0, 1, 3, 0);
  EXPECT_EQ(poll(guest, 1), Errno::inval);
  EXPECT_EQ(guest.call("poll_oneoff", {100 * 65'536 - 40, Guest::kData, 1, Guest::kResult}),
            Errno::fault);
  EXPECT_EQ(guest.call("poll_oneoff", {Guest::kVector, 100 * 65'536 - 31, 1, Guest::kResult}),
            Errno::fault);
  // All zero: so many clocks that are due.
  EXPECT_EQ(guest.call("poll_oneoff", {100'000, 3'300'000, 65'000, Guest::kResult}),
            Errno::success);
  EXPECT_EQ(guest.result(), 65'000u);
}

TEST(WasiPoll, EndsWhenTheGuestIsToStop) {
  Pipe in;
  Guest guest({.stdio = {in.reader(), Handle::none, Handle::none}});
  for (const bool reads : {false, true}) {
    std::thread later([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      guest.store().interrupt_word = static_cast<uint32_t>(runtime::Interrupt::timeout);
    });
    const auto start = std::chrono::steady_clock::now();
    runtime::Cell cells[8] = {};
    if (!reads) put_clock(guest, 0, 1, 1, 60'000'000'000);
    const char* name = reads ? "fd_read" : "poll_oneoff";
    if (reads) guest.put(Guest::kVector, wasi::IoVec{Guest::kData, 10});
    const runtime::FuncRef* function = guest.function("wasi_snapshot_preview1", name);
    runtime::Cell* next = cells;
    const uint32_t poll_args[] = {Guest::kVector, Guest::kData, 1, Guest::kResult};
    const uint32_t read_args[] = {0, Guest::kVector, 1, Guest::kResult};
    for (const uint32_t argument : reads ? read_args : poll_args)
      runtime::store_cell<uint32_t>(next++, argument);
    EXPECT_EQ(function->uniform(function, guest.instance(), cells), runtime::Outcome::trap);
    EXPECT_EQ(guest.store().trap.kind, TrapKind::timeout);
    EXPECT_LT(milliseconds_since(start), 5000u);
    later.join();
  }
}

} // namespace
} // namespace waxwing::wasi_test
