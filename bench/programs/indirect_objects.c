// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Objects with tables of functions: shapes, visited, measured and changed.
#include "bench.h"

typedef struct Shape Shape;
typedef struct {
  int64_t (*area)(const Shape*);
  void (*grow)(Shape*, int32_t);
  int (*is_small)(const Shape*);
} Methods;
struct Shape {
  const Methods* methods;
  int32_t a, b, c;
};
static int64_t square_area(const Shape* s) { return (int64_t)s->a * s->a; }
static void square_grow(Shape* s, int32_t by) { s->a += by; }
static int square_small(const Shape* s) { return s->a < 100; }
static int64_t box_area(const Shape* s) { return (int64_t)s->a * s->b; }
static void box_grow(Shape* s, int32_t by) {
  s->a += by;
  s->b += by / 2;
}
static int box_small(const Shape* s) { return s->a + s->b < 200; }
static int64_t triangle_area(const Shape* s) { return (int64_t)s->a * s->b / 2 + s->c; }
static void triangle_grow(Shape* s, int32_t by) {
  s->b += by;
  s->c ^= by;
}
static int triangle_small(const Shape* s) { return s->b < 50; }
static const Methods kSquare = {square_area, square_grow, square_small};
static const Methods kBox = {box_area, box_grow, box_small};
static const Methods kTriangle = {triangle_area, triangle_grow, triangle_small};
enum { kShapes = 512 };
static Shape shapes[kShapes];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  const Methods* const kinds[] = {&kSquare, &kBox, &kTriangle};
  uint64_t seed = 14;
  for (int i = 0; i < kShapes; ++i)
    shapes[i] = (Shape){kinds[random_below(&seed, 3)], (int32_t)random_below(&seed, 200),
                        (int32_t)random_below(&seed, 200), 1};
  uint64_t total = 0;
  for (unsigned round = 0; round < n; ++round)
    for (int i = 0; i < kShapes; ++i) {
      Shape* s = &shapes[i];
      total += (uint64_t)s->methods->area(s);
      s->methods->grow(s, s->methods->is_small(s) ? 3 : -60);
    }
  show("total", total);
}
