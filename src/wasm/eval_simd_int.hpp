// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integer vector operators (spec section 4.3.5). A row stands for the operator of every shape that
// its macro names; in its expression `a` and `b` are the operands as lanes of `T` (unsigned) or `S`
// (signed), whichever the row asks for, and `n` is a shift count within the width.
#pragma once

#include "wasm/eval_vector.hpp"

namespace waxwing {
namespace detail {

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<T> min_lanes(Vector<T> a, Vector<T> b) {
  return select_lanes<T>(a < b, a, b);
}
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<T> max_lanes(Vector<T> a, Vector<T> b) {
  return select_lanes<T>(a > b, a, b);
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<T> abs_lanes(Vector<T> a) {
  using U = std::make_unsigned_t<T>;
  const Vector<U> sign = as_lanes<U>(a < T{0});
  return as_lanes<T>((as_lanes<U>(a) ^ sign) - sign);
}

template <class U>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<U> add_sat_u(Vector<U> a, Vector<U> b) {
  const Vector<U> sum = a + b;
  return sum | as_lanes<U>(sum < a);
}
template <class U>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<U> sub_sat_u(Vector<U> a, Vector<U> b) {
  return (a - b) & as_lanes<U>(a >= b);
}

/// The value at the end of the range on the side of `a`.
template <class U>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<U> saturated(Vector<U> a) {
  using S = std::make_signed_t<U>;
  return as_lanes<U>(as_lanes<S>(a) < S{0}) ^ static_cast<U>(std::numeric_limits<S>::max());
}
template <class U>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<U> add_sat_s(Vector<U> a, Vector<U> b) {
  using S = std::make_signed_t<U>;
  const Vector<U> sum = a + b;
  const Vector<U> overflow = (a ^ sum) & (b ^ sum);
  return select_lanes<U>(as_lanes<S>(overflow) < S{0}, saturated<U>(a), sum);
}
template <class U>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<U> sub_sat_s(Vector<U> a, Vector<U> b) {
  using S = std::make_signed_t<U>;
  const Vector<U> difference = a - b;
  const Vector<U> overflow = (a ^ b) & (a ^ difference);
  return select_lanes<U>(as_lanes<S>(overflow) < S{0}, saturated<U>(a), difference);
}

[[nodiscard]] WAX_ALWAYS_INLINE Vector<uint8_t> popcnt_lanes(Vector<uint8_t> a) {
  // On 64-bit lanes, since few targets shift bytes.
  using U = std::conditional_t<kComputesVectors, uint64_t, uint8_t>;
  const auto part = [](Vector<uint8_t> v, U shift, uint64_t mask) {
    return as_lanes<uint8_t>((as_lanes<U>(v) >> shift) & static_cast<U>(mask));
  };
  a = a - part(a, 1, 0x5555555555555555u);
  a = part(a, 0, 0x3333333333333333u) + part(a, 2, 0x3333333333333333u);
  return (a + part(a, 4, 0x0F0F0F0F0F0F0F0Fu)) & uint8_t{0x0F};
}

/// Narrows two vectors of signed `Wide` lanes to lanes of `T`, saturating.
template <class T, class Wide>
[[nodiscard]] WAX_ALWAYS_INLINE V128 narrow_lanes(Vector<Wide> low, Vector<Wide> high) {
  const Vector<Wide> least = splat(static_cast<Wide>(std::numeric_limits<T>::min()));
  const Vector<Wide> most = splat(static_cast<Wide>(std::numeric_limits<T>::max()));
  return join_halves<T>(min_lanes<Wide>(max_lanes<Wide>(low, least), most),
                        min_lanes<Wide>(max_lanes<Wide>(high, least), most));
}
/// `value`, or the value of `T` that is nearest to it.
template <class T, class Wide>
[[nodiscard]] WAX_ALWAYS_INLINE T clamped(Wide value) {
  constexpr auto kLeast = static_cast<Wide>(std::numeric_limits<T>::min());
  constexpr auto kMost = static_cast<Wide>(std::numeric_limits<T>::max());
  return static_cast<T>(value < kLeast ? kLeast : value > kMost ? kMost : value);
}
template <class T, class Wide>
[[nodiscard]] WAX_ALWAYS_INLINE V128 narrow(const V128& low, const V128& high) {
  if constexpr (kComputesVectors)
    return narrow_lanes<T, Wide>(lanes<Wide>(low), lanes<Wide>(high));
  else
    return make_lanes<T>([&](unsigned i) {
      return clamped<T>(lane_of<Wide>(i < kLanes<Wide> ? low : high, i % kLanes<Wide>));
    });
}

/// Products of the lower or upper lanes in lanes of twice the width, which hold them exactly.
template <class T, bool High>
[[nodiscard]] WAX_ALWAYS_INLINE V128 extmul(const V128& a, const V128& b) {
  using W = Wider<T>;
  if constexpr (kComputesVectors) {
    using U = std::make_unsigned_t<W>;
    return packed(as_lanes<U>(extend_half_lanes<T, High>(a)) *
                  as_lanes<U>(extend_half_lanes<T, High>(b)));
  } else {
    return make_lanes<W>([&](unsigned i) {
      const unsigned from = i + (High ? kLanes<W> : 0);
      return static_cast<W>(static_cast<Ring<W>>(lane_of<T>(a, from)) *
                            static_cast<Ring<W>>(lane_of<T>(b, from)));
    });
  }
}

/// The even lanes (`Odd` false) or the odd ones, extended to twice the width.
template <class T, bool Odd>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<Wider<T>> extend_alternate(const V128& v) {
  using W = Wider<T>;
  using U = std::make_unsigned_t<W>;
  constexpr W kShift = sizeof(T) * 8;
  if constexpr (Odd)
    return lanes<W>(v) >> kShift;
  else
    return as_lanes<W>(lanes<U>(v) << static_cast<U>(kShift)) >> kShift;
}
/// Lane `i`, extended to what is computed in for lanes of `W`.
template <class T, class W = Wider<T>>
[[nodiscard]] WAX_ALWAYS_INLINE Ring<W> extended_lane(const V128& v, unsigned i) {
  return static_cast<Ring<W>>(lane_of<T>(v, i));
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE V128 extadd_pairwise(const V128& v) {
  if constexpr (kComputesVectors)
    return packed(extend_alternate<T, false>(v) + extend_alternate<T, true>(v));
  else
    return make_lanes<Wider<T>>([&](unsigned i) {
      return static_cast<Wider<T>>(extended_lane<T>(v, 2 * i) + extended_lane<T>(v, 2 * i + 1));
    });
}

/// Sum of the products of the neighbours that wide lane `i` stands for.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE Ring<Wider<T>> dot_lane(const V128& a, const V128& b, unsigned i) {
  return extended_lane<T>(a, 2 * i) * extended_lane<T>(b, 2 * i) +
         extended_lane<T>(a, 2 * i + 1) * extended_lane<T>(b, 2 * i + 1);
}
/// Sums of the products of neighbours; wraps for the one case that is too large.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE V128 dot(const V128& a, const V128& b) {
  using U = std::make_unsigned_t<Wider<T>>;
  if constexpr (kComputesVectors)
    return packed(
        as_lanes<U>(extend_alternate<T, false>(a)) * as_lanes<U>(extend_alternate<T, false>(b)) +
        as_lanes<U>(extend_alternate<T, true>(a)) * as_lanes<U>(extend_alternate<T, true>(b)));
  else
    return make_lanes<U>([&](unsigned i) { return static_cast<U>(dot_lane<T>(a, b, i)); });
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE V128 q15mulr_sat(const V128& a, const V128& b) {
  const auto half = [](auto x, auto y) { return (x * y + 0x4000) >> 15; };
  if constexpr (kComputesVectors)
    return narrow_lanes<T, Wider<T>>(
        half(extend_half_lanes<T, false>(a), extend_half_lanes<T, false>(b)),
        half(extend_half_lanes<T, true>(a), extend_half_lanes<T, true>(b)));
  else
    return make_lanes<T>([&](unsigned i) {
      return clamped<T>(half(Wider<T>{lane_of<T>(a, i)}, Wider<T>{lane_of<T>(b, i)}));
    });
}

/// Whether no lane is zero.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE uint32_t all_true(const V128& v) {
  if constexpr (kComputesVectors) {
    const Vector<uint64_t> zero = as_lanes<uint64_t>(lanes<T>(v) == T{0});
    return (zero[0] | zero[1]) == 0;
  } else {
    uint32_t all = 1;
    for (unsigned i = 0; i < kLanes<T>; ++i) all &= lane_of<T>(v, i) != 0 ? 1 : 0;
    return all;
  }
}

/// The sign bits of the lanes, lane 0 lowest.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE uint32_t bitmask(const V128& v) {
  if constexpr (sizeof(T) == 1 && kComputesVectors) {
    // The product moves bit 7 of byte i to bit 56 + i, without carries.
    const auto gather = [](uint64_t bytes) {
      return static_cast<uint32_t>(((bytes & 0x8080808080808080u) * 0x0002040810204081u) >> 56);
    };
    return gather(lane_of<uint64_t>(v, 0)) | gather(lane_of<uint64_t>(v, 1)) << 8;
  } else {
    uint32_t mask = 0;
    for (unsigned i = 0; i < kLanes<T>; ++i)
      mask |= static_cast<uint32_t>(lane_of<T>(v, i) >> (sizeof(T) * 8 - 1)) << i;
    return mask;
  }
}

} // namespace detail

