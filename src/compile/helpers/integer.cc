// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What LLVM calls by name for integers that the target has no instructions for: its run-time
// library interface, and that of the ARM EABI (RTABI, section 4). Compiled for every target and put
// into images that need it. Divisors are not zero: compiled code has checked them.
#include "helpers.hpp"

namespace {

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

u64 magnitude(i64 value) {
  return value < 0 ? 0 - static_cast<u64>(value) : static_cast<u64>(value);
}
u32 magnitude(i32 value) {
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

} // namespace

extern "C" {

HELPER u64 __udivdi3(u64 n, u64 d) { return Division<u64>(n, d).quotient; }
HELPER u64 __umoddi3(u64 n, u64 d) { return Division<u64>(n, d).remainder; }
HELPER i64 __divdi3(i64 n, i64 d) { return divide<i64, u64>(n, d); }
HELPER i64 __moddi3(i64 n, i64 d) { return modulo<i64, u64>(n, d); }
HELPER u32 __udivsi3(u32 n, u32 d) { return Division<u32>(n, d).quotient; }
HELPER u32 __umodsi3(u32 n, u32 d) { return Division<u32>(n, d).remainder; }
HELPER i32 __divsi3(i32 n, i32 d) { return divide<i32, u32>(n, d); }
HELPER i32 __modsi3(i32 n, i32 d) { return modulo<i32, u32>(n, d); }

#if defined(__arm__)
// Pairs come back in r0 to r3, quotient first: as a vector under the base convention.
typedef u32 Pair64 __attribute__((vector_size(16)));

HELPER __attribute__((pcs("aapcs"))) Pair64 __aeabi_uldivmod(u64 n, u64 d) {
  const Division<u64> both(n, d);
  return Pair64{static_cast<u32>(both.quotient), static_cast<u32>(both.quotient >> 32),
                static_cast<u32>(both.remainder), static_cast<u32>(both.remainder >> 32)};
}
HELPER __attribute__((pcs("aapcs"))) Pair64 __aeabi_ldivmod(i64 n, i64 d) {
  const u64 q = static_cast<u64>(divide<i64, u64>(n, d));
  const u64 r = static_cast<u64>(n) - q * static_cast<u64>(d);
  return Pair64{static_cast<u32>(q), static_cast<u32>(q >> 32), static_cast<u32>(r),
                static_cast<u32>(r >> 32)};
}
HELPER u32 __aeabi_uidiv(u32 n, u32 d) { return Division<u32>(n, d).quotient; }
HELPER i32 __aeabi_idiv(i32 n, i32 d) { return divide<i32, u32>(n, d); }
HELPER u64 __aeabi_uidivmod(u32 n, u32 d) {
  const Division<u32> both(n, d);
  return static_cast<u64>(both.remainder) << 32 | both.quotient;
}
HELPER u64 __aeabi_idivmod(i32 n, i32 d) {
  const u32 q = static_cast<u32>(divide<i32, u32>(n, d));
  const u32 r = static_cast<u32>(n) - q * static_cast<u32>(d);
  return static_cast<u64>(r) << 32 | q;
}
#endif
}
