// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The slice on a machine without an operating system: a Cortex-M4 under QEMU (mps2-an386), which
// has files, arguments and output by semihosting. Arguments: the image with its module inside, and
// how many tail calls a run makes. There are no signals: traps are calls, accesses are checked, the
// interrupt word is polled, and a timer's interrupt asks for it.
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "abi/world.hpp"
#include "platform/signal.hpp"

namespace {

constexpr uintptr_t kRamEnd = 0x2200'0000;
constexpr uintptr_t kStackBytes = 0x10'0000;

// Arm semihosting, "SYS_*" operations.
uintptr_t semihost(uintptr_t operation, const void* argument) {
  register uintptr_t r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
constexpr uintptr_t kWrite0 = 0x04, kGetCommandLine = 0x15, kExitExtended = 0x20;

[[noreturn]] void leave(uintptr_t status) {
  constexpr uintptr_t kApplicationExit = 0x20026;
  const uintptr_t block[] = {kApplicationExit, status};
  semihost(kExitExtended, block);
  for (;;) {
  }
}

} // namespace

namespace waxwing::platform {

// The end of the memory is the stack's.
uintptr_t native_stack_limit(size_t reserve) {
  return kRamEnd - kStackBytes + std::min<size_t>(reserve, kStackBytes / 2);
}
void* allocate_pages(size_t size) {
  void* const pages = memalign(1024, size);
  if (pages != nullptr) std::memset(pages, 0, size);
  return pages;
}
void release(void* pages, size_t) { std::free(pages); }

} // namespace waxwing::platform

namespace waxwing::abi {

namespace {

Files all_files;
int failures = 0;
runtime::Store* volatile ticking = nullptr;

void expect(const std::string& found, const std::string& expected) {
  if (found != expected) complain("found    " + found + "\n        expected " + expected);
}

void compare(Kind first, Kind second, const std::vector<std::string>& expected) {
  const std::vector<std::string> found = run_all(first, second);
  for (size_t i = 0; i < expected.size(); ++i)
    expect(i < found.size() ? found[i] : "", expected[i]);
}

void make_tail_calls(Kind first, Kind second, uint32_t count) {
  World world(first, second);
  expect(world.call(0, "tail_ping", {i32(count)}), "tail_ping: 77");
  expect(world.call(1, "tail_ping_and_one", {i32(count)}), "tail_ping_and_one: 78");
  expect(world.call(1, "grow_tail", {i32(count)}),
         "grow_tail: " + std::to_string(count + uint64_t{10}));
}

// SysTick (Armv7-M Architecture Reference Manual, B3.3).
void start_timer() {
  auto* const timer = reinterpret_cast<volatile uint32_t*>(0xE000'E010);
  timer[1] = 250'000;
  timer[2] = 0;
  timer[0] = 7;
}
void stop_timer() { *reinterpret_cast<volatile uint32_t*>(0xE000'E010) = 0; }

void interrupt_loops(Kind first, Kind second) {
  World world(first, second);
  for (const char* name : {"spin", "spin_other"}) {
    ticking = &world.store();
    start_timer();
    expect(world.call(0, name, {}), std::string(name) + ": trap interrupted");
    stop_timer();
    ticking = nullptr;
    expect(world.call(0, "fib", {i32(10)}), "fib: 55");
  }
}

bool read_image(const char* path) {
  std::FILE* const file = std::fopen(path, "rb");
  if (file == nullptr) return false;
  std::vector<uint8_t> bytes;
  uint8_t part[4096];
  for (size_t got; (got = std::fread(part, 1, sizeof part, file)) != 0;)
    bytes.insert(bytes.end(), part, part + got);
  std::fclose(file);
  const auto image = image::read(bytes);
  if (!image) return false;
  std::vector<uint8_t> module(image->module.begin(), image->module.end());
  all_files = make_files(std::move(module), std::move(bytes));
  return true;
}

int run(const char* path, uint32_t tail_calls) {
  if (!read_image(path)) {
    std::printf("%s: cannot be read\n", path);
    return 1;
  }
  const std::vector<std::string> expected = run_all(Kind::interpreted, Kind::interpreted);
  constexpr Kind kPairs[][2] = {{Kind::compiled, Kind::compiled},
                                {Kind::compiled, Kind::interpreted},
                                {Kind::interpreted, Kind::compiled},
                                {Kind::mixed, Kind::mixed},
                                {Kind::mixed, Kind::compiled}};
  for (const auto& [first, second] : kPairs) {
    compare(first, second, expected);
    make_tail_calls(first, second, tail_calls);
    interrupt_loops(first, second);
  }
  std::printf("%u steps in %u pairs of engines, %d failures\n",
              static_cast<unsigned>(expected.size()), static_cast<unsigned>(std::size(kPairs)),
              failures);
  return failures == 0 && !expected.empty() ? 0 : 1;
}

} // namespace

const Files& files() { return all_files; }

void complain(const std::string& text) {
  if (++failures <= 20) std::printf("FAILED  %s\n", text.c_str());
}

runtime::StoreLimits limits() {
  runtime::StoreLimits some;
  some.stack_bytes = 256 * 1024;
  return some;
}

} // namespace waxwing::abi

extern "C" {

extern char __bss_start__[], __bss_end__[];
void initialise_monitor_handles();
void __libc_init_array();
void _init() {}
void _fini() {}

[[noreturn]] void reset_handler() {
  // Floats are off after a reset (CPACR).
  *reinterpret_cast<volatile uint32_t*>(0xE000'ED88) |= 0xFu << 20;
  asm volatile("dsb\n isb");
  std::memset(__bss_start__, 0, static_cast<size_t>(__bss_end__ - __bss_start__));
  initialise_monitor_handles();
  __libc_init_array();
  static char line[512];
  struct {
    char* buffer;
    size_t size;
  } block{line, sizeof line};
  semihost(kGetCommandLine, &block);
  const char* path = std::strchr(line, ' ');
  if (path == nullptr) leave(2);
  *const_cast<char*>(path++) = 0;
  char* calls = const_cast<char*>(std::strchr(path, ' '));
  if (calls != nullptr) *calls++ = 0;
  const int status = waxwing::abi::run(
      path, calls == nullptr ? 100'000 : static_cast<uint32_t>(std::strtoul(calls, nullptr, 10)));
  std::fflush(stdout);
  leave(static_cast<uintptr_t>(status));
}

[[noreturn]] void fault_handler(const uint32_t* frame) {
  static char text[96];
  std::snprintf(text, sizeof text, "fault at pc %08x, lr %08x, sp %p, status %08x\n",
                static_cast<unsigned>(frame[6]), static_cast<unsigned>(frame[5]),
                static_cast<const void*>(frame),
                static_cast<unsigned>(*reinterpret_cast<volatile uint32_t*>(0xE000'ED28)));
  semihost(kWrite0, text);
  leave(3);
}
[[gnu::naked]] void fault_entry() { asm("mov r0, sp\n b fault_handler"); }

void tick() {
  if (waxwing::runtime::Store* const store = waxwing::abi::ticking; store != nullptr)
    store->interrupt(waxwing::runtime::Interrupt::stop);
}

using Handler = void (*)();
[[gnu::section(".vectors"), gnu::used]] const Handler vectors[16] = {
    reinterpret_cast<Handler>(kRamEnd),
    &reset_handler,
    &fault_entry,
    &fault_entry,
    &fault_entry,
    &fault_entry,
    &fault_entry,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    &fault_entry,
    &fault_entry,
    nullptr,
    &fault_entry,
    &tick,
};
}
