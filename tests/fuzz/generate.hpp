// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Valid modules at random, made on the table of operators (wasm/op.def): an operator with a row of
// its own there takes part by itself, those with rules of their own are in `body.cc`.
//
// What a module does is decided by the choices that it is made of, and is the same in every engine:
// NaNs are made canonical where they arise, loops and calls are bounded by a counter of the
// module's own, and what is left to engines (relaxed operators, exhaustion, failing growth) does
// not occur.
//
// The module exports its memories as `m0`, `m1` ..., functions `f0`, `f1` ... without parameters
// and results, a function `dump`, and the global `hash` (i64), into which the functions mix their
// results, and `dump` all globals and tables.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wasm/feature.hpp"

namespace waxwing::fuzz {

/// Decisions: bytes first, then, where there is a seed, a pseudo-random sequence, else zeros.
class Choices {
 public:
  explicit Choices(std::span<const uint8_t> bytes, uint64_t seed = 0)
      : bytes_(bytes), state_(seed) {}

  uint8_t byte();
  uint64_t bits();
  /// Less than `bound`, which is not 0.
  uint32_t below(uint32_t bound);
  /// True about once in `n` times.
  bool one_in(uint32_t n) { return below(n) == n - 1; }
  /// All bytes are used up and there is no seed: whatever is made should soon end.
  [[nodiscard]] bool exhausted() const { return state_ == 0 && at_ >= bytes_.size(); }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
  uint64_t state_;
};

/// A module that validates with `features`.
[[nodiscard]] std::vector<uint8_t> generate(Choices& choices, FeatureSet features);

} // namespace waxwing::fuzz
