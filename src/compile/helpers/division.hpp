// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "compile/helpers/helpers.hpp"

namespace waxwing::helpers {

/// Quotient and remainder, one bit at a time from the highest that can be set.
template <class T>
struct Division {
  T quotient = 0;
  T remainder;

  constexpr Division(T n, T d) : remainder(n) {
    int shift = leading_zeros(d) - leading_zeros(n);
    if (shift < 0) return;
    for (T step = d << shift; shift >= 0; --shift, step >>= 1) {
      quotient <<= 1;
      if (remainder < step) continue;
      remainder -= step;
      quotient |= 1;
    }
  }
};

/// Most numbers are small, and targets divide those by an instruction.
inline Division<u64> divide_long(u64 n, u64 d) {
  if ((n | d) >> 32 != 0) return {n, d};
  const auto small_n = static_cast<u32>(n), small_d = static_cast<u32>(d);
  Division<u64> result(0, 1);
  result.quotient = small_n / small_d;
  result.remainder = small_n - static_cast<u32>(result.quotient) * small_d;
  return result;
}

template <class U, class S>
constexpr U magnitude(S value) {
  return value < 0 ? 0 - static_cast<U>(value) : static_cast<U>(value);
}

template <class U, class S>
constexpr S with_sign(bool negative, U value) {
  return static_cast<S>(negative ? 0 - value : value);
}

} // namespace waxwing::helpers
