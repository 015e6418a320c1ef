// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

namespace waxwing::runtime {

inline constexpr uint64_t kUnlimited = UINT64_MAX;

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
  /// Units of fuel, one a wasm operator; meaningful on an engine with metering.
  uint64_t fuel = kUnlimited;
};

} // namespace waxwing::runtime
