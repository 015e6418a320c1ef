// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/number.hpp"

#include <bit>
#include <limits>

#include <gtest/gtest.h>

namespace waxwing::text {
namespace {

uint32_t f32(std::string_view word) { return parse_f32(word).value_or(0xDEADBEEF); }
uint64_t f64(std::string_view word) { return parse_f64(word).value_or(0xDEADBEEFDEADBEEF); }
uint32_t bits(float value) { return std::bit_cast<uint32_t>(value); }
uint64_t bits(double value) { return std::bit_cast<uint64_t>(value); }

TEST(Number, ReadsIntegers) {
  EXPECT_EQ(parse_integer("4294967295", 32), 0xFFFFFFFFu);
  EXPECT_EQ(parse_integer("-2147483648", 32), 0x80000000u);
  EXPECT_EQ(parse_integer("-0x1", 32), 0xFFFFFFFFu);
  EXPECT_EQ(parse_integer("+0x7fff_ffff", 32), 0x7FFFFFFFu);
  EXPECT_EQ(parse_integer("0xffff_ffff_ffff_ffff", 64), ~uint64_t{0});
  EXPECT_EQ(parse_integer("-9223372036854775808", 64), uint64_t{1} << 63);
  EXPECT_EQ(parse_integer("255", 8), 255u);
  EXPECT_EQ(parse_integer("-128", 8), 0x80u);
}

TEST(Number, RefusesIntegersOutOfRange) {
  EXPECT_FALSE(parse_integer("4294967296", 32));
  EXPECT_FALSE(parse_integer("-2147483649", 32));
  EXPECT_FALSE(parse_integer("256", 8));
  EXPECT_FALSE(parse_integer("-129", 8));
  EXPECT_FALSE(parse_integer("18446744073709551616", 64));
  EXPECT_FALSE(parse_integer("0x1_0000_0000_0000_0000", 64));
  EXPECT_FALSE(parse_integer("-9223372036854775809", 64));
}

TEST(Number, ReadsDecimalFloats) {
  EXPECT_EQ(f32("0.1"), bits(0.1f));
  EXPECT_EQ(f64("0.1"), bits(0.1));
  EXPECT_EQ(f64("-0"), uint64_t{1} << 63);
  EXPECT_EQ(f32("1_000.5e-1_0"), bits(1000.5e-10f));
  EXPECT_EQ(f64("+1e308"), bits(1e308));
  EXPECT_EQ(f64("4.9e-324"), 1u);
  EXPECT_EQ(f64("2.4e-324"), 0u);
  EXPECT_EQ(f64("1e-99999999999999999999"), 0u);
  EXPECT_EQ(f32("3.4028235e38"), bits(std::numeric_limits<float>::max()));
}

TEST(Number, RefusesFloatsOutOfRange) {
  EXPECT_FALSE(parse_f32("1e39"));
  EXPECT_FALSE(parse_f32("340282356779733661637539395458142568448"));
  EXPECT_TRUE(parse_f32("340282356779733661637539395458142568447"));
  EXPECT_FALSE(parse_f64("1e309"));
  EXPECT_FALSE(parse_f64("1e99999999999999999999"));
  EXPECT_FALSE(parse_f32("0x1p128"));
  EXPECT_FALSE(parse_f32("0x1.ffffffp127"));
  EXPECT_TRUE(parse_f32("0x1.fffffefp127"));
  EXPECT_FALSE(parse_f64("0x1.fffffffffffff8p1023"));
  EXPECT_TRUE(parse_f64("0x1.fffffffffffff7p1023"));
}

TEST(Number, RoundsOnceToNearestEven) {
  // Halfway between two floats, and a little to either side, far behind the point: a detour by a
  // double would round twice.
  EXPECT_EQ(f32("1.00000005960464477539062500000000000000000000000000000000000000000000"),
            0x3F800000u);
  EXPECT_EQ(f32("1.00000005960464477539062500000000000000000000000000000000000000000001"),
            0x3F800001u);
  EXPECT_EQ(f32("1.00000017881393432617187500000000000000000000000000000000000000000000"),
            0x3F800002u);
  EXPECT_EQ(f32("1.00000017881393432617187499999999999999999999999999999999999999999999"),
            0x3F800001u);
  EXPECT_EQ(f32("0x1.000001p0"), 0x3F800000u);
  EXPECT_EQ(f32("0x1.00000100000000000000000001p0"), 0x3F800001u);
  EXPECT_EQ(f32("0x1.000003p0"), 0x3F800002u);
  EXPECT_EQ(f64("0x1.00000000000008p0"), 0x3FF0000000000000u);
  EXPECT_EQ(f64("0x1.000000000000080000000000000000000000001p0"), 0x3FF0000000000001u);
  EXPECT_EQ(f64("0x1.00000000000018p0"), 0x3FF0000000000002u);
}

TEST(Number, ReadsHexFloats) {
  EXPECT_EQ(f32("0x1.8p1"), bits(3.0f));
  EXPECT_EQ(f64("-0xA.8"), bits(-10.5));
  EXPECT_EQ(f64("0x1p-1074"), 1u);
  EXPECT_EQ(f64("0x1p-1075"), 0u) << "a tie goes to even";
  EXPECT_EQ(f64("0x1.8p-1075"), 1u);
  EXPECT_EQ(f64("0x1p-99999999999999999999"), 0u);
  EXPECT_EQ(f32("0x1p-149"), 1u);
  EXPECT_EQ(f32("0x1.fffffep-127"), 0x00800000u) << "rounding up out of the subnormal range";
  EXPECT_EQ(f32("0x0.000000000000000000000000000000000001p+140"), bits(0x1p-4f));
  EXPECT_EQ(classify_number("0x.8"), TokenKind::reserved);
  EXPECT_EQ(f64("0x1_0000_0000_0000_0000_0000_0000p-96"), bits(1.0));
  EXPECT_EQ(f64("0x0p9999"), 0u);
}

TEST(Number, ReadsInfinitiesAndNans) {
  EXPECT_EQ(f32("inf"), 0x7F800000u);
  EXPECT_EQ(f64("-inf"), 0xFFF0000000000000u);
  EXPECT_EQ(f32("nan"), 0x7FC00000u);
  EXPECT_EQ(f32("-nan:0x200000"), 0xFFA00000u);
  EXPECT_EQ(f64("nan:0xf_ffff_ffff_ffff"), 0x7FFFFFFFFFFFFFFFu);
  EXPECT_FALSE(parse_f32("nan:0x0"));
  EXPECT_FALSE(parse_f32("nan:0x80_0000"));
  EXPECT_FALSE(parse_f64("nan:0x10_0000_0000_0000"));
}

} // namespace
} // namespace waxwing::text
