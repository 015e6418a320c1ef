// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Colour to gray and a box blur, on bytes.
#include "bench.h"

enum { kSide = 256, kPixels = kSide * kSide };
static uint8_t red[kPixels], green[kPixels], blue[kPixels], gray[kPixels], soft[kPixels];
__attribute__((noinline)) static void to_gray(void) {
  for (int i = 0; i < kPixels; ++i)
    gray[i] = (uint8_t)((red[i] * 77 + green[i] * 150 + blue[i] * 29) >> 8);
}
__attribute__((noinline)) static void blur(void) {
  for (int y = 1; y < kSide - 1; ++y)
    for (int x = 0; x < kSide; ++x) {
      const int i = y * kSide + x;
      soft[i] = (uint8_t)((gray[i - kSide] + 2 * gray[i] + gray[i + kSide]) >> 2);
    }
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 4;
  for (int i = 0; i < kPixels; ++i) {
    red[i] = (uint8_t)next_random(&seed);
    green[i] = (uint8_t)next_random(&seed);
    blue[i] = (uint8_t)next_random(&seed);
  }
  uint64_t sum = 0;
  for (unsigned round = 0; round < n; ++round) {
    to_gray();
    blur();
    memcpy(red, soft, sizeof red);
    sum += soft[(round * 997) % kPixels];
  }
  show("sum", sum);
  show("soft", hash_of(soft, sizeof soft));
}
