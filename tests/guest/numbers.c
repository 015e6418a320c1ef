// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integers of every width: SHA-256, a 128-bit product, division and shifts at their edges, bit
// counts, conversions, and a multi-precision factorial.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

// The round constants are the first 32 bits of the fractional parts of the cube roots of the first
// 64 primes; computed here with integers only.
static uint32_t fraction_of_root(uint32_t n, int power) {
  unsigned __int128 low = 0, high = (unsigned __int128)1 << 37;
  while (high - low > 1) {
    unsigned __int128 middle = (low + high) / 2, square = middle * middle;
    int over = power == 2 ? square > (unsigned __int128)n << 64
                          : square * middle > (unsigned __int128)n << 96;
    if (over)
      high = middle;
    else
      low = middle;
  }
  return (uint32_t)low;
}

static uint32_t k[64], initial[8];

static void prepare(void) {
  int n = 0;
  for (uint32_t candidate = 2; n < 64; candidate++) {
    int prime = 1;
    for (uint32_t d = 2; d * d <= candidate; d++) prime &= candidate % d != 0;
    if (!prime) continue;
    if (n < 8) initial[n] = fraction_of_root(candidate, 2);
    k[n++] = fraction_of_root(candidate, 3);
  }
}

static void block(uint32_t h[8], const unsigned char* p) {
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i++) {
    w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 |
           p[4 * i + 3];
  }
  for (int i = 16; i < 64; i++) {
    uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
           (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
  }
  memcpy(s, h, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                  ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
    uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
                  ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) h[i] += s[i];
}

static void sha256(const unsigned char* data, size_t size, char* hex) {
  uint32_t h[8];
  memcpy(h, initial, sizeof h);
  size_t at = 0;
  for (; size - at >= 64; at += 64) block(h, data + at);
  unsigned char last[128] = {0};
  size_t rest = size - at, padded = rest < 56 ? 64 : 128;
  memcpy(last, data + at, rest);
  last[rest] = 0x80;
  for (int i = 0; i < 8; i++) last[padded - 1 - i] = (unsigned char)((uint64_t)size * 8 >> 8 * i);
  for (size_t i = 0; i < padded; i += 64) block(h, last + i);
  for (int i = 0; i < 8; i++) sprintf(hex + 8 * i, "%08" PRIx32, h[i]);
}

int main(void) {
  prepare();
  char hex[65];
  sha256((const unsigned char*)"", 0, hex);
  puts(hex);
  sha256((const unsigned char*)"abc", 3, hex);
  puts(hex);
  enum { kMegabyte = 1000000 };
  unsigned char* a = malloc(kMegabyte);
  memset(a, 'a', kMegabyte);
  sha256(a, kMegabyte, hex);
  puts(hex);
  free(a);

  volatile uint64_t big = 0xFEDCBA9876543210u, other = 0x0F1E2D3C4B5A6978u;
  unsigned __int128 product = (unsigned __int128)big * other;
  printf("%016" PRIx64 "%016" PRIx64 "\n", (uint64_t)(product >> 64), (uint64_t)product);
  volatile int32_t small = INT32_MIN, minus = -1, seven = 7;
  volatile int64_t least = INT64_MIN;
  printf("%" PRId32 " %" PRId32 " %" PRId32 "\n", small / seven, small % seven,
         (small / 2) * minus);
  printf("%" PRId64 " %" PRId64 " %" PRIu64 "\n", least / seven, least % seven,
         (uint64_t)least / 10);
  volatile int shift = 33;
  printf("%" PRIx64 " %" PRIx64 " %" PRIx64 "\n", big << shift, big >> shift,
         (uint64_t)((int64_t)big >> shift));
  printf("%d %d %d %d\n", __builtin_clz(0x00F0u * (unsigned)seven), __builtin_ctzll(big),
         __builtin_popcountll(big), __builtin_clzll(other));
  printf("%d %d %u %d\n", (int8_t)(big >> 8), (int16_t)other, (uint8_t)small + 200u,
         (int)(int8_t)(seven * 40));
  printf("%" PRIx32 " %" PRIx64 "\n", __builtin_bswap32((uint32_t)big), __builtin_bswap64(big));
  int32_t sum;
  printf("overflow %d %d\n", __builtin_add_overflow(INT32_MAX, seven, &sum),
         __builtin_mul_overflow(seven, 6, &sum));

  // 200! in base 10^9.
  uint32_t digits[64] = {1};
  int used = 1;
  for (uint32_t n = 2; n <= 200; n++) {
    uint64_t carry = 0;
    for (int i = 0; i < used; i++) {
      carry += (uint64_t)digits[i] * n;
      digits[i] = (uint32_t)(carry % 1000000000u);
      carry /= 1000000000u;
    }
    if (carry != 0) digits[used++] = (uint32_t)carry;
  }
  printf("%" PRIu32, digits[used - 1]);
  for (int i = used - 2; i >= 0; i--) printf("%09" PRIu32, digits[i]);
  puts("");
  return 0;
}
