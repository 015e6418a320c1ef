// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A state machine that a switch of twenty cases drives with random input.
#include "bench.h"

int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint32_t state = 0, input = 1;
  uint64_t sum = 0;
  for (unsigned i = 0; i < n; ++i) {
    input = input * 1664525u + 1013904223u;
    const uint32_t bits = input >> 24;
    switch (state) {
    case 0: state = bits & 1 ? 3 : 7; break;
    case 1:
      state = bits % 5;
      sum += 3;
      break;
    case 2:
      state = 11;
      sum ^= bits;
      break;
    case 3: state = bits & 4 ? 1 : 19; break;
    case 4: state = (state + bits) % 20; break;
    case 5:
      state = 6;
      sum += bits << 3;
      break;
    case 6: state = bits > 100 ? 8 : 2; break;
    case 7:
      state = 9;
      sum -= bits;
      break;
    case 8: state = bits & 3; break;
    case 9: state = 10 + (bits & 7); break;
    case 10:
      state = 5;
      sum = sum * 3 + 1;
      break;
    case 11: state = bits & 16 ? 12 : 13; break;
    case 12:
      state = 14;
      sum ^= sum >> 7;
      break;
    case 13:
      state = 15;
      sum += i;
      break;
    case 14: state = bits % 20; break;
    case 15: state = 16; break;
    case 16:
      state = bits & 2 ? 17 : 18;
      sum += 17;
      break;
    case 17:
      state = 0;
      sum ^= (uint64_t)bits << 32;
      break;
    case 18: state = 4; break;
    default:
      state = bits % 19;
      sum += 5;
      break;
    }
  }
  show("sum", sum);
  show("state", state);
}