#define WAX_UNARY(shape, bits, name, lane, result)                                                 \
  template <>                                                                                      \
  struct Eval<Op::shape##_##name> {                                                                \
    using T = uint##bits##_t;                                                                      \
    using S = int##bits##_t;                                                                       \
    WAX_ALWAYS_INLINE static V128 of(const V128& x) {                                              \
      return detail::lanewise<lane>(                                                               \
          [](const detail::Vector<lane>& a) WAX_INLINE_LAMBDA { return result; }, x);              \
    }                                                                                              \
  };
#define WAX_BINARY(shape, bits, name, lane, result)                                                \
  template <>                                                                                      \
  struct Eval<Op::shape##_##name> {                                                                \
    using T = uint##bits##_t;                                                                      \
    using S = int##bits##_t;                                                                       \
    WAX_ALWAYS_INLINE static V128 of(const V128& x, const V128& y) {                               \
      return detail::lanewise<lane>(                                                               \
          [](const detail::Vector<lane>& a, const detail::Vector<lane>& b)                         \
              WAX_INLINE_LAMBDA { return result; },                                                \
          x, y);                                                                                   \
    }                                                                                              \
  };
#define WAX_SHIFT(shape, bits, name, lane, result)                                                 \
  template <>                                                                                      \
  struct Eval<Op::shape##_##name> {                                                                \
    using T = uint##bits##_t;                                                                      \
    using S = int##bits##_t;                                                                       \
    WAX_ALWAYS_INLINE static V128 of(const V128& x, uint32_t count) {                              \
      const lane n = static_cast<lane>(count & (bits - 1));                                        \
      return detail::lanewise<lane>(                                                               \
          [n](const detail::Vector<lane>& a) WAX_INLINE_LAMBDA { return result; }, x);             \
    }                                                                                              \
  };
