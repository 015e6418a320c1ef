// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "api/timer.hpp"

#include <algorithm>

namespace waxwing::inline v0::impl {

namespace {

constexpr uint64_t kMillisecond = 1'000'000;
constexpr size_t kStackBytes = size_t{128} * 1024;

uint64_t now() {
  uint64_t nanoseconds = 0;
  (void)platform::clock_now(platform::Clock::monotonic, nanoseconds);
  return nanoseconds;
}

} // namespace

/// The thread and what it looks at.
struct Timekeeper::Clockwork {
  platform::Mutex mutex;
  platform::ConditionVariable changed;
  std::vector<std::shared_ptr<StoreControl>> watched;
  bool ends = false;
  uint32_t process = platform::current_process();
  platform::HostThread thread;

  void watch(const std::shared_ptr<StoreControl>& control) {
    if (control->watched_by != this) watched.push_back(control);
    control->watched_by = this;
    changed.notify_one();
  }

  /// Does what is due for one store, and returns how long there is nothing to do for it.
  static uint64_t attend(StoreControl& control, uint64_t time) {
    const platform::LockGuard guard(control.mutex);
    if (control.store == nullptr) {
      control.deadline = 0;
      control.insists = false;
      return platform::kForever;
    }
    if (control.deadline != 0 && time >= control.deadline) {
      control.deadline = 0;
      control.expired.store(true, std::memory_order_release);
      control.store->interrupt(runtime::Interrupt::timeout);
      control.insists = true;
    }
    if (control.insists) {
      control.insists = control.store->repeat_interrupt();
      if (control.insists) return kMillisecond;
    }
    return control.deadline == 0 ? platform::kForever : control.deadline - time;
  }

  void run() {
    const platform::LockGuard guard(mutex);
    while (!ends) {
      const uint64_t time = now();
      uint64_t wait = platform::kForever;
      std::erase_if(watched, [&](const std::shared_ptr<StoreControl>& control) {
        wait = std::min(wait, attend(*control, time));
        const bool is_done = control->deadline == 0 && !control->insists;
        if (is_done) control->watched_by = nullptr;
        return is_done;
      });
      changed.wait(mutex, wait);
    }
  }
};

Timekeeper::Timekeeper(bool signals) : signals_(signals) {}

Timekeeper::~Timekeeper() {
  Clockwork* clock = running();
  if (clock == nullptr) return;
  clock->mutex.lock();
  clock->ends = true;
  clock->mutex.unlock();
  clock->changed.notify_one();
  clock->thread.join();
}

Timekeeper::Clockwork* Timekeeper::running() {
  if (current_ != nullptr && current_->process != platform::current_process()) {
    // This is the child of a fork. The thread stayed in the parent, and may have held the lock: the
    // object is given up as it is.
    (void)current_.release();
  }
  return current_.get();
}

Timekeeper::Clockwork* Timekeeper::start() {
  const platform::LockGuard guard(making_);
  if (Clockwork* clock = running(); clock != nullptr) return clock;
  if (signals_ && !platform::install_interruption()) return nullptr;
  auto made = std::make_unique<Clockwork>();
  const auto entry = [](void* self) { static_cast<Clockwork*>(self)->run(); };
  if (!made->thread.start(entry, made.get(), kStackBytes, platform::Signals::blocked))
    return nullptr;
  current_ = std::move(made);
  return current_.get();
}

bool Timekeeper::set_timeout(const std::shared_ptr<StoreControl>& control, uint64_t nanoseconds) {
  Clockwork* clock = start();
  if (clock == nullptr) return false;
  const platform::LockGuard guard(clock->mutex);
  const uint64_t time = now();
  control->deadline = nanoseconds < UINT64_MAX - time ? time + nanoseconds : UINT64_MAX;
  control->insists = false;
  control->expired.store(false, std::memory_order_release);
  control->store->withdraw_interrupt(runtime::Interrupt::timeout);
  clock->watch(control);
  return true;
}

void Timekeeper::clear_timeout(StoreControl& control) {
  making_.lock();
  Clockwork* clock = running();
  making_.unlock();
  if (clock == nullptr) return;
  const platform::LockGuard guard(clock->mutex);
  control.deadline = 0;
  control.expired.store(false, std::memory_order_release);
  control.store->withdraw_interrupt(runtime::Interrupt::timeout);
}

void Timekeeper::interrupt(const std::shared_ptr<StoreControl>& control) {
  Clockwork* clock = start();
  {
    const platform::LockGuard guard(control->mutex);
    if (control->store == nullptr) return;
    control->store->interrupt(runtime::Interrupt::stop);
  }
  if (clock == nullptr) return;
  const platform::LockGuard guard(clock->mutex);
  control->insists = true;
  clock->watch(control);
}

void Timekeeper::forget(StoreControl& control) {
  const platform::LockGuard guard(control.mutex);
  control.store = nullptr;
}

} // namespace waxwing::inline v0::impl
