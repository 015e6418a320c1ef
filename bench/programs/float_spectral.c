// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Power iteration with an infinite matrix given by a formula.
#include "bench.h"
#include <math.h>

enum { kN = 120 };
static double u[kN], v[kN], w[kN];
static double entry(unsigned i, unsigned j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }
static void times(const double* from, double* to, int transposed) {
  for (unsigned i = 0; i < kN; ++i) {
    double sum = 0;
    for (unsigned j = 0; j < kN; ++j) sum += (transposed ? entry(j, i) : entry(i, j)) * from[j];
    to[i] = sum;
  }
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  for (int i = 0; i < kN; ++i) u[i] = 1;
  for (unsigned i = 0; i < n; ++i) {
    times(u, w, 0);
    times(w, v, 1);
    times(v, w, 0);
    times(w, u, 1);
  }
  double uv = 0, vv = 0;
  for (int i = 0; i < kN; ++i) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  show_real("norm", sqrt(uv / vv));
}
