// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floats under the names of the ARM EABI (RTABI, section 4.1.2): d is f64, f is f32, l and ul are
// integers of 64 bits.
#include "compile/helpers/division.hpp"
#include "compile/helpers/soft_float.hpp"

using namespace waxwing::helpers;

#define COMPARE(F, type, letter, name, ...)                                                        \
  HELPER BASE_CONVENTION i32 __aeabi_##letter##cmp##name(type a, type b) {                         \
    const Order order = compare<F>(bits_of(a), bits_of(b));                                        \
    return __VA_ARGS__;                                                                            \
  }
#define FOR_FORMAT(F, type, letter)                                                                \
  HELPER BASE_CONVENTION type __aeabi_##letter##add(type a, type b) {                              \
    return float_of(add<F>(bits_of(a), bits_of(b)));                                               \
  }                                                                                                \
  HELPER BASE_CONVENTION type __aeabi_##letter##sub(type a, type b) {                              \
    return float_of(add<F>(bits_of(a), bits_of(b) ^ F::kSign));                                    \
  }                                                                                                \
  HELPER BASE_CONVENTION type __aeabi_##letter##mul(type a, type b) {                              \
    return float_of(multiply<F>(bits_of(a), bits_of(b)));                                          \
  }                                                                                                \
  HELPER BASE_CONVENTION type __aeabi_##letter##div(type a, type b) {                              \
    return float_of(divide<F>(bits_of(a), bits_of(b)));                                            \
  }                                                                                                \
  COMPARE(F, type, letter, eq, order == Order::equal)                                              \
  COMPARE(F, type, letter, lt, order == Order::less)                                               \
  COMPARE(F, type, letter, le, order == Order::less || order == Order::equal)                      \
  COMPARE(F, type, letter, gt, order == Order::greater)                                            \
  COMPARE(F, type, letter, ge, order == Order::greater || order == Order::equal)                   \
  COMPARE(F, type, letter, un, order == Order::unordered)                                          \
  HELPER BASE_CONVENTION type __aeabi_i2##letter(i32 x) {                                          \
    return float_of(from_integer<F>(x < 0, magnitude<u32>(x)));                                    \
  }                                                                                                \
  HELPER BASE_CONVENTION type __aeabi_ui2##letter(u32 x) {                                         \
    return float_of(from_integer<F>(false, x));                                                    \
  }                                                                                                \
  HELPER BASE_CONVENTION type __aeabi_l2##letter(i64 x) {                                          \
    return float_of(from_integer<F>(x < 0, magnitude<u64>(x)));                                    \
  }                                                                                                \
  HELPER BASE_CONVENTION type __aeabi_ul2##letter(u64 x) {                                         \
    return float_of(from_integer<F>(false, x));                                                    \
  }                                                                                                \
  HELPER BASE_CONVENTION i32 __aeabi_##letter##2iz(type x) {                                       \
    return static_cast<i32>(to_signed<F>(bits_of(x)));                                             \
  }                                                                                                \
  HELPER BASE_CONVENTION u32 __aeabi_##letter##2uiz(type x) {                                      \
    return static_cast<u32>(to_integer<F>(bits_of(x)));                                            \
  }                                                                                                \
  HELPER BASE_CONVENTION i64 __aeabi_##letter##2lz(type x) {                                       \
    return static_cast<i64>(to_signed<F>(bits_of(x)));                                             \
  }                                                                                                \
  HELPER BASE_CONVENTION u64 __aeabi_##letter##2ulz(type x) { return to_integer<F>(bits_of(x)); }

FOR_FORMAT(Single, float, f)
FOR_FORMAT(Double, double, d)
#undef FOR_FORMAT
#undef COMPARE

HELPER BASE_CONVENTION double __aeabi_f2d(float x) { return float_of(extend(bits_of(x))); }
HELPER BASE_CONVENTION float __aeabi_d2f(double x) { return float_of(truncate(bits_of(x))); }
