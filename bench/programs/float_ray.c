// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Single precision: rays against spheres, with shadows and one reflection.
#include "bench.h"
#include <math.h>

typedef struct {
  float x, y, z;
} Vec;
static Vec add(Vec a, Vec b) { return (Vec){a.x + b.x, a.y + b.y, a.z + b.z}; }
static Vec scale(Vec a, float f) { return (Vec){a.x * f, a.y * f, a.z * f}; }
static float dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static Vec unit(Vec a) { return scale(a, 1.0f / sqrtf(dot(a, a))); }
typedef struct {
  Vec center;
  float radius, shine;
} Sphere;
enum { kSpheres = 9 };
static Sphere spheres[kSpheres];
__attribute__((noinline)) static int hit(Vec from, Vec to, float* distance) {
  int found = -1;
  for (int i = 0; i < kSpheres; ++i) {
    const Vec d = add(from, scale(spheres[i].center, -1));
    const float b = dot(d, to), c = dot(d, d) - spheres[i].radius * spheres[i].radius;
    const float root = b * b - c;
    if (root < 0) continue;
    const float t = -b - sqrtf(root);
    if (t > 0.01f && t < *distance) {
      *distance = t;
      found = i;
    }
  }
  return found;
}
static float shade(Vec from, Vec to, int depth) {
  const Vec light = unit((Vec){1, 2, -1.5f});
  float distance = 1e9f;
  const int i = hit(from, to, &distance);
  if (i < 0) return 0.2f + 0.1f * to.y;
  const Vec at = add(from, scale(to, distance));
  const Vec normal = scale(add(at, scale(spheres[i].center, -1)), 1 / spheres[i].radius);
  float bright = dot(normal, light);
  float unused = 1e9f;
  if (bright < 0 || hit(at, light, &unused) >= 0) bright = 0;
  if (depth > 0)
    bright += spheres[i].shine * shade(at, add(to, scale(normal, -2 * dot(to, normal))), depth - 1);
  return 0.1f + 0.8f * bright;
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 2;
  for (int i = 0; i < kSpheres; ++i) {
    spheres[i].center.x = (float)(i % 3) * 2 - 2;
    spheres[i].center.y = (float)(i / 3) * 2 - 2;
    spheres[i].center.z = (float)random_unit(&seed) * 3 + 4;
    spheres[i].radius = 0.5f + 0.7f * (float)random_unit(&seed);
    spheres[i].shine = (float)random_unit(&seed) * 0.5f;
  }
  uint64_t sum = 0;
  for (unsigned y = 0; y < n; ++y)
    for (unsigned x = 0; x < n; ++x) {
      const Vec to = unit((Vec){(float)x / (float)n - 0.5f, (float)y / (float)n - 0.5f, 0.8f});
      sum = sum * 31 + (uint64_t)(int)(shade((Vec){0, 0, -3}, to, 1) * 255);
    }
  show("picture", sum);
}
