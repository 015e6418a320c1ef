// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pairing of a sequence with itself by dynamic programming over intervals.
#include "bench.h"

enum { kN = 160 };
static int32_t table[kN][kN];
static uint8_t bases[kN];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 26, sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    memset(table, 0, sizeof table);
    for (int i = 0; i < kN; ++i) bases[i] = (uint8_t)random_below(&seed, 4);
    for (int i = kN - 1; i >= 0; --i)
      for (int j = i + 1; j < kN; ++j) {
        int32_t best = table[i][j - 1];
        if (i + 1 < kN && table[i + 1][j] > best) best = table[i + 1][j];
        const int32_t pair = i < j - 1 ? table[i + 1][j - 1] + (bases[i] + bases[j] == 3) : 0;
        if (pair > best) best = pair;
        for (int k = i + 1; k < j; ++k)
          if (table[i][k] + table[k + 1][j] > best) best = table[i][k] + table[k + 1][j];
        table[i][j] = best;
      }
    sum = sum * 31 + (uint32_t)table[0][kN - 1];
  }
  show("pairs", sum);
}
