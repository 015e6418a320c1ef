// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floating-point vector operators and conversions (spec section 4.3.5). Each is the scalar operator
// on every lane; the vector form of it is used where the target's vectors follow IEEE 754.
#pragma once

#include "wasm/eval_float.hpp"
#include "wasm/eval_vector.hpp"

namespace waxwing {
namespace detail {

template <class T>
using BitsOf = typename FloatFormat<T>::Bits;

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<T> minimum_lanes(Vector<T> a, Vector<T> b) {
  using U = BitsOf<T>;
  const Vector<U> less = as_lanes<U>(a < b), more = as_lanes<U>(b < a), equal = as_lanes<U>(a == b);
  const Vector<U> ordered = (as_lanes<U>(a) & (less | equal)) | (as_lanes<U>(b) & (more | equal));
  return as_lanes<T>(ordered | (as_lanes<U>(a + b) & ~(less | more | equal)));
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<T> maximum_lanes(Vector<T> a, Vector<T> b) {
  using U = BitsOf<T>;
  const Vector<U> less = as_lanes<U>(a < b), more = as_lanes<U>(b < a), equal = as_lanes<U>(a == b);
  const Vector<U> ordered =
      (as_lanes<U>(a) & more) | (as_lanes<U>(b) & less) | (as_lanes<U>(a) & as_lanes<U>(b) & equal);
  return as_lanes<T>(ordered | (as_lanes<U>(a + b) & ~(less | more | equal)));
}

/// `round_by_addition` without branches.
template <Rounding R, class T>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<T> round_lanes(Vector<T> a) {
  using U = BitsOf<T>;
  constexpr T kShift = FloatFormat<T>::kIntegersFrom;
  const Vector<U> sign = as_lanes<U>(a) & FloatFormat<T>::kSign;
  const Vector<T> magnitude = as_lanes<T>(as_lanes<U>(a) ^ sign);
  const Vector<U> one = as_lanes<U>(splat(T{1}));
  Vector<T> r = (magnitude + kShift) - kShift;
  if constexpr (R == Rounding::trunc) r = r - as_lanes<T>(as_lanes<U>(r > magnitude) & one);
  r = as_lanes<T>(as_lanes<U>(r) | sign);
  if constexpr (R == Rounding::floor) r = r - as_lanes<T>(as_lanes<U>(r > a) & one);
  if constexpr (R == Rounding::ceil) {
    r = r + as_lanes<T>(as_lanes<U>(r < a) & one);
    r = as_lanes<T>(as_lanes<U>(r) | sign); // -0 from -0.7
  }
  // NOLINTNEXTLINE(misc-redundant-expression): lanes that are NaN
  const Vector<U> nans = as_lanes<U>(a != a);
  const Vector<U> quieted = as_lanes<U>(a) | (nans & FloatFormat<T>::kQuiet);
  return select_lanes<T>(magnitude < kShift, r, as_lanes<T>(quieted));
}

/// Lanes of `I` from lanes of floats of the same width, saturating; NaN gives 0.
template <class I, class F>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<I> trunc_sat_lanes(Vector<F> a) {
  constexpr I kHalf = std::numeric_limits<I>::max() / 2 + 1;
  constexpr F kEnd = static_cast<F>(kHalf) * F{2};
  using U = BitsOf<F>;
  const Vector<U> too_large = as_lanes<U>(a >= kEnd);
  Vector<U> in_range;
  if constexpr (std::is_unsigned_v<I>)
    in_range = as_lanes<U>(a > F{-1}) & ~too_large;
  else
    in_range = as_lanes<U>(a >= -kEnd) & ~too_large;
  // Outside the range the conversion is undefined: it gets zeros there.
  const Vector<I> converted =
      __builtin_convertvector(as_lanes<F>(as_lanes<U>(a) & in_range), Vector<I>);
  Vector<U> result =
      as_lanes<U>(converted) | (too_large & static_cast<U>(std::numeric_limits<I>::max()));
  if constexpr (std::is_signed_v<I>)
    result = result | (as_lanes<U>(a < -kEnd) & static_cast<U>(std::numeric_limits<I>::min()));
  return as_lanes<I>(result);
}

/// Converts the first `Count` lanes of `From` by a scalar operator; the lanes behind are zero.
template <Op Scalar, class From, class To, unsigned Count>
[[nodiscard]] WAX_ALWAYS_INLINE V128 convert_lanes(const V128& v) {
  V128 out{};
  for (unsigned i = 0; i < Count; ++i) set_lane<To>(out, i, eval<Scalar>(lane_of<From>(v, i)));
  return out;
}

} // namespace detail

// Rows stand for f32x4 and f64x2; `a` and `b` are the operands as lanes of `T`.
#define WAX_UNARY_OF(shape, type, name, result)                                                    \
  template <>                                                                                      \
  struct Eval<Op::shape##_##name> {                                                                \
    using T = detail::CppTypeOf<Letter::type>::Type;                                               \
    WAX_ALWAYS_INLINE static V128 of(const V128& x) {                                              \
      if constexpr (!kFloatVectorsAreIeee) return detail::by_lane<Op::type##_##name, T>(x);        \
      return detail::lanewise<T>(                                                                  \
          [](const detail::Vector<T>& a) WAX_INLINE_LAMBDA { return result; }, x);                 \
    }                                                                                              \
  };
#define WAX_BINARY_OF(shape, type, name, result)                                                   \
  template <>                                                                                      \
  struct Eval<Op::shape##_##name> {                                                                \
    using T = detail::CppTypeOf<Letter::type>::Type;                                               \
    WAX_ALWAYS_INLINE static V128 of(const V128& x, const V128& y) {                               \
      if constexpr (!kFloatVectorsAreIeee) return detail::by_lane<Op::type##_##name, T>(x, y);     \
      return detail::lanewise<T>([](const detail::Vector<T>& a, const detail::Vector<T>& b)        \
                                     WAX_INLINE_LAMBDA { return result; },                         \
                                 x, y);                                                            \
    }                                                                                              \
  };
