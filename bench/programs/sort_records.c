// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Records by a function of comparison: merge sort with two keys.
#include "bench.h"

enum { kN = 8192 };
typedef struct {
  uint32_t key, rest;
} Record;
static Record records[kN], space[kN];
typedef int (*Compare)(const Record*, const Record*);
static int by_key(const Record* a, const Record* b) {
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  return a->rest < b->rest ? -1 : a->rest > b->rest;
}
static int by_rest(const Record* a, const Record* b) {
  return a->rest < b->rest ? -1 : a->rest > b->rest;
}
static void merge_sort(Record* a, uint32_t count, Compare compare) {
  for (uint32_t width = 1; width < count; width *= 2) {
    for (uint32_t start = 0; start < count; start += 2 * width) {
      const uint32_t middle = start + width < count ? start + width : count;
      const uint32_t end = start + 2 * width < count ? start + 2 * width : count;
      uint32_t i = start, j = middle;
      for (uint32_t k = start; k < end; ++k)
        space[k] = i < middle && (j >= end || compare(&a[i], &a[j]) <= 0) ? a[i++] : a[j++];
    }
    memcpy(a, space, count * sizeof *a);
  }
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 18, sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    for (int i = 0; i < kN; ++i) {
      records[i].key = random_below(&seed, 500);
      records[i].rest = (uint32_t)next_random(&seed);
    }
    merge_sort(records, kN, round & 1 ? by_rest : by_key);
    sum = sum * 31 + hash_of(records, sizeof records);
  }
  show("sum", sum);
}
