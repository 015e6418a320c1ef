// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

enum { kN = 96 };
static double a[kN][kN], b[kN][kN], c[kN][kN];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  for (int i = 0; i < kN; ++i)
    for (int j = 0; j < kN; ++j) {
      a[i][j] = (i * j % 13) / 13.0;
      b[i][j] = (i + 2 * j) % 17 / 17.0;
    }
  for (unsigned round = 0; round < n; ++round)
    for (int i = 0; i < kN; ++i) {
      for (int j = 0; j < kN; ++j) c[i][j] *= 0.5;
      for (int k = 0; k < kN; ++k)
        for (int j = 0; j < kN; ++j) c[i][j] += 1.5 * a[i][k] * b[k][j];
    }
  show("c", hash_of(c, sizeof c));
}
