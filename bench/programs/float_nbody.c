// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Planets attracting each other, integrated step by step.
#include "bench.h"
#include <math.h>

enum { kBodies = 6 };
typedef struct {
  double p[3], v[3], mass;
} Body;
static Body bodies[kBodies];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 5;
  for (int i = 0; i < kBodies; ++i) {
    for (int k = 0; k < 3; ++k) {
      bodies[i].p[k] = 20 * random_unit(&seed) - 10;
      bodies[i].v[k] = random_unit(&seed) - 0.5;
    }
    bodies[i].mass = i == 0 ? 40 : random_unit(&seed);
  }
  for (unsigned step = 0; step < n; ++step) {
    for (int i = 0; i < kBodies; ++i)
      for (int j = i + 1; j < kBodies; ++j) {
        Body *a = &bodies[i], *b = &bodies[j];
        const double x = a->p[0] - b->p[0], y = a->p[1] - b->p[1], z = a->p[2] - b->p[2];
        const double d2 = x * x + y * y + z * z + 0.01;
        const double f = 0.001 / (d2 * sqrt(d2));
        a->v[0] -= x * b->mass * f;
        a->v[1] -= y * b->mass * f;
        a->v[2] -= z * b->mass * f;
        b->v[0] += x * a->mass * f;
        b->v[1] += y * a->mass * f;
        b->v[2] += z * a->mass * f;
      }
    for (int i = 0; i < kBodies; ++i)
      for (int k = 0; k < 3; ++k) bodies[i].p[k] += 0.001 * bodies[i].v[k];
  }
  show_real("x", bodies[1].p[0]);
  show("state", hash_of(bodies, sizeof bodies));
}
