// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The mean of each point and its neighbours on a plane, from one grid to another and back.
#include "loops.h"

__attribute__((noinline)) static void step(int n, const double (*restrict from)[n],
                                           double (*restrict to)[n]) {
  for (int i = 1; i < n - 1; ++i)
    for (int j = 1; j < n - 1; ++j)
      to[i][j] =
          0.2 * (from[i][j] + from[i][j - 1] + from[i][j + 1] + from[i - 1][j] + from[i + 1][j]);
}
int main(int argc, char** argv) {
  const int n = (int)size_of_run(argc, argv);
  const size_t bytes = (size_t)n * (size_t)n * sizeof(double);
  struct Room room = room_for(2, bytes);
  double (*const a)[n] = next_array(&room, bytes);
  double (*const b)[n] = next_array(&room, bytes);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) a[i][j] = b[i][j] = (i * (j + 2) + 2.0) / n;
  const uint64_t rounds = rounds_for(300000000, (uint64_t)n * (uint64_t)n);
  for (uint64_t round = 0; round < rounds; ++round) {
    step(n, a, b);
    step(n, b, a);
  }
  show("a", hash_of(a, bytes));
}
