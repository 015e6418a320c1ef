// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Factorials and their decimal digits in words of 32 bits.
#include "bench.h"

enum { kWords = 1024 };
static uint32_t words[kWords];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t digits = 0, sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    memset(words, 0, sizeof words);
    words[0] = 1;
    uint32_t used = 1;
    for (uint32_t k = 2; k <= 600 + round % 3; ++k) {
      uint64_t carry = 0;
      for (uint32_t i = 0; i < used; ++i) {
        carry += (uint64_t)words[i] * k;
        words[i] = (uint32_t)carry;
        carry >>= 32;
      }
      if (carry != 0) words[used++] = (uint32_t)carry;
    }
    while (used != 0) {
      uint64_t rest = 0;
      for (uint32_t i = used; i-- > 0;) {
        rest = rest << 32 | words[i];
        words[i] = (uint32_t)(rest / 1000000000u);
        rest %= 1000000000u;
      }
      sum = sum * 1000003 + rest;
      digits += 9;
      while (used != 0 && words[used - 1] == 0) --used;
    }
  }
  show("digits", digits);
  show("sum", sum);
}
