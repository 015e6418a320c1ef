// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

enum { kN = 20000 };
static int32_t values[kN];
static void sort(int32_t* a, int32_t left, int32_t right) {
  while (left < right) {
    const int32_t pivot = a[left + (right - left) / 2];
    int32_t i = left, j = right;
    while (i <= j) {
      while (a[i] < pivot) ++i;
      while (a[j] > pivot) --j;
      if (i <= j) {
        const int32_t t = a[i];
        a[i++] = a[j];
        a[j--] = t;
      }
    }
    if (j - left < right - i) {
      sort(a, left, j);
      left = i;
    } else {
      sort(a, i, right);
      right = j;
    }
  }
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 16, sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    for (int i = 0; i < kN; ++i) values[i] = (int32_t)next_random(&seed);
    sort(values, 0, kN - 1);
    for (int i = 1; i < kN; ++i) sum += values[i - 1] > values[i];
    sum = sum * 31 + (uint32_t)values[round % kN];
  }
  show("sum", sum);
}
