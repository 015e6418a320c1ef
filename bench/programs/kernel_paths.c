// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All shortest paths (Floyd and Warshall) on integers.
#include "bench.h"

enum { kN = 128 };
static int32_t paths[kN][kN];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 25, sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    for (int i = 0; i < kN; ++i)
      for (int j = 0; j < kN; ++j)
        paths[i][j] = i == j ? 0 : (int32_t)(1 + random_below(&seed, 1000));
    for (int k = 0; k < kN; ++k)
      for (int i = 0; i < kN; ++i)
        for (int j = 0; j < kN; ++j)
          if (paths[i][k] + paths[k][j] < paths[i][j]) paths[i][j] = paths[i][k] + paths[k][j];
    sum = sum * 31 + hash_of(paths, sizeof paths);
  }
  show("paths", sum);
}
