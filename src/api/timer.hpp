// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "api/core.hpp"

namespace waxwing::inline v0::impl {

/// What other threads can reach of a store, whether it lives or not.
struct StoreControl {
  /// Guards `store`, which is null once it has ended.
  platform::Mutex mutex;
  runtime::Store* store = nullptr;
  /// The time is over: calls end before they begin. Written by the timekeeper only.
  std::atomic<bool> expired{false};

  // The timekeeper's own, under its lock.
  /// A moment of the monotonic clock; 0 for none.
  uint64_t deadline = 0;
  /// The guest has been asked to stop, and is asked again until it does.
  bool insists = false;
  const void* watched_by = nullptr;

  /// The engine, which lives as long as the store does. Not owned: the thread that drops the last
  /// of these may be the engine's own.
  std::weak_ptr<EngineState> engine;
};

/// One thread an engine that stops guests when their time is over, and that repeats interruptions
/// until they are seen. It starts when it is first needed; after a fork, the child's first need
/// starts another (what was set before holds in the parent only).
class Timekeeper {
 public:
  /// `signals`: whether a guest may be interrupted by them.
  explicit Timekeeper(bool signals);
  ~Timekeeper();
  Timekeeper(const Timekeeper&) = delete;

  /// False where the thread cannot be had.
  [[nodiscard]] bool set_timeout(const std::shared_ptr<StoreControl>& control,
                                 uint64_t nanoseconds);
  void clear_timeout(StoreControl& control);
  /// Stops the guest. Where no thread can be had, the request stands, but is made once only.
  void interrupt(const std::shared_ptr<StoreControl>& control);
  /// The store ends.
  void forget(StoreControl& control);

 private:
  struct Clockwork;
  /// The one of this process if it was needed before; else null.
  [[nodiscard]] Clockwork* running();
  /// The same, made if there is none; null where it can't be had.
  [[nodiscard]] Clockwork* start();

  bool signals_;
  platform::Mutex making_;
  std::unique_ptr<Clockwork> current_;
};

} // namespace waxwing::inline v0::impl
