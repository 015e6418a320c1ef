// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hashes by multiplying 64 by 64 bits and folding the product, of texts of 3 to 258 bytes; and a
// chain of such products, each of which waits for the one before.
#include "bench.h"

static uint8_t text[4096];
static inline uint64_t fold(uint64_t a, uint64_t b) {
  const unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}
static inline uint64_t word(const uint8_t* p) {
  uint64_t w;
  memcpy(&w, p, sizeof w);
  return w;
}
__attribute__((noinline)) static uint64_t hash(const uint8_t* p, size_t count, uint64_t seed) {
  uint64_t a = seed ^ 0xA0761D6478BD642Fu, b = seed ^ 0xE7037ED1A0B428DBu;
  size_t left = count;
  for (; left >= 32; left -= 32, p += 32) {
    a = fold(word(p) ^ 0x8EBC6AF09C88C6E3u, word(p + 8) ^ a);
    b = fold(word(p + 16) ^ 0x589965CC75374CC3u, word(p + 24) ^ b);
  }
  for (; left >= 8; left -= 8, p += 8) a = fold(word(p) ^ 0x1D8E4E27C47D124Fu, a);
  uint64_t rest = 0;
  for (size_t i = 0; i < left; ++i) rest = rest << 8 | p[i];
  return fold(a ^ rest, b ^ count);
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t state = 5, sum = 0;
  for (size_t i = 0; i < sizeof text; ++i) text[i] = (uint8_t)next_random(&state);
  for (unsigned i = 0; i < n; ++i) {
    const size_t at = i * 131 % (sizeof text - 300);
    sum += hash(text + at, 3 + (i * 7 & 255), sum & 15);
  }
  uint64_t link = sum | 1;
  for (unsigned i = 0; i < n; ++i)
    for (unsigned k = 0; k < 8; ++k) link = fold(link, 0x9E3779B97F4A7C15u + i);
  show("sum", sum);
  show("link", link);
}
