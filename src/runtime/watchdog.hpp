// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

#include "base/error.hpp"
#include "platform/host_thread.hpp"
#include "platform/thread.hpp"
#include "runtime/store.hpp"

namespace waxwing::runtime {

/// Stops the guest of a store when its time is over: a thread that waits, interrupts with
/// `Interrupt::timeout`, and goes on interrupting until the guest has seen it. Its end, before or
/// after the deadline, leaves the store as if it had never been.
class Watchdog {
 public:
  explicit Watchdog(Store& store) : store_(store) {}
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog() { cancel(); }

  /// Starts to count `timeout` nanoseconds. Fails with `thread_limit`. Once an object.
  [[nodiscard]] Result<void> start(uint64_t timeout);
  /// Ends the waiting, and takes an interruption back that has not been seen.
  void cancel();

 private:
  void run();

  Store& store_;
  uint64_t timeout_ = 0;
  platform::Mutex mutex_;
  platform::ConditionVariable ended_;
  bool cancelled_ = false;
  platform::HostThread thread_;
};

} // namespace waxwing::runtime
