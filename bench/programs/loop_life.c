// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conway's game on a torus, one byte a cell.
#include "bench.h"

enum { kSide = 256 };
static uint8_t cells[2][kSide][kSide];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 7;
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x) cells[0][y][x] = next_random(&seed) % 3 == 0;
  for (unsigned g = 0; g < n; ++g) {
    uint8_t (*from)[kSide] = cells[g & 1];
    uint8_t (*to)[kSide] = cells[(g + 1) & 1];
    for (unsigned y = 0; y < kSide; ++y) {
      const uint8_t* up = from[(y - 1) % kSide];
      const uint8_t* here = from[y];
      const uint8_t* down = from[(y + 1) % kSide];
      for (unsigned x = 0; x < kSide; ++x) {
        const unsigned l = (x - 1) % kSide, r = (x + 1) % kSide;
        const int around = up[l] + up[x] + up[r] + here[l] + here[r] + down[l] + down[x] + down[r];
        to[y][x] = (uint8_t)(around == 3 || (around == 2 && here[x]));
      }
    }
  }
  show("cells", hash_of(cells[n & 1], sizeof cells[0]));
}
