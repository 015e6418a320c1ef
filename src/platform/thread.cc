// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The locks: made of sleeping on a word alone, so the same for every system.
#include "platform/thread.hpp"

#include "platform/clock.hpp"

namespace waxwing::platform {

namespace {

uint64_t now() {
  uint64_t nanoseconds = 0;
  // Every system that this runs on has the monotonic clock; without one all time-outs are over.
  return clock_now(Clock::monotonic, nanoseconds) ? nanoseconds : UINT64_MAX - 1;
}

} // namespace

Deadline::Deadline(uint64_t timeout) {
  const uint64_t start = now();
  end_ = timeout < kForever - start ? start + timeout : kForever;
}

uint64_t Deadline::remaining() const {
  if (end_ == kForever) return kForever;
  const uint64_t time = now();
  return time < end_ ? end_ - time : 0;
}

void Mutex::lock_contended() {
  // Whoever has slept can't know whether it was the only one, and so leaves the word contended.
  while (state_.exchange(kContended, std::memory_order_acquire) != kFree)
    sleep_on(state_, kContended, kForever);
}

void ConditionVariable::wait(Mutex& mutex, uint64_t timeout) {
  const uint32_t sequence = sequence_.load(std::memory_order_relaxed);
  mutex.unlock();
  sleep_on(sequence_, sequence, timeout);
  mutex.lock();
}

void ConditionVariable::notify_one() {
  sequence_.fetch_add(1, std::memory_order_relaxed);
  wake_one(&sequence_);
}

void ConditionVariable::notify_all() {
  sequence_.fetch_add(1, std::memory_order_relaxed);
  wake_all(&sequence_);
}

} // namespace waxwing::platform
