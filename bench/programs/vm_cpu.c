// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An emulated 8-bit processor with flags and 256 opcodes in eight groups.
#include "bench.h"

static uint8_t memory[1 << 16];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 24;
  for (int i = 0; i < 1 << 16; ++i) memory[i] = (uint8_t)next_random(&seed);
  uint8_t r[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  uint32_t pc = 0, zero = 0, carry = 0;
  uint64_t taken = 0;
  for (unsigned step = 0; step < n; ++step) {
    const uint8_t op = memory[pc];
    pc = (pc + 1) & 0xFFFF;
    const uint32_t x = op & 7, y = op >> 3 & 3;
    switch (op >> 5) {
    case 0: {
      const uint32_t sum = r[x] + (uint32_t)r[y] + carry;
      r[x] = (uint8_t)sum;
      carry = sum >> 8;
      zero = r[x] == 0;
      break;
    }
    case 1: {
      const uint32_t d = r[x] - (uint32_t)r[y];
      carry = d >> 31;
      zero = (uint8_t)d == 0;
      break;
    }
    case 2: r[x] = memory[(uint32_t)r[y] << 8 | r[(y + 1) & 7]]; break;
    case 3: memory[0x8000 | (uint32_t)r[y] << 7 | r[(y + 2) & 7] >> 1] = r[x]; break;
    case 4:
      r[x] = (uint8_t)(r[x] << 1 | carry);
      carry = r[x] & 1;
      break;
    case 5:
      r[x] ^= r[(x + y + 1) & 7];
      zero = r[x] == 0;
      break;
    case 6:
      if (y == 0 ? zero : y == 1 ? carry : !zero) {
        pc = (pc + (uint32_t)(int8_t)memory[pc] * 3) & 0xFFFF;
        ++taken;
      }
      break;
    default: r[x] = (uint8_t)(r[x] + y + 1 + (step & 1)); break;
    }
  }
  show("registers", hash_of(r, sizeof r));
  show("taken", taken);
  show("memory", hash_of(memory, sizeof memory));
}
