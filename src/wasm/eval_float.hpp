// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floating-point operators and conversions (spec sections 4.3.3 and 4.3.4). Arithmetic instructions
// of the hardware make a NaN operand quiet, which is all that the NaN rules ask; what isn't one
// such instruction does it by hand. Rows of WAX_EVAL_FLOAT stand for the f32 and the f64 operator.
//
// Compiled with -ffp-contract=off (a product and a sum are two roundings) and -fno-math-errno.
#pragma once

#include "wasm/eval_types.hpp"

namespace waxwing {
namespace detail {

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE bool is_nan(T a) {
  return __builtin_isnan(a);
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE T quiet(T nan) {
  using Bits = typename FloatFormat<T>::Bits;
  return std::bit_cast<T>(static_cast<Bits>(bits_of(nan) | FloatFormat<T>::kQuiet));
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE T minimum(T a, T b) {
  if (a < b) return a;
  if (b < a) return b;
  if (WAX_LIKELY(a == b)) return std::bit_cast<T>(bits_of(a) | bits_of(b)); // -0 if either is
  return a + b;                                                             // a NaN
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE T maximum(T a, T b) {
  if (a > b) return a;
  if (b > a) return b;
  if (WAX_LIKELY(a == b)) return std::bit_cast<T>(bits_of(a) & bits_of(b)); // -0 if both are
  return a + b;                                                             // a NaN
}

enum class Rounding { nearest, floor, ceil, trunc };

WAX_ALWAYS_INLINE float fabs_of(float a) { return __builtin_fabsf(a); }
WAX_ALWAYS_INLINE double fabs_of(double a) { return __builtin_fabs(a); }
WAX_ALWAYS_INLINE float copysign_of(float a, float b) { return __builtin_copysignf(a, b); }
WAX_ALWAYS_INLINE double copysign_of(double a, double b) { return __builtin_copysign(a, b); }
WAX_ALWAYS_INLINE float sqrt_of(float a) { return __builtin_sqrtf(a); }
WAX_ALWAYS_INLINE double sqrt_of(double a) { return __builtin_sqrt(a); }

template <Rounding R>
[[nodiscard]] WAX_ALWAYS_INLINE float round_by_instruction(float a) {
  if constexpr (R == Rounding::nearest) return __builtin_rintf(a);
  if constexpr (R == Rounding::floor) return __builtin_floorf(a);
  if constexpr (R == Rounding::ceil) return __builtin_ceilf(a);
  if constexpr (R == Rounding::trunc) return __builtin_truncf(a);
}
template <Rounding R>
[[nodiscard]] WAX_ALWAYS_INLINE double round_by_instruction(double a) {
  if constexpr (R == Rounding::nearest) return __builtin_rint(a);
  if constexpr (R == Rounding::floor) return __builtin_floor(a);
  if constexpr (R == Rounding::ceil) return __builtin_ceil(a);
  if constexpr (R == Rounding::trunc) return __builtin_trunc(a);
}

/// Rounds by adding and taking away 2^(digits - 1), which leaves no place for a fraction: exact to
/// the nearest, ties to even. The other modes correct that by one.
template <Rounding R, class T>
[[nodiscard]] WAX_ALWAYS_INLINE T round_by_addition(T a) {
  constexpr T kShift = FloatFormat<T>::kIntegersFrom;
  const T magnitude = fabs_of(a);
  if (WAX_UNLIKELY(!(magnitude < kShift))) return is_nan(a) ? quiet(a) : a;
  T r = (magnitude + kShift) - kShift;
  if constexpr (R == Rounding::trunc) {
    if (r > magnitude) r -= T{1};
  }
  r = copysign_of(r, a);
  if constexpr (R == Rounding::floor) {
    if (r > a) r -= T{1};
  }
  if constexpr (R == Rounding::ceil) {
    if (r < a) r = copysign_of(r + T{1}, a); // -0 from -0.7
  }
  return r;
}

template <Rounding R, class T>
[[nodiscard]] WAX_ALWAYS_INLINE T round_to_integer(T a) {
  if constexpr (kHasRoundInstruction)
    return round_by_instruction<R>(a);
  else
    return round_by_addition<R>(a);
}

/// Whether truncating `a` gives an integer that `I` holds. False for NaN.
template <class I, class F>
[[nodiscard]] WAX_ALWAYS_INLINE bool fits(F a) {
  // 2^bits of the values of I, exact in every float type.
  constexpr I kHalf = std::numeric_limits<I>::max() / 2 + 1;
  constexpr F kEnd = static_cast<F>(kHalf) * F{2};
  if constexpr (std::is_unsigned_v<I>)
    return a > F{-1} && a < kEnd;
  else if constexpr (sizeof(I) == 4 && sizeof(F) == 8)
    return a > -kEnd - F{1} && a < kEnd;
  else // there is no float between -2^n - 1 and -2^n
    return a >= -kEnd && a < kEnd;
}

template <class I, class F>
[[nodiscard]] WAX_ALWAYS_INLINE Checked<std::make_unsigned_t<I>> trunc_to(F a) {
  if (WAX_LIKELY(fits<I>(a))) return static_cast<std::make_unsigned_t<I>>(static_cast<I>(a));
  return is_nan(a) ? TrapKind::invalid_conversion_to_integer : TrapKind::integer_overflow;
}

template <class I, class F>
[[nodiscard]] WAX_ALWAYS_INLINE std::make_unsigned_t<I> trunc_sat_to(F a) {
  using U = std::make_unsigned_t<I>;
  if (WAX_LIKELY(fits<I>(a))) return static_cast<U>(static_cast<I>(a));
  if (is_nan(a)) return 0;
  return static_cast<U>(a < 0 ? std::numeric_limits<I>::min() : std::numeric_limits<I>::max());
}

} // namespace detail

#define WAX_EVAL(name, operands, result)                                                           \
  template <>                                                                                      \
  struct Eval<Op::name> {                                                                          \
    WAX_ALWAYS_INLINE static auto of operands { return result; }                                   \
  };
#define WAX_EVAL_FLOAT(name, operands, result)                                                     \
  template <>                                                                                      \
  struct Eval<Op::f32_##name> {                                                                    \
    using T = float;                                                                               \
    WAX_ALWAYS_INLINE static auto of operands { return result; }                                   \
  };                                                                                               \
  template <>                                                                                      \
  struct Eval<Op::f64_##name> {                                                                    \
    using T = double;                                                                              \
    WAX_ALWAYS_INLINE static auto of operands { return result; }                                   \
  };

WAX_EVAL_FLOAT(eq, (T a, T b), uint32_t{a == b})
WAX_EVAL_FLOAT(ne, (T a, T b), uint32_t{a != b})
WAX_EVAL_FLOAT(lt, (T a, T b), uint32_t{a < b})
WAX_EVAL_FLOAT(gt, (T a, T b), uint32_t{a > b})
WAX_EVAL_FLOAT(le, (T a, T b), uint32_t{a <= b})
WAX_EVAL_FLOAT(ge, (T a, T b), uint32_t{a >= b})

// Bit operations: they leave NaNs alone.
WAX_EVAL_FLOAT(abs, (T a), detail::fabs_of(a))
WAX_EVAL_FLOAT(neg, (T a), -a)
WAX_EVAL_FLOAT(copysign, (T a, T b), detail::copysign_of(a, b))

WAX_EVAL_FLOAT(ceil, (T a), detail::round_to_integer<detail::Rounding::ceil>(a))
WAX_EVAL_FLOAT(floor, (T a), detail::round_to_integer<detail::Rounding::floor>(a))
WAX_EVAL_FLOAT(trunc, (T a), detail::round_to_integer<detail::Rounding::trunc>(a))
WAX_EVAL_FLOAT(nearest, (T a), detail::round_to_integer<detail::Rounding::nearest>(a))
WAX_EVAL_FLOAT(sqrt, (T a), detail::sqrt_of(a))
WAX_EVAL_FLOAT(add, (T a, T b), a + b)
WAX_EVAL_FLOAT(sub, (T a, T b), a - b)
WAX_EVAL_FLOAT(mul, (T a, T b), a* b)
WAX_EVAL_FLOAT(div, (T a, T b), a / b)
WAX_EVAL_FLOAT(min, (T a, T b), detail::minimum(a, b))
WAX_EVAL_FLOAT(max, (T a, T b), detail::maximum(a, b))

WAX_EVAL(i32_trunc_f32_s, (float a), detail::trunc_to<int32_t>(a))
WAX_EVAL(i32_trunc_f32_u, (float a), detail::trunc_to<uint32_t>(a))
WAX_EVAL(i32_trunc_f64_s, (double a), detail::trunc_to<int32_t>(a))
WAX_EVAL(i32_trunc_f64_u, (double a), detail::trunc_to<uint32_t>(a))
WAX_EVAL(i64_trunc_f32_s, (float a), detail::trunc_to<int64_t>(a))
WAX_EVAL(i64_trunc_f32_u, (float a), detail::trunc_to<uint64_t>(a))
WAX_EVAL(i64_trunc_f64_s, (double a), detail::trunc_to<int64_t>(a))
WAX_EVAL(i64_trunc_f64_u, (double a), detail::trunc_to<uint64_t>(a))

WAX_EVAL(i32_trunc_sat_f32_s, (float a), detail::trunc_sat_to<int32_t>(a))
WAX_EVAL(i32_trunc_sat_f32_u, (float a), detail::trunc_sat_to<uint32_t>(a))
WAX_EVAL(i32_trunc_sat_f64_s, (double a), detail::trunc_sat_to<int32_t>(a))
WAX_EVAL(i32_trunc_sat_f64_u, (double a), detail::trunc_sat_to<uint32_t>(a))
WAX_EVAL(i64_trunc_sat_f32_s, (float a), detail::trunc_sat_to<int64_t>(a))
WAX_EVAL(i64_trunc_sat_f32_u, (float a), detail::trunc_sat_to<uint64_t>(a))
WAX_EVAL(i64_trunc_sat_f64_s, (double a), detail::trunc_sat_to<int64_t>(a))
WAX_EVAL(i64_trunc_sat_f64_u, (double a), detail::trunc_sat_to<uint64_t>(a))

WAX_EVAL(f32_convert_i32_s, (uint32_t a), static_cast<float>(detail::as_signed(a)))
WAX_EVAL(f32_convert_i32_u, (uint32_t a), static_cast<float>(a))
WAX_EVAL(f32_convert_i64_s, (uint64_t a), static_cast<float>(detail::as_signed(a)))
WAX_EVAL(f32_convert_i64_u, (uint64_t a), static_cast<float>(a))
WAX_EVAL(f64_convert_i32_s, (uint32_t a), static_cast<double>(detail::as_signed(a)))
WAX_EVAL(f64_convert_i32_u, (uint32_t a), static_cast<double>(a))
WAX_EVAL(f64_convert_i64_s, (uint64_t a), static_cast<double>(detail::as_signed(a)))
WAX_EVAL(f64_convert_i64_u, (uint64_t a), static_cast<double>(a))
WAX_EVAL(f32_demote_f64, (double a), static_cast<float>(a))
WAX_EVAL(f64_promote_f32, (float a), static_cast<double>(a))

WAX_EVAL(i32_reinterpret_f32, (float a), std::bit_cast<uint32_t>(a))
WAX_EVAL(i64_reinterpret_f64, (double a), std::bit_cast<uint64_t>(a))
WAX_EVAL(f32_reinterpret_i32, (uint32_t a), std::bit_cast<float>(a))
WAX_EVAL(f64_reinterpret_i64, (uint64_t a), std::bit_cast<double>(a))

#undef WAX_EVAL
#undef WAX_EVAL_FLOAT

} // namespace waxwing
