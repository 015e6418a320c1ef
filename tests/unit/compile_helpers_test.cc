// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What images bring along for LLVM, compiled for the machine that tests run on and compared with
// what that machine computes.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include "compile/helpers/division.hpp"
#include "compile/helpers/soft_float.hpp"

namespace waxwing::helpers {
/// Counts how often something ran alone.
class Alone {
 public:
  Alone() { ++times; }
  static inline int times = 0;
};
} // namespace waxwing::helpers

namespace waxwing::compile {
namespace {

// The files themselves, under names of their own.
namespace host {
#define HELPER [[maybe_unused]] static
#define BASE_CONVENTION
#include "compile/helpers/arm_division.cc"
#include "compile/helpers/arm_float.cc"
#include "compile/helpers/arm_memory.cc"
#include "compile/helpers/bare_atomic.cc"
#include "compile/helpers/float.cc"
#include "compile/helpers/integer.cc"
#include "compile/helpers/math.cc"
#include "compile/helpers/memory.cc"
#undef BASE_CONVENTION
#undef HELPER
} // namespace host

using helpers::Double;
using helpers::Single;

constexpr int kRounds = 300'000;

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
template <class T>
using FormatOf = std::conditional_t<sizeof(T) == 8, Double, Single>;

/// Numbers of every kind, the awkward ones often.
template <class T>
class Numbers {
 public:
  using Bits = BitsOf<T>;
  using F = FormatOf<T>;

  T next() {
    switch (random() % 4) {
    case 0: return special();
    case 1: return std::bit_cast<T>(static_cast<Bits>(random()));
    default: return near(F::kBias + static_cast<int>(random() % 150) - 75);
    }
  }
  /// One that meets `other` digit by digit.
  T next_to(T other) {
    if (random() % 2 == 0) return next();
    const auto exponent = F::exponent(std::bit_cast<Bits>(other));
    return near(exponent + static_cast<int>(random() % 7) - 3);
  }
  uint64_t integer() { return random() >> random() % 64; }

 private:
  uint64_t random() { return generator_(); }
  T near(int exponent) {
    exponent = std::clamp(exponent, 0, F::kTop);
    auto fraction = static_cast<Bits>(random());
    // Few digits make ties.
    if (random() % 2 == 0) fraction &= fraction - (fraction >> 5) + (Bits{7} << (F::kFraction - 3));
    if (random() % 4 == 0) fraction &= ~Bits{0} << (random() % F::kFraction);
    return std::bit_cast<T>(static_cast<Bits>((fraction & (F::kSign | (F::kLeading - 1))) |
                                              static_cast<Bits>(exponent) << F::kFraction));
  }
  T special() {
    constexpr Bits kSpecial[] = {0,
                                 1,
                                 2,
                                 F::kLeading - 1,
                                 F::kLeading,
                                 F::kLeading + 1,
                                 F::kOne - 1,
                                 F::kOne,
                                 F::kOne + 1,
                                 F::kOne - F::kLeading,
                                 F::kOne + F::kLeading,
                                 F::kOne + F::kLeading + F::kQuiet,
                                 F::kInfinity - 1,
                                 F::kInfinity,
                                 F::kInfinity + 1,
                                 F::kNan,
                                 F::kNan + 5};
    const Bits sign = random() % 2 == 0 ? 0 : F::kSign;
    return std::bit_cast<T>(static_cast<Bits>(kSpecial[random() % std::size(kSpecial)] | sign));
  }

