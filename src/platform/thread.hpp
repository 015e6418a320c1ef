// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstdint>

/// What threads need of each other: sleeping on a word, and the locks made of that. Nothing here
/// allocates, throws or can fail.
namespace waxwing::platform {

/// A time-out that never comes.
inline constexpr uint64_t kForever = UINT64_MAX;

/// Sleeps while `word` holds `expected`, for `timeout` nanoseconds of monotonic time at most.
/// Returns when another thread wakes the word, when the time is over, when a signal was handled,
/// when `word` holds something else, and sometimes for no reason: the caller looks at the word and
/// the clock by itself.
void sleep_on(const std::atomic<uint32_t>& word, uint32_t expected, uint64_t timeout);

/// Wakes one thread, or all, that sleep on `word`. The word need not exist any more: a thread that
/// uses its address for something else may then be woken for no reason.
void wake_one(const std::atomic<uint32_t>* word);
void wake_all(const std::atomic<uint32_t>* word);

/// Identifies the calling thread among the running threads of the process; never 0.
[[nodiscard]] uint32_t current_thread_id();

/// A moment on the monotonic clock after which waiting ends.
class Deadline {
 public:
  /// `timeout` nanoseconds from now; `kForever` never comes.
  explicit Deadline(uint64_t timeout);
  /// What is left, 0 when it is over, `kForever` when it never comes.
  [[nodiscard]] uint64_t remaining() const;

 private:
  uint64_t end_;
};

/// A mutual exclusion lock that sleeps. Not recursive. Needs no destruction.
class Mutex {
 public:
  constexpr Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  [[nodiscard]] bool try_lock() {
    uint32_t state = kFree;
    return state_.compare_exchange_strong(state, kLocked, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }
  void lock() {
    if (!try_lock()) lock_contended();
  }
  void unlock() {
    if (state_.exchange(kFree, std::memory_order_release) == kContended) wake_one(&state_);
  }

 private:
  enum : uint32_t { kFree, kLocked, kContended };
  void lock_contended();

  std::atomic<uint32_t> state_{kFree};
};

/// Holds a mutex until the end of the scope.
class LockGuard {
 public:
  explicit LockGuard(Mutex& mutex) : mutex_(mutex) { mutex_.lock(); }
  ~LockGuard() { mutex_.unlock(); }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;

 private:
  Mutex& mutex_;
};

/// Lets threads wait until others have changed what a mutex protects.
class ConditionVariable {
 public:
  constexpr ConditionVariable() = default;
  ConditionVariable(const ConditionVariable&) = delete;
  ConditionVariable& operator=(const ConditionVariable&) = delete;

  /// Unlocks `mutex`, sleeps until notified or for `timeout` nanoseconds, and locks it again. May
  /// return for no reason, as after a signal: the caller checks its condition and its `Deadline`.
  void wait(Mutex& mutex, uint64_t timeout = kForever);
  void notify_one();
  void notify_all();

 private:
  std::atomic<uint32_t> sequence_{0};
};

/// Makes one thread do something once, while others that come wait.
class Once {
 public:
  constexpr Once() = default;
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;

  /// Calls `function` unless a call has already been made through this object.
  template <class Function>
  void call(Function function) {
    if (done_.load(std::memory_order_acquire)) return;
    LockGuard guard(mutex_);
    if (done_.load(std::memory_order_relaxed)) return;
    function();
    done_.store(true, std::memory_order_release);
  }

 private:
  std::atomic<bool> done_{false};
  Mutex mutex_;
};

} // namespace waxwing::platform
