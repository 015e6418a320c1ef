// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector operators that move lanes and bits (spec section 4.3.5): splats, extracts, shuffles,
// bitwise logic, and what a vector load makes of the bytes that it read.
#pragma once

#include "wasm/eval_vector.hpp"

namespace waxwing {
namespace detail {

/// Lanes selected by the bytes of `selectors` out of `count` bytes (a power of two).
template <unsigned Count>
[[nodiscard]] WAX_ALWAYS_INLINE V128 pick(const uint8_t (&bytes)[Count], const V128& selectors) {
  V128 out;
  for (unsigned i = 0; i < 16; ++i) out.bytes[i] = bytes[selectors.bytes[i] & (Count - 1)];
  return out;
}

[[nodiscard]] WAX_ALWAYS_INLINE V128 shuffle(const V128& a, const V128& b, const V128& selectors) {
  uint8_t both[32];
  std::memcpy(both, &a, 16);
  std::memcpy(both + 16, &b, 16);
  return pick(both, selectors);
}

[[nodiscard]] WAX_ALWAYS_INLINE V128 swizzle(const V128& a, const V128& selectors) {
  return lanewise<uint8_t>(
      [](const Vector<uint8_t>& picked, const Vector<uint8_t>& selector) {
        return picked & as_lanes<uint8_t>(selector < uint8_t{16});
      },
      pick(a.bytes, selectors), selectors);
}

template <class T, class Value>
[[nodiscard]] WAX_ALWAYS_INLINE V128 replace_lane(V128 v, Value value, unsigned lane) {
  set_lane(v, lane & (kLanes<T> - 1), static_cast<T>(value));
  return v;
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE T extract_lane(const V128& v, unsigned lane) {
  return lane_of<T>(v, lane & (kLanes<T> - 1));
}

} // namespace detail

#define WAX_EVAL(name, operands, result)                                                           \
  template <>                                                                                      \
  struct Eval<Op::name> {                                                                          \
    WAX_ALWAYS_INLINE static auto of operands { return result; }                                   \
  };

WAX_EVAL(i8x16_shuffle, (const V128& a, const V128& b, const V128& selectors),
         detail::shuffle(a, b, selectors))
WAX_EVAL(i8x16_swizzle, (const V128& a, const V128& selectors), detail::swizzle(a, selectors))

WAX_EVAL(i8x16_splat, (uint32_t a), detail::packed(detail::splat(static_cast<uint8_t>(a))))
WAX_EVAL(i16x8_splat, (uint32_t a), detail::packed(detail::splat(static_cast<uint16_t>(a))))
WAX_EVAL(i32x4_splat, (uint32_t a), detail::packed(detail::splat(a)))
WAX_EVAL(i64x2_splat, (uint64_t a), detail::packed(detail::splat(a)))
// By bits: adding to zero would change them.
WAX_EVAL(f32x4_splat, (float a), detail::packed(detail::splat(detail::bits_of(a))))
WAX_EVAL(f64x2_splat, (double a), detail::packed(detail::splat(detail::bits_of(a))))

WAX_EVAL(i8x16_extract_lane_s, (const V128& a, unsigned lane),
         static_cast<uint32_t>(int32_t{detail::extract_lane<int8_t>(a, lane)}))
WAX_EVAL(i8x16_extract_lane_u, (const V128& a, unsigned lane),
         uint32_t{detail::extract_lane<uint8_t>(a, lane)})
WAX_EVAL(i16x8_extract_lane_s, (const V128& a, unsigned lane),
         static_cast<uint32_t>(int32_t{detail::extract_lane<int16_t>(a, lane)}))
WAX_EVAL(i16x8_extract_lane_u, (const V128& a, unsigned lane),
         uint32_t{detail::extract_lane<uint16_t>(a, lane)})
WAX_EVAL(i32x4_extract_lane, (const V128& a, unsigned lane),
         detail::extract_lane<uint32_t>(a, lane))
WAX_EVAL(i64x2_extract_lane, (const V128& a, unsigned lane),
         detail::extract_lane<uint64_t>(a, lane))
WAX_EVAL(f32x4_extract_lane, (const V128& a, unsigned lane), detail::extract_lane<float>(a, lane))
WAX_EVAL(f64x2_extract_lane, (const V128& a, unsigned lane), detail::extract_lane<double>(a, lane))

WAX_EVAL(i8x16_replace_lane, (const V128& a, uint32_t b, unsigned lane),
         detail::replace_lane<uint8_t>(a, b, lane))
WAX_EVAL(i16x8_replace_lane, (const V128& a, uint32_t b, unsigned lane),
         detail::replace_lane<uint16_t>(a, b, lane))
WAX_EVAL(i32x4_replace_lane, (const V128& a, uint32_t b, unsigned lane),
         detail::replace_lane<uint32_t>(a, b, lane))
WAX_EVAL(i64x2_replace_lane, (const V128& a, uint64_t b, unsigned lane),
         detail::replace_lane<uint64_t>(a, b, lane))
WAX_EVAL(f32x4_replace_lane, (const V128& a, float b, unsigned lane),
         detail::replace_lane<float>(a, b, lane))
WAX_EVAL(f64x2_replace_lane, (const V128& a, double b, unsigned lane),
         detail::replace_lane<double>(a, b, lane))

namespace detail {
using Bits = Vector<uint64_t>;
} // namespace detail
WAX_EVAL(v128_not, (const V128& a),
         detail::lanewise<uint64_t>([](const detail::Bits& x) { return ~x; }, a))
WAX_EVAL(v128_and, (const V128& a, const V128& b),
         detail::lanewise<uint64_t>([](const detail::Bits& x,
                                       const detail::Bits& y) { return x & y; },
                                    a, b))
WAX_EVAL(v128_andnot, (const V128& a, const V128& b),
         detail::lanewise<uint64_t>([](const detail::Bits& x,
                                       const detail::Bits& y) { return x & ~y; },
                                    a, b))
WAX_EVAL(v128_or, (const V128& a, const V128& b),
         detail::lanewise<uint64_t>([](const detail::Bits& x,
                                       const detail::Bits& y) { return x | y; },
                                    a, b))
WAX_EVAL(v128_xor, (const V128& a, const V128& b),
         detail::lanewise<uint64_t>([](const detail::Bits& x,
                                       const detail::Bits& y) { return x ^ y; },
                                    a, b))
WAX_EVAL(
    v128_bitselect, (const V128& a, const V128& b, const V128& mask),
    detail::lanewise<uint64_t>([](const detail::Bits& m, const detail::Bits& x,
                                  const detail::Bits& y) { return detail::select_bits(m, x, y); },
                               mask, a, b))
WAX_EVAL(v128_any_true, (const V128& a),
         uint32_t{(detail::lane_of<uint64_t>(a, 0) | detail::lane_of<uint64_t>(a, 1)) != 0})

#undef WAX_EVAL

/// What a vector load other than `v128.load` and the lane loads makes of the `1 << width` bytes
/// that it read, given as a zero-extended little-endian number.
template <Op O>
[[nodiscard]] WAX_ALWAYS_INLINE V128 vector_from_loaded(uint64_t bytes) {
  const uint64_t halves[2] = {bytes, 0};
  const V128 low = detail::packed(halves);
  if constexpr (O == Op::v128_load8x8_s) return detail::extend_half<int8_t, false>(low);
  if constexpr (O == Op::v128_load8x8_u) return detail::extend_half<uint8_t, false>(low);
  if constexpr (O == Op::v128_load16x4_s) return detail::extend_half<int16_t, false>(low);
  if constexpr (O == Op::v128_load16x4_u) return detail::extend_half<uint16_t, false>(low);
  if constexpr (O == Op::v128_load32x2_s) return detail::extend_half<int32_t, false>(low);
  if constexpr (O == Op::v128_load32x2_u) return detail::extend_half<uint32_t, false>(low);
  if constexpr (O == Op::v128_load8_splat)
    return detail::packed(detail::splat(static_cast<uint8_t>(bytes)));
  if constexpr (O == Op::v128_load16_splat)
    return detail::packed(detail::splat(static_cast<uint16_t>(bytes)));
  if constexpr (O == Op::v128_load32_splat)
    return detail::packed(detail::splat(static_cast<uint32_t>(bytes)));
  if constexpr (O == Op::v128_load64_splat) return detail::packed(detail::splat(bytes));
  if constexpr (O == Op::v128_load32_zero || O == Op::v128_load64_zero) return low;
}

} // namespace waxwing