#define WAX_TEST(shape, bits, name, lane, result)                                                  \
  template <>                                                                                      \
  struct Eval<Op::shape##_##name> {                                                                \
    using T = uint##bits##_t;                                                                      \
    WAX_ALWAYS_INLINE static uint32_t of(const V128& x) { return result; }                         \
  };

#define WAX_8_16(kind, name, lane, result)                                                         \
  kind(i8x16, 8, name, lane, result) kind(i16x8, 16, name, lane, result)
#define WAX_8_16_32(kind, name, lane, result)                                                      \
  WAX_8_16(kind, name, lane, result) kind(i32x4, 32, name, lane, result)
#define WAX_16_32_64(kind, name, lane, result)                                                     \
  kind(i16x8, 16, name, lane, result) kind(i32x4, 32, name, lane, result)                          \
      kind(i64x2, 64, name, lane, result)
#define WAX_ALL(kind, name, lane, result)                                                          \
  WAX_8_16_32(kind, name, lane, result) kind(i64x2, 64, name, lane, result)

WAX_ALL(WAX_BINARY, eq, T, a == b)
WAX_ALL(WAX_BINARY, ne, T, a != b)
WAX_ALL(WAX_BINARY, lt_s, S, a < b)
WAX_8_16_32(WAX_BINARY, lt_u, T, a < b)
WAX_ALL(WAX_BINARY, gt_s, S, a > b)
WAX_8_16_32(WAX_BINARY, gt_u, T, a > b)
WAX_ALL(WAX_BINARY, le_s, S, a <= b)
WAX_8_16_32(WAX_BINARY, le_u, T, a <= b)
WAX_ALL(WAX_BINARY, ge_s, S, a >= b)
WAX_8_16_32(WAX_BINARY, ge_u, T, a >= b)

WAX_ALL(WAX_UNARY, abs, S, detail::abs_lanes<S>(a))
WAX_ALL(WAX_UNARY, neg, T, -a)
WAX_UNARY(i8x16, 8, popcnt, T, detail::popcnt_lanes(a))
WAX_ALL(WAX_TEST, all_true, T, detail::all_true<T>(x))
WAX_ALL(WAX_TEST, bitmask, T, detail::bitmask<T>(x))

WAX_ALL(WAX_SHIFT, shl, T, a << n)
WAX_ALL(WAX_SHIFT, shr_s, S, a >> n)
WAX_ALL(WAX_SHIFT, shr_u, T, a >> n)

