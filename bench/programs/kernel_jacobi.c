// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

enum { kN = 160 };
static double grid[2][kN][kN];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  for (int i = 0; i < kN; ++i)
    for (int j = 0; j < kN; ++j) grid[0][i][j] = grid[1][i][j] = (i * (j + 2) + 2.0) / kN;
  for (unsigned t = 0; t < n; ++t) {
    double (*from)[kN] = grid[t & 1];
    double (*to)[kN] = grid[(t + 1) & 1];
    for (int i = 1; i < kN - 1; ++i)
      for (int j = 1; j < kN - 1; ++j)
        to[i][j] =
            0.2 * (from[i][j] + from[i][j - 1] + from[i][j + 1] + from[i - 1][j] + from[i + 1][j]);
  }
  show("grid", hash_of(grid, sizeof grid));
}
