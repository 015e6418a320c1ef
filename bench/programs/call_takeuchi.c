// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Takeuchi's function on doubles: calls with several arguments of floating point.
#include "bench.h"

__attribute__((noinline)) static double tak(double x, double y, double z) {
  if (y >= x) return z;
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  double sum = 0;
  for (unsigned i = 0; i < n; ++i) sum += tak(18 + i % 2, 12, 6);
  show_real("tak", sum);
}
