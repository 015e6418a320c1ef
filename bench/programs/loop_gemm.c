// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "loops.h"

__attribute__((noinline)) static void gemm(int n, double alpha, double beta,
                                           const double (*restrict a)[n],
                                           const double (*restrict b)[n], double (*restrict c)[n]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) c[i][j] *= beta;
    for (int k = 0; k < n; ++k)
      for (int j = 0; j < n; ++j) c[i][j] += alpha * a[i][k] * b[k][j];
  }
}
int main(int argc, char** argv) {
  const int n = (int)size_of_run(argc, argv);
  const size_t bytes = (size_t)n * (size_t)n * sizeof(double);
  struct Room room = room_for(3, bytes);
  double (*const a)[n] = next_array(&room, bytes);
  double (*const b)[n] = next_array(&room, bytes);
  double (*const c)[n] = next_array(&room, bytes);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      a[i][j] = (i * j % 13) / 13.0;
      b[i][j] = (i + 2 * j) % 17 / 17.0;
      c[i][j] = 0;
    }
  const uint64_t rounds = rounds_for(1600000000, (uint64_t)n * (uint64_t)n * (uint64_t)n);
  for (uint64_t round = 0; round < rounds; ++round) gemm(n, 1.5, 0.5, a, b, c);
  show("c", hash_of(c, bytes));
}
