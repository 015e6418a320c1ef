// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products of quantised vectors: 16-bit values, 32-bit sums.
#include "loops.h"

__attribute__((noinline)) static uint32_t dot(size_t n, const int16_t* p, const int16_t* q) {
  uint32_t sum = 0;
  for (size_t i = 0; i < n; ++i) sum += (uint32_t)(p[i] * q[i]);
  return sum;
}
int main(int argc, char** argv) {
  const size_t n = size_of_run(argc, argv);
  struct Room room = room_for(2, n * sizeof(int16_t));
  int16_t* const p = next_array(&room, n * sizeof(int16_t));
  int16_t* const q = next_array(&room, n * sizeof(int16_t));
  uint64_t seed = 16;
  for (size_t i = 0; i < n; ++i) {
    p[i] = (int16_t)next_random(&seed);
    q[i] = (int16_t)next_random(&seed);
  }
  uint64_t sum = 0;
  const uint64_t rounds = rounds_for(3000000000, n);
  for (uint64_t round = 0; round < rounds; ++round) {
    p[round % n] = (int16_t)round;
    sum = sum * 31 + dot(n, p, q);
  }
  show("sum", sum);
}
