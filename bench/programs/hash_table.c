// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A table with open addressing: words counted, found and removed.
#include "bench.h"

enum { kSlots = 1 << 13, kKeys = 5000 };
typedef struct {
  uint64_t key;
  uint32_t count, used;
} Slot;
static Slot slots[kSlots];
static uint32_t place_of(uint64_t key) { return (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 51); }
static Slot* find(uint64_t key) {
  uint32_t i = place_of(key);
  while (slots[i].used && slots[i].key != key) i = (i + 1) % kSlots;
  return &slots[i];
}
static void erase(uint64_t key) {
  uint32_t hole = (uint32_t)(find(key) - slots);
  if (!slots[hole].used) return;
  for (uint32_t i = (hole + 1) % kSlots; slots[i].used; i = (i + 1) % kSlots) {
    const uint32_t ideal = place_of(slots[i].key);
    if (((i - ideal) % kSlots) >= ((i - hole) % kSlots)) {
      slots[hole] = slots[i];
      hole = i;
    }
  }
  slots[hole].used = 0;
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 20, sum = 0;
  for (unsigned i = 0; i < n; ++i) {
    const uint64_t key = random_below(&seed, kKeys) * UINT64_C(0x100000001B3);
    if (i % 16 == 0) {
      erase(key);
      continue;
    }
    Slot* slot = find(key);
    if (!slot->used) *slot = (Slot){key, 0, 1};
    sum += ++slot->count;
  }
  show("sum", sum);
}
