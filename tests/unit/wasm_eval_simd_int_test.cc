// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integer vector operators, lane by lane against the definition in 64-bit arithmetic.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "wasm/eval_simd.hpp"

namespace waxwing {
namespace {

using detail::kLanes;
using detail::lane_of;
using detail::set_lane;
using detail::Wider;

/// The values where a lane of `T` behaves in its own way.
template <class T>
struct Edges {
  using U = std::make_unsigned_t<T>;
  static constexpr U kTop = static_cast<U>(U{1} << (sizeof(T) * 8 - 1));
  static constexpr U kValues[] = {0,
                                  1,
                                  2,
                                  3,
                                  static_cast<U>(kTop - 1),
                                  kTop,
                                  static_cast<U>(kTop + 1),
                                  static_cast<U>(~U{0}),
                                  static_cast<U>(~U{1}),
                                  0x55,
                                  0x7F,
                                  static_cast<U>(kTop >> 1),
                                  static_cast<U>(~kTop >> 1)};
  static constexpr size_t kCount = std::size(kValues);

  /// A vector in which every lane has another value.
  static V128 vector(size_t start, size_t step) {
    V128 v;
    for (unsigned i = 0; i < kLanes<T>; ++i) set_lane(v, i, kValues[(start + step * i) % kCount]);
    return v;
  }
};

/// Checks `eval<O>(x, y)` lane by lane: `f(a, b)` gives the lane as a wide number, of which the
/// low bits count.
template <Op O, class T, class F>
void check_binary(F f) {
  for (size_t i = 0; i < Edges<T>::kCount; ++i)
    for (size_t j = 0; j < Edges<T>::kCount; ++j) {
      const V128 x = Edges<T>::vector(i, 1), y = Edges<T>::vector(j, 5);
      const V128 z = eval<O>(x, y);
      for (unsigned k = 0; k < kLanes<T>; ++k) {
        const T a = lane_of<T>(x, k), b = lane_of<T>(y, k);
        ASSERT_EQ(lane_of<T>(z, k), static_cast<T>(f(a, b)))
            << op_name(O) << " " << +a << " " << +b;
      }
    }
}

template <Op O, class T, class F>
void check_unary(F f) {
  for (size_t i = 0; i < Edges<T>::kCount; ++i) {
    const V128 x = Edges<T>::vector(i, 1);
    const V128 z = eval<O>(x);
    for (unsigned k = 0; k < kLanes<T>; ++k) {
      const T a = lane_of<T>(x, k);
      ASSERT_EQ(lane_of<T>(z, k), static_cast<T>(f(a))) << op_name(O) << " " << +a;
    }
  }
}

/// `F` on numbers that hold every sum and product of lanes.
using Wide64 = int64_t;

template <class T>
Wide64 clamp_to(Wide64 a) {
  return std::clamp<Wide64>(a, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

#define EACH_SIGN_8_16_32(check, name, lambda)                                                     \
  check<Op::i8x16_##name##_s, int8_t>(lambda);                                                     \
  check<Op::i8x16_##name##_u, uint8_t>(lambda);                                                    \
  check<Op::i16x8_##name##_s, int16_t>(lambda);                                                    \
  check<Op::i16x8_##name##_u, uint16_t>(lambda);                                                   \
  check<Op::i32x4_##name##_s, int32_t>(lambda);                                                    \
  check<Op::i32x4_##name##_u, uint32_t>(lambda);
#define EACH_UNSIGNED(check, name, lambda)                                                         \
  check<Op::i8x16_##name, uint8_t>(lambda);                                                        \
  check<Op::i16x8_##name, uint16_t>(lambda);                                                       \
  check<Op::i32x4_##name, uint32_t>(lambda);                                                       \
  check<Op::i64x2_##name, uint64_t>(lambda);

TEST(EvalSimdInt, Compares) {
  const auto eq = [](auto a, auto b) { return -Wide64{a == b}; };
  const auto ne = [](auto a, auto b) { return -Wide64{a != b}; };
  const auto lt = [](auto a, auto b) { return -Wide64{a < b}; };
  const auto gt = [](auto a, auto b) { return -Wide64{a > b}; };
  const auto le = [](auto a, auto b) { return -Wide64{a <= b}; };
  const auto ge = [](auto a, auto b) { return -Wide64{a >= b}; };
  EACH_UNSIGNED(check_binary, eq, eq)
  EACH_UNSIGNED(check_binary, ne, ne)
  EACH_SIGN_8_16_32(check_binary, lt, lt)
  EACH_SIGN_8_16_32(check_binary, gt, gt)
  EACH_SIGN_8_16_32(check_binary, le, le)
  EACH_SIGN_8_16_32(check_binary, ge, ge)
  check_binary<Op::i64x2_lt_s, int64_t>(lt);
  check_binary<Op::i64x2_gt_s, int64_t>(gt);
  check_binary<Op::i64x2_le_s, int64_t>(le);
  check_binary<Op::i64x2_ge_s, int64_t>(ge);
}

TEST(EvalSimdInt, AddsSubtractsAndMultiplies) {
  const auto add = [](auto a, auto b) { return uint64_t{a} + b; };
  const auto sub = [](auto a, auto b) { return uint64_t{a} - b; };
  const auto mul = [](auto a, auto b) { return uint64_t{a} * b; };
  EACH_UNSIGNED(check_binary, add, add)
  EACH_UNSIGNED(check_binary, sub, sub)
  check_binary<Op::i16x8_mul, uint16_t>(mul);
  check_binary<Op::i32x4_mul, uint32_t>(mul);
  check_binary<Op::i64x2_mul, uint64_t>(mul);
}

TEST(EvalSimdInt, Saturates) {
  const auto add = [](auto a, auto b) { return clamp_to<decltype(a)>(Wide64{a} + b); };
  const auto sub = [](auto a, auto b) { return clamp_to<decltype(a)>(Wide64{a} - b); };
  check_binary<Op::i8x16_add_sat_s, int8_t>(add);
  check_binary<Op::i8x16_add_sat_u, uint8_t>(add);
  check_binary<Op::i16x8_add_sat_s, int16_t>(add);
  check_binary<Op::i16x8_add_sat_u, uint16_t>(add);
  check_binary<Op::i8x16_sub_sat_s, int8_t>(sub);
  check_binary<Op::i8x16_sub_sat_u, uint8_t>(sub);
  check_binary<Op::i16x8_sub_sat_s, int16_t>(sub);
  check_binary<Op::i16x8_sub_sat_u, uint16_t>(sub);
  const auto q15 = [](auto a, auto b) { return clamp_to<int16_t>((Wide64{a} * b + 0x4000) >> 15); };
  check_binary<Op::i16x8_q15mulr_sat_s, int16_t>(q15);
  check_binary<Op::i16x8_relaxed_q15mulr_s, int16_t>(q15);
}

TEST(EvalSimdInt, TakesMinimumMaximumAndMean) {
  const auto min = [](auto a, auto b) { return a < b ? a : b; };
  const auto max = [](auto a, auto b) { return a > b ? a : b; };
  EACH_SIGN_8_16_32(check_binary, min, min)
  EACH_SIGN_8_16_32(check_binary, max, max)
  const auto mean = [](auto a, auto b) { return (Wide64{a} + b + 1) / 2; };
  check_binary<Op::i8x16_avgr_u, uint8_t>(mean);
  check_binary<Op::i16x8_avgr_u, uint16_t>(mean);
}

TEST(EvalSimdInt, NegatesAndCounts) {
  const auto neg = [](auto a) { return uint64_t{0} - a; };
  EACH_UNSIGNED(check_unary, neg, neg)
  const auto abs = [](auto a) {
    return a < 0 ? uint64_t{0} - static_cast<uint64_t>(a) : static_cast<uint64_t>(a);
  };
  check_unary<Op::i8x16_abs, int8_t>(abs);
  check_unary<Op::i16x8_abs, int16_t>(abs);
  check_unary<Op::i32x4_abs, int32_t>(abs);
  check_unary<Op::i64x2_abs, int64_t>(abs);
  for (unsigned a = 0; a < 256; ++a) {
    const V128 v = eval<Op::i8x16_popcnt>(eval<Op::i8x16_splat>(a));
    for (uint8_t byte : v.bytes) ASSERT_EQ(byte, std::popcount(a));
  }
}

template <Op O, class T>
void check_shift(uint64_t (*f)(uint64_t value, unsigned count, bool negative)) {
  constexpr unsigned kBits = sizeof(T) * 8;
  for (size_t i = 0; i < Edges<T>::kCount; ++i)
    for (uint32_t count : {0u, 1u, 7u, 8u, 15u, 16u, 31u, 32u, 63u, 64u, 65u, 128u, 0xFFFFFFFFu}) {
      const V128 x = Edges<T>::vector(i, 1);
      const V128 z = eval<O>(x, count);
      for (unsigned k = 0; k < kLanes<T>; ++k) {
        const T a = lane_of<T>(x, k);
        const bool negative = a >> (kBits - 1) & 1;
        // Sign-extended, so that the bits shifted in are there.
        const uint64_t wide = negative ? a | (~uint64_t{0} << (kBits - 1)) : a;
        ASSERT_EQ(lane_of<T>(z, k),
                  static_cast<T>(f(O == Op::i8x16_shr_u || O == Op::i16x8_shr_u ||
                                           O == Op::i32x4_shr_u || O == Op::i64x2_shr_u
                                       ? a
                                       : wide,
                                   count % kBits, negative)))
            << op_name(O) << " " << +a << " " << count;
      }
    }
}

TEST(EvalSimdInt, ShiftsModuloTheLaneWidth) {
  const auto shl = [](uint64_t a, unsigned n, bool) { return a << n; };
  const auto shr_u = [](uint64_t a, unsigned n, bool) { return a >> n; };
  const auto shr_s = [](uint64_t a, unsigned n, bool negative) {
    return negative ? ~(~a >> n) : a >> n;
  };
  EACH_UNSIGNED(check_shift, shl, shl)
  EACH_UNSIGNED(check_shift, shr_u, shr_u)
  EACH_UNSIGNED(check_shift, shr_s, shr_s)
}

template <Op O, class From, class To>
void check_narrow() {
  for (size_t i = 0; i < Edges<From>::kCount; ++i) {
    const V128 x = Edges<From>::vector(i, 1), y = Edges<From>::vector(i, 7);
    const V128 z = eval<O>(x, y);
    for (unsigned k = 0; k < kLanes<To>; ++k) {
      const From a = k < kLanes<From> ? lane_of<From>(x, k) : lane_of<From>(y, k - kLanes<From>);
      ASSERT_EQ(lane_of<To>(z, k), static_cast<To>(clamp_to<To>(a))) << op_name(O) << " " << a;
    }
  }
}

TEST(EvalSimdInt, Narrows) {
  check_narrow<Op::i8x16_narrow_i16x8_s, int16_t, int8_t>();
  check_narrow<Op::i8x16_narrow_i16x8_u, int16_t, uint8_t>();
  check_narrow<Op::i16x8_narrow_i32x4_s, int32_t, int16_t>();
  check_narrow<Op::i16x8_narrow_i32x4_u, int32_t, uint16_t>();
}

/// The widening operators of one pair of shapes, from lanes of `T`.
template <class T, Op Extend, Op ExtMul>
void check_widening(unsigned first) {
  using W = Wider<T>;
  for (size_t i = 0; i < Edges<T>::kCount; ++i) {
    const V128 x = Edges<T>::vector(i, 1), y = Edges<T>::vector(i, 3);
    const V128 extended = eval<Extend>(x), product = eval<ExtMul>(x, y);
    for (unsigned k = 0; k < kLanes<W>; ++k) {
      const T a = lane_of<T>(x, first + k), b = lane_of<T>(y, first + k);
      ASSERT_EQ(lane_of<W>(extended, k), W{a}) << op_name(Extend);
      ASSERT_EQ(lane_of<W>(product, k), static_cast<W>(W{a} * W{b})) << op_name(ExtMul);
    }
  }
}

TEST(EvalSimdInt, Widens) {
#define CHECK_WIDENING(wide, narrow, bits)                                                         \
  check_widening<int##bits##_t, Op::wide##_extend_low_##narrow##_s,                                \
                 Op::wide##_extmul_low_##narrow##_s>(0);                                           \
  check_widening<uint##bits##_t, Op::wide##_extend_low_##narrow##_u,                               \
                 Op::wide##_extmul_low_##narrow##_u>(0);                                           \
  check_widening<int##bits##_t, Op::wide##_extend_high_##narrow##_s,                               \
                 Op::wide##_extmul_high_##narrow##_s>(64 / bits);                                  \
  check_widening<uint##bits##_t, Op::wide##_extend_high_##narrow##_u,                              \
                 Op::wide##_extmul_high_##narrow##_u>(64 / bits);
  CHECK_WIDENING(i16x8, i8x16, 8)
  CHECK_WIDENING(i32x4, i16x8, 16)
  CHECK_WIDENING(i64x2, i32x4, 32)
#undef CHECK_WIDENING
}

template <Op O, class T>
void check_pairwise() {
  using W = Wider<T>;
  for (size_t i = 0; i < Edges<T>::kCount; ++i) {
    const V128 x = Edges<T>::vector(i, 1);
    const V128 z = eval<O>(x);
    for (unsigned k = 0; k < kLanes<W>; ++k)
      ASSERT_EQ(lane_of<W>(z, k), static_cast<W>(lane_of<T>(x, 2 * k) + lane_of<T>(x, 2 * k + 1)))
          << op_name(O);
  }
}

TEST(EvalSimdInt, AddsAndMultipliesNeighbours) {
  check_pairwise<Op::i16x8_extadd_pairwise_i8x16_s, int8_t>();
  check_pairwise<Op::i16x8_extadd_pairwise_i8x16_u, uint8_t>();
  check_pairwise<Op::i32x4_extadd_pairwise_i16x8_s, int16_t>();
  check_pairwise<Op::i32x4_extadd_pairwise_i16x8_u, uint16_t>();
  for (size_t i = 0; i < Edges<int16_t>::kCount; ++i)
    for (size_t j = 0; j < Edges<int16_t>::kCount; ++j) {
      const V128 x = Edges<int16_t>::vector(i, 1), y = Edges<int16_t>::vector(j, 3);
      const V128 z = eval<Op::i32x4_dot_i16x8_s>(x, y);
      for (unsigned k = 0; k < 4; ++k) {
        const Wide64 sum = Wide64{lane_of<int16_t>(x, 2 * k)} * lane_of<int16_t>(y, 2 * k) +
                           Wide64{lane_of<int16_t>(x, 2 * k + 1)} * lane_of<int16_t>(y, 2 * k + 1);
        ASSERT_EQ(lane_of<uint32_t>(z, k), static_cast<uint32_t>(sum));
      }
    }
}

TEST(EvalSimdInt, RelaxedDotProductsAreSignedAndSaturate) {
  for (size_t i = 0; i < Edges<int8_t>::kCount; ++i)
    for (size_t j = 0; j < Edges<int8_t>::kCount; ++j) {
      const V128 x = Edges<int8_t>::vector(i, 0), y = Edges<int8_t>::vector(j, 1);
      const V128 c = Edges<uint32_t>::vector(i, 1);
      const V128 z = eval<Op::i16x8_relaxed_dot_i8x16_i7x16_s>(x, y);
      const V128 sums = eval<Op::i32x4_relaxed_dot_i8x16_i7x16_add_s>(x, y, c);
      for (unsigned k = 0; k < 8; ++k) {
        const int sum = lane_of<int8_t>(x, 2 * k) * lane_of<int8_t>(y, 2 * k) +
                        lane_of<int8_t>(x, 2 * k + 1) * lane_of<int8_t>(y, 2 * k + 1);
        ASSERT_EQ(lane_of<int16_t>(z, k), clamp_to<int16_t>(sum));
      }
      for (unsigned k = 0; k < 4; ++k)
        ASSERT_EQ(
            lane_of<uint32_t>(sums, k),
            static_cast<uint32_t>(lane_of<int16_t>(z, 2 * k) + lane_of<int16_t>(z, 2 * k + 1)) +
                lane_of<uint32_t>(c, k));
    }
  const V128 least = eval<Op::i8x16_splat>(0x80u);
  EXPECT_EQ(lane_of<int16_t>(eval<Op::i16x8_relaxed_dot_i8x16_i7x16_s>(least, least), 3), 32767);
}

TEST(EvalSimdInt, TestsLanes) {
  const V128 zero{};
  EXPECT_EQ(eval<Op::v128_any_true>(zero), 0u);
  EXPECT_EQ(eval<Op::i8x16_bitmask>(zero), 0u);
  for (unsigned i = 0; i < 16; ++i) {
    V128 v{};
    v.bytes[i] = 0x80;
    EXPECT_EQ(eval<Op::v128_any_true>(v), 1u);
    EXPECT_EQ(eval<Op::i8x16_bitmask>(v), 1u << i);
    EXPECT_EQ(eval<Op::i16x8_bitmask>(v), i % 2 == 1 ? 1u << i / 2 : 0u);
    EXPECT_EQ(eval<Op::i32x4_bitmask>(v), i % 4 == 3 ? 1u << i / 4 : 0u);
    EXPECT_EQ(eval<Op::i64x2_bitmask>(v), i % 8 == 7 ? 1u << i / 8 : 0u);
    EXPECT_EQ(eval<Op::i8x16_all_true>(v), 0u);
    const V128 others = eval<Op::v128_not>(eval<Op::i8x16_ne>(v, zero));
    EXPECT_EQ(eval<Op::i8x16_bitmask>(others), 0xFFFFu ^ 1u << i);
    EXPECT_EQ(eval<Op::i8x16_all_true>(others), 0u);
    EXPECT_EQ(eval<Op::i16x8_all_true>(others), 1u);
  }
  V128 one_each{};
  one_each.bytes[1] = one_each.bytes[8] = 1;
  EXPECT_EQ(eval<Op::i64x2_all_true>(one_each), 1u);
  EXPECT_EQ(eval<Op::i32x4_all_true>(one_each), 0u);
}

TEST(EvalSimdLane, SplatsExtractsAndReplaces) {
  const V128 bytes = eval<Op::i8x16_splat>(0x1F0u);
  EXPECT_EQ(eval<Op::i8x16_extract_lane_s>(bytes, 15u), 0xFFFFFFF0u);
  EXPECT_EQ(eval<Op::i8x16_extract_lane_u>(bytes, 0u), 0xF0u);
  EXPECT_EQ(eval<Op::i16x8_extract_lane_s>(bytes, 7u), 0xFFFFF0F0u);
  EXPECT_EQ(eval<Op::i16x8_extract_lane_u>(bytes, 7u), 0xF0F0u);
  const V128 v = eval<Op::i64x2_replace_lane>(bytes, uint64_t{0x0123456789ABCDEF}, 1u);
  EXPECT_EQ(eval<Op::i64x2_extract_lane>(v, 0u), 0xF0F0F0F0F0F0F0F0u);
  EXPECT_EQ(eval<Op::i64x2_extract_lane>(v, 1u), 0x0123456789ABCDEFu);
  EXPECT_EQ(eval<Op::i32x4_extract_lane>(v, 2u), 0x89ABCDEFu);
  EXPECT_EQ(eval<Op::i8x16_extract_lane_u>(eval<Op::i8x16_replace_lane>(v, 0x123u, 8u), 8u), 0x23u);
  EXPECT_EQ(eval<Op::i16x8_extract_lane_u>(eval<Op::i16x8_replace_lane>(v, 0x12345u, 4u), 4u),
            0x2345u);
  // A signalling NaN stays as it is.
  const float nan = std::bit_cast<float>(0x7FA00001u);
  EXPECT_EQ(lane_of<uint32_t>(eval<Op::f32x4_splat>(nan), 3), 0x7FA00001u);
  EXPECT_EQ(lane_of<uint32_t>(eval<Op::f32x4_replace_lane>(v, nan, 1u), 1), 0x7FA00001u);
  EXPECT_EQ(detail::bits_of(eval<Op::f32x4_extract_lane>(eval<Op::f32x4_splat>(nan), 2u)),
            0x7FA00001u);
  EXPECT_EQ(eval<Op::f64x2_extract_lane>(eval<Op::f64x2_splat>(-2.5), 1u), -2.5);
}

TEST(EvalSimdLane, ShufflesAndSwizzles) {
  V128 a, b, selectors;
  for (unsigned i = 0; i < 16; ++i) {
    a.bytes[i] = static_cast<uint8_t>(0x10 + i);
    b.bytes[i] = static_cast<uint8_t>(0x20 + i);
    selectors.bytes[i] = static_cast<uint8_t>(31 - 2 * i);
  }
  const V128 shuffled = eval<Op::i8x16_shuffle>(a, b, selectors);
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned s = 31 - 2 * i;
    EXPECT_EQ(shuffled.bytes[i], s < 16 ? 0x10 + s : 0x20 + s - 16);
  }
  selectors.bytes[3] = 255;
  const V128 swizzled = eval<Op::i8x16_swizzle>(a, selectors);
  EXPECT_EQ(swizzled, eval<Op::i8x16_relaxed_swizzle>(a, selectors));
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned s = selectors.bytes[i];
    EXPECT_EQ(swizzled.bytes[i], s < 16 ? 0x10 + s : 0u);
  }
}

TEST(EvalSimdLane, CombinesBits) {
  const V128 a = eval<Op::i64x2_splat>(uint64_t{0x00FF00FF0F0F3355});
  const V128 b = eval<Op::i64x2_splat>(uint64_t{0x123456789ABCDEF0});
  const V128 mask = eval<Op::i64x2_splat>(uint64_t{0xFFFF0000FF00F00F});
  const uint64_t x = 0x00FF00FF0F0F3355, y = 0x123456789ABCDEF0, m = 0xFFFF0000FF00F00F;
  EXPECT_EQ(lane_of<uint64_t>(eval<Op::v128_not>(a), 1), ~x);
  EXPECT_EQ(lane_of<uint64_t>(eval<Op::v128_and>(a, b), 0), x & y);
  EXPECT_EQ(lane_of<uint64_t>(eval<Op::v128_andnot>(a, b), 0), x & ~y);
  EXPECT_EQ(lane_of<uint64_t>(eval<Op::v128_or>(a, b), 1), x | y);
  EXPECT_EQ(lane_of<uint64_t>(eval<Op::v128_xor>(a, b), 1), x ^ y);
  EXPECT_EQ(lane_of<uint64_t>(eval<Op::v128_bitselect>(a, b, mask), 1), (x & m) | (y & ~m));
  EXPECT_EQ(eval<Op::i16x8_relaxed_laneselect>(a, b, mask), eval<Op::v128_bitselect>(a, b, mask));
}

TEST(EvalSimdLane, WidensWhatALoadReads) {
  const uint64_t bytes = 0xFF7F80010203FE05;
  EXPECT_EQ(lane_of<int16_t>(vector_from_loaded<Op::v128_load8x8_s>(bytes), 7), -1);
  EXPECT_EQ(lane_of<int16_t>(vector_from_loaded<Op::v128_load8x8_s>(bytes), 1), -2);
  EXPECT_EQ(lane_of<uint16_t>(vector_from_loaded<Op::v128_load8x8_u>(bytes), 7), 0xFFu);
  EXPECT_EQ(lane_of<int32_t>(vector_from_loaded<Op::v128_load16x4_s>(bytes), 0), -507);
  EXPECT_EQ(lane_of<uint32_t>(vector_from_loaded<Op::v128_load16x4_u>(bytes), 3), 0xFF7Fu);
  EXPECT_EQ(lane_of<int64_t>(vector_from_loaded<Op::v128_load32x2_s>(bytes), 1), -8421375);
  EXPECT_EQ(lane_of<uint64_t>(vector_from_loaded<Op::v128_load32x2_u>(bytes), 1), 0xFF7F8001u);
  EXPECT_EQ(vector_from_loaded<Op::v128_load8_splat>(0x85).bytes[15], 0x85);
  EXPECT_EQ(lane_of<uint16_t>(vector_from_loaded<Op::v128_load16_splat>(0x8512), 7), 0x8512u);
  EXPECT_EQ(lane_of<uint32_t>(vector_from_loaded<Op::v128_load32_splat>(0x85121234), 3),
            0x85121234u);
  EXPECT_EQ(lane_of<uint64_t>(vector_from_loaded<Op::v128_load64_splat>(bytes), 1), bytes);
  EXPECT_EQ(lane_of<uint64_t>(vector_from_loaded<Op::v128_load32_zero>(0x85121234), 0),
            0x85121234u);
  EXPECT_EQ(lane_of<uint64_t>(vector_from_loaded<Op::v128_load64_zero>(bytes), 1), 0u);
}

} // namespace
} // namespace waxwing
