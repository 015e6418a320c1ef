// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include <cmath>
#include <iterator>

#include "wasm/eval.hpp"

namespace waxwing {
namespace {

uint32_t bits(float a) { return std::bit_cast<uint32_t>(a); }
uint64_t bits(double a) { return std::bit_cast<uint64_t>(a); }
float f32(uint32_t a) { return std::bit_cast<float>(a); }
double f64(uint64_t a) { return std::bit_cast<double>(a); }

constexpr float kEdgesF32[] = {0.0f,
                               -0.0f,
                               0x1p-149f,
                               -0x1p-149f,
                               0x1p-126f,
                               0.25f,
                               0.49999997f,
                               0.5f,
                               -0.5f,
                               0.7f,
                               -0.7f,
                               1.0f,
                               -1.0f,
                               1.5f,
                               2.5f,
                               -2.5f,
                               3.5f,
                               8388607.5f,
                               -8388607.5f,
                               8388608.0f,
                               16777216.0f,
                               2147483520.0f,
                               2147483648.0f,
                               -2147483648.0f,
                               4294967040.0f,
                               4294967296.0f,
                               0x1.fffffep62f,
                               0x1p63f,
                               -0x1p63f,
                               0x1p64f,
                               0x1.fffffep127f,
                               HUGE_VALF,
                               -HUGE_VALF};
constexpr double kEdgesF64[] = {0.0,
                                -0.0,
                                0x1p-1074,
                                -0x1p-1074,
                                0x1p-1022,
                                0.25,
                                0.49999999999999994,
                                0.5,
                                -0.5,
                                0.7,
                                -0.7,
                                1.0,
                                -1.0,
                                1.5,
                                2.5,
                                -2.5,
                                3.5,
                                0x1p52 - 0.5,
                                -(0x1p52 - 0.5),
                                0x1p52,
                                0x1p53,
                                2147483647.0,
                                2147483647.9,
                                2147483648.0,
                                -2147483648.9,
                                -2147483649.0,
                                4294967295.9,
                                4294967296.0,
                                0x1p63 - 1024,
                                0x1p63,
                                -0x1p63,
                                0x1p64 - 2048,
                                0x1p64,
                                0x1.fffffffffffffp1023,
                                HUGE_VAL,
                                -HUGE_VAL};
constexpr uint32_t kNans32[] = {0x7FC00000, 0xFFC00000, 0x7F800001, 0xFF800001,
                                0x7FA00000, 0x7FFFFFFF, 0xFFDEAD00};
constexpr uint64_t kNans64[] = {0x7FF8000000000000, 0xFFF8000000000000, 0x7FF0000000000001,
                                0xFFF0000000000001, 0x7FF4000000000000, 0x7FFFFFFFFFFFFFFF};

/// An arithmetic NaN; a canonical one where all NaN operands were canonical.
bool arithmetic(float a) { return (bits(a) & 0x7FC00000u) == 0x7FC00000u; }
bool canonical(float a) { return (bits(a) & 0x7FFFFFFFu) == 0x7FC00000u; }
bool arithmetic(double a) { return (bits(a) & 0x7FF8000000000000u) == 0x7FF8000000000000u; }
bool canonical(double a) { return (bits(a) & 0x7FFFFFFFFFFFFFFFu) == 0x7FF8000000000000u; }

template <class T, class F>
void expect_nan_rule(T operand, F unary) {
  const T result = unary(operand);
  EXPECT_TRUE(arithmetic(result)) << std::hex << bits(operand) << " gives " << bits(result);
  if (canonical(operand)) {
    EXPECT_TRUE(canonical(result)) << std::hex << bits(result);
  }
}

TEST(EvalFloat, ArithmeticFollowsTheNanRules) {
  for (uint32_t nan : kNans32) {
    const float a = f32(nan);
    expect_nan_rule(a, [](float x) { return eval<Op::f32_ceil>(x); });
    expect_nan_rule(a, [](float x) { return eval<Op::f32_floor>(x); });
    expect_nan_rule(a, [](float x) { return eval<Op::f32_trunc>(x); });
    expect_nan_rule(a, [](float x) { return eval<Op::f32_nearest>(x); });
    expect_nan_rule(a, [](float x) { return eval<Op::f32_sqrt>(x); });
    for (float b : kEdgesF32) {
      expect_nan_rule(a, [b](float x) { return eval<Op::f32_add>(x, b); });
      expect_nan_rule(a, [b](float x) { return eval<Op::f32_sub>(b, x); });
      expect_nan_rule(a, [b](float x) { return eval<Op::f32_mul>(x, b); });
      expect_nan_rule(a, [b](float x) { return eval<Op::f32_div>(b, x); });
      expect_nan_rule(a, [b](float x) { return eval<Op::f32_min>(x, b); });
      expect_nan_rule(a, [b](float x) { return eval<Op::f32_max>(b, x); });
    }
    EXPECT_TRUE(arithmetic(eval<Op::f64_promote_f32>(a)));
    EXPECT_EQ(canonical(eval<Op::f64_promote_f32>(a)), canonical(a) || nan == 0x7F800000);
  }
  for (uint64_t nan : kNans64) {
    const double a = f64(nan);
    expect_nan_rule(a, [](double x) { return eval<Op::f64_ceil>(x); });
    expect_nan_rule(a, [](double x) { return eval<Op::f64_floor>(x); });
    expect_nan_rule(a, [](double x) { return eval<Op::f64_trunc>(x); });
    expect_nan_rule(a, [](double x) { return eval<Op::f64_nearest>(x); });
    expect_nan_rule(a, [](double x) { return eval<Op::f64_sqrt>(x); });
    for (double b : kEdgesF64) {
      expect_nan_rule(a, [b](double x) { return eval<Op::f64_add>(b, x); });
      expect_nan_rule(a, [b](double x) { return eval<Op::f64_min>(b, x); });
      expect_nan_rule(a, [b](double x) { return eval<Op::f64_max>(x, b); });
    }
    EXPECT_TRUE(arithmetic(eval<Op::f32_demote_f64>(a)));
    if (canonical(a)) {
      EXPECT_TRUE(canonical(eval<Op::f32_demote_f64>(a)));
    }
  }
  EXPECT_TRUE(canonical(eval<Op::f32_div>(0.0f, 0.0f)));
  EXPECT_TRUE(canonical(eval<Op::f64_sub>(HUGE_VAL, HUGE_VAL)));
  EXPECT_TRUE(canonical(eval<Op::f64_sqrt>(-1.0)));
}

TEST(EvalFloat, BitOperationsKeepEveryBit) {
  for (uint32_t nan : kNans32) {
    EXPECT_EQ(bits(eval<Op::f32_neg>(f32(nan))), nan ^ 0x80000000u);
    EXPECT_EQ(bits(eval<Op::f32_abs>(f32(nan))), nan & 0x7FFFFFFFu);
    EXPECT_EQ(bits(eval<Op::f32_copysign>(f32(nan), -1.0f)), nan | 0x80000000u);
    EXPECT_EQ(bits(eval<Op::f32_copysign>(1.0f, f32(nan))), 0x3F800000u | (nan & 0x80000000u));
    EXPECT_EQ(eval<Op::i32_reinterpret_f32>(eval<Op::f32_reinterpret_i32>(nan)), nan);
  }
  for (uint64_t nan : kNans64) {
    EXPECT_EQ(bits(eval<Op::f64_neg>(f64(nan))), nan ^ 0x8000000000000000u);
    EXPECT_EQ(bits(eval<Op::f64_abs>(f64(nan))), nan & 0x7FFFFFFFFFFFFFFFu);
    EXPECT_EQ(eval<Op::i64_reinterpret_f64>(eval<Op::f64_reinterpret_i64>(nan)), nan);
  }
  EXPECT_EQ(bits(eval<Op::f32_neg>(0.0f)), 0x80000000u);
  EXPECT_EQ(bits(eval<Op::f64_abs>(-0.0)), 0u);
}

template <class T>
void expect_same(T actual, T expected, T operand) {
  if (expected != expected) {
    EXPECT_TRUE(arithmetic(actual)) << std::hex << bits(operand);
  } else {
    EXPECT_EQ(bits(actual), bits(expected)) << std::hex << bits(operand);
  }
}

template <class T>
void expect_rounding(T a) {
  using detail::Rounding;
  expect_same(detail::round_by_addition<Rounding::floor>(a), std::floor(a), a);
  expect_same(detail::round_by_addition<Rounding::ceil>(a), std::ceil(a), a);
  expect_same(detail::round_by_addition<Rounding::trunc>(a), std::trunc(a), a);
  expect_same(detail::round_by_addition<Rounding::nearest>(a), std::nearbyint(a), a);
}

TEST(EvalFloat, RoundsLikeTheCLibrary) {
  for (float a : kEdgesF32) expect_rounding(a);
  for (double a : kEdgesF64) expect_rounding(a);
  for (uint64_t pattern = 0; pattern <= 0xFFFFFFFFu; pattern += 65521)
    expect_rounding(f32(static_cast<uint32_t>(pattern)));
  for (uint64_t i = 0, pattern = 0; i < 65536; ++i, pattern += 0x0000FFFFFFF12345u)
    expect_rounding(f64(pattern));
  EXPECT_EQ(bits(eval<Op::f32_ceil>(-0.7f)), 0x80000000u);
  EXPECT_EQ(eval<Op::f64_floor>(-0.7), -1.0);
  EXPECT_EQ(eval<Op::f64_nearest>(2.5), 2.0);
  EXPECT_EQ(eval<Op::f64_trunc>(-1.9), -1.0);
}

TEST(EvalFloat, MinAndMaxOrderZeros) {
  EXPECT_EQ(bits(eval<Op::f32_min>(0.0f, -0.0f)), 0x80000000u);
  EXPECT_EQ(bits(eval<Op::f32_min>(-0.0f, 0.0f)), 0x80000000u);
  EXPECT_EQ(bits(eval<Op::f32_max>(0.0f, -0.0f)), 0u);
  EXPECT_EQ(bits(eval<Op::f64_max>(-0.0, 0.0)), 0u);
  for (double a : kEdgesF64)
    for (double b : kEdgesF64) {
      EXPECT_EQ(eval<Op::f64_min>(a, b), a < b ? a : b);
      EXPECT_EQ(eval<Op::f64_max>(a, b), a > b ? a : b);
      EXPECT_EQ(eval<Op::f64_lt>(a, b) + eval<Op::f64_ge>(a, b), 1u);
      EXPECT_EQ(eval<Op::f64_gt>(a, b) + eval<Op::f64_le>(a, b), 1u);
      EXPECT_EQ(eval<Op::f64_eq>(a, b) + eval<Op::f64_ne>(a, b), 1u);
    }
  const float nan = f32(0x7FC00000);
  EXPECT_EQ(eval<Op::f32_eq>(nan, nan), 0u);
  EXPECT_EQ(eval<Op::f32_ne>(nan, nan), 1u);
  EXPECT_EQ(eval<Op::f32_lt>(nan, 1.0f) | eval<Op::f32_ge>(nan, 1.0f), 0u);
}

TEST(EvalFloat, TruncatesWithinTheRange) {
  EXPECT_EQ(eval<Op::i32_trunc_f32_s>(-2147483648.0f).value, 0x80000000u);
  EXPECT_EQ(eval<Op::i32_trunc_f32_s>(2147483648.0f).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i32_trunc_f32_s>(-2147483904.0f).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i32_trunc_f64_s>(2147483647.9).value, 0x7FFFFFFFu);
  EXPECT_EQ(eval<Op::i32_trunc_f64_s>(-2147483648.9).value, 0x80000000u);
  EXPECT_EQ(eval<Op::i32_trunc_f64_s>(-2147483649.0).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i32_trunc_f64_u>(4294967295.9).value, 0xFFFFFFFFu);
  EXPECT_EQ(eval<Op::i32_trunc_f64_u>(4294967296.0).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i32_trunc_f32_u>(-0.9f).value, 0u);
  EXPECT_EQ(eval<Op::i32_trunc_f32_u>(-0.9f).trap, TrapKind::none);
  EXPECT_EQ(eval<Op::i32_trunc_f32_u>(-1.0f).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i64_trunc_f64_s>(-0x1p63).value, 0x8000000000000000u);
  EXPECT_EQ(eval<Op::i64_trunc_f64_s>(0x1p63).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i64_trunc_f64_u>(0x1p64 - 2048).value, 0xFFFFFFFFFFFFF800u);
  EXPECT_EQ(eval<Op::i64_trunc_f32_u>(0x1p64f).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i64_trunc_f32_s>(-0x1p63f).value, 0x8000000000000000u);
  EXPECT_EQ(eval<Op::i64_trunc_f64_u>(-1.0).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i64_trunc_f64_u>(HUGE_VAL).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i64_trunc_f64_u>(f64(0x7FF0000000000001)).trap,
            TrapKind::invalid_conversion_to_integer);
  EXPECT_EQ(eval<Op::i32_trunc_f32_s>(f32(0xFFC00000)).trap,
            TrapKind::invalid_conversion_to_integer);
}

TEST(EvalFloat, SaturatesAtTheEnds) {
  for (double a : kEdgesF64) {
    const auto checked = eval<Op::i32_trunc_f64_s>(a);
    const uint32_t saturated = eval<Op::i32_trunc_sat_f64_s>(a);
    EXPECT_EQ(saturated, checked.ok() ? checked.value : a < 0 ? 0x80000000u : 0x7FFFFFFFu) << a;
    const auto checked64 = eval<Op::i64_trunc_f64_u>(a);
    const uint64_t saturated64 = eval<Op::i64_trunc_sat_f64_u>(a);
    EXPECT_EQ(saturated64, checked64.ok() ? checked64.value : a < 0 ? 0u : ~uint64_t{0}) << a;
  }
  EXPECT_EQ(eval<Op::i32_trunc_sat_f32_s>(f32(0x7F800001)), 0u);
  EXPECT_EQ(eval<Op::i64_trunc_sat_f64_s>(f64(0xFFF8000000000000)), 0u);
  EXPECT_EQ(eval<Op::i64_trunc_sat_f32_s>(-HUGE_VALF), 0x8000000000000000u);
  EXPECT_EQ(eval<Op::i32_trunc_sat_f32_u>(HUGE_VALF), 0xFFFFFFFFu);
}

TEST(EvalFloat, ConvertsIntegersWithOneRounding) {
  EXPECT_EQ(eval<Op::f32_convert_i32_s>(0x80000000u), -2147483648.0f);
  EXPECT_EQ(eval<Op::f32_convert_i32_u>(0xFFFFFFFFu), 4294967296.0f);
  EXPECT_EQ(eval<Op::f32_convert_i32_s>(16777219u), 16777220.0f);
  // Through a double these would round twice.
  EXPECT_EQ(eval<Op::f32_convert_i64_u>(uint64_t{0x8000008000000001}), 0x1.000002p63f);
  EXPECT_EQ(eval<Op::f32_convert_i64_s>(uint64_t{0x4000004000000001}), 0x1.000002p62f);
  EXPECT_EQ(eval<Op::f32_convert_i64_u>(uint64_t{0xFFFFFF7FFFFFFFFF}), 0x1.fffffep63f);
  EXPECT_EQ(eval<Op::f64_convert_i64_u>(uint64_t{0xFFFFFFFFFFFFFBFF}), 0x1.fffffffffffffp63);
  EXPECT_EQ(eval<Op::f64_convert_i64_u>(~uint64_t{0}), 0x1p64);
  EXPECT_EQ(eval<Op::f64_convert_i64_s>(~uint64_t{0}), -1.0);
  EXPECT_EQ(eval<Op::f64_convert_i32_u>(0x80000000u), 2147483648.0);
  EXPECT_EQ(eval<Op::f32_demote_f64>(0x1.fffffefffffffp127), 0x1.fffffep127f);
  EXPECT_EQ(eval<Op::f32_demote_f64>(0x1.ffffffp127), HUGE_VALF);
  EXPECT_EQ(bits(eval<Op::f32_demote_f64>(0x1p-149)), 1u);
  EXPECT_EQ(bits(eval<Op::f64_promote_f32>(-0.0f)), 0x8000000000000000u);
}

TEST(EvalFloat, DoesNotFlushSubnormals) {
  EXPECT_EQ(bits(eval<Op::f32_add>(f32(1), f32(1))), 2u);
  EXPECT_EQ(bits(eval<Op::f32_mul>(0x1p-126f, 0.5f)), 0x00400000u);
  EXPECT_EQ(bits(eval<Op::f64_div>(0x1p-1022, 2.0)), 0x0008000000000000u);
}

} // namespace
} // namespace waxwing
