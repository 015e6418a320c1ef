// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many ways there are to put N queens on an N x N board so that none attacks another.
#include <stdio.h>
#include <stdlib.h>

static unsigned long solve(unsigned all, unsigned columns, unsigned left, unsigned right) {
  if (columns == all) return 1;
  unsigned long ways = 0;
  for (unsigned open = all & ~(columns | left | right); open != 0; open &= open - 1) {
    unsigned queen = open & -open;
    ways += solve(all, columns | queen, (left | queen) << 1, (right | queen) >> 1);
  }
  return ways;
}

int main(int argc, char** argv) {
  int most = argc > 1 ? atoi(argv[1]) : 9;
  for (int n = 4; n <= most && n < 16; n++) {
    printf("%2d queens: %lu ways\n", n, solve((1u << n) - 1, 0, 0, 0));
  }
  return 0;
}
