// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

enum { kN = 4096 };
static float x[kN], y[kN];
__attribute__((noinline)) static void saxpy(float a, const float* restrict from,
                                            float* restrict to) {
  for (int i = 0; i < kN; ++i) to[i] += a * from[i];
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  for (int i = 0; i < kN; ++i) x[i] = (float)(i % 17);
  for (unsigned round = 0; round < n; ++round) saxpy((float)(round & 3) - 1.5f, x, y);
  show("y", hash_of(y, sizeof y));
}
