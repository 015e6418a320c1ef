// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

int main(int argc, char** argv) {
  const int n = (int)size_of_run(argc, argv);
  uint64_t sum = 0;
  for (int py = 0; py < n; ++py)
    for (int px = 0; px < n; ++px) {
      const double cx = 3.0 * px / n - 2.2, cy = 2.4 * py / n - 1.2;
      double x = 0, y = 0, xx = 0, yy = 0;
      int i = 0;
      for (; i < 100 && xx + yy < 4; ++i) {
        y = 2 * x * y + cy;
        x = xx - yy + cx;
        xx = x * x;
        yy = y * y;
      }
      sum = sum * 31 + (uint64_t)i;
    }
  show("iterations", sum);
}
