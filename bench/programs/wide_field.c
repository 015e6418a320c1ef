// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Multiplication in the field of 2^255-19 with five limbs of 51 bits, as signature code does it
// where products have 128 bits.
#include "bench.h"

typedef uint64_t Limbs[5];
typedef unsigned __int128 Wide;
__attribute__((noinline)) static void multiply(Limbs out, const Limbs a, const Limbs b) {
  const uint64_t mask = (UINT64_C(1) << 51) - 1;
  const uint64_t b1 = 19 * b[1], b2 = 19 * b[2], b3 = 19 * b[3], b4 = 19 * b[4];
  Wide t0 =
      (Wide)a[0] * b[0] + (Wide)a[1] * b4 + (Wide)a[2] * b3 + (Wide)a[3] * b2 + (Wide)a[4] * b1;
  Wide t1 =
      (Wide)a[0] * b[1] + (Wide)a[1] * b[0] + (Wide)a[2] * b4 + (Wide)a[3] * b3 + (Wide)a[4] * b2;
  Wide t2 =
      (Wide)a[0] * b[2] + (Wide)a[1] * b[1] + (Wide)a[2] * b[0] + (Wide)a[3] * b4 + (Wide)a[4] * b3;
  Wide t3 = (Wide)a[0] * b[3] + (Wide)a[1] * b[2] + (Wide)a[2] * b[1] + (Wide)a[3] * b[0] +
            (Wide)a[4] * b4;
  Wide t4 = (Wide)a[0] * b[4] + (Wide)a[1] * b[3] + (Wide)a[2] * b[2] + (Wide)a[3] * b[1] +
            (Wide)a[4] * b[0];
  t1 += (uint64_t)(t0 >> 51);
  t2 += (uint64_t)(t1 >> 51);
  t3 += (uint64_t)(t2 >> 51);
  t4 += (uint64_t)(t3 >> 51);
  const uint64_t low = ((uint64_t)t0 & mask) + 19 * (uint64_t)(t4 >> 51);
  out[0] = low & mask;
  out[1] = ((uint64_t)t1 & mask) + (low >> 51);
  out[2] = (uint64_t)t2 & mask;
  out[3] = (uint64_t)t3 & mask;
  out[4] = (uint64_t)t4 & mask;
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  Limbs x = {9, 8, 7, 6, 5}, y = {1, 2, 3, 4, 5};
  for (unsigned i = 0; i < n; ++i) {
    multiply(x, x, y);
    multiply(y, y, y);
  }
  show("x", hash_of(x, sizeof x));
  show("y", hash_of(y, sizeof y));
}
