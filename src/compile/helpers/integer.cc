// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What LLVM calls by name for divisions and shifts that the target has no instructions for.
// Divisors are not zero: compiled code has checked them.
#include "compile/helpers/division.hpp"

using namespace waxwing::helpers;

HELPER u64 __udivdi3(u64 n, u64 d) { return divide_long(n, d).quotient; }
HELPER u64 __umoddi3(u64 n, u64 d) { return divide_long(n, d).remainder; }
HELPER i64 __divdi3(i64 n, i64 d) {
  return with_sign<u64, i64>((n < 0) != (d < 0),
                             divide_long(magnitude<u64>(n), magnitude<u64>(d)).quotient);
}
HELPER i64 __moddi3(i64 n, i64 d) {
  return with_sign<u64, i64>(n < 0, divide_long(magnitude<u64>(n), magnitude<u64>(d)).remainder);
}

HELPER u32 __udivsi3(u32 n, u32 d) { return Division<u32>(n, d).quotient; }
HELPER u32 __umodsi3(u32 n, u32 d) { return Division<u32>(n, d).remainder; }
HELPER i32 __divsi3(i32 n, i32 d) {
  return with_sign<u32, i32>((n < 0) != (d < 0),
                             Division<u32>(magnitude<u32>(n), magnitude<u32>(d)).quotient);
}
HELPER i32 __modsi3(i32 n, i32 d) {
  return with_sign<u32, i32>(n < 0, Division<u32>(magnitude<u32>(n), magnitude<u32>(d)).remainder);
}

// In halves, as 64-bit operators may be what is being compiled. Counts are below 64.
HELPER u64 __ashldi3(u64 value, i32 count) {
  const auto low = static_cast<u32>(value), high = static_cast<u32>(value >> 32);
  if (count >= 32) return static_cast<u64>(low << (count - 32)) << 32;
  const u32 carried = count == 0 ? 0 : low >> (32 - count);
  return static_cast<u64>(high << count | carried) << 32 | low << count;
}
HELPER u64 __lshrdi3(u64 value, i32 count) {
  const auto low = static_cast<u32>(value), high = static_cast<u32>(value >> 32);
  if (count >= 32) return high >> (count - 32);
  const u32 carried = count == 0 ? 0 : high << (32 - count);
  return static_cast<u64>(high >> count) << 32 | (low >> count | carried);
}
HELPER i64 __ashrdi3(i64 value, i32 count) {
  const auto low = static_cast<u32>(value);
  const auto high = static_cast<i32>(value >> 32);
  if (count >= 32) return high >> (count - 32);
  const u32 carried = count == 0 ? 0 : static_cast<u32>(high) << (32 - count);
  return static_cast<i64>(static_cast<u64>(static_cast<u32>(high >> count)) << 32 |
                          (low >> count | carried));
}

HELPER u64 __muldi3(u64 a, u64 b) {
  const auto low_a = static_cast<u32>(a), low_b = static_cast<u32>(b);
  const u32 crossed = static_cast<u32>(a >> 32) * low_b + low_a * static_cast<u32>(b >> 32);
  return (static_cast<u64>(crossed) << 32) + static_cast<u64>(low_a) * low_b;
}

HELPER i32 __clzsi2(u32 value) { return leading_zeros(value); }
HELPER i32 __clzdi2(u64 value) { return leading_zeros(value); }
HELPER i32 __ctzsi2(u32 value) { return 31 - leading_zeros(value & (0 - value)); }
HELPER i32 __ctzdi2(u64 value) { return 63 - leading_zeros(value & (0 - value)); }
HELPER i32 __popcountsi2(u32 value) {
  i32 count = 0;
  for (; value != 0; value &= value - 1) ++count;
  return count;
}
HELPER i32 __popcountdi2(u64 value) {
  return __popcountsi2(static_cast<u32>(value)) + __popcountsi2(static_cast<u32>(value >> 32));
}
