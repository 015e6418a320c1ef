// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Multiplication in the field of 2^255-19 with limbs of 26 and 25 bits, as signature code does it.
#include "bench.h"

typedef int64_t Limbs[10];
__attribute__((noinline)) static void multiply(Limbs out, const Limbs a, const Limbs b) {
  int64_t t[19] = {0};
  for (int i = 0; i < 10; ++i)
    for (int j = 0; j < 10; ++j) t[i + j] += a[i] * b[j] * (1 + (i & j & 1));
  for (int i = 0; i < 9; ++i) t[i] += 19 * t[i + 10];
  for (int pass = 0; pass < 2; ++pass) {
    for (int i = 0; i < 9; ++i) {
      const int bits = i & 1 ? 25 : 26;
      t[i + 1] += t[i] >> bits;
      t[i] &= (INT64_C(1) << bits) - 1;
    }
    t[0] += 19 * (t[9] >> 25);
    t[9] &= (INT64_C(1) << 25) - 1;
  }
  memcpy(out, t, sizeof(Limbs));
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  Limbs x = {9, 8, 7, 6, 5, 4, 3, 2, 1, 1}, y = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1};
  for (unsigned i = 0; i < n; ++i) {
    multiply(x, x, y);
    multiply(y, y, y);
  }
  show("x", hash_of(x, sizeof x));
  show("y", hash_of(y, sizeof y));
}
