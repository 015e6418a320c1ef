// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include "wasm/eval.hpp"

namespace waxwing {
namespace {

constexpr uint32_t kMin32 = 0x80000000u;
constexpr uint64_t kMin64 = 0x8000000000000000u;
constexpr uint32_t kEdges32[] = {
    0,      1,       2,          7,          8,          31,         32,         33,
    63,     64,      127,        128,        255,        256,        0x7FFF,     0x8000,
    0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFE, 0xFFFFFFFF, 0xDEADBEEF};
constexpr uint64_t kEdges64[] = {0,
                                 1,
                                 2,
                                 63,
                                 64,
                                 65,
                                 0x7F,
                                 0x80,
                                 0x8000,
                                 0x7FFFFFFF,
                                 0x80000000,
                                 0xFFFFFFFF,
                                 0x100000000,
                                 0x7FFFFFFFFFFFFFFF,
                                 kMin64,
                                 kMin64 + 1,
                                 ~uint64_t{0},
                                 ~uint64_t{1},
                                 0x0123456789ABCDEF,
                                 0xFEDCBA9876543210};

TEST(EvalInt, EvaluatesInConstantExpressions) {
  static_assert(eval<Op::i32_add>(0xFFFFFFFFu, 2u) == 1u);
  static_assert(eval<Op::i64_mul>(uint64_t{1} << 63, uint64_t{2}) == 0u);
  static_assert(eval<Op::i32_div_s>(7u, 0u).trap == TrapKind::integer_divide_by_zero);
  static_assert(kCanTrap<Op::i64_rem_u> && !kCanTrap<Op::i64_add>);
  static_assert(std::is_same_v<OpTypes<Op::i64_eqz>::Result, uint32_t>);
  static_assert(std::is_same_v<OpTypes<Op::i64_eqz>::A, uint64_t>);
  static_assert(std::is_same_v<OpTypes<Op::i64_add128>::Result, Wide>);
}

TEST(EvalInt, DividesWithTraps) {
  EXPECT_EQ(eval<Op::i32_div_s>(kMin32, ~0u).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i64_div_s>(kMin64, ~uint64_t{0}).trap, TrapKind::integer_overflow);
  EXPECT_EQ(eval<Op::i32_rem_s>(kMin32, ~0u).trap, TrapKind::none);
  EXPECT_EQ(eval<Op::i32_rem_s>(kMin32, ~0u).value, 0u);
  EXPECT_EQ(eval<Op::i64_rem_s>(kMin64, ~uint64_t{0}).value, 0u);
  EXPECT_EQ(eval<Op::i32_div_u>(kMin32, ~0u).value, 0u);
  for (uint32_t a : kEdges32) {
    EXPECT_EQ(eval<Op::i32_div_s>(a, 0u).trap, TrapKind::integer_divide_by_zero);
    EXPECT_EQ(eval<Op::i32_div_u>(a, 0u).trap, TrapKind::integer_divide_by_zero);
    EXPECT_EQ(eval<Op::i32_rem_s>(a, 0u).trap, TrapKind::integer_divide_by_zero);
    EXPECT_EQ(eval<Op::i32_rem_u>(a, 0u).trap, TrapKind::integer_divide_by_zero);
    for (uint32_t b : kEdges32) {
      if (b == 0) continue;
      // In 64 bits nothing overflows.
      const int64_t signed_a = static_cast<int32_t>(a), signed_b = static_cast<int32_t>(b);
      if (a != kMin32 || b != ~0u) {
        EXPECT_EQ(eval<Op::i32_div_s>(a, b).value, static_cast<uint32_t>(signed_a / signed_b));
      }
      EXPECT_EQ(eval<Op::i32_rem_s>(a, b).value, static_cast<uint32_t>(signed_a % signed_b));
      EXPECT_EQ(eval<Op::i32_div_u>(a, b).value, a / b);
      EXPECT_EQ(eval<Op::i32_rem_u>(a, b).value, a % b);
    }
  }
  EXPECT_EQ(eval<Op::i64_div_s>(static_cast<uint64_t>(-7), uint64_t{2}).value,
            static_cast<uint64_t>(-3));
  EXPECT_EQ(eval<Op::i64_rem_s>(static_cast<uint64_t>(-7), uint64_t{2}).value,
            static_cast<uint64_t>(-1));
  EXPECT_EQ(eval<Op::i64_div_u>(uint64_t{0}, uint64_t{0}).trap, TrapKind::integer_divide_by_zero);
}

TEST(EvalInt, TakesShiftCountsModuloTheWidth) {
  EXPECT_EQ(eval<Op::i32_shl>(1u, 32u), 1u);
  EXPECT_EQ(eval<Op::i32_shl>(1u, 33u), 2u);
  EXPECT_EQ(eval<Op::i32_shr_s>(kMin32, 31u), ~0u);
  EXPECT_EQ(eval<Op::i32_shr_u>(kMin32, 31u), 1u);
  EXPECT_EQ(eval<Op::i32_shr_s>(kMin32, 0xFFFFFFE0u), kMin32);
  EXPECT_EQ(eval<Op::i64_shl>(uint64_t{1}, uint64_t{64}), 1u);
  EXPECT_EQ(eval<Op::i64_shr_s>(kMin64, uint64_t{63}), ~uint64_t{0});
  EXPECT_EQ(eval<Op::i64_shr_u>(kMin64, uint64_t{127}), 1u);
  EXPECT_EQ(eval<Op::i32_rotl>(0xABCD9876u, 1u), 0x579B30EDu);
  EXPECT_EQ(eval<Op::i32_rotr>(0xABCD9876u, 32u), 0xABCD9876u);
  EXPECT_EQ(eval<Op::i32_rotr>(1u, 1u), kMin32);
  EXPECT_EQ(eval<Op::i64_rotl>(kMin64, uint64_t{1}), 1u);
  for (uint32_t a : kEdges32)
    for (uint32_t n : kEdges32) EXPECT_EQ(eval<Op::i32_rotr>(eval<Op::i32_rotl>(a, n), n), a);
}

TEST(EvalInt, CountsBits) {
  EXPECT_EQ(eval<Op::i32_clz>(0u), 32u);
  EXPECT_EQ(eval<Op::i32_ctz>(0u), 32u);
  EXPECT_EQ(eval<Op::i32_clz>(0x8000u), 16u);
  EXPECT_EQ(eval<Op::i32_ctz>(0x8000u), 15u);
  EXPECT_EQ(eval<Op::i32_popcnt>(0xDEADBEEFu), 24u);
  EXPECT_EQ(eval<Op::i64_clz>(uint64_t{0}), 64u);
  EXPECT_EQ(eval<Op::i64_ctz>(uint64_t{0}), 64u);
  EXPECT_EQ(eval<Op::i64_clz>(uint64_t{1}), 63u);
  EXPECT_EQ(eval<Op::i64_popcnt>(~uint64_t{0}), 64u);
}

TEST(EvalInt, ComparesSignedAndUnsigned) {
  for (uint32_t a : kEdges32) {
    EXPECT_EQ(eval<Op::i32_eqz>(a), a == 0 ? 1u : 0u);
    for (uint32_t b : kEdges32) {
      const int64_t signed_a = static_cast<int32_t>(a), signed_b = static_cast<int32_t>(b);
      EXPECT_EQ(eval<Op::i32_lt_s>(a, b), signed_a < signed_b ? 1u : 0u);
      EXPECT_EQ(eval<Op::i32_ge_s>(a, b), signed_a >= signed_b ? 1u : 0u);
      EXPECT_EQ(eval<Op::i32_gt_s>(a, b), eval<Op::i32_lt_s>(b, a));
      EXPECT_EQ(eval<Op::i32_le_s>(a, b), eval<Op::i32_ge_s>(b, a));
      EXPECT_EQ(eval<Op::i32_lt_u>(a, b), a < b ? 1u : 0u);
      EXPECT_EQ(eval<Op::i32_gt_u>(a, b), eval<Op::i32_lt_u>(b, a));
      EXPECT_EQ(eval<Op::i32_le_u>(a, b) + eval<Op::i32_gt_u>(a, b), 1u);
      EXPECT_EQ(eval<Op::i32_ge_u>(a, b) + eval<Op::i32_lt_u>(a, b), 1u);
      EXPECT_EQ(eval<Op::i32_eq>(a, b) + eval<Op::i32_ne>(a, b), 1u);
      EXPECT_EQ(eval<Op::i32_eq>(a, b), a == b ? 1u : 0u);
    }
  }
  EXPECT_EQ(eval<Op::i64_lt_s>(kMin64, uint64_t{0}), 1u);
  EXPECT_EQ(eval<Op::i64_lt_u>(kMin64, uint64_t{0}), 0u);
  EXPECT_EQ(eval<Op::i64_gt_s>(uint64_t{0}, kMin64), 1u);
  EXPECT_EQ(eval<Op::i64_ge_u>(uint64_t{1} << 32, uint64_t{1}), 1u);
}

TEST(EvalInt, Extends) {
  EXPECT_EQ(eval<Op::i32_extend8_s>(0x180u), 0xFFFFFF80u);
  EXPECT_EQ(eval<Op::i32_extend8_s>(0x17Fu), 0x7Fu);
  EXPECT_EQ(eval<Op::i32_extend16_s>(0x18000u), 0xFFFF8000u);
  EXPECT_EQ(eval<Op::i64_extend8_s>(uint64_t{0x180}), 0xFFFFFFFFFFFFFF80u);
  EXPECT_EQ(eval<Op::i64_extend16_s>(uint64_t{0x8000}), 0xFFFFFFFFFFFF8000u);
  EXPECT_EQ(eval<Op::i64_extend32_s>(uint64_t{0x180000000}), 0xFFFFFFFF80000000u);
  EXPECT_EQ(eval<Op::i64_extend_i32_s>(kMin32), 0xFFFFFFFF80000000u);
  EXPECT_EQ(eval<Op::i64_extend_i32_u>(kMin32), 0x80000000u);
  EXPECT_EQ(eval<Op::i32_wrap_i64>(uint64_t{0x123456789}), 0x23456789u);
}

TEST(EvalInt, AddsAndSubtracts128Bits) {
  const uint64_t ones = ~uint64_t{0};
  EXPECT_EQ((eval<Op::i64_add128>(ones, uint64_t{0}, uint64_t{1}, uint64_t{0})), (Wide{0, 1}));
  EXPECT_EQ((eval<Op::i64_add128>(ones, ones, uint64_t{1}, uint64_t{0})), (Wide{0, 0}));
  EXPECT_EQ((eval<Op::i64_sub128>(uint64_t{0}, uint64_t{0}, uint64_t{1}, uint64_t{0})),
            (Wide{ones, ones}));
  for (uint64_t a : kEdges64)
    for (uint64_t b : kEdges64) {
      const Wide sum = eval<Op::i64_add128>(a, b, b, a);
      EXPECT_EQ((eval<Op::i64_sub128>(sum.low, sum.high, b, a)), (Wide{a, b}));
    }
}

TEST(EvalInt, MultipliesToTheFullWidth) {
  const uint64_t ones = ~uint64_t{0};
  EXPECT_EQ((eval<Op::i64_mul_wide_u>(ones, ones)), (Wide{1, ones - 1}));
  EXPECT_EQ((eval<Op::i64_mul_wide_s>(ones, ones)), (Wide{1, 0}));
  EXPECT_EQ((eval<Op::i64_mul_wide_s>(kMin64, kMin64)), (Wide{0, uint64_t{1} << 62}));
  EXPECT_EQ((eval<Op::i64_mul_wide_s>(kMin64, uint64_t{1})), (Wide{kMin64, ones}));
  for (uint64_t a : kEdges64)
    for (uint64_t b : kEdges64) {
      // The form for targets without a 128-bit type gives the same.
      EXPECT_EQ(detail::mul_wide<uint64_t>(a, b), (eval<Op::i64_mul_wide_u>(a, b)));
      EXPECT_EQ((eval<Op::i64_mul_wide_u>(a, b)).low, a * b);
    }
}

} // namespace
} // namespace waxwing
