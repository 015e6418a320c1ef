// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The atomic operators on memory (threads proposal): sequentially consistent accesses, and the
// queue of threads that wait at an address. Bounds and alignment are the caller's to check
// (`Memory::resolve`, then `unaligned_atomic`).
#pragma once

#include <cstdint>

#include "base/config.hpp"
#include "platform/spin_lock.hpp"
#include "runtime/cell.hpp"

namespace waxwing::runtime {

class Store;

/// What an atomic read-modify-write operator stores in place of the old value.
enum class Rmw : uint8_t { add, sub, and_, or_, xor_, xchg };

namespace detail {

/// Whether the target accesses `T` atomically by itself. Where it doesn't, all atomic accesses of
/// that width take one lock.
template <class T>
inline constexpr bool kLockFree = __atomic_always_lock_free(sizeof(T), nullptr);
extern platform::SpinLock atomic_lock;

/// `T` in memory that is also accessed with other types.
template <class T>
struct Shared {
  using Type [[gnu::may_alias]] = T;
};
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE auto* shared(uint8_t* address) {
  return reinterpret_cast<typename Shared<T>::Type*>(address);
}

} // namespace detail

/// Reads the aligned `T` (an unsigned integer of 8 to 64 bits) at `address`.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE T atomic_load(uint8_t* address) {
  if constexpr (detail::kLockFree<T>) {
    return __atomic_load_n(detail::shared<T>(address), __ATOMIC_SEQ_CST);
  } else {
    const platform::SpinGuard guard(detail::atomic_lock);
    return *detail::shared<T>(address);
  }
}

template <class T>
WAX_ALWAYS_INLINE void atomic_store(uint8_t* address, T value) {
  if constexpr (detail::kLockFree<T>) {
    __atomic_store_n(detail::shared<T>(address), value, __ATOMIC_SEQ_CST);
  } else {
    const platform::SpinGuard guard(detail::atomic_lock);
    *detail::shared<T>(address) = value;
  }
}

/// Replaces the value at `address` as `R` says and returns the one before.
template <Rmw R, class T>
WAX_ALWAYS_INLINE T atomic_rmw(uint8_t* address, T operand) {
  auto* at = detail::shared<T>(address);
  if constexpr (!detail::kLockFree<T>) {
    const platform::SpinGuard guard(detail::atomic_lock);
    const T old = *at;
    if constexpr (R == Rmw::add) *at = static_cast<T>(old + operand);
    if constexpr (R == Rmw::sub) *at = static_cast<T>(old - operand);
    if constexpr (R == Rmw::and_) *at = static_cast<T>(old & operand);
    if constexpr (R == Rmw::or_) *at = static_cast<T>(old | operand);
    if constexpr (R == Rmw::xor_) *at = static_cast<T>(old ^ operand);
    if constexpr (R == Rmw::xchg) *at = operand;
    return old;
  } else {
    if constexpr (R == Rmw::add) return __atomic_fetch_add(at, operand, __ATOMIC_SEQ_CST);
    if constexpr (R == Rmw::sub) return __atomic_fetch_sub(at, operand, __ATOMIC_SEQ_CST);
    if constexpr (R == Rmw::and_) return __atomic_fetch_and(at, operand, __ATOMIC_SEQ_CST);
    if constexpr (R == Rmw::or_) return __atomic_fetch_or(at, operand, __ATOMIC_SEQ_CST);
    if constexpr (R == Rmw::xor_) return __atomic_fetch_xor(at, operand, __ATOMIC_SEQ_CST);
    if constexpr (R == Rmw::xchg) return __atomic_exchange_n(at, operand, __ATOMIC_SEQ_CST);
  }
}

/// Stores `replacement` at `address` if `expected` is there; returns what was there.
template <class T>
WAX_ALWAYS_INLINE T atomic_cmpxchg(uint8_t* address, T expected, T replacement) {
  auto* at = detail::shared<T>(address);
  if constexpr (detail::kLockFree<T>) {
    __atomic_compare_exchange_n(at, &expected, replacement, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return expected;
  } else {
    const platform::SpinGuard guard(detail::atomic_lock);
    const T old = *at;
    if (old == expected) *at = replacement;
    return old;
  }
}

WAX_ALWAYS_INLINE void atomic_fence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

/// The 64-bit accesses by number, for the builtin `atomic_64` of code that has no instructions for
/// them. Those after `store` are in the order of the operators' codes.
enum class Atomic64 : uint8_t { load, store, add, sub, and_, or_, xor_, xchg, cmpxchg };

/// What `memory.atomic.wait32` and `wait64` give the guest.
enum class WaitResult : uint32_t { woken = 0, not_equal = 1, timed_out = 2 };

/// Waits at `address` of a shared memory until it is notified, if the number of `width` bytes (4 or
/// 8) there, which is aligned, is `expected`; `timeout` is nanoseconds, negative for ever.
/// `Outcome::trap` when the store is interrupted meanwhile. The memory must stay alive.
[[nodiscard]] Outcome atomic_wait_for(Store& store, uint8_t* address, uint64_t expected,
                                      size_t width, int64_t timeout, WaitResult& result);
template <class T>
[[nodiscard]] Outcome atomic_wait(Store& store, uint8_t* address, T expected, int64_t timeout,
                                  WaitResult& result) {
  return atomic_wait_for(store, address, expected, sizeof(T), timeout, result);
}

/// Wakes at most `count` of the threads that wait at `address`, those first that have waited
/// longest. Returns how many.
[[nodiscard]] uint32_t atomic_notify(const uint8_t* address, uint32_t count);

} // namespace waxwing::runtime
