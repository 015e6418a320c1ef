// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

enum { kLimit = 1 << 18 };
static uint8_t composite[kLimit];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    memset(composite, 0, sizeof composite);
    for (uint32_t i = 2; i < kLimit; ++i) {
      if (composite[i]) continue;
      sum += i ^ round;
      for (uint32_t j = 2 * i; j < kLimit; j += i) composite[j] = 1;
    }
  }
  show("primes", sum);
}
