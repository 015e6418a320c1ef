// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Divisions under the names of the ARM EABI (RTABI, section 4.3.1); for the ARM targets alone.
#include "compile/helpers/division.hpp"

using namespace waxwing::helpers;

// Pairs come back in r0 to r3, quotient first: as a vector under the base convention.
typedef u32 Pair64 __attribute__((vector_size(16)));

HELPER BASE_CONVENTION Pair64 __aeabi_uldivmod(u64 n, u64 d) {
  const Division<u64> both = divide_long(n, d);
  return Pair64{static_cast<u32>(both.quotient), static_cast<u32>(both.quotient >> 32),
                static_cast<u32>(both.remainder), static_cast<u32>(both.remainder >> 32)};
}
HELPER BASE_CONVENTION Pair64 __aeabi_ldivmod(i64 n, i64 d) {
  const u64 q = with_sign<u64, u64>((n < 0) != (d < 0),
                                    divide_long(magnitude<u64>(n), magnitude<u64>(d)).quotient);
  const u64 r = static_cast<u64>(n) - q * static_cast<u64>(d);
  return Pair64{static_cast<u32>(q), static_cast<u32>(q >> 32), static_cast<u32>(r),
                static_cast<u32>(r >> 32)};
}
HELPER u32 __aeabi_uidiv(u32 n, u32 d) { return Division<u32>(n, d).quotient; }
HELPER i32 __aeabi_idiv(i32 n, i32 d) {
  return with_sign<u32, i32>((n < 0) != (d < 0),
                             Division<u32>(magnitude<u32>(n), magnitude<u32>(d)).quotient);
}
HELPER u64 __aeabi_uidivmod(u32 n, u32 d) {
  const Division<u32> both(n, d);
  return static_cast<u64>(both.remainder) << 32 | both.quotient;
}
HELPER u64 __aeabi_idivmod(i32 n, i32 d) {
  const u32 q = with_sign<u32, u32>((n < 0) != (d < 0),
                                    Division<u32>(magnitude<u32>(n), magnitude<u32>(d)).quotient);
  const u32 r = static_cast<u32>(n) - q * static_cast<u32>(d);
  return static_cast<u64>(r) << 32 | q;
}
