// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one function of the mathematics library that the program would need, for fmt's printing of
// floats. With it here the library isn't loaded at all, which a small guest would wait for.
#include <cstdint>

/// The smallest integer that isn't less (C 7.12.9.1). Under a name of its own here, since g++ knows
/// `ceil` and takes no attributes for it.
extern "C" [[gnu::visibility("hidden")]] double smallest_integer(double value) __asm__("ceil");
double smallest_integer(double value) {
  constexpr double kIntegersOnly = 4503599627370496.0; // 2^52
  if (!(value > -kIntegersOnly && value < kIntegersOnly)) return value;
  const auto whole = static_cast<double>(static_cast<int64_t>(value));
  return whole < value ? whole + 1 : whole;
}
