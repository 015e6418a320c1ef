// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

enum { kSize = 1 << 14 };
static uint8_t data[kSize];
static uint32_t table[256];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = c & 1 ? c >> 1 ^ 0xEDB88320u : c >> 1;
    table[i] = c;
  }
  uint64_t seed = 19;
  for (int i = 0; i < kSize; ++i) data[i] = (uint8_t)next_random(&seed);
  uint32_t crc = 0;
  for (unsigned round = 0; round < n; ++round) {
    crc = ~crc;
    for (int i = 0; i < kSize; ++i) crc = table[(crc ^ data[i]) & 0xFF] ^ crc >> 8;
    crc = ~crc;
  }
  show("crc", crc);
}
