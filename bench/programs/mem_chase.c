// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A list in random order that fits the second cache.
#include "bench.h"

enum { kN = 1 << 14 };
typedef struct Node {
  struct Node* next;
  uint32_t value;
} Node;
static Node nodes[kN];
static uint32_t order[kN];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 6;
  for (uint32_t i = 0; i < kN; ++i) order[i] = i;
  for (uint32_t i = kN - 1; i > 0; --i) {
    const uint32_t j = random_below(&seed, i + 1), t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
  for (uint32_t i = 0; i < kN; ++i) {
    nodes[order[i]].next = &nodes[order[(i + 1) % kN]];
    nodes[order[i]].value = i;
  }
  uint64_t sum = 0;
  const Node* at = nodes;
  for (unsigned i = 0; i < n; ++i) {
    sum += at->value ^ i;
    at = at->next;
  }
  show("sum", sum);
}
