// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all programs of the corpus share: their size on the command line, numbers that look random
// and are the same everywhere, and a way to print results that two C libraries agree on.
#pragma once

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline unsigned size_of_run(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: PROGRAM SIZE\n");
    exit(2);
  }
  return (unsigned)strtoul(argv[1], NULL, 10);
}

/// SplitMix64 (Steele, Lea, Flood 2014).
static inline uint64_t next_random(uint64_t* state) {
  uint64_t z = (*state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}
static inline uint32_t random_below(uint64_t* state, uint32_t bound) {
  return (uint32_t)(((next_random(state) >> 32) * bound) >> 32);
}
static inline double random_unit(uint64_t* state) {
  return (double)(next_random(state) >> 11) * (1.0 / 9007199254740992.0);
}

/// A hash over bytes (FNV-1a).
static inline uint64_t hash_of(const void* bytes, size_t count) {
  const uint8_t* p = bytes;
  uint64_t h = 0xCBF29CE484222325u;
  for (size_t i = 0; i < count; ++i) h = (h ^ p[i]) * 0x100000001B3u;
  return h;
}
static inline void show(const char* what, uint64_t value) {
  printf("%s %016" PRIx64 "\n", what, value);
}
static inline void show_real(const char* what, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  printf("%s %.12g %016" PRIx64 "\n", what, value, bits);
}
