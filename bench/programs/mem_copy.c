// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Many copies and fills of a few dozen bytes.
#include "bench.h"

enum { kSize = 1 << 16 };
static uint8_t buffer[2 * kSize];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 9;
  for (int i = 0; i < kSize; ++i) buffer[i] = (uint8_t)next_random(&seed);
  for (unsigned i = 0; i < n; ++i) {
    const uint64_t r = next_random(&seed);
    const uint32_t from = (uint32_t)r % kSize, to = (uint32_t)(r >> 20) % kSize;
    const uint32_t bytes = 8 + (uint32_t)(r >> 40) % 120;
    memmove(buffer + to, buffer + from, bytes);
    if ((r >> 60) == 0) memset(buffer + from, (int)(r >> 8), bytes);
  }
  show("buffer", hash_of(buffer, sizeof buffer));
}
