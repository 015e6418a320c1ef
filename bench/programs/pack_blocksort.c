// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The first half of a block-sorting compressor: suffixes by prefix doubling with counting sort,
// move to front, run lengths.
#include "bench.h"

enum { kSize = 1 << 13 };
static uint8_t data[kSize], last[kSize], front[256];
static uint32_t order[kSize], rank_[kSize], other[kSize], counts[kSize + 256];
static void by(const uint32_t* key, uint32_t keys, const uint32_t* from, uint32_t* to,
               uint32_t offset) {
  memset(counts, 0, keys * sizeof *counts);
  for (uint32_t i = 0; i < kSize; ++i) ++counts[key[i]];
  uint32_t sum = 0;
  for (uint32_t i = 0; i < keys; ++i) {
    const uint32_t c = counts[i];
    counts[i] = sum;
    sum += c;
  }
  for (uint32_t i = 0; i < kSize; ++i) {
    const uint32_t at = from[i];
    to[counts[key[(at + offset) % kSize]]++] = at;
  }
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 23, sum = 0;
  for (int i = 0; i < kSize; ++i) data[i] = (uint8_t)("etaoin shrdlu"[random_below(&seed, 13)]);
  static uint32_t fresh[kSize];
  for (unsigned round = 0; round < n; ++round) {
    data[(round * 797) % kSize] ^= 1;
    for (uint32_t i = 0; i < kSize; ++i) {
      rank_[i] = data[i];
      fresh[i] = i;
    }
    by(rank_, 256, fresh, order, 0);
    for (uint32_t width = 1; width < 64; width *= 2) {
      by(rank_, kSize + 256, order, other, width);
      by(rank_, kSize + 256, other, order, 0);
      uint32_t current = 0;
      fresh[order[0]] = 0;
      for (uint32_t i = 1; i < kSize; ++i) {
        const uint32_t a = order[i - 1], b = order[i];
        if (rank_[a] != rank_[b] || rank_[(a + width) % kSize] != rank_[(b + width) % kSize])
          ++current;
        fresh[b] = current;
      }
      memcpy(rank_, fresh, sizeof rank_);
      if (current == kSize - 1) break;
    }
    for (uint32_t i = 0; i < kSize; ++i) last[i] = data[(order[i] + kSize - 1) % kSize];
    for (int i = 0; i < 256; ++i) front[i] = (uint8_t)i;
    uint32_t zeros = 0;
    for (uint32_t i = 0; i < kSize; ++i) {
      uint32_t at = 0;
      while (front[at] != last[i]) ++at;
      zeros += at == 0;
      sum = sum * 31 + at;
      for (uint32_t j = at; j > 0; --j) front[j] = front[j - 1];
      front[0] = last[i];
    }
    sum += zeros;
  }
  show("sum", sum);
}
