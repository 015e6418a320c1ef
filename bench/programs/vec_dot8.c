// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products of quantised vectors: 8-bit values, 32-bit sums.
#include "bench.h"

enum { kN = 4096 };
static int8_t a[kN], b[kN];
__attribute__((noinline)) static int32_t dot(const int8_t* p, const int8_t* q) {
  int32_t sum = 0;
  for (int i = 0; i < kN; ++i) sum += p[i] * q[i];
  return sum;
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 8;
  for (int i = 0; i < kN; ++i) {
    a[i] = (int8_t)next_random(&seed);
    b[i] = (int8_t)next_random(&seed);
  }
  uint64_t sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    a[round % kN] = (int8_t)round;
    sum += (uint64_t)(int64_t)dot(a, b);
  }
  show("sum", sum);
}
