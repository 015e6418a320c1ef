// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Heat that spreads in a cube, from one grid to another and back.
#include "loops.h"

__attribute__((noinline)) static void step(int n, const double (*restrict from)[n][n],
                                           double (*restrict to)[n][n]) {
  for (int i = 1; i < n - 1; ++i)
    for (int j = 1; j < n - 1; ++j)
      for (int k = 1; k < n - 1; ++k)
        to[i][j][k] = 0.125 * (from[i + 1][j][k] - 2.0 * from[i][j][k] + from[i - 1][j][k]) +
                      0.125 * (from[i][j + 1][k] - 2.0 * from[i][j][k] + from[i][j - 1][k]) +
                      0.125 * (from[i][j][k + 1] - 2.0 * from[i][j][k] + from[i][j][k - 1]) +
                      from[i][j][k];
}
int main(int argc, char** argv) {
  const int n = (int)size_of_run(argc, argv);
  const size_t cells = (size_t)n * (size_t)n * (size_t)n;
  struct Room room = room_for(2, cells * sizeof(double));
  double (*const a)[n][n] = next_array(&room, cells * sizeof(double));
  double (*const b)[n][n] = next_array(&room, cells * sizeof(double));
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      for (int k = 0; k < n; ++k) a[i][j][k] = b[i][j][k] = (i + j + (n - k)) * 10.0 / n;
  const uint64_t rounds = rounds_for(200000000, cells);
  for (uint64_t round = 0; round < rounds; ++round) {
    step(n, a, b);
    step(n, b, a);
  }
  show("a", hash_of(a, cells * sizeof(double)));
}
