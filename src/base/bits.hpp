// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/config.hpp"

namespace waxwing {

/// Reads a `T` from any address, aligned or not.
template <class T>
[[nodiscard]] inline T load_unaligned(const void* from) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
inline void store_unaligned(void* to, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::memcpy(to, &value, sizeof value);
}

template <class T>
[[nodiscard]] constexpr T align_up(T value, T alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

/// A 128-bit vector as plain bytes; lane 0 first.
struct alignas(kVectorAlignment) V128 {
  uint8_t bytes[16];
  friend bool operator==(const V128&, const V128&) = default;
};

} // namespace waxwing
