// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floats for targets that have no instructions for them, under the names that compilers agree on
// (sf: f32, df: f64; si, di: integers of 32 and 64 bits).
#include "compile/helpers/division.hpp"
#include "compile/helpers/soft_float.hpp"

using namespace waxwing::helpers;

#define FOR_FORMAT(F, type, letter)                                                                \
  HELPER type __add##letter##f3(type a, type b) {                                                  \
    return float_of(add<F>(bits_of(a), bits_of(b)));                                               \
  }                                                                                                \
  HELPER type __sub##letter##f3(type a, type b) {                                                  \
    return float_of(add<F>(bits_of(a), bits_of(b) ^ F::kSign));                                    \
  }                                                                                                \
  HELPER type __mul##letter##f3(type a, type b) {                                                  \
    return float_of(multiply<F>(bits_of(a), bits_of(b)));                                          \
  }                                                                                                \
  HELPER type __div##letter##f3(type a, type b) {                                                  \
    return float_of(divide<F>(bits_of(a), bits_of(b)));                                            \
  }                                                                                                \
  HELPER i32 __eq##letter##f2(type a, type b) {                                                    \
    return compare<F>(bits_of(a), bits_of(b)) != Order::equal;                                     \
  }                                                                                                \
  HELPER i32 __ne##letter##f2(type a, type b) {                                                    \
    return compare<F>(bits_of(a), bits_of(b)) != Order::equal;                                     \
  }                                                                                                \
  HELPER i32 __lt##letter##f2(type a, type b) {                                                    \
    return three_way(compare<F>(bits_of(a), bits_of(b)), 1);                                       \
  }                                                                                                \
  HELPER i32 __le##letter##f2(type a, type b) {                                                    \
    return three_way(compare<F>(bits_of(a), bits_of(b)), 1);                                       \
  }                                                                                                \
  HELPER i32 __gt##letter##f2(type a, type b) {                                                    \
    return three_way(compare<F>(bits_of(a), bits_of(b)), -1);                                      \
  }                                                                                                \
  HELPER i32 __ge##letter##f2(type a, type b) {                                                    \
    return three_way(compare<F>(bits_of(a), bits_of(b)), -1);                                      \
  }                                                                                                \
  HELPER i32 __unord##letter##f2(type a, type b) {                                                 \
    return compare<F>(bits_of(a), bits_of(b)) == Order::unordered;                                 \
  }                                                                                                \
  HELPER type __floatsi##letter##f(i32 x) {                                                        \
    return float_of(from_integer<F>(x < 0, magnitude<u32>(x)));                                    \
  }                                                                                                \
  HELPER type __floatunsi##letter##f(u32 x) { return float_of(from_integer<F>(false, x)); }        \
  HELPER type __floatdi##letter##f(i64 x) {                                                        \
    return float_of(from_integer<F>(x < 0, magnitude<u64>(x)));                                    \
  }                                                                                                \
  HELPER type __floatundi##letter##f(u64 x) { return float_of(from_integer<F>(false, x)); }        \
  HELPER i32 __fix##letter##fsi(type x) { return static_cast<i32>(to_signed<F>(bits_of(x))); }     \
  HELPER u32 __fixuns##letter##fsi(type x) { return static_cast<u32>(to_integer<F>(bits_of(x))); } \
  HELPER i64 __fix##letter##fdi(type x) { return static_cast<i64>(to_signed<F>(bits_of(x))); }     \
  HELPER u64 __fixuns##letter##fdi(type x) { return to_integer<F>(bits_of(x)); }

namespace {

constexpr i32 three_way(Order order, i32 unordered) {
  return order == Order::unordered ? unordered : static_cast<i32>(order) - 1;
}

} // namespace

FOR_FORMAT(Single, float, s)
FOR_FORMAT(Double, double, d)
#undef FOR_FORMAT

HELPER double __extendsfdf2(float x) { return float_of(extend(bits_of(x))); }
HELPER float __truncdfsf2(double x) { return float_of(truncate(bits_of(x))); }
