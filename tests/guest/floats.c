// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floating point: printing and reading in every format, exact functions, conversions, NaN and
// infinity, rounding. Only what IEEE 754 and C fix to the last bit, so that every machine agrees.
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t bits(double x) {
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}

int main(void) {
  volatile double zero = 0.0, one = 1.0, third = 1.0 / 3.0;
  const double values[] = {0.0,        -0.0, 1.0,     -1.5,    3.141592653589793,
                           1e-5,       1e21, DBL_MAX, DBL_MIN, 4.9e-324,
                           123456.789, 0.1,  1e100,   2.5};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    double v = values[i];
    // %a of a subnormal may be written in more than one way.
    printf("%g | %.17g | %.3f | %e | %a\n", v, v, fabs(v) < 1e30 ? v : 0.0, v,
           fabs(v) < DBL_MIN ? 0.0 : v);
  }
  printf("%10.2f|%-10.2f|%+.1f|%010.3f|% .2f|%#.0f\n", 3.14159, 3.14159, 2.25, -3.5, 1.0, 7.0);
  printf("%f %f %f\n", (double)INFINITY, -(double)INFINITY, zero / one);
  printf("nan %d %d inf %d\n", isnan(zero / zero) != 0, isnan(sqrt(-one)) != 0,
         isinf(one / zero) != 0);

  const char* texts[] = {"1",
                         "1.7976931348623157e308",
                         "2.2250738585072011e-308",
                         "0x1.8p3",
                         "9007199254740993",
                         "1e400",
                         "-.5e-3x",
                         "0.1000000000000000055511151231257827021181583404541015625",
                         "5e-324",
                         "2.4703282292062328e-324"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    char* end;
    double v = strtod(texts[i], &end);
    printf("%s -> %016" PRIx64 " rest \"%s\"\n", texts[i], bits(v), end);
  }

  for (int i = -6; i <= 6; i++) {
    volatile double x = i * 0.5;
    printf("%4.1f: floor %g ceil %g trunc %g rint %g round %g\n", x, floor(x), ceil(x), trunc(x),
           rint(x), round(x));
  }
  printf("sqrt %.17g %.17g\n", sqrt(2.0 * one), (double)sqrtf(2.0f * (float)one));
  printf("copysign %g fmin %g fmax %g fma %.17g\n", copysign(3.0, -one), fmin(one, third),
         fmax(one, third), fma(third, 3.0, -1.0));
  int exponent;
  double fraction = frexp(1234.5 * one, &exponent);
  printf("frexp %.17g %d ldexp %g fmod %g remainder %g\n", fraction, exponent, ldexp(0.75, 10),
         fmod(10.5, 3.0 * one), remainder(10.5, 3.0 * one));
  printf("nextafter %a\n", nextafter(one, 2.0));

  volatile float f = 16777216.0f;
  printf("float %.9g %.9g %d\n", (double)(f + 1.0f), (double)(f * 3.0f), (int)(f / 7.0f));
  volatile double big = 4294967295.9;
  printf("to int %" PRIu32 " %" PRId64 " %" PRIu64 "\n", (uint32_t)big, (int64_t)-big,
         (uint64_t)(big * 1e9));
  volatile uint64_t whole = 0xFFFFFFFFFFFFFBFFu;
  printf("from int %.17g %.17g %.9g\n", (double)whole, (double)(int64_t)whole,
         (double)(float)whole);

  double sum = 0, c = 0;
  for (int i = 1; i <= 100000; i++) {
    double y = one / i - c, t = sum + y;
    c = (t - sum) - y;
    sum = t;
  }
  printf("harmonic %016" PRIx64 "\n", bits(sum));
  double x = 0.5 * one;
  for (int i = 0; i < 10000; i++) x = 3.9 * x * (1 - x);
  printf("logistic %016" PRIx64 "\n", bits(x));
  return 0;
}
