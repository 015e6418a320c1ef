// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions chosen by data and called through a table.
#include "bench.h"

typedef uint32_t (*Step)(uint32_t, uint32_t);
static uint32_t sum(uint32_t a, uint32_t b) { return a + b; }
static uint32_t difference(uint32_t a, uint32_t b) { return a - b; }
static uint32_t mix(uint32_t a, uint32_t b) { return (a ^ b) * 2654435761u; }
static uint32_t turn(uint32_t a, uint32_t b) { return a << (b & 31) | a >> (-b & 31); }
static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }
static uint32_t blend(uint32_t a, uint32_t b) { return (a & 0xFFFF) | (b & 0xFFFF0000); }
static uint32_t half(uint32_t a, uint32_t b) { return a / 2 + b; }
static uint32_t flip(uint32_t a, uint32_t b) { return ~a ^ b; }
static const Step kSteps[] = {sum, difference, mix, turn, larger, blend, half, flip};
enum { kLength = 1024 };
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  static Step program[kLength];
  uint64_t seed = 13;
  for (int i = 0; i < kLength; ++i) program[i] = kSteps[random_below(&seed, 8)];
  uint32_t value = 1;
  for (unsigned round = 0; round < n; ++round)
    for (uint32_t i = 0; i < kLength; ++i) value = program[i](value, i + round);
  show("value", value);
}
