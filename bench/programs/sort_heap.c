// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

enum { kN = 20000 };
static double values[kN];
static void sift(double* a, uint32_t from, uint32_t count) {
  const double value = a[from];
  for (uint32_t child; (child = 2 * from + 1) < count; from = child) {
    if (child + 1 < count && a[child + 1] > a[child]) ++child;
    if (a[child] <= value) break;
    a[from] = a[child];
  }
  a[from] = value;
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 17;
  double sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    for (int i = 0; i < kN; ++i) values[i] = random_unit(&seed);
    for (uint32_t i = kN / 2; i-- > 0;) sift(values, i, kN);
    for (uint32_t last = kN - 1; last > 0; --last) {
      const double top = values[0];
      values[0] = values[last];
      values[last] = top;
      sift(values, 0, last);
    }
    sum += values[(round * 7919) % kN];
  }
  show_real("sum", sum);
}
