// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Relaxed vector operators (spec section 4.3.5). Where the spec lets an implementation choose, the
// choice here is always the first of its list, which is what its deterministic profile prescribes
// (appendix "Profiles"), the same on every target:
//   swizzle        a selector of 16 or more gives 0, as i8x16.swizzle
//   trunc          saturates, NaN gives 0, as i32x4.trunc_sat
//   madd, nmadd    two roundings: a * b + c and -(a * b) + c
//   laneselect     bit by bit, as v128.bitselect
//   min, max       as f32x4.min and max, f64x2.min and max
//   q15mulr        saturates, as i16x8.q15mulr_sat_s
//   dot            both operands signed, the sum of two products saturates
#pragma once

#include "wasm/eval_simd_float.hpp"
#include "wasm/eval_simd_int.hpp"
#include "wasm/eval_simd_lane.hpp"

namespace waxwing {
namespace detail {

/// `a * b + c`, or `-(a * b) + c`.
template <class T, bool Negate>
[[nodiscard]] WAX_ALWAYS_INLINE V128 madd(const V128& x, const V128& y, const V128& z) {
  if constexpr (!kFloatVectorsAreIeee) {
    V128 out;
    for (unsigned i = 0; i < kLanes<T>; ++i) {
      const T product = lane_of<T>(x, i) * lane_of<T>(y, i);
      set_lane<T>(out, i, (Negate ? -product : product) + lane_of<T>(z, i));
    }
    return out;
  } else {
    const Vector<T> product = lanes<T>(x) * lanes<T>(y);
    return packed((Negate ? -product : product) + lanes<T>(z));
  }
}

/// Sums of the products of neighbours. Only -128 * -128 twice does not fit.
[[nodiscard]] WAX_ALWAYS_INLINE V128 dot_i8x16(const V128& a, const V128& b) {
  using U = uint16_t;
  if constexpr (!kComputesVectors)
    return make_lanes<int16_t>([&](unsigned i) {
      return clamped<int16_t>(static_cast<int32_t>(dot_lane<int8_t>(a, b, i)));
    });
  else
    return packed(add_sat_s<U>(as_lanes<U>(extend_alternate<int8_t, false>(a)) *
                                   as_lanes<U>(extend_alternate<int8_t, false>(b)),
                               as_lanes<U>(extend_alternate<int8_t, true>(a)) *
                                   as_lanes<U>(extend_alternate<int8_t, true>(b))));
}

[[nodiscard]] WAX_ALWAYS_INLINE V128 dot_add(const V128& a, const V128& b, const V128& c) {
  const V128 sums = extadd_pairwise<int16_t>(dot_i8x16(a, b));
  return lanewise<uint32_t>(
      [](const Vector<uint32_t>& x, const Vector<uint32_t>& y) { return x + y; }, sums, c);
}

} // namespace detail

#define WAX_EVAL(name, operands, result)                                                           \
  template <>                                                                                      \
  struct Eval<Op::name> {                                                                          \
    WAX_ALWAYS_INLINE static V128 of operands { return result; }                                   \
  };
#define WAX_SAME(name, other, operands, arguments)                                                 \
  WAX_EVAL(name, operands, eval<Op::other> arguments)

WAX_SAME(i8x16_relaxed_swizzle, i8x16_swizzle, (const V128& a, const V128& b), (a, b))
WAX_SAME(i32x4_relaxed_trunc_f32x4_s, i32x4_trunc_sat_f32x4_s, (const V128& a), (a))
WAX_SAME(i32x4_relaxed_trunc_f32x4_u, i32x4_trunc_sat_f32x4_u, (const V128& a), (a))
WAX_SAME(i32x4_relaxed_trunc_f64x2_s_zero, i32x4_trunc_sat_f64x2_s_zero, (const V128& a), (a))
WAX_SAME(i32x4_relaxed_trunc_f64x2_u_zero, i32x4_trunc_sat_f64x2_u_zero, (const V128& a), (a))
WAX_EVAL(f32x4_relaxed_madd, (const V128& a, const V128& b, const V128& c),
         (detail::madd<float, false>(a, b, c)))
WAX_EVAL(f32x4_relaxed_nmadd, (const V128& a, const V128& b, const V128& c),
         (detail::madd<float, true>(a, b, c)))
WAX_EVAL(f64x2_relaxed_madd, (const V128& a, const V128& b, const V128& c),
         (detail::madd<double, false>(a, b, c)))
WAX_EVAL(f64x2_relaxed_nmadd, (const V128& a, const V128& b, const V128& c),
         (detail::madd<double, true>(a, b, c)))
WAX_SAME(i8x16_relaxed_laneselect, v128_bitselect, (const V128& a, const V128& b, const V128& mask),
         (a, b, mask))
WAX_SAME(i16x8_relaxed_laneselect, v128_bitselect, (const V128& a, const V128& b, const V128& mask),
         (a, b, mask))
WAX_SAME(i32x4_relaxed_laneselect, v128_bitselect, (const V128& a, const V128& b, const V128& mask),
         (a, b, mask))
WAX_SAME(i64x2_relaxed_laneselect, v128_bitselect, (const V128& a, const V128& b, const V128& mask),
         (a, b, mask))
WAX_SAME(f32x4_relaxed_min, f32x4_min, (const V128& a, const V128& b), (a, b))
WAX_SAME(f32x4_relaxed_max, f32x4_max, (const V128& a, const V128& b), (a, b))
WAX_SAME(f64x2_relaxed_min, f64x2_min, (const V128& a, const V128& b), (a, b))
WAX_SAME(f64x2_relaxed_max, f64x2_max, (const V128& a, const V128& b), (a, b))
WAX_SAME(i16x8_relaxed_q15mulr_s, i16x8_q15mulr_sat_s, (const V128& a, const V128& b), (a, b))
WAX_EVAL(i16x8_relaxed_dot_i8x16_i7x16_s, (const V128& a, const V128& b), detail::dot_i8x16(a, b))
WAX_EVAL(i32x4_relaxed_dot_i8x16_i7x16_add_s, (const V128& a, const V128& b, const V128& c),
         detail::dot_add(a, b, c))

#undef WAX_EVAL
#undef WAX_SAME

} // namespace waxwing
