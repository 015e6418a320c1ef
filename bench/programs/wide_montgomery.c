// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Powers modulo a number of 2048 bits, as in RSA, in words of 64 bits (Montgomery 1985).
#include "bench.h"

enum { kWords = 32 };
typedef uint64_t Number[kWords];
typedef unsigned __int128 Wide;

/// sum += a * factor; what goes beyond.
__attribute__((noinline)) static uint64_t add_product(uint64_t* sum, const uint64_t* a,
                                                      uint64_t factor) {
  uint64_t carry = 0;
  for (int i = 0; i < kWords; ++i) {
    const Wide t = (Wide)a[i] * factor + sum[i] + carry;
    sum[i] = (uint64_t)t;
    carry = (uint64_t)(t >> 64);
  }
  return carry;
}
/// a -= b; what is borrowed.
static uint64_t subtract(uint64_t* a, const uint64_t* b) {
  uint64_t borrow = 0;
  for (int i = 0; i < kWords; ++i) {
    const Wide t = (Wide)a[i] - b[i] - borrow;
    a[i] = (uint64_t)t;
    borrow = (uint64_t)(t >> 64) & 1;
  }
  return borrow;
}
static void multiply(Number out, const Number a, const Number b, const Number modulus,
                     uint64_t inverse) {
  uint64_t t[2 * kWords + 1] = {0};
  for (int i = 0; i < kWords; ++i) {
    t[i + kWords] = add_product(t + i, a, b[i]);
  }
  uint64_t carry = 0;
  for (int i = 0; i < kWords; ++i) {
    const Wide end = (Wide)t[i + kWords] + add_product(t + i, modulus, t[i] * inverse) + carry;
    t[i + kWords] = (uint64_t)end;
    carry = (uint64_t)(end >> 64);
  }
  memcpy(out, t + kWords, sizeof(Number));
  Number less;
  memcpy(less, out, sizeof less);
  const uint64_t borrow = subtract(less, modulus);
  if (carry >= borrow) memcpy(out, less, sizeof less);
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t state = 9;
  Number modulus, base, result;
  for (int i = 0; i < kWords; ++i) modulus[i] = next_random(&state), base[i] = next_random(&state);
  modulus[0] |= 1;
  modulus[kWords - 1] |= UINT64_C(1) << 63;
  base[kWords - 1] >>= 1;
  uint64_t inverse = 1;
  for (int i = 0; i < 6; ++i) inverse *= 2 - modulus[0] * inverse;
  memcpy(result, base, sizeof result);
  for (unsigned i = 0; i < n; ++i) {
    multiply(result, result, result, modulus, -inverse);
    if (next_random(&state) & 1) multiply(result, result, base, modulus, -inverse);
  }
  show("result", hash_of(result, sizeof result));
}