#define WAX_UNARY(name, result)                                                                    \
  WAX_UNARY_OF(f32x4, f32, name, result) WAX_UNARY_OF(f64x2, f64, name, result)
#define WAX_BINARY(name, result)                                                                   \
  WAX_BINARY_OF(f32x4, f32, name, result) WAX_BINARY_OF(f64x2, f64, name, result)

WAX_BINARY(eq, a == b)
WAX_BINARY(ne, a != b)
WAX_BINARY(lt, a < b)
WAX_BINARY(gt, a > b)
WAX_BINARY(le, a <= b)
WAX_BINARY(ge, a >= b)

WAX_UNARY(abs, detail::as_lanes<detail::BitsOf<T>>(a) & ~detail::FloatFormat<T>::kSign)
WAX_UNARY(neg, detail::as_lanes<detail::BitsOf<T>>(a) ^ detail::FloatFormat<T>::kSign)
WAX_UNARY(ceil, (detail::round_lanes<detail::Rounding::ceil, T>(a)))
WAX_UNARY(floor, (detail::round_lanes<detail::Rounding::floor, T>(a)))
WAX_UNARY(trunc, (detail::round_lanes<detail::Rounding::trunc, T>(a)))
WAX_UNARY(nearest, (detail::round_lanes<detail::Rounding::nearest, T>(a)))

WAX_BINARY(add, a + b)
WAX_BINARY(sub, a - b)
WAX_BINARY(mul, a* b)
WAX_BINARY(div, a / b)
WAX_BINARY(min, detail::minimum_lanes<T>(a, b))
WAX_BINARY(max, detail::maximum_lanes<T>(a, b))

#undef WAX_UNARY_OF
#undef WAX_BINARY_OF
#undef WAX_UNARY
#undef WAX_BINARY

#define WAX_EVAL(name, operands, result)                                                           \
  template <>                                                                                      \
  struct Eval<Op::name> {                                                                          \
    WAX_ALWAYS_INLINE static V128 of operands { return result; }                                   \
  };

