// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

__attribute__((noinline)) static uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t sum = 0;
  for (unsigned i = 0; i < n; ++i) sum += ackermann(2, 300 + i % 7) + ackermann(3, 5);
  show("ackermann", sum);
}
