// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/bits.hpp"
#include "base/config.hpp"
#include "wasm/types.hpp"

namespace waxwing::runtime {

/// One cell: the unit of interpreter frames and of the array through which any function can be
/// called. A value takes `cells_of(type)` of them, first cell at the lowest address; an i32 or f32
/// in a 64-bit cell leaves the upper half undefined; a reference is a pointer.
using Cell = std::conditional_t<kSlotBits == 64, uint64_t, uint32_t>;

/// A reference value: a pointer to a `FuncRef`, to a heap object, or a host's opaque word; 0 is
/// null.
using Ref = uintptr_t;

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE T load_cell(const Cell* cell) {
  return load_unaligned<T>(cell);
}
template <class T>
WAX_ALWAYS_INLINE void store_cell(Cell* cell, const T& value) {
  store_unaligned(cell, value);
}

/// How a call ended. Every crossing between engines or to the host returns one; nothing ever
/// unwinds through guest frames.
enum class Outcome : uint32_t {
  ok,
  /// The reason is in `Store::trap`.
  trap,
  /// The exception is in `Store::exception`.
  exception,
  /// A tail call that crosses engines is in `Store::pending`; the boundary makes the call
  /// (`finish_tail_calls`).
  tail_call,
};

} // namespace waxwing::runtime
