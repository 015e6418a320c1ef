// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tables of text: split into fields, parse numbers, sum by name.
#include "bench.h"

enum { kRows = 400, kNames = 32 };
static char text[kRows * 64];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 12;
  size_t length = 0;
  for (int i = 0; i < kRows; ++i)
    length += (size_t)sprintf(text + length, "item%u,%u,%u.%02u,\"some text %u\"\n",
                              random_below(&seed, kNames), random_below(&seed, 1000),
                              random_below(&seed, 100), random_below(&seed, 100),
                              random_below(&seed, 10));
  uint64_t sums[kNames] = {0}, quoted = 0;
  for (unsigned round = 0; round < n; ++round) {
    const char* p = text;
    while (*p != 0) {
      const char* fields[4];
      size_t lengths[4];
      for (int f = 0; f < 4; ++f) {
        fields[f] = p;
        if (*p == '"') {
          ++p;
          while (*p != '"') ++p;
          ++p;
          ++quoted;
        }
        while (*p != ',' && *p != '\n') ++p;
        lengths[f] = (size_t)(p - fields[f]);
        ++p;
      }
      uint32_t name = 0, amount = 0, price = 0;
      if (lengths[0] > 4 && memcmp(fields[0], "item", 4) == 0)
        for (size_t i = 4; i < lengths[0]; ++i) name = name * 10 + (uint32_t)(fields[0][i] - '0');
      for (size_t i = 0; i < lengths[1]; ++i) amount = amount * 10 + (uint32_t)(fields[1][i] - '0');
      for (size_t i = 0; i < lengths[2]; ++i)
        if (fields[2][i] != '.') price = price * 10 + (uint32_t)(fields[2][i] - '0');
      sums[name % kNames] += (uint64_t)amount * price;
    }
  }
  show("sums", hash_of(sums, sizeof sums));
  show("quoted", quoted);
}
