// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

enum { kN = 160 };
static double grid[kN][kN];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  for (int i = 0; i < kN; ++i)
    for (int j = 0; j < kN; ++j) grid[i][j] = (i * (j + 2) + 2.0) / kN;
  for (unsigned t = 0; t < n; ++t)
    for (int i = 1; i < kN - 1; ++i)
      for (int j = 1; j < kN - 1; ++j)
        grid[i][j] = (grid[i - 1][j - 1] + grid[i - 1][j] + grid[i - 1][j + 1] + grid[i][j - 1] +
                      grid[i][j] + grid[i][j + 1] + grid[i + 1][j - 1] + grid[i + 1][j] +
                      grid[i + 1][j + 1]) /
                     9.0;
  show("grid", hash_of(grid, sizeof grid));
}
