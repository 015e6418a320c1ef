// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fast Fourier transforms of complex doubles in place; the roots of unity by repeated halving.
#include "bench.h"
#include <math.h>

enum { kLog = 10, kN = 1 << kLog };
static double re[kN], im[kN], wr[kN / 2], wi[kN / 2];
static void transform(void) {
  for (unsigned i = 0, j = 0; i < kN; ++i) {
    if (i < j) {
      double t = re[i];
      re[i] = re[j];
      re[j] = t;
      t = im[i];
      im[i] = im[j];
      im[j] = t;
    }
    unsigned bit = kN >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
  }
  for (unsigned half = 1; half < kN; half *= 2) {
    const unsigned step = kN / 2 / half;
    for (unsigned i = 0; i < kN; i += 2 * half)
      for (unsigned k = 0; k < half; ++k) {
        const double c = wr[k * step], s = wi[k * step];
        const double x = re[i + k + half] * c - im[i + k + half] * s;
        const double y = re[i + k + half] * s + im[i + k + half] * c;
        re[i + k + half] = re[i + k] - x;
        im[i + k + half] = im[i + k] - y;
        re[i + k] += x;
        im[i + k] += y;
      }
  }
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  double c = -1, s = 0; // of the angle pi, then halved
  for (unsigned m = kN; m > 2; m /= 2) {
    const double next = sqrt((1 + c) / 2);
    s = m == kN ? 1 : s / (2 * next);
    c = next;
  }
  wr[0] = 1;
  for (unsigned k = 1; k < kN / 2; ++k) {
    wr[k] = wr[k - 1] * c - wi[k - 1] * s;
    wi[k] = wi[k - 1] * c + wr[k - 1] * s;
  }
  uint64_t seed = 11;
  for (int i = 0; i < kN; ++i) re[i] = random_unit(&seed);
  for (unsigned round = 0; round < n; ++round) {
    transform();
    for (int i = 0; i < kN; ++i) {
      re[i] *= 0.03125;
      im[i] *= -0.03125;
    }
  }
  show("spectrum", hash_of(re, sizeof re));
}
