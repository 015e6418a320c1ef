// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of the C library that stand for operators where the target has no instruction.
#include "compile/helpers/soft_float.hpp"

using namespace waxwing::helpers;

#define FOR_BOTH(name, function, ...)                                                              \
  HELPER float name##f(float x) {                                                                  \
    return float_of(function<Single __VA_OPT__(, ) __VA_ARGS__>(bits_of(x)));                      \
  }                                                                                                \
  HELPER double name(double x) {                                                                   \
    return float_of(function<Double __VA_OPT__(, ) __VA_ARGS__>(bits_of(x)));                      \
  }
FOR_BOTH(sqrt, square_root)
FOR_BOTH(trunc, round, Toward::zero)
FOR_BOTH(floor, round, Toward::below)
FOR_BOTH(ceil, round, Toward::above)
FOR_BOTH(roundeven, round, Toward::even)
FOR_BOTH(rint, round, Toward::even)
FOR_BOTH(nearbyint, round, Toward::even)
#undef FOR_BOTH

#define FOR_BOTH(name, function, max)                                                              \
  HELPER float name##f(float a, float b) {                                                         \
    return float_of(function<Single, max>(bits_of(a), bits_of(b)));                                \
  }                                                                                                \
  HELPER double name(double a, double b) {                                                         \
    return float_of(function<Double, max>(bits_of(a), bits_of(b)));                                \
  }
FOR_BOTH(fminimum, extreme, false)
FOR_BOTH(fmaximum, extreme, true)
FOR_BOTH(fmin, extreme_number, false)
FOR_BOTH(fmax, extreme_number, true)
#undef FOR_BOTH
