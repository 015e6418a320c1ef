// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What formats ask for, how guests pass it, and long doubles on their way between both.
#include "nosandbox/format.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "nosandbox/long_double.hpp"

extern "C" int waxwing_nosandbox_vsnprintf(char* to, size_t size, const char* format,
                                           const char* arguments);

namespace waxwing::nosandbox {
namespace {

using Reader = int (*)(const char*, std::span<Passed>);

/// A letter an argument, or "-" where they are too many.
std::string asked_for(Reader read, const std::string& format) {
  std::vector<Passed> out(8);
  const int count = read(format.c_str(), out);
  if (count < 0) return "-";
  std::string letters;
  for (int i = 0; i < count; ++i)
    letters += "?nwlp"[static_cast<size_t>(out[static_cast<size_t>(i)])];
  return letters;
}
std::string printed(const std::string& format) { return asked_for(read_print_format, format); }
std::string scanned(const std::string& format) { return asked_for(read_scan_format, format); }

TEST(NosandboxFormat, Print) {
  EXPECT_EQ(printed("nothing, 100%%"), "");
  EXPECT_EQ(printed("%d %hhu %hd %c"), "nnnn");
  EXPECT_EQ(printed("%ld %llx %zu %jd %td %p %s %n"), "wwwwwwww");
  EXPECT_EQ(printed("%f %5.2e %Lg %La"), "wwll");
  EXPECT_EQ(printed("%*.*f %-*s"), "nnwnw");
  EXPECT_EQ(printed("%3$s %1$d"), "n?w");
  EXPECT_EQ(printed("%2$*1$d"), "nn");
  EXPECT_EQ(printed("%m %k %"), "");
  EXPECT_EQ(printed("%9$d"), "-");
  EXPECT_EQ(printed("%99999999999$d"), "-");
  EXPECT_EQ(printed("%d%d%d%d%d%d%d%d%d"), "-");
}

TEST(NosandboxFormat, Scan) {
  EXPECT_EQ(scanned("%d %*d %5s %[a-z] %[]x] %[^]]%c"), "wwwwww");
  EXPECT_EQ(scanned("%Lf %lf %Ld %2$Lg"), "ppw");
  EXPECT_EQ(scanned("%[abc"), "w");
  EXPECT_EQ(scanned("%% %"), "");
}

TEST(NosandboxFormat, TakesAnything) {
  std::mt19937 random(1);
  const std::string set = "%%%%%diouxXaAeEfFgGcCsSpnhlqjzZtL*.$0123456789-+ #'I[]^m ";
  for (int i = 0; i < 20000; ++i) {
    // On the heap, where the sanitizer sees what is read behind the end.
    std::vector<char> format(random() % 12);
    for (char& c : format) c = set[random() % set.size()];
    format.push_back(0);
    std::vector<Passed> out(8);
    EXPECT_LE(read_print_format(format.data(), out), 8);
    EXPECT_LE(read_scan_format(format.data(), out), 8);
  }
}

TEST(NosandboxFormat, PrintsWhatGuestsPass) {
  struct {
    int32_t a = -5;
    float unused = 0;
    double b = 2.5;
    const char* c = "text";
    int32_t d = 'x';
    alignas(16) GuestLongDouble e = to_guest(0.125L);
    int64_t f = int64_t{1} << 40;
  } const guest;
  char text[100];
  const int count = waxwing_nosandbox_vsnprintf(text, sizeof text, "%d %g %s %c %Lg %lld",
                                                reinterpret_cast<const char*>(&guest));
  EXPECT_STREQ(text, "-5 2.5 text x 0.125 1099511627776");
  EXPECT_EQ(count, 33);
}

TEST(NosandboxFormat, LongDoubles) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10000; ++i) {
    const auto mantissa = static_cast<long double>(static_cast<int64_t>(random()));
    const long double x = std::ldexp(mantissa, static_cast<int>(random() % 32000) - 16000);
    EXPECT_EQ(to_host(to_guest(x)), x);
  }
  const long double infinity = std::numeric_limits<long double>::infinity();
  for (const long double x : {0.0L, -0.0L, infinity, -infinity, 1.0L})
    EXPECT_EQ(to_host(to_guest(x)), x);
  EXPECT_TRUE(std::isnan(to_host(to_guest(std::numeric_limits<long double>::quiet_NaN()))));
  // Rounded, up to the next power of two included.
  if (std::numeric_limits<long double>::digits == 64) {
    EXPECT_EQ(to_host({~uint64_t{0}, 0x3FFFFFFFFFFFFFFF}), 2.0L);
    EXPECT_EQ(to_host({uint64_t{1} << 48, 0x3FFF000000000000}), 1.0L);
    EXPECT_GT(to_host({(uint64_t{1} << 48) + 1, 0x3FFF000000000000}), 1.0L);
  }
}

} // namespace
} // namespace waxwing::nosandbox
