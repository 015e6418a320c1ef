// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What LLVM calls by name for divisions that the target has no instructions for. Divisors are not
// zero: compiled code has checked them.
#include "compile/helpers/division.hpp"

using namespace waxwing::helpers;

extern "C" {

HELPER u64 __udivdi3(u64 n, u64 d) { return Division<u64>(n, d).quotient; }
HELPER u64 __umoddi3(u64 n, u64 d) { return Division<u64>(n, d).remainder; }
HELPER i64 __divdi3(i64 n, i64 d) { return divide<i64, u64>(n, d); }
HELPER i64 __moddi3(i64 n, i64 d) { return modulo<i64, u64>(n, d); }
HELPER u32 __udivsi3(u32 n, u32 d) { return Division<u32>(n, d).quotient; }
HELPER u32 __umodsi3(u32 n, u32 d) { return Division<u32>(n, d).remainder; }
HELPER i32 __divsi3(i32 n, i32 d) { return divide<i32, u32>(n, d); }
HELPER i32 __modsi3(i32 n, i32 d) { return modulo<i32, u32>(n, d); }
}
