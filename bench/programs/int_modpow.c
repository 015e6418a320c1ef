// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Miller-Rabin over 64-bit numbers below 2^32: multiplication and remainder.
#include "bench.h"

static uint64_t power(uint64_t base, uint64_t exponent, uint64_t modulus) {
  uint64_t result = 1;
  for (base %= modulus; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result = result * base % modulus;
    base = base * base % modulus;
  }
  return result;
}
static int is_prime(uint64_t n) {
  static const uint64_t kWitnesses[] = {2, 3, 5, 7};
  if (n < 2 || n % 2 == 0) return n == 2;
  uint64_t odd = n - 1;
  int twos = 0;
  for (; odd % 2 == 0; odd /= 2) ++twos;
  for (int i = 0; i < 4; ++i) {
    if (kWitnesses[i] % n == 0) continue;
    uint64_t x = power(kWitnesses[i], odd, n);
    if (x == 1 || x == n - 1) continue;
    int composite = 1;
    for (int j = 1; j < twos && composite; ++j) {
      x = x * x % n;
      if (x == n - 1) composite = 0;
    }
    if (composite) return 0;
  }
  return 1;
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 3, count = 0;
  for (unsigned i = 0; i < n; ++i) count += (uint64_t)is_prime(next_random(&seed) >> 32 | 1);
  show("primes", count);
}
