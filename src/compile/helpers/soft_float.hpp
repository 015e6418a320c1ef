// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Binary floating point in integers (IEEE 754-2019, sections 3.4 and 5.4): round to nearest, ties
// to even, no flags. A NaN operand comes back quiet; an invalid operation gives the canonical NaN,
// which is what WebAssembly wants (spec section 4.3.3, NaN propagation).
#pragma once

#include "compile/helpers/helpers.hpp"

namespace waxwing::helpers {

/// A format by the integers that hold it and the bits of its fraction.
template <class T, int FractionBits>
struct Format {
  using Bits = T;
  static constexpr int kWidth = sizeof(T) * 8;
  static constexpr int kFraction = FractionBits;
  /// The exponent of infinities and NaNs.
  static constexpr int kTop = (1 << (kWidth - 1 - kFraction)) - 1;
  static constexpr int kBias = kTop / 2;
  static constexpr T kSign = T{1} << (kWidth - 1);
  /// The leading bit of a normal number, which isn't stored.
  static constexpr T kLeading = T{1} << kFraction;
  static constexpr T kInfinity = static_cast<T>(kTop) << kFraction;
  static constexpr T kQuiet = kLeading >> 1;
  static constexpr T kNan = kInfinity | kQuiet;
  static constexpr T kOne = static_cast<T>(kBias) << kFraction;

  static constexpr T magnitude(T x) { return x & ~kSign; }
  static constexpr bool is_nan(T x) { return magnitude(x) > kInfinity; }
  static constexpr bool is_infinite(T x) { return magnitude(x) == kInfinity; }
  static constexpr bool is_zero(T x) { return magnitude(x) == 0; }
  static constexpr int exponent(T x) { return static_cast<int>(x >> kFraction) & kTop; }
};
using Single = Format<u32, 23>;
using Double = Format<u64, 52>;

/// The lowest bit of the result stands for all that are shifted out.
template <class T>
constexpr T shift_right(T value, int count) {
  constexpr int kWidth = sizeof(T) * 8;
  if (count == 0) return value;
  if (count >= kWidth) return value != 0;
  return value >> count | (value << (kWidth - count) != 0);
}

/// The upper half of a product; its lowest bit stands for the lower half too.
constexpr u32 multiply_high(u32 a, u32 b) {
  const u64 product = static_cast<u64>(a) * b;
  return static_cast<u32>(product >> 32) | (static_cast<u32>(product) != 0);
}
constexpr u64 multiply_high(u64 a, u64 b) {
  const auto low_a = static_cast<u32>(a), high_a = static_cast<u32>(a >> 32);
  const auto low_b = static_cast<u32>(b), high_b = static_cast<u32>(b >> 32);
  const u64 low = static_cast<u64>(low_a) * low_b;
  const u64 first = static_cast<u64>(high_a) * low_b + (low >> 32);
  const u64 second = static_cast<u64>(low_a) * high_b + static_cast<u32>(first);
  const bool rest = static_cast<u32>(low) != 0 || static_cast<u32>(second) != 0;
  return (static_cast<u64>(high_a) * high_b + (first >> 32) + (second >> 32)) | rest;
}

/// A finite number: significand * 2^(exponent - bias - fraction bits), the leading bit of the
/// significand at that of normal numbers unless it is zero.
template <class F>
struct Parts {
  typename F::Bits sign;
  int exponent;
  typename F::Bits significand;

