// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The permutation of Keccak (FIPS 202): 64-bit rotations and logic.
#include "bench.h"

static uint64_t a[25], constants[24];
static int turns[25];
static uint64_t turn(uint64_t x, int by) { return by == 0 ? x : x << by | x >> (64 - by); }
static void permute(void) {
  for (int round = 0; round < 24; ++round) {
    uint64_t c[5], b[25];
    for (int x = 0; x < 5; ++x) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (int x = 0; x < 5; ++x) {
      const uint64_t d = c[(x + 4) % 5] ^ turn(c[(x + 1) % 5], 1);
      for (int y = 0; y < 25; y += 5) a[x + y] ^= d;
    }
    for (int x = 0; x < 5; ++x)
      for (int y = 0; y < 5; ++y)
        b[y + 5 * ((2 * x + 3 * y) % 5)] = turn(a[x + 5 * y], turns[x + 5 * y]);
    for (int y = 0; y < 25; y += 5)
      for (int x = 0; x < 5; ++x) a[x + y] = b[x + y] ^ (~b[(x + 1) % 5 + y] & b[(x + 2) % 5 + y]);
    a[0] ^= constants[round];
  }
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  for (int t = 0, x = 1, y = 0; t < 24; ++t) {
    turns[x + 5 * y] = (t + 1) * (t + 2) / 2 % 64;
    const int next = (2 * x + 3 * y) % 5;
    x = y;
    y = next;
  }
  uint32_t shift = 1; // a linear register of 8 bits
  for (int i = 0; i < 24; ++i)
    for (int j = 0; j < 7; ++j) {
      if (shift & 1) constants[i] |= (uint64_t)1 << ((1 << j) - 1);
      shift = shift << 1 ^ (shift >> 7) * 0x171;
    }
  for (unsigned i = 0; i < n; ++i) {
    a[i % 17] ^= i;
    permute();
  }
  show("state", hash_of(a, sizeof a));
}
