// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sums of floats have an order, so this has no vectors in native code either.
#include "loops.h"

__attribute__((noinline)) static double dot(size_t n, const double* p, const double* q) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += p[i] * q[i];
  return sum;
}
int main(int argc, char** argv) {
  const size_t n = size_of_run(argc, argv);
  struct Room room = room_for(2, n * sizeof(double));
  double* const p = next_array(&room, n * sizeof(double));
  double* const q = next_array(&room, n * sizeof(double));
  for (size_t i = 0; i < n; ++i) {
    p[i] = (double)(i % 19) - 9;
    q[i] = (double)(i % 23) / 23;
  }
  double sum = 0;
  const uint64_t rounds = rounds_for(300000000, n);
  for (uint64_t round = 0; round < rounds; ++round) {
    p[round % n] = (double)(round & 7);
    sum += dot(n, p, q);
  }
  show_real("sum", sum);
}