WAX_EVAL(f32x4_sqrt, (const V128& a), (detail::by_lane<Op::f32_sqrt, float>(a)))
WAX_EVAL(f64x2_sqrt, (const V128& a), (detail::by_lane<Op::f64_sqrt, double>(a)))

namespace detail {

/// `b` where it is the smaller one (`Less`) or the greater one, otherwise `a`, bit for bit.
template <class T, bool Less>
[[nodiscard]] WAX_ALWAYS_INLINE V128 pseudo(const V128& x, const V128& y) {
  if constexpr (!kFloatVectorsAreIeee) {
    V128 out;
    for (unsigned i = 0; i < kLanes<T>; ++i) {
      const T a = lane_of<T>(x, i), b = lane_of<T>(y, i);
      set_lane(out, i, (Less ? b < a : a < b) ? b : a);
    }
    return out;
  } else {
    const Vector<T> a = lanes<T>(x), b = lanes<T>(y);
    if constexpr (Less)
      return packed(select_lanes<T>(b < a, b, a));
    else
      return packed(select_lanes<T>(a < b, b, a));
  }
}

template <class I>
[[nodiscard]] WAX_ALWAYS_INLINE V128 trunc_sat_f32x4(const V128& v) {
  if constexpr (kFloatVectorsAreIeee) return packed(trunc_sat_lanes<I, float>(lanes<float>(v)));
  constexpr Op kScalar = std::is_signed_v<I> ? Op::i32_trunc_sat_f32_s : Op::i32_trunc_sat_f32_u;
  return convert_lanes<kScalar, float, uint32_t, 4>(v);
}

} // namespace detail

WAX_EVAL(f32x4_pmin, (const V128& a, const V128& b), (detail::pseudo<float, true>(a, b)))
WAX_EVAL(f32x4_pmax, (const V128& a, const V128& b), (detail::pseudo<float, false>(a, b)))
WAX_EVAL(f64x2_pmin, (const V128& a, const V128& b), (detail::pseudo<double, true>(a, b)))
WAX_EVAL(f64x2_pmax, (const V128& a, const V128& b), (detail::pseudo<double, false>(a, b)))

WAX_EVAL(i32x4_trunc_sat_f32x4_s, (const V128& a), detail::trunc_sat_f32x4<int32_t>(a))
WAX_EVAL(i32x4_trunc_sat_f32x4_u, (const V128& a), detail::trunc_sat_f32x4<uint32_t>(a))
WAX_EVAL(i32x4_trunc_sat_f64x2_s_zero, (const V128& a),
         (detail::convert_lanes<Op::i32_trunc_sat_f64_s, double, uint32_t, 2>(a)))
WAX_EVAL(i32x4_trunc_sat_f64x2_u_zero, (const V128& a),
         (detail::convert_lanes<Op::i32_trunc_sat_f64_u, double, uint32_t, 2>(a)))
WAX_EVAL(f32x4_convert_i32x4_s, (const V128& a),
         detail::lanewise<int32_t>(
             [](const detail::Vector<int32_t>& x) {
               return __builtin_convertvector(x, detail::Vector<float>);
             },
             a))
WAX_EVAL(f32x4_convert_i32x4_u, (const V128& a),
         detail::lanewise<uint32_t>(
             [](const detail::Vector<uint32_t>& x) {
               return __builtin_convertvector(x, detail::Vector<float>);
             },
             a))
WAX_EVAL(f64x2_convert_low_i32x4_s, (const V128& a),
         (detail::convert_lanes<Op::f64_convert_i32_s, uint32_t, double, 2>(a)))
WAX_EVAL(f64x2_convert_low_i32x4_u, (const V128& a),
         (detail::convert_lanes<Op::f64_convert_i32_u, uint32_t, double, 2>(a)))
WAX_EVAL(f32x4_demote_f64x2_zero, (const V128& a),
         (detail::convert_lanes<Op::f32_demote_f64, double, float, 2>(a)))
WAX_EVAL(f64x2_promote_low_f32x4, (const V128& a),
         (detail::convert_lanes<Op::f64_promote_f32, float, double, 2>(a)))

#undef WAX_EVAL

} // namespace waxwing
