// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <bit>
#include <cstdint>

#include "base/bits.hpp"
#include "base/config.hpp"

namespace waxwing::runtime {

namespace detail {
template <class T>
struct Plain {
  using Value = T;
  using Unaligned [[gnu::aligned(1), gnu::may_alias]] = Value;
};
template <>
struct Plain<V128> {
  using Value [[gnu::vector_size(16)]] = uint8_t;
  using Unaligned [[gnu::aligned(1), gnu::may_alias]] = Value;
};
} // namespace detail

// Plain accesses of guest code to a linear memory, at any address. Threads of a guest may race here
// as the memory model of Wasm allows: a racing load gives bytes that somebody stored. They are the
// only accesses that ThreadSanitizer must not see.
template <class T>
[[nodiscard]] WAX_PLAIN_ACCESS T load_plain(const uint8_t* address) {
  using Plain = detail::Plain<T>;
  const typename Plain::Value value = *reinterpret_cast<const typename Plain::Unaligned*>(address);
  return std::bit_cast<T>(value);
}
template <class T>
WAX_PLAIN_ACCESS void store_plain(uint8_t* address, const T& value) {
  using Plain = detail::Plain<T>;
  *reinterpret_cast<typename Plain::Unaligned*>(address) =
      std::bit_cast<typename Plain::Value>(value);
}

} // namespace waxwing::runtime
