// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Placements of queens by backtracking over sets of bits.
#include "bench.h"

static uint64_t nodes;
__attribute__((noinline)) static uint32_t place(uint32_t all, uint32_t columns, uint32_t left,
                                                uint32_t right) {
  if (columns == all) return 1;
  uint32_t ways = 0;
  ++nodes;
  for (uint32_t free = all & ~(columns | left | right); free != 0;) {
    const uint32_t bit = free & -free;
    free ^= bit;
    ways += place(all, columns | bit, ((left | bit) << 1) & all, (right | bit) >> 1);
  }
  return ways;
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  show("ways", place((1u << n) - 1, 0, 0, 0));
  show("nodes", nodes);
}
