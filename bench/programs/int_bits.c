// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counting, scattering and reversing bits; xorshift generators.
#include "bench.h"

int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t x = 88172645463325252u, sum = 0;
  uint32_t y = 2463534242u;
  for (unsigned i = 0; i < n; ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    y ^= y << 13;
    y ^= y >> 17;
    y ^= y << 5;
    sum += (uint64_t)__builtin_popcountll(x) + (uint64_t)__builtin_clz(y | 1) +
           (uint64_t)__builtin_ctzll(x | 1ull << 63);
    uint32_t r = y;
    r = (r >> 1 & 0x55555555u) | (r & 0x55555555u) << 1;
    r = (r >> 2 & 0x33333333u) | (r & 0x33333333u) << 2;
    r = (r >> 4 & 0x0F0F0F0Fu) | (r & 0x0F0F0F0Fu) << 4;
    r = (r >> 8 & 0x00FF00FFu) | (r & 0x00FF00FFu) << 8;
    sum ^= (uint64_t)(r >> 16 | r << 16) << (i & 31);
  }
  show("sum", sum);
}
