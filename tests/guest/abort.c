// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// abort() is an unreachable instruction in a guest: a trap, with the exit code of one. What was
// written before must be there.
// EXIT: 134
// NATIVE: no
// STDERR: unreachable
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  puts("before");
  fflush(stdout);
  abort();
}
