// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the programs of loops.txt share: arrays that lie alike in native code and in a guest, whose
// allocators differ, and how often a loop runs over them.
#pragma once

#include "bench.h"

enum { kLine = 64, kPage = 4096 };

/// Memory for arrays, each at the beginning of a line of the cache, and none at the same place of
/// its page as another: processors take such addresses for the same.
struct Room {
  char* next;
  char* end;
};
static inline size_t lines_of(size_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

static inline struct Room room_for(size_t arrays, size_t bytes) {
  const size_t all = (arrays * (lines_of(bytes) + kPage) + kPage - 1) / kPage * kPage;
  char* const begin = aligned_alloc(kPage, all);
  if (begin == NULL) {
    fprintf(stderr, "no memory for %zu bytes\n", all);
    exit(1);
  }
  return (struct Room){begin, begin + all};
}
static inline void* next_array(struct Room* room, size_t bytes) {
  char* const here = room->next;
  // Arrays of whole pages are a quarter of one apart.
  room->next += lines_of(bytes) + (lines_of(bytes) % kPage == 0 ? kPage / 4 : 0);
  return here;
}

/// How often what does `steps` steps is done for `work` steps in all.
static inline uint64_t rounds_for(uint64_t work, uint64_t steps) {
  return work > steps ? work / steps : 1;
}
