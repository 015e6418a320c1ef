// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

#include "runtime/store.hpp"

namespace waxwing::tool {

/// Interrupts a store's guest when its time is up. Without a limit nothing is started. Ends before
/// the store does.
class Deadline {
 public:
  Deadline(runtime::Store& store, std::optional<uint64_t> limit_ms) : store_(store) {
    if (limit_ms)
      thread_ = std::thread([this, ms = *limit_ms] { watch(std::chrono::milliseconds(ms)); });
  }
  Deadline(const Deadline&) = delete;
  ~Deadline() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

 private:
  void watch(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, limit, [this] { return done_; })) return;
    store_.interrupt(runtime::Interrupt::timeout);
    while (!changed_.wait_for(lock, std::chrono::milliseconds(1), [this] { return done_; }))
      store_.repeat_interrupt();
  }

  runtime::Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

} // namespace waxwing::tool
