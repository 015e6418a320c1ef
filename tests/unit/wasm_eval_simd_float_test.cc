// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floating-point vector operators, lane by lane against the scalar operators.
#include <gtest/gtest.h>

#include <cmath>
#include <iterator>

#include "wasm/eval.hpp"
#include "wasm/eval_simd.hpp"

namespace waxwing {
namespace {

using detail::kLanes;
using detail::lane_of;
using detail::set_lane;

template <class T>
struct Edges;
template <>
struct Edges<float> {
  static constexpr uint32_t kBits[] = {
      0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x00800000, 0x3E800000,
      0x3EFFFFFF, 0x3F000000, 0xBF000000, 0x3F333333, 0xBF333333, 0x3F800000, 0xBF800000,
      0x3FC00000, 0x40200000, 0xC0200000, 0x4AFFFFFF, 0xCAFFFFFF, 0x4B000000, 0x4B7FFFFF,
      0x4EFFFFFF, 0x4F000000, 0xCF000000, 0xCF000001, 0x4F7FFFFF, 0x4F800000, 0x7F7FFFFF,
      0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000, 0x7FA00000, 0xFF800001};
};
template <>
struct Edges<double> {
  static constexpr uint64_t kBits[] = {
      0x0000000000000000, 0x8000000000000000, 0x0000000000000001, 0x8000000000000001,
      0x0010000000000000, 0x3FD0000000000000, 0x3FDFFFFFFFFFFFFF, 0x3FE0000000000000,
      0xBFE0000000000000, 0x3FE6666666666666, 0xBFE6666666666666, 0x3FF0000000000000,
      0xBFF0000000000000, 0x4004000000000000, 0xC004000000000000, 0x432FFFFFFFFFFFFF,
      0x4330000000000000, 0x41DFFFFFFFFFFFFF, 0x41E0000000000000, 0xC1E0000000000000,
      0xC1E0000000200000, 0x41EFFFFFFFFFFFFF, 0x41F0000000000000, 0x7FEFFFFFFFFFFFFF,
      0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 0xFFF8000000000000,
      0x7FF4000000000000, 0xFFF0000000000001};
};

/// A vector in which every lane has another value.
template <class T>
V128 vector(size_t start, size_t step) {
  V128 v;
  for (unsigned i = 0; i < kLanes<T>; ++i)
    set_lane(v, i, Edges<T>::kBits[(start + step * i) % std::size(Edges<T>::kBits)]);
  return v;
}

template <class T>
bool is_canonical(T nan) {
  if constexpr (std::is_integral_v<T>)
    return false;
  else
    return (detail::bits_of(nan) & ~detail::FloatFormat<T>::kSign) ==
           detail::FloatFormat<T>::kCanonicalNan;
}

/// The same bits, or NaNs that both follow the rules for these operands (spec section 4.3.3).
template <class T, class... Operands>
testing::AssertionResult agree(T actual, T expected, Operands... operands) {
  const auto a = detail::bits_of(actual), b = detail::bits_of(expected);
  constexpr auto kQuiet = detail::FloatFormat<T>::kCanonicalNan;
  const bool must_be_canonical = ((operands == operands || is_canonical(operands)) && ...);
  if (a == b || (expected != expected && (a & kQuiet) == kQuiet &&
                 (is_canonical(actual) || !must_be_canonical)))
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << std::hex << a << " instead of " << b;
}

template <Op O, Op Scalar, class T>
void check_unary() {
  for (size_t i = 0; i < std::size(Edges<T>::kBits); ++i) {
    const V128 x = vector<T>(i, 1);
    const V128 z = eval<O>(x);
    for (unsigned k = 0; k < kLanes<T>; ++k)
      ASSERT_TRUE(agree(lane_of<T>(z, k), eval<Scalar>(lane_of<T>(x, k)), lane_of<T>(x, k)))
          << op_name(O) << " " << lane_of<T>(x, k);
  }
}

template <Op O, Op Scalar, class T>
void check_binary() {
  for (size_t i = 0; i < std::size(Edges<T>::kBits); ++i)
    for (size_t j = 0; j < std::size(Edges<T>::kBits); ++j) {
      const V128 x = vector<T>(i, 1), y = vector<T>(j, 3);
      const V128 z = eval<O>(x, y);
      for (unsigned k = 0; k < kLanes<T>; ++k)
        ASSERT_TRUE(agree(lane_of<T>(z, k), eval<Scalar>(lane_of<T>(x, k), lane_of<T>(y, k)),
                          lane_of<T>(x, k), lane_of<T>(y, k)))
            << op_name(O) << " " << lane_of<T>(x, k) << " " << lane_of<T>(y, k);
    }
}

template <Op O, Op Scalar, class T>
void check_compare() {
  using Bits = typename detail::FloatFormat<T>::Bits;
  for (size_t i = 0; i < std::size(Edges<T>::kBits); ++i)
    for (size_t j = 0; j < std::size(Edges<T>::kBits); ++j) {
      const V128 x = vector<T>(i, 1), y = vector<T>(j, 3);
      const V128 z = eval<O>(x, y);
      for (unsigned k = 0; k < kLanes<T>; ++k)
        ASSERT_EQ(lane_of<Bits>(z, k),
                  eval<Scalar>(lane_of<T>(x, k), lane_of<T>(y, k)) ? static_cast<Bits>(-1) : 0)
            << op_name(O);
    }
}

#define BOTH(check, name)                                                                          \
  check<Op::f32x4_##name, Op::f32_##name, float>();                                                \
  check<Op::f64x2_##name, Op::f64_##name, double>();

TEST(EvalSimdFloat, IsTheScalarOperatorOnEveryLane) {
  BOTH(check_unary, abs)
  BOTH(check_unary, neg)
  BOTH(check_unary, sqrt)
  BOTH(check_unary, ceil)
  BOTH(check_unary, floor)
  BOTH(check_unary, trunc)
  BOTH(check_unary, nearest)
  BOTH(check_binary, add)
  BOTH(check_binary, sub)
  BOTH(check_binary, mul)
  BOTH(check_binary, div)
  BOTH(check_binary, min)
  BOTH(check_binary, max)
  BOTH(check_compare, eq)
  BOTH(check_compare, ne)
  BOTH(check_compare, lt)
  BOTH(check_compare, gt)
  BOTH(check_compare, le)
  BOTH(check_compare, ge)
  check_binary<Op::f32x4_relaxed_min, Op::f32_min, float>();
  check_binary<Op::f64x2_relaxed_max, Op::f64_max, double>();
}

template <Op Min, Op Max, class T>
void check_pseudo() {
  using Bits = typename detail::FloatFormat<T>::Bits;
  for (size_t i = 0; i < std::size(Edges<T>::kBits); ++i)
    for (size_t j = 0; j < std::size(Edges<T>::kBits); ++j) {
      const V128 x = vector<T>(i, 1), y = vector<T>(j, 3);
      const V128 min = eval<Min>(x, y), max = eval<Max>(x, y);
      for (unsigned k = 0; k < kLanes<T>; ++k) {
        const T a = lane_of<T>(x, k), b = lane_of<T>(y, k);
        ASSERT_EQ(lane_of<Bits>(min, k), lane_of<Bits>(b < a ? y : x, k));
        ASSERT_EQ(lane_of<Bits>(max, k), lane_of<Bits>(a < b ? y : x, k));
      }
    }
}

TEST(EvalSimdFloat, PseudoMinimumKeepsBits) {
  check_pseudo<Op::f32x4_pmin, Op::f32x4_pmax, float>();
  check_pseudo<Op::f64x2_pmin, Op::f64x2_pmax, double>();
}

/// A conversion of the first `Count` lanes; the others are zero.
template <Op O, Op Scalar, class From, class To, unsigned Count, class Source>
void check_conversion(size_t count, Source source) {
  for (size_t i = 0; i < count; ++i) {
    const V128 x = source(i);
    const V128 z = eval<O>(x);
    for (unsigned k = 0; k < kLanes<To>; ++k) {
      const To expected = k < Count ? eval<Scalar>(lane_of<From>(x, k)) : To{};
      if constexpr (std::is_integral_v<To>)
        ASSERT_EQ(lane_of<To>(z, k), expected) << op_name(O) << " lane " << k << " from " << i;
      else
        ASSERT_TRUE(agree(lane_of<To>(z, k), expected, lane_of<From>(x, k % kLanes<From>)))
            << op_name(O) << " lane " << k;
    }
  }
}

TEST(EvalSimdFloat, Converts) {
  const auto floats = [](size_t i) { return vector<float>(i, 1); };
  const auto doubles = [](size_t i) { return vector<double>(i, 1); };
  constexpr size_t kFloats = std::size(Edges<float>::kBits);
  constexpr size_t kDoubles = std::size(Edges<double>::kBits);
  check_conversion<Op::i32x4_trunc_sat_f32x4_s, Op::i32_trunc_sat_f32_s, float, uint32_t, 4>(
      kFloats, floats);
  check_conversion<Op::i32x4_trunc_sat_f32x4_u, Op::i32_trunc_sat_f32_u, float, uint32_t, 4>(
      kFloats, floats);
  check_conversion<Op::i32x4_relaxed_trunc_f32x4_u, Op::i32_trunc_sat_f32_u, float, uint32_t, 4>(
      kFloats, floats);
  check_conversion<Op::i32x4_trunc_sat_f64x2_s_zero, Op::i32_trunc_sat_f64_s, double, uint32_t, 2>(
      kDoubles, doubles);
  check_conversion<Op::i32x4_trunc_sat_f64x2_u_zero, Op::i32_trunc_sat_f64_u, double, uint32_t, 2>(
      kDoubles, doubles);
  check_conversion<Op::f64x2_promote_low_f32x4, Op::f64_promote_f32, float, double, 2>(kFloats,
                                                                                       floats);
  check_conversion<Op::f32x4_demote_f64x2_zero, Op::f32_demote_f64, double, float, 2>(kDoubles,
                                                                                      doubles);
  // The same patterns as integers.
  check_conversion<Op::f32x4_convert_i32x4_s, Op::f32_convert_i32_s, uint32_t, float, 4>(kFloats,
                                                                                         floats);
  check_conversion<Op::f32x4_convert_i32x4_u, Op::f32_convert_i32_u, uint32_t, float, 4>(kFloats,
                                                                                         floats);
  check_conversion<Op::f64x2_convert_low_i32x4_s, Op::f64_convert_i32_s, uint32_t, double, 2>(
      kFloats, floats);
  check_conversion<Op::f64x2_convert_low_i32x4_u, Op::f64_convert_i32_u, uint32_t, double, 2>(
      kFloats, floats);
}

TEST(EvalSimdFloat, RelaxedMultiplyAddRoundsTwice) {
  // 1 + 2^-12, squared and less the rounded square: a fused form would leave 2^-24.
  const V128 a = eval<Op::f32x4_splat>(0x1.001p0f);
  const V128 c = eval<Op::f32x4_splat>(-0x1.002p0f);
  EXPECT_EQ(lane_of<float>(eval<Op::f32x4_relaxed_madd>(a, a, c), 2), 0.0f);
  EXPECT_EQ(lane_of<float>(eval<Op::f32x4_relaxed_nmadd>(a, a, eval<Op::f32x4_neg>(c)), 2), 0.0f);
  const V128 b = eval<Op::f64x2_splat>(0x1.0000001p0);
  const V128 d = eval<Op::f64x2_splat>(-0x1.0000002p0);
  EXPECT_EQ(lane_of<double>(eval<Op::f64x2_relaxed_madd>(b, b, d), 1), 0.0);
  EXPECT_EQ(lane_of<double>(eval<Op::f64x2_relaxed_nmadd>(b, b, b), 1),
            0x1.0000001p0 - 0x1.0000002p0);
}

TEST(EvalSimdFloat, DoesNotFlushSubnormals) {
  const V128 least = eval<Op::i32x4_splat>(1u);
  EXPECT_EQ(lane_of<uint32_t>(eval<Op::f32x4_add>(least, least), 0), 2u);
  EXPECT_EQ(lane_of<uint32_t>(eval<Op::f32x4_ne>(least, V128{}), 0), ~0u);
}

} // namespace
} // namespace waxwing
