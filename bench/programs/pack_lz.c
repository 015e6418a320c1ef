// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compression against the last 64 KiB with a table of hashes, and back.
#include "bench.h"

enum { kSize = 1 << 16, kHash = 1 << 12 };
static uint8_t data[kSize], packed[2 * kSize], unpacked[kSize];
static uint32_t heads[kHash];
static uint32_t load(const uint8_t* p) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return v;
}
static uint32_t pack(void) {
  memset(heads, 0, sizeof heads);
  uint32_t out = 0, at = 0, literals = 0;
  while (at + 8 < kSize) {
    const uint32_t hash = (load(data + at) * 2654435761u) >> 20;
    const uint32_t before = heads[hash];
    heads[hash] = at;
    if (before < at && load(data + before) == load(data + at)) {
      uint32_t length = 4;
      while (at + length < kSize && length < 130 && data[before + length] == data[at + length])
        ++length;
      packed[out++] = (uint8_t)literals;
      memcpy(packed + out, data + at - literals, literals);
      out += literals;
      literals = 0;
      packed[out++] = (uint8_t)(length - 4);
      packed[out++] = (uint8_t)(at - before);
      packed[out++] = (uint8_t)((at - before) >> 8);
      at += length;
    } else {
      ++at;
      if (++literals == 255) {
        packed[out++] = 255;
        memcpy(packed + out, data + at - literals, literals);
        out += literals;
        literals = 0;
      }
    }
  }
  literals += kSize - at;
  packed[out++] = (uint8_t)literals;
  memcpy(packed + out, data + kSize - literals, literals);
  return out + literals;
}
static uint32_t unpack(uint32_t size) {
  uint32_t in = 0, out = 0;
  while (in < size) {
    const uint32_t literals = packed[in++];
    for (uint32_t i = 0; i < literals; ++i) unpacked[out++] = packed[in++];
    if (literals == 255 || in >= size) continue;
    const uint32_t length = packed[in] + 4u;
    const uint32_t distance = packed[in + 1] | (uint32_t)packed[in + 2] << 8;
    in += 3;
    for (uint32_t i = 0; i < length; ++i, ++out) unpacked[out] = unpacked[out - distance];
  }
  return out;
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 21, sum = 0;
  for (uint32_t i = 0; i < kSize;) {
    if (i > 64 && random_below(&seed, 3) != 0) {
      const uint32_t from = random_below(&seed, i - 32);
      for (uint32_t j = 5 + random_below(&seed, 20); j > 0 && i < kSize; --j, ++i)
        data[i] = data[from + j];
    } else {
      data[i++] = (uint8_t)('a' + random_below(&seed, 26));
    }
  }
  for (unsigned round = 0; round < n; ++round) {
    data[(round * 7919) % kSize] ^= 1;
    const uint32_t size = pack();
    const uint32_t back = unpack(size);
    sum = sum * 31 + size + (back != kSize || memcmp(data, unpacked, kSize) != 0);
  }
  show("sizes", sum);
  show("packed", hash_of(packed, 1000));
}
