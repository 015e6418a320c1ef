// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t longest = 0, at = 0;
  for (uint64_t start = 1; start < n; ++start) {
    uint64_t steps = 0;
    for (uint64_t x = start; x != 1; ++steps) x = x & 1 ? 3 * x + 1 : x >> 1;
    if (steps > longest) {
      longest = steps;
      at = start;
    }
  }
  show("longest", longest);
  show("at", at);
}
