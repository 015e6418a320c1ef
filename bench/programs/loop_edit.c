// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Levenshtein distance of random strings by rows.
#include "bench.h"

enum { kLength = 400 };
static uint32_t row[kLength + 1];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 1;
  char a[kLength], b[kLength];
  uint64_t sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    for (int i = 0; i < kLength; ++i) {
      a[i] = (char)('a' + random_below(&seed, 4));
      b[i] = (char)('a' + random_below(&seed, 4));
    }
    for (uint32_t j = 0; j <= kLength; ++j) row[j] = j;
    for (uint32_t i = 1; i <= kLength; ++i) {
      uint32_t diagonal = row[0];
      row[0] = i;
      for (uint32_t j = 1; j <= kLength; ++j) {
        uint32_t best = diagonal + (a[i - 1] != b[j - 1]);
        diagonal = row[j];
        if (row[j] + 1 < best) best = row[j] + 1;
        if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
        row[j] = best;
      }
    }
    sum = sum * 31 + row[kLength];
  }
  show("distances", sum);
}
