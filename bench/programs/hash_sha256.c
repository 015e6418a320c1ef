// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SHA-256 (FIPS 180-4); its constants are made from the square and cube roots of primes.
#include "bench.h"

static uint32_t k[64], h[8];
static uint32_t turn(uint32_t x, int by) { return x >> by | x << (32 - by); }
/// The first 32 bits behind the point of the root of `n` of degree 2 or 3.
static uint32_t root_bits(uint32_t n, int degree) {
  uint64_t root = 0; // in units of 2^-32
  for (int bit = 36; bit >= 0; --bit) {
    const uint64_t trial = root | (uint64_t)1 << bit;
    // trial^degree <= n * 2^(32 * degree), in pieces of 32 bits
    uint64_t limbs[4] = {(uint32_t)trial, trial >> 32, 0, 0};
    for (int i = 1; i < degree; ++i) {
      uint64_t out[4] = {0};
      for (int a = 0; a < 4; ++a)
        for (int b = 0; b < 2 && a + b < 4; ++b) {
          uint64_t product = limbs[a] * (b == 0 ? (uint32_t)trial : (uint32_t)(trial >> 32));
          for (int c = a + b; product != 0 && c < 4; ++c) {
            product += out[c];
            out[c] = (uint32_t)product;
            product >>= 32;
          }
        }
      memcpy(limbs, out, sizeof limbs);
    }
    const uint64_t whole = limbs[degree] | (degree < 3 ? limbs[degree + 1] << 32 : 0);
    if (whole < n) root = trial;
  }
  return (uint32_t)root;
}
static void block(const uint8_t* p) {
  uint32_t w[64];
  for (int i = 0; i < 16; ++i)
    w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 |
           p[4 * i + 3];
  for (int i = 16; i < 64; ++i) {
    const uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
           (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
  }
  uint32_t s[8];
  memcpy(s, h, sizeof s);
  for (int i = 0; i < 64; ++i) {
    const uint32_t e = s[4], a = s[0];
    const uint32_t t1 =
        s[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + k[i] + w[i];
    const uint32_t t2 =
        (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; ++i) h[i] += s[i];
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  int found = 0;
  for (uint32_t p = 2; found < 64; ++p) {
    int prime = 1;
    for (uint32_t d = 2; d * d <= p; ++d)
      if (p % d == 0) prime = 0;
    if (!prime) continue;
    if (found < 8) h[found] = root_bits(p, 2);
    k[found++] = root_bits(p, 3);
  }
  uint8_t data[64];
  for (int i = 0; i < 64; ++i) data[i] = (uint8_t)(i * 7);
  for (unsigned i = 0; i < n; ++i) {
    data[i & 63] ^= (uint8_t)h[i & 7];
    block(data);
  }
  show("k", hash_of(k, sizeof k));
  show("h", hash_of(h, sizeof h));
}
