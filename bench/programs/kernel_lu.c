// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

enum { kN = 100 };
static double m[kN][kN];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    for (int i = 0; i < kN; ++i)
      for (int j = 0; j < kN; ++j) m[i][j] = i == j ? kN : ((i * j + (int)round) % 7) / 7.0;
    for (int i = 0; i < kN; ++i) {
      for (int j = 0; j < i; ++j) {
        for (int k = 0; k < j; ++k) m[i][j] -= m[i][k] * m[k][j];
        m[i][j] /= m[j][j];
      }
      for (int j = i; j < kN; ++j)
        for (int k = 0; k < i; ++k) m[i][j] -= m[i][k] * m[k][j];
    }
    sum = sum * 31 + hash_of(m, sizeof m);
  }
  show("lu", sum);
}
