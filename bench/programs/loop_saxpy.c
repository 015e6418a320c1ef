// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "loops.h"

__attribute__((noinline)) static void saxpy(size_t n, float a, const float* restrict from,
                                            float* restrict to) {
  for (size_t i = 0; i < n; ++i) to[i] += a * from[i];
}
int main(int argc, char** argv) {
  const size_t n = size_of_run(argc, argv);
  struct Room room = room_for(2, n * sizeof(float));
  float* const x = next_array(&room, n * sizeof(float));
  float* const y = next_array(&room, n * sizeof(float));
  for (size_t i = 0; i < n; ++i) {
    x[i] = (float)(i % 17);
    y[i] = 0;
  }
  const uint64_t rounds = rounds_for(3000000000, n);
  for (uint64_t round = 0; round < rounds; ++round) saxpy(n, (float)(round & 3) - 1.5f, x, y);
  show("y", hash_of(y, n * sizeof(float)));
}
