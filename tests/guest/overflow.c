// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recursion without end is a trap, not a crash of the host: the call stack is exhausted, or, where
// the compiler keeps frames in linear memory, those run out of it first.
// EXIT: 134
// NATIVE: no
// STDERR: (exhausted|out of bounds)
#include <stdio.h>

static volatile int limit = 2000000000, sink;

__attribute__((noinline)) static int down(int n) {
  if (n == limit) return 0;
  int below = down(n + 1);
  sink = below; // work after the call: this is no loop in disguise
  return below + n;
}

int main(void) {
  puts("before");
  fflush(stdout);
  printf("%d\n", down(0));
  return 0;
}
