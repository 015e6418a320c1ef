// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waiting threads. A shared memory may belong to several stores and engines, so the queues belong
// to the process: a fixed table, found by address, whose entries live on the waiting threads'
// stacks.
#include "runtime/atomics.hpp"

#include "platform/thread.hpp"
#include "runtime/store.hpp"

namespace waxwing::runtime {

namespace detail {
constinit platform::SpinLock atomic_lock;
} // namespace detail

namespace {

using platform::Deadline;
using platform::LockGuard;
using platform::Mutex;

struct Waiter {
  const uint8_t* address;
  Waiter* next = nullptr;
  /// 1 once it was notified, after which it is in no queue.
  std::atomic<uint32_t> notified{0};
};

/// The threads that wait at the addresses that share a hash, longest first.
struct Bucket {
  Mutex mutex;
  Waiter* first = nullptr;

  void add(Waiter& waiter) {
    Waiter** end = &first;
    while (*end != nullptr) end = &(*end)->next;
    *end = &waiter;
  }
  void remove(Waiter& waiter) {
    Waiter** at = &first;
    while (*at != &waiter) at = &(*at)->next;
    *at = waiter.next;
  }
};

constexpr size_t kBuckets = 64;
constinit Bucket buckets[kBuckets];

Bucket& bucket_of(const uint8_t* address) {
  const auto bits = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(address) >> 2);
  return buckets[(bits * 2654435769u) >> 26];
}
static_assert(kBuckets == size_t{1} << (32 - 26));

/// Where no signal ends the sleep, the interrupt word is looked at this often.
constexpr uint64_t kPollingInterval = 2'000'000;

} // namespace

Outcome atomic_wait_for(Store& store, uint8_t* address, uint64_t expected, size_t width,
                        int64_t timeout, WaitResult& result) {
  const Deadline deadline(timeout < 0 ? platform::kForever : static_cast<uint64_t>(timeout));
  const bool polls = store.engine().polls();
  Bucket& bucket = bucket_of(address);
  Waiter self{address};
  {
    const LockGuard guard(bucket.mutex);
    // Under the lock: whoever stores another value and then notifies finds this thread.
    const uint64_t found =
        width == sizeof(uint64_t) ? atomic_load<uint64_t>(address) : atomic_load<uint32_t>(address);
    if (found != expected) {
      result = WaitResult::not_equal;
      return Outcome::ok;
    }
    bucket.add(self);
  }
  while (self.notified.load(std::memory_order_acquire) == 0) {
    const uint64_t remaining = deadline.remaining();
    Outcome outcome = Outcome::ok;
    if (store.interrupt_word.load(std::memory_order_acquire) != 0)
      outcome = store.raise_interrupt();
    if (remaining == 0 || outcome != Outcome::ok) {
      const LockGuard guard(bucket.mutex);
      if (self.notified.load(std::memory_order_relaxed) == 0) {
        bucket.remove(self);
        result = WaitResult::timed_out;
        return outcome;
      }
      if (outcome != Outcome::ok) return outcome;
      break;
    }
    platform::sleep_on(self.notified, 0,
                       polls && remaining > kPollingInterval ? kPollingInterval : remaining);
  }
  result = WaitResult::woken;
  return Outcome::ok;
}

uint32_t atomic_notify(const uint8_t* address, uint32_t count) {
  Bucket& bucket = bucket_of(address);
  uint32_t woken = 0;
  const LockGuard guard(bucket.mutex);
  for (Waiter** at = &bucket.first; *at != nullptr && woken < count;) {
    Waiter& waiter = **at;
    if (waiter.address != address) {
      at = &waiter.next;
      continue;
    }
    *at = waiter.next;
    ++woken;
    // From the store on, the waiter may be gone.
    const std::atomic<uint32_t>* word = &waiter.notified;
    waiter.notified.store(1, std::memory_order_release);
    platform::wake_one(word);
  }
  return woken;
}

} // namespace waxwing::runtime
