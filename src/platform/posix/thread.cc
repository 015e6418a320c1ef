// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sleeping on a word by Linux futexes. (Condition variables of the C library would not return when
// a signal interrupts the wait, and interrupting a guest that waits depends on that.)
#include "platform/thread.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

namespace waxwing::platform {

static_assert(sizeof(std::atomic<uint32_t>) == 4 && std::atomic<uint32_t>::is_always_lock_free);

namespace {

// What SYS_futex takes, whatever the C library's timespec looks like. Targets that were born with
// 64-bit time have only the call that takes that.
#ifdef SYS_futex
constexpr long kFutex = SYS_futex;
struct KernelTime {
  long seconds;
  long nanoseconds;
};
#else
constexpr long kFutex = SYS_futex_time64;
struct KernelTime {
  int64_t seconds;
  int64_t nanoseconds;
};
#endif

constexpr uint64_t kSecond = 1'000'000'000;
/// Longer waits return early, which the caller takes for one of the returns without a reason.
constexpr uint64_t kLongest = 1'000'000 * kSecond;

} // namespace

void sleep_on(const std::atomic<uint32_t>& word, uint32_t expected, uint64_t timeout) {
  KernelTime time{};
  const bool forever = timeout == kForever;
  if (!forever) {
    const uint64_t clipped = timeout < kLongest ? timeout : kLongest;
    time.seconds = static_cast<decltype(time.seconds)>(clipped / kSecond);
    time.nanoseconds = static_cast<decltype(time.nanoseconds)>(clipped % kSecond);
  }
  (void)syscall(kFutex, &word, FUTEX_WAIT_PRIVATE, expected, forever ? nullptr : &time, nullptr, 0);
}

void wake_one(const std::atomic<uint32_t>* word) {
  (void)syscall(kFutex, word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

void wake_all(const std::atomic<uint32_t>* word) {
  (void)syscall(kFutex, word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

uint32_t current_thread_id() {
  static thread_local uint32_t id = 0;
  if (id == 0) id = static_cast<uint32_t>(syscall(SYS_gettid));
  return id;
}

} // namespace waxwing::platform
