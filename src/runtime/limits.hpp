// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

#include "base/config.hpp"

namespace waxwing::runtime {

inline constexpr uint64_t kUnlimited = UINT64_MAX;

/// As much as a 32-bit memory; where that is all there is, a quarter of it.
inline constexpr uint64_t kDefaultHeap = uint64_t{1} << (kPointerIs64 ? 32 : 30);

/// Everything that a guest can be limited by, in one place; each holds in every engine, the start
/// function included.
struct StoreLimits {
  /// Bytes of one memory.
  uint64_t memory_bytes = kUnlimited;
  /// Elements of one table (the static limit is 10,000,000).
  uint64_t table_elements = 10'000'000;
  uint64_t instances = 1'000'000;
  /// Bytes of the value stack; recursion beyond it is a trap.
  uint64_t stack_bytes = uint64_t{8} << 20;
  /// Bytes that the heap of objects takes; what does not fit after a collection is a trap.
  uint64_t gc_heap_bytes = kDefaultHeap;
  /// For tests: collect at every allocation and overwrite what is freed.
  bool gc_stress = false;
  /// Units of fuel, one a wasm operator; meaningful on an engine with metering.
  uint64_t fuel = kUnlimited;
};

} // namespace waxwing::runtime
