// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Huffman's code: frequencies, tree, bits out and in again.
#include "bench.h"

enum { kSize = 1 << 15, kSymbols = 256, kNodes = 2 * kSymbols };
static uint8_t data[kSize], bits[2 * kSize], back[kSize];
static uint32_t weight[kNodes];
static int16_t left[kNodes], right[kNodes];
static uint32_t code[kSymbols];
static uint8_t length[kSymbols];
static int build(void) {
  memset(weight, 0, sizeof weight);
  for (int i = 0; i < kSize; ++i) ++weight[data[i]];
  int16_t live[kSymbols];
  int count = 0, next = kSymbols;
  for (int i = 0; i < kSymbols; ++i)
    if (weight[i] != 0) live[count++] = (int16_t)i;
  while (count > 1) {
    for (int pick = 0; pick < 2; ++pick) {
      int best = pick;
      for (int i = pick; i < count; ++i)
        if (weight[live[i]] < weight[live[best]]) best = i;
      const int16_t t = live[pick];
      live[pick] = live[best];
      live[best] = t;
    }
    left[next] = live[0];
    right[next] = live[1];
    weight[next] = weight[live[0]] + weight[live[1]];
    live[0] = (int16_t)next++;
    live[1] = live[--count];
  }
  return live[0];
}
static void assign(int node, uint32_t path, uint8_t depth) {
  if (node < kSymbols) {
    code[node] = path;
    length[node] = depth;
    return;
  }
  assign(left[node], path, (uint8_t)(depth + 1));
  assign(right[node], path | 1u << depth, (uint8_t)(depth + 1));
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 22, sum = 0;
  for (int i = 0; i < kSize; ++i) {
    const uint32_t r = random_below(&seed, 64);
    data[i] = (uint8_t)(r * r / 64 + (i & 3));
  }
  for (unsigned round = 0; round < n; ++round) {
    data[(round * 7919) % kSize] = (uint8_t)round;
    const int root = build();
    assign(root, 0, 0);
    uint64_t window = 0;
    uint32_t held = 0, out = 0;
    for (int i = 0; i < kSize; ++i) {
      window |= (uint64_t)code[data[i]] << held;
      held += length[data[i]];
      for (; held >= 8; held -= 8, window >>= 8) bits[out++] = (uint8_t)window;
    }
    bits[out++] = (uint8_t)window;
    uint32_t at = 0;
    for (int i = 0; i < kSize; ++i) {
      int node = root;
      for (; node >= kSymbols; ++at) node = bits[at / 8] >> (at % 8) & 1 ? right[node] : left[node];
      back[i] = (uint8_t)node;
    }
    sum = sum * 31 + out + (uint32_t)memcmp(data, back, kSize);
  }
  show("sizes", sum);
}
