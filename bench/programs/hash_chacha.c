// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Blocks of ChaCha20 (RFC 8439).
#include "bench.h"

#define TURN(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define QUARTER(a, b, c, d)                                                                        \
  a += b, d = TURN(d ^ a, 16), c += d, b = TURN(b ^ c, 12), a += b, d = TURN(d ^ a, 8), c += d,    \
          b = TURN(b ^ c, 7)
static uint32_t state[16];
__attribute__((noinline)) static void block(uint32_t out[16]) {
  uint32_t x[16];
  memcpy(x, state, sizeof x);
  for (int i = 0; i < 10; ++i) {
    QUARTER(x[0], x[4], x[8], x[12]);
    QUARTER(x[1], x[5], x[9], x[13]);
    QUARTER(x[2], x[6], x[10], x[14]);
    QUARTER(x[3], x[7], x[11], x[15]);
    QUARTER(x[0], x[5], x[10], x[15]);
    QUARTER(x[1], x[6], x[11], x[12]);
    QUARTER(x[2], x[7], x[8], x[13]);
    QUARTER(x[3], x[4], x[9], x[14]);
  }
  for (int i = 0; i < 16; ++i) out[i] = x[i] + state[i];
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  memcpy(state, "expand 32-byte k", 16);
  for (uint32_t i = 4; i < 16; ++i) state[i] = i * 0x01010101u;
  uint32_t out[16], sums[16] = {0};
  for (unsigned i = 0; i < n; ++i) {
    ++state[12];
    block(out);
    for (int j = 0; j < 16; ++j) sums[j] ^= out[j];
  }
  show("sums", hash_of(sums, sizeof sums));
}
