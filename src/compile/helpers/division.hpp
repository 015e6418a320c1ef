// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "compile/helpers/helpers.hpp"

namespace waxwing::helpers {

/// Quotient and remainder, one bit at a time from the highest that can be set.
template <class T>
struct Division {
  T quotient = 0;
  T remainder;

  Division(T n, T d) : remainder(n) {
    int shift = leading_zeros(d) - leading_zeros(n);
    if (shift < 0) return;
    for (T step = d << shift; shift >= 0; --shift, step >>= 1) {
      quotient <<= 1;
      if (remainder < step) continue;
      remainder -= step;
      quotient |= 1;
    }
  }

  /// Without a library function: that may be what is being compiled.
  static int leading_zeros(T value) {
    int zeros = 0;
    for (int half = sizeof(T) * 4; half != 0; half /= 2)
      if (value >> (sizeof(T) * 8 - half) == 0) {
        zeros += half;
        value <<= half;
      }
    return zeros + (value >> (sizeof(T) * 8 - 1) == 0);
  }
};

constexpr u64 magnitude(i64 value) {
  return value < 0 ? 0 - static_cast<u64>(value) : static_cast<u64>(value);
}
constexpr u32 magnitude(i32 value) {
  return value < 0 ? 0 - static_cast<u32>(value) : static_cast<u32>(value);
}

template <class S, class U>
S divide(S n, S d) {
  const U quotient = Division<U>(magnitude(n), magnitude(d)).quotient;
  return static_cast<S>((n < 0) != (d < 0) ? 0 - quotient : quotient);
}
template <class S, class U>
S modulo(S n, S d) {
  const U remainder = Division<U>(magnitude(n), magnitude(d)).remainder;
  return static_cast<S>(n < 0 ? 0 - remainder : remainder);
}

} // namespace waxwing::helpers