WAX_ALL(WAX_BINARY, add, T, a + b)
WAX_ALL(WAX_BINARY, sub, T, a - b)
WAX_16_32_64(WAX_BINARY, mul, T, a* b)
WAX_8_16(WAX_BINARY, add_sat_s, T, detail::add_sat_s<T>(a, b))
WAX_8_16(WAX_BINARY, add_sat_u, T, detail::add_sat_u<T>(a, b))
WAX_8_16(WAX_BINARY, sub_sat_s, T, detail::sub_sat_s<T>(a, b))
WAX_8_16(WAX_BINARY, sub_sat_u, T, detail::sub_sat_u<T>(a, b))
WAX_8_16_32(WAX_BINARY, min_s, S, detail::min_lanes<S>(a, b))
WAX_8_16_32(WAX_BINARY, min_u, T, detail::min_lanes<T>(a, b))
WAX_8_16_32(WAX_BINARY, max_s, S, detail::max_lanes<S>(a, b))
WAX_8_16_32(WAX_BINARY, max_u, T, detail::max_lanes<T>(a, b))
// The mean, rounded up: what both have, and half of what one has.
WAX_8_16(WAX_BINARY, avgr_u, T, (a | b) - ((a ^ b) >> T{1}))

#undef WAX_UNARY
#undef WAX_BINARY
#undef WAX_SHIFT
#undef WAX_TEST
#undef WAX_8_16
#undef WAX_8_16_32
#undef WAX_16_32_64
#undef WAX_ALL

// From lanes of `bits` to lanes of twice as many.
#define WAX_EVAL(name, operands, result)                                                           \
  template <>                                                                                      \
  struct Eval<Op::name> {                                                                          \
    WAX_ALWAYS_INLINE static V128 of operands { return result; }                                   \
  };
#define WAX_WIDENING(wide, narrow, bits)                                                           \
  WAX_EVAL(wide##_extend_low_##narrow##_s, (const V128& a),                                        \
           (detail::extend_half<int##bits##_t, false>(a)))                                         \
  WAX_EVAL(wide##_extend_high_##narrow##_s, (const V128& a),                                       \
           (detail::extend_half<int##bits##_t, true>(a)))                                          \
  WAX_EVAL(wide##_extend_low_##narrow##_u, (const V128& a),                                        \
           (detail::extend_half<uint##bits##_t, false>(a)))                                        \
  WAX_EVAL(wide##_extend_high_##narrow##_u, (const V128& a),                                       \
           (detail::extend_half<uint##bits##_t, true>(a)))                                         \
  WAX_EVAL(wide##_extmul_low_##narrow##_s, (const V128& a, const V128& b),                         \
           (detail::extmul<int##bits##_t, false>(a, b)))                                           \
  WAX_EVAL(wide##_extmul_high_##narrow##_s, (const V128& a, const V128& b),                        \
           (detail::extmul<int##bits##_t, true>(a, b)))                                            \
  WAX_EVAL(wide##_extmul_low_##narrow##_u, (const V128& a, const V128& b),                         \
           (detail::extmul<uint##bits##_t, false>(a, b)))                                          \
  WAX_EVAL(wide##_extmul_high_##narrow##_u, (const V128& a, const V128& b),                        \
           (detail::extmul<uint##bits##_t, true>(a, b)))

WAX_WIDENING(i16x8, i8x16, 8)
WAX_WIDENING(i32x4, i16x8, 16)
WAX_WIDENING(i64x2, i32x4, 32)

WAX_EVAL(i8x16_narrow_i16x8_s, (const V128& a, const V128& b),
         (detail::narrow<int8_t, int16_t>(a, b)))
WAX_EVAL(i8x16_narrow_i16x8_u, (const V128& a, const V128& b),
         (detail::narrow<uint8_t, int16_t>(a, b)))
WAX_EVAL(i16x8_narrow_i32x4_s, (const V128& a, const V128& b),
         (detail::narrow<int16_t, int32_t>(a, b)))
WAX_EVAL(i16x8_narrow_i32x4_u, (const V128& a, const V128& b),
         (detail::narrow<uint16_t, int32_t>(a, b)))
WAX_EVAL(i16x8_extadd_pairwise_i8x16_s, (const V128& a), detail::extadd_pairwise<int8_t>(a))
WAX_EVAL(i16x8_extadd_pairwise_i8x16_u, (const V128& a), detail::extadd_pairwise<uint8_t>(a))
WAX_EVAL(i32x4_extadd_pairwise_i16x8_s, (const V128& a), detail::extadd_pairwise<int16_t>(a))
WAX_EVAL(i32x4_extadd_pairwise_i16x8_u, (const V128& a), detail::extadd_pairwise<uint16_t>(a))
WAX_EVAL(i32x4_dot_i16x8_s, (const V128& a, const V128& b), detail::dot<int16_t>(a, b))
WAX_EVAL(i16x8_q15mulr_sat_s, (const V128& a, const V128& b), detail::q15mulr_sat<int16_t>(a, b))

#undef WAX_EVAL
#undef WAX_WIDENING

} // namespace waxwing
