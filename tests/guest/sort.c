// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sorting through function pointers: the C library's, and three of our own that must agree.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kCount = 60000 };

static uint64_t state = 88172645463325252u;
static uint32_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 16);
}

static unsigned long comparisons;
static int compare(const void* a, const void* b) {
  comparisons++;
  uint32_t x = *(const uint32_t*)a, y = *(const uint32_t*)b;
  return (x > y) - (x < y);
}

static void heap_sort(uint32_t* v, size_t n) {
  for (size_t end = n, start = n / 2; end > 1;) {
    uint32_t value;
    if (start > 0) {
      value = v[--start];
    } else {
      value = v[--end];
      v[end] = v[0];
    }
    size_t hole = start;
    for (size_t child; (child = 2 * hole + 1) < end; hole = child) {
      if (child + 1 < end && v[child + 1] > v[child]) child++;
      if (v[child] <= value) break;
      v[hole] = v[child];
    }
    v[hole] = value;
  }
}

static void merge_sort(uint32_t* v, size_t n, uint32_t* spare) {
  if (n < 2) return;
  size_t half = n / 2;
  merge_sort(v, half, spare);
  merge_sort(v + half, n - half, spare);
  memcpy(spare, v, half * sizeof *v);
  for (size_t i = 0, j = half, k = 0; i < half;) {
    v[k++] = j < n && v[j] < spare[i] ? v[j++] : spare[i++];
  }
}

static void radix_sort(uint32_t* v, size_t n, uint32_t* spare) {
  for (int shift = 0; shift < 32; shift += 8) {
    size_t start[257] = {0};
    for (size_t i = 0; i < n; i++) start[((v[i] >> shift) & 255) + 1]++;
    for (int i = 0; i < 256; i++) start[i + 1] += start[i];
    for (size_t i = 0; i < n; i++) spare[start[(v[i] >> shift) & 255]++] = v[i];
    memcpy(v, spare, n * sizeof *v);
  }
}

static uint64_t digest(const uint32_t* v, size_t n) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < n; i++) h = (h ^ v[i]) * 1099511628211u;
  return h;
}

int main(void) {
  static uint32_t original[kCount], v[kCount], spare[kCount];
  for (int i = 0; i < kCount; i++) original[i] = next_random() % 50000;

  memcpy(v, original, sizeof v);
  qsort(v, kCount, sizeof v[0], compare);
  printf("qsort  %016llx %s\n", (unsigned long long)digest(v, kCount),
         comparisons > kCount ? "many comparisons" : "too few");
  uint32_t key = v[12345];
  uint32_t* found = bsearch(&key, v, kCount, sizeof v[0], compare);
  printf("bsearch %u\n", found ? *found : 0);

  memcpy(v, original, sizeof v);
  heap_sort(v, kCount);
  printf("heap   %016llx\n", (unsigned long long)digest(v, kCount));
  memcpy(v, original, sizeof v);
  merge_sort(v, kCount, spare);
  printf("merge  %016llx\n", (unsigned long long)digest(v, kCount));
  memcpy(v, original, sizeof v);
  radix_sort(v, kCount, spare);
  printf("radix  %016llx\n", (unsigned long long)digest(v, kCount));
  return 0;
}