  constexpr explicit Parts(typename F::Bits x)
      : sign(x & F::kSign), exponent(F::exponent(x)), significand(x & (F::kLeading - 1)) {
    if (exponent != 0) {
      significand |= F::kLeading;
      return;
    }
    const int up = leading_zeros(significand) - (F::kWidth - 1 - F::kFraction);
    significand <<= up;
    exponent = 1 - up;
  }
};

/// Bits below the last of a fraction while a result is computed: two that decide how it is rounded,
/// and one for all below them.
inline constexpr int kExtra = 3;

/// Rounds significand * 2^(exponent - bias - fraction bits - kExtra).
template <class F>
constexpr typename F::Bits pack(typename F::Bits sign, int exponent, typename F::Bits significand) {
  using Bits = typename F::Bits;
  if (significand == 0) return sign;
  int up = leading_zeros(significand) - (F::kWidth - 1 - F::kFraction - kExtra);
  if (up > exponent - 1) up = exponent - 1; // a subnormal
  if (up > 0)
    significand <<= up;
  else
    significand = shift_right(significand, -up);
  exponent -= up;
  if (exponent >= F::kTop) return sign | F::kInfinity;
  const Bits rest = significand & ((1 << kExtra) - 1);
  significand >>= kExtra;
  if (rest + (significand & 1) > 1 << (kExtra - 1)) ++significand;
  // The leading bit adds 1 to the exponent, and so does a carry out of the fraction.
  return sign | ((static_cast<Bits>(exponent - 1) << F::kFraction) + significand);
}

template <class F, class Bits = typename F::Bits>
constexpr Bits quiet_of(Bits a, Bits b) {
  return (F::is_nan(a) ? a : b) | F::kQuiet;
}

template <class F, class Bits = typename F::Bits>
constexpr Bits add(Bits a, Bits b) {
  if (F::is_nan(a) || F::is_nan(b)) return quiet_of<F>(a, b);
  if (F::magnitude(a) < F::magnitude(b)) {
    const Bits smaller = a;
    a = b;
    b = smaller;
  }
  const bool apart = ((a ^ b) & F::kSign) != 0;
  if (F::is_infinite(a)) return apart && F::is_infinite(b) ? F::kNan : a;
  const Parts<F> x(a), y(b);
  const Bits larger = x.significand << kExtra;
  const Bits smaller =
      shift_right(static_cast<Bits>(y.significand << kExtra), x.exponent - y.exponent);
  const Bits sum = apart ? larger - smaller : larger + smaller;
  return pack<F>(sum == 0 && apart ? 0 : x.sign, x.exponent, sum);
}

template <class F, class Bits = typename F::Bits>
constexpr Bits multiply(Bits a, Bits b) {
  if (F::is_nan(a) || F::is_nan(b)) return quiet_of<F>(a, b);
  const Bits sign = (a ^ b) & F::kSign;
  if (F::is_infinite(a) || F::is_infinite(b))
    return F::is_zero(a) || F::is_zero(b) ? F::kNan : sign | F::kInfinity;
  const Parts<F> x(a), y(b);
  // One factor takes the whole width, so the upper half has the other's bits.
  const Bits product =
      multiply_high(static_cast<Bits>(x.significand << (F::kWidth - 1 - F::kFraction)),
                    static_cast<Bits>(y.significand << (kExtra + 1)));
  return pack<F>(sign, x.exponent + y.exponent - F::kBias, product);
}

template <class F, class Bits = typename F::Bits>
constexpr Bits divide(Bits a, Bits b) {
  if (F::is_nan(a) || F::is_nan(b)) return quiet_of<F>(a, b);
  const Bits sign = (a ^ b) & F::kSign;
  if (F::is_infinite(a)) return F::is_infinite(b) ? F::kNan : sign | F::kInfinity;
  if (F::is_infinite(b)) return sign;
  if (F::is_zero(b)) return F::is_zero(a) ? F::kNan : sign | F::kInfinity;
  const Parts<F> x(a), y(b);
  Bits rest = x.significand, quotient = 0;
  for (int bit = 0; bit <= F::kFraction + kExtra; ++bit) {
    quotient <<= 1;
    if (rest >= y.significand) {
      rest -= y.significand;
      quotient |= 1;
    }
    rest <<= 1;
  }
  // A quotient below one has its leading bit one place lower, and loses none: one of the extra bits
  // is left, and what remains stands below it.
  return pack<F>(sign, x.exponent - y.exponent + F::kBias, quotient | (rest != 0));
}

/// Digit by digit, as on paper: each takes two digits of the number.
template <class F, class Bits = typename F::Bits>
constexpr Bits square_root(Bits a) {
  if (F::is_nan(a)) return a | F::kQuiet;
  if (F::is_zero(a)) return a;
  if ((a & F::kSign) != 0) return F::kNan;
  if (F::is_infinite(a)) return a;
  const Parts<F> x(a);
  const int exponent = x.exponent - F::kBias;
  Bits digits = x.significand << (F::kWidth - F::kFraction - 2 + (exponent & 1));
  Bits root = 0, rest = 0;
  for (int bit = 0; bit <= F::kFraction + kExtra; ++bit) {
    rest = rest << 2 | digits >> (F::kWidth - 2);
    digits <<= 2;
    const Bits trial = root << 2 | 1;
    root <<= 1;
    if (rest >= trial) {
      rest -= trial;
      root |= 1;
    }
  }
  return pack<F>(0, (exponent >> 1) + F::kBias, root | (rest != 0));
}

enum class Order : unsigned char { less, equal, greater, unordered };

/// A number that grows with the float; -0 is below 0.
template <class F, class Bits = typename F::Bits>
constexpr Bits rank(Bits x) {
  return (x & F::kSign) != 0 ? ~x : x | F::kSign;
}

template <class F, class Bits = typename F::Bits>
constexpr Order compare(Bits a, Bits b) {
  if (F::is_nan(a) || F::is_nan(b)) return Order::unordered;
  if (a == b || (F::is_zero(a) && F::is_zero(b))) return Order::equal;
  return rank<F>(a) < rank<F>(b) ? Order::less : Order::greater;
}

/// The smaller one (or larger): a NaN if one is, and -0 is smaller than 0.
template <class F, bool Max, class Bits = typename F::Bits>
constexpr Bits extreme(Bits a, Bits b) {
  if (F::is_nan(a) || F::is_nan(b)) return quiet_of<F>(a, b);
  return (rank<F>(a) < rank<F>(b)) != Max ? a : b;
}

/// The same, but a number where only the other is a NaN.
template <class F, bool Max, class Bits = typename F::Bits>
constexpr Bits extreme_number(Bits a, Bits b) {
  if (F::is_nan(a) != F::is_nan(b)) return F::is_nan(a) ? b : a;
  return extreme<F, Max>(a, b);
}

enum class Toward : unsigned char { zero, below, above, even };

/// To an integer, as a float.
template <class F, Toward How, class Bits = typename F::Bits>
constexpr Bits round(Bits x) {
  if (F::is_nan(x)) return x | F::kQuiet;
  const int exponent = F::exponent(x) - F::kBias;
  if (exponent >= F::kFraction) return x;
  const Bits sign = x & F::kSign;
  const bool against = How == Toward::below ? sign != 0 : How == Toward::above && sign == 0;
  if (exponent < 0) {
    constexpr Bits kHalf = static_cast<Bits>(F::kBias - 1) << F::kFraction;
    const bool away = How == Toward::even ? F::magnitude(x) > kHalf : against && !F::is_zero(x);
    return sign | (away ? F::kOne : 0);
  }
  const Bits unit = F::kLeading >> exponent;
  const Bits rest = x & (unit - 1);
  x -= rest;
  // Where the unit is the leading bit, that of the exponent in its place is set as well.
  const bool away = How == Toward::even ? rest > unit >> 1 || (rest == unit >> 1 && (x & unit) != 0)
                                        : against && rest != 0;
  return away ? x + unit : x;
}

/// Of `value`, or of -`value`.
template <class F>
constexpr typename F::Bits from_integer(bool negative, u64 value) {
  using Bits = typename F::Bits;
  if (value == 0) return 0;
  const int down = 64 - leading_zeros(value) - (F::kFraction + kExtra + 1);
  const auto significand = static_cast<Bits>(down > 0 ? shift_right(value, down) : value << -down);
  return pack<F>(negative ? F::kSign : 0, down + F::kBias + F::kFraction + kExtra, significand);
}

/// The integer part without its sign; meaningless from 2^64 on.
template <class F, class Bits = typename F::Bits>
constexpr u64 to_integer(Bits x) {
  const int up = F::exponent(x) - F::kBias - F::kFraction;
  const u64 significand = (x & (F::kLeading - 1)) | F::kLeading;
  if (up <= -F::kFraction - 1 || up >= 64) return 0;
  return up < 0 ? significand >> -up : significand << up;
}
template <class F, class Bits = typename F::Bits>
constexpr u64 to_signed(Bits x) {
  const u64 value = to_integer<F>(x);
  return (x & F::kSign) != 0 ? 0 - value : value;
}

constexpr u64 extend(u32 x) {
  constexpr int kMore = Double::kFraction - Single::kFraction;
  const u64 sign = static_cast<u64>(x & Single::kSign) << 32;
  if (Single::is_nan(x))
    return sign | Double::kNan | static_cast<u64>(x & (Single::kLeading - 1)) << kMore;
  if (Single::is_infinite(x)) return sign | Double::kInfinity;
  const Parts<Single> parts(x);
  return pack<Double>(sign, parts.exponent - Single::kBias + Double::kBias,
                      static_cast<u64>(parts.significand) << (kMore + kExtra));
}

constexpr u32 truncate(u64 x) {
  constexpr int kFewer = Double::kFraction - Single::kFraction;
  const auto sign = static_cast<u32>(x >> 32) & Single::kSign;
  if (Double::is_nan(x))
    return sign | Single::kNan | static_cast<u32>((x & (Double::kLeading - 1)) >> kFewer);
  if (Double::is_infinite(x)) return sign | Single::kInfinity;
  const Parts<Double> parts(x);
  return pack<Single>(sign, parts.exponent - Double::kBias + Single::kBias,
                      static_cast<u32>(shift_right(parts.significand, kFewer - kExtra)));
}

// Floats of the language are only ever taken apart and put together here: an operator would call
// what is being defined.
constexpr u32 bits_of(float x) { return __builtin_bit_cast(u32, x); }
constexpr u64 bits_of(double x) { return __builtin_bit_cast(u64, x); }
constexpr float float_of(u32 x) { return __builtin_bit_cast(float, x); }
constexpr double float_of(u64 x) { return __builtin_bit_cast(double, x); }

} // namespace waxwing::helpers