  std::mt19937_64 generator_{20};
};

/// Equal to the bit; NaNs may differ in what an arithmetic NaN may (spec section 4.3.3).
template <class T, class... Args>
bool same(T found, T expected, Args... arguments) {
  if constexpr (std::is_floating_point_v<T>) {
    using F = FormatOf<T>;
    if (std::isnan(expected)) {
      const auto bits = std::bit_cast<BitsOf<T>>(found);
      const bool has_nan = (... || std::isnan(arguments));
      return has_nan ? F::is_nan(bits) && (bits & F::kQuiet) != 0 : F::magnitude(bits) == F::kNan;
    }
    return std::bit_cast<BitsOf<T>>(found) == std::bit_cast<BitsOf<T>>(expected);
  } else {
    return found == expected;
  }
}

template <class T, class Found, class Expected>
void expect_binary(const char* name, Found found, Expected expected) {
  Numbers<T> numbers;
  for (int i = 0; i < kRounds; ++i) {
    const T a = numbers.next(), b = numbers.next_to(a);
    ASSERT_TRUE(same(found(a, b), expected(a, b), a, b))
        << name << std::hexfloat << "(" << a << ", " << b << "): " << found(a, b) << ", not "
        << expected(a, b);
  }
}

template <class T, class Found, class Expected>
void expect_unary(const char* name, Found found, Expected expected) {
  Numbers<T> numbers;
  for (int i = 0; i < kRounds; ++i) {
    const T a = numbers.next();
    ASSERT_TRUE(same(found(a), expected(a), a))
        << name << std::hexfloat << "(" << a << "): " << found(a) << ", not " << expected(a);
  }
}

#define BINARY(type, name, ...)                                                                    \
  expect_binary<type>(                                                                             \
      #name, [](type a, type b) { return host::name(a, b); },                                      \
      [](type a, type b) { return __VA_ARGS__; })
#define UNARY(type, name, ...)                                                                     \
  expect_unary<type>(                                                                              \
      #name, [](type a) { return host::name(a); }, [](type a) { return __VA_ARGS__; })

TEST(CompileHelpers, ArithmeticOfFloats) {
  BINARY(float, __addsf3, a + b);
  BINARY(float, __subsf3, a - b);
  BINARY(float, __mulsf3, a* b);
  BINARY(float, __divsf3, a / b);
  BINARY(double, __adddf3, a + b);
  BINARY(double, __subdf3, a - b);
  BINARY(double, __muldf3, a* b);
  BINARY(double, __divdf3, a / b);
  BINARY(float, __aeabi_fadd, a + b);
  BINARY(float, __aeabi_fsub, a - b);
  BINARY(float, __aeabi_fmul, a* b);
  BINARY(float, __aeabi_fdiv, a / b);
  BINARY(double, __aeabi_dadd, a + b);
  BINARY(double, __aeabi_dsub, a - b);
  BINARY(double, __aeabi_dmul, a* b);
  BINARY(double, __aeabi_ddiv, a / b);
  UNARY(float, sqrtf, std::sqrt(a));
  UNARY(double, sqrt, std::sqrt(a));
}

/// What a comparison of libgcc's names gives is compared with 0 in turn.
TEST(CompileHelpers, ComparisonsOfFloats) {
#define COMPARE(type, letter)                                                                      \
  do {                                                                                             \
    expect_binary<type>(                                                                           \
        "eq", [](type a, type b) { return host::__eq##letter##f2(a, b) == 0; },                    \
        [](type a, type b) { return a == b; });                                                    \
    expect_binary<type>(                                                                           \
        "ne", [](type a, type b) { return host::__ne##letter##f2(a, b) != 0; },                    \
        [](type a, type b) { return a != b; });                                                    \
    expect_binary<type>(                                                                           \
        "lt", [](type a, type b) { return host::__lt##letter##f2(a, b) < 0; },                     \
        [](type a, type b) { return a < b; });                                                     \
    expect_binary<type>(                                                                           \
        "le", [](type a, type b) { return host::__le##letter##f2(a, b) <= 0; },                    \
        [](type a, type b) { return a <= b; });                                                    \
    expect_binary<type>(                                                                           \
        "gt", [](type a, type b) { return host::__gt##letter##f2(a, b) > 0; },                     \
        [](type a, type b) { return a > b; });                                                     \
    expect_binary<type>(                                                                           \
        "ge", [](type a, type b) { return host::__ge##letter##f2(a, b) >= 0; },                    \
        [](type a, type b) { return a >= b; });                                                    \
    expect_binary<type>(                                                                           \
        "unord", [](type a, type b) { return host::__unord##letter##f2(a, b) != 0; },              \
        [](type a, type b) { return std::isunordered(a, b); });                                    \
  } while (false)
  COMPARE(float, s);
  COMPARE(double, d);
#undef COMPARE
#define COMPARE(type, letter)                                                                      \
  do {                                                                                             \
    BINARY(type, __aeabi_##letter##cmpeq, static_cast<int>(a == b));                               \
    BINARY(type, __aeabi_##letter##cmplt, static_cast<int>(a < b));                                \
    BINARY(type, __aeabi_##letter##cmple, static_cast<int>(a <= b));                               \
    BINARY(type, __aeabi_##letter##cmpgt, static_cast<int>(a > b));                                \
    BINARY(type, __aeabi_##letter##cmpge, static_cast<int>(a >= b));                               \
    BINARY(type, __aeabi_##letter##cmpun, static_cast<int>(std::isunordered(a, b)));               \
  } while (false)
  COMPARE(float, f);
  COMPARE(double, d);
#undef COMPARE
}

/// IEEE 754-2019, section 9.6: -0 is less than 0.
template <bool Max, class T>
T extreme(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
  if (a == b) return std::signbit(a) != Max ? a : b;
  return (a < b) != Max ? a : b;
}
template <bool Max, class T>
T extreme_number(T a, T b) {
  if (std::isnan(a) != std::isnan(b)) return std::isnan(a) ? b : a;
  return extreme<Max>(a, b);
}

TEST(CompileHelpers, FunctionsOfTheLibrary) {
#define BOTH(name, ...)                                                                            \
  UNARY(float, name##f, __VA_ARGS__);                                                              \
  UNARY(double, name, __VA_ARGS__)
  BOTH(trunc, std::trunc(a));
  BOTH(floor, std::floor(a));
  BOTH(ceil, std::ceil(a));
  BOTH(roundeven, std::nearbyint(a));
  BOTH(rint, std::nearbyint(a));
  BOTH(nearbyint, std::nearbyint(a));
#undef BOTH
#define BOTH(name, ...)                                                                            \
  BINARY(float, name##f, __VA_ARGS__);                                                             \
  BINARY(double, name, __VA_ARGS__)
  BOTH(fminimum, extreme<false>(a, b));
  BOTH(fmaximum, extreme<true>(a, b));
  BOTH(fmin, extreme_number<false>(a, b));
  BOTH(fmax, extreme_number<true>(a, b));
#undef BOTH
}

/// Integers to floats, and to the same integer type from floats that are in its range.
template <class Int, class T, class To, class From>
void expect_conversions(const char* name, To to, From from) {
  Numbers<T> numbers;
  for (int i = 0; i < kRounds; ++i) {
    const auto n = static_cast<Int>(numbers.integer());
    ASSERT_TRUE(same(to(n), static_cast<T>(n))) << name << " " << n;
    const Int signed_n = std::is_signed_v<Int> && i % 2 == 0 ? Int(0) - n : n;
    ASSERT_TRUE(same(to(signed_n), static_cast<T>(signed_n))) << name << " " << signed_n;
    const T x = i % 2 == 0 ? numbers.next() : static_cast<T>(signed_n) / T(8);
    const T above = std::ldexp(T(1), std::numeric_limits<Int>::digits);
    if (!(x < above && (std::is_signed_v<Int> ? x >= -above : x > T(-1)))) continue;
    ASSERT_EQ(from(x), static_cast<Int>(x)) << name << std::hexfloat << " " << x;
  }
}

#define CONVERSIONS(Int, type, to, from)                                                           \
  expect_conversions<Int, type>(                                                                   \
      #to, [](Int n) { return host::to(n); }, [](type x) { return host::from(x); })

TEST(CompileHelpers, Conversions) {
  CONVERSIONS(i32, float, __floatsisf, __fixsfsi);
  CONVERSIONS(u32, float, __floatunsisf, __fixunssfsi);
  CONVERSIONS(i64, float, __floatdisf, __fixsfdi);
  CONVERSIONS(u64, float, __floatundisf, __fixunssfdi);
  CONVERSIONS(i32, double, __floatsidf, __fixdfsi);
  CONVERSIONS(u32, double, __floatunsidf, __fixunsdfsi);
  CONVERSIONS(i64, double, __floatdidf, __fixdfdi);
  CONVERSIONS(u64, double, __floatundidf, __fixunsdfdi);
  CONVERSIONS(i32, float, __aeabi_i2f, __aeabi_f2iz);
  CONVERSIONS(u32, float, __aeabi_ui2f, __aeabi_f2uiz);
  CONVERSIONS(i64, float, __aeabi_l2f, __aeabi_f2lz);
  CONVERSIONS(u64, float, __aeabi_ul2f, __aeabi_f2ulz);
  CONVERSIONS(i32, double, __aeabi_i2d, __aeabi_d2iz);
  CONVERSIONS(u32, double, __aeabi_ui2d, __aeabi_d2uiz);
  CONVERSIONS(i64, double, __aeabi_l2d, __aeabi_d2lz);
  CONVERSIONS(u64, double, __aeabi_ul2d, __aeabi_d2ulz);
  UNARY(float, __extendsfdf2, static_cast<double>(a));
  UNARY(double, __truncdfsf2, static_cast<float>(a));
  UNARY(float, __aeabi_f2d, static_cast<double>(a));
  UNARY(double, __aeabi_d2f, static_cast<float>(a));
}

/// Calls `check` with operands of all sizes.
template <class T, class Check>
void for_integers(Check check) {
  Numbers<double> numbers;
  for (int i = 0; i < kRounds; ++i) {
    const uint64_t a = numbers.integer(), b = numbers.integer();
    check(static_cast<T>(i % 3 == 0 ? 0 - a : a), static_cast<T>(i % 5 == 0 ? 0 - b : b));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(CompileHelpers, Divisions) {
  for_integers<u64>([](u64 n, u64 d) {
    if (d == 0) return;
    EXPECT_EQ(host::__udivdi3(n, d), n / d) << n << " " << d;
    EXPECT_EQ(host::__umoddi3(n, d), n % d) << n << " " << d;
    const auto pair = host::__aeabi_uldivmod(n, d);
    EXPECT_EQ(pair[0] | u64{pair[1]} << 32, n / d);
    EXPECT_EQ(pair[2] | u64{pair[3]} << 32, n % d);
  });
  for_integers<i64>([](i64 n, i64 d) {
    if (d == 0 || (d == -1 && n == std::numeric_limits<i64>::min())) return;
    EXPECT_EQ(host::__divdi3(n, d), n / d) << n << " " << d;
    EXPECT_EQ(host::__moddi3(n, d), n % d) << n << " " << d;
    const auto pair = host::__aeabi_ldivmod(n, d);
    EXPECT_EQ(static_cast<i64>(pair[0] | u64{pair[1]} << 32), n / d);
    EXPECT_EQ(static_cast<i64>(pair[2] | u64{pair[3]} << 32), n % d);
  });
  for_integers<u32>([](u32 n, u32 d) {
    if (d == 0) return;
    EXPECT_EQ(host::__udivsi3(n, d), n / d) << n << " " << d;
    EXPECT_EQ(host::__umodsi3(n, d), n % d) << n << " " << d;
    EXPECT_EQ(host::__aeabi_uidiv(n, d), n / d);
    EXPECT_EQ(host::__aeabi_uidivmod(n, d), u64{n % d} << 32 | n / d);
  });
  for_integers<i32>([](i32 n, i32 d) {
    if (d == 0 || (d == -1 && n == std::numeric_limits<i32>::min())) return;
    EXPECT_EQ(host::__divsi3(n, d), n / d) << n << " " << d;
    EXPECT_EQ(host::__modsi3(n, d), n % d) << n << " " << d;
    EXPECT_EQ(host::__aeabi_idiv(n, d), n / d);
    EXPECT_EQ(host::__aeabi_idivmod(n, d),
              u64{static_cast<u32>(n % d)} << 32 | static_cast<u32>(n / d));
  });
}

TEST(CompileHelpers, ShiftsAndBits) {
  for_integers<u64>([](u64 a, u64 b) {
    const auto count = static_cast<int>(b % 64);
    EXPECT_EQ(host::__ashldi3(a, count), a << count) << a << " " << count;
    EXPECT_EQ(host::__lshrdi3(a, count), a >> count) << a << " " << count;
    const auto with_sign = static_cast<i64>(a);
    EXPECT_EQ(host::__ashrdi3(with_sign, count), with_sign >> count) << a << " " << count;
    EXPECT_EQ(host::__muldi3(a, b), a * b) << a << " " << b;
    EXPECT_EQ(host::__clzdi2(a), std::countl_zero(a));
    EXPECT_EQ(host::__popcountdi2(a), std::popcount(a));
    const auto narrow = static_cast<u32>(a);
    EXPECT_EQ(host::__clzsi2(narrow), std::countl_zero(narrow));
    EXPECT_EQ(host::__popcountsi2(narrow), std::popcount(narrow));
    if (a != 0) EXPECT_EQ(host::__ctzdi2(a), std::countr_zero(a));
    if (narrow != 0) EXPECT_EQ(host::__ctzsi2(narrow), std::countr_zero(narrow));
  });
}

TEST(CompileHelpers, Memory) {
  const auto bytes = [] {
    std::vector<uint8_t> all(64);
    for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint8_t>(i * 7);
    return all;
  };
  for (size_t to = 0; to < 12; ++to)
    for (size_t from = 0; from < 12; ++from)
      for (const size_t count : {0u, 1u, 3u, 9u, 40u}) {
        std::vector<uint8_t> expected = bytes(), found = bytes(), arm = bytes();
        std::memmove(&expected[to], &expected[from], count);
        EXPECT_EQ(host::memmove(&found[to], &found[from], count), &found[to]);
        EXPECT_EQ(found, expected) << to << " " << from << " " << count;
        host::__aeabi_memmove(&arm[to], &arm[from], count);
        EXPECT_EQ(arm, expected) << to << " " << from << " " << count;
      }
  std::vector<uint8_t> expected = bytes(), found(64), arm(64);
  EXPECT_EQ(host::memcpy(found.data(), expected.data(), 64), found.data());
  host::__aeabi_memcpy4(arm.data(), expected.data(), 64);
  EXPECT_EQ(found, expected);
  EXPECT_EQ(arm, expected);
  std::memset(&expected[3], 0xA5, 11);
  std::memset(&expected[20], 0, 8);
  EXPECT_EQ(host::memset(&found[3], 0x1A5, 11), &found[3]);
  EXPECT_EQ(host::memset(&found[20], 0, 8), &found[20]);
  host::__aeabi_memset(&arm[3], 11, 0x1A5);
  host::__aeabi_memclr8(&arm[20], 8);
  EXPECT_EQ(found, expected);
  EXPECT_EQ(arm, expected);
}

TEST(CompileHelpers, AtomicsOf64Bits) {
  constexpr uint64_t kOld = 0xF0F0'1234'5678'9ABC, kNew = 0x0FF0'1111'2222'3333;
  uint64_t value = kOld;
  EXPECT_EQ(host::__atomic_load_8(&value, 5), kOld);
  host::__atomic_store_8(&value, kNew, 5);
  EXPECT_EQ(value, kNew);
  EXPECT_EQ(host::__atomic_exchange_8(&value, kOld, 5), kNew);
  EXPECT_EQ(host::__atomic_fetch_add_8(&value, kNew, 5), kOld);
  EXPECT_EQ(host::__atomic_fetch_sub_8(&value, kNew, 5), kOld + kNew);
  EXPECT_EQ(host::__atomic_fetch_and_8(&value, kNew, 5), kOld);
  EXPECT_EQ(host::__atomic_fetch_or_8(&value, kOld, 5), kOld & kNew);
  EXPECT_EQ(host::__atomic_fetch_xor_8(&value, kNew, 5), kOld);
  EXPECT_EQ(value, kOld ^ kNew);
  uint64_t expected = 1;
  EXPECT_FALSE(host::__atomic_compare_exchange_8(&value, &expected, 2, 5, 5));
  EXPECT_EQ(expected, kOld ^ kNew);
  EXPECT_TRUE(host::__atomic_compare_exchange_8(&value, &expected, 2, 5, 5));
  EXPECT_EQ(value, 2u);
  EXPECT_EQ(helpers::Alone::times, 10);
}

} // namespace
} // namespace waxwing::compile
