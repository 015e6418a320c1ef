// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

#include "base/config.hpp"

namespace waxwing::runtime {

namespace detail {
template <class T>
struct Unaligned {
  typedef T Type __attribute__((aligned(1), may_alias));
};
} // namespace detail

// Plain accesses of guest code to a linear memory, at any address. Threads of a guest may race here
// as the memory model of Wasm allows: a racing load gives bytes that somebody stored. They are the
// only accesses that ThreadSanitizer must not see.
template <class T>
[[nodiscard]] WAX_PLAIN_ACCESS T load_plain(const uint8_t* address) {
  return *reinterpret_cast<const typename detail::Unaligned<T>::Type*>(address);
}
template <class T>
WAX_PLAIN_ACCESS void store_plain(uint8_t* address, T value) {
  *reinterpret_cast<typename detail::Unaligned<T>::Type*>(address) = value;
}

} // namespace waxwing::runtime
