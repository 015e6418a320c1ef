// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An evaluator of expressions with closures over environments, in cells from an arena.
#include "bench.h"

typedef struct Cell Cell;
struct Cell {
  enum { kNumber, kVariable, kCall, kIfLess, kSum, kProduct, kLet } kind;
  int32_t value; // number, or how many frames up
  const Cell *a, *b, *c, *d;
};
typedef struct Frame {
  int64_t value;
  const struct Frame* up;
} Frame;
static const Cell* body;
static uint64_t steps;
static int64_t eval(const Cell* cell, const Frame* frame) {
  ++steps;
  switch (cell->kind) {
  case kNumber: return cell->value;
  case kVariable: {
    for (int32_t i = cell->value; i > 0; --i) frame = frame->up;
    return frame->value;
  }
  case kCall: {
    const Frame inner = {eval(cell->a, frame), NULL};
    return eval(body, &inner);
  }
  case kIfLess:
    return eval(cell->a, frame) < eval(cell->b, frame) ? eval(cell->c, frame)
                                                       : eval(cell->d, frame);
  case kSum: return eval(cell->a, frame) + eval(cell->b, frame);
  case kProduct: return eval(cell->a, frame) * eval(cell->b, frame);
  case kLet: {
    const Frame inner = {eval(cell->a, frame), frame};
    return eval(cell->b, &inner);
  }
  }
  return 0;
}
static const Cell* make(int kind, int32_t value, const Cell* a, const Cell* b, const Cell* c,
                        const Cell* d) {
  Cell* cell = malloc(sizeof *cell);
  *cell = (Cell){0, value, a, b, c, d};
  memcpy(&cell->kind, &kind, sizeof kind);
  return cell;
}
#define NUMBER(n) make(kNumber, n, 0, 0, 0, 0)
#define UP(n) make(kVariable, n, 0, 0, 0, 0)
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  // f(x) = x < 2 ? x : let y = f(x - 1) in y + f(x - 2) * 3
  const Cell* first = make(kCall, 0, make(kSum, 0, UP(0), NUMBER(-1), 0, 0), 0, 0, 0);
  const Cell* second = make(kCall, 0, make(kSum, 0, UP(1), NUMBER(-2), 0, 0), 0, 0, 0);
  const Cell* product = make(kProduct, 0, second, NUMBER(3), 0, 0);
  const Cell* let = make(kLet, 0, first, make(kSum, 0, UP(0), product, 0, 0), 0, 0);
  body = make(kIfLess, 0, UP(0), NUMBER(2), UP(0), let);
  const Frame outer = {n, NULL};
  show("value", (uint64_t)eval(body, &outer));
  show("steps", steps);
}
