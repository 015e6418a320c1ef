// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The heap: random allocation, growth and release with every block's content checked, memory that
// grows a long way, and alignment.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kBlocks = 512, kRounds = 60000 };

static uint32_t state = 12345;
static uint32_t next_random(void) { return state = state * 1664525u + 1013904223u, state >> 8; }

typedef struct {
  unsigned char* data;
  size_t size;
  unsigned char fill;
} Block;

static unsigned wrong;
static void check(const Block* block) {
  for (size_t i = 0; i < block->size; i += 1 + block->size / 16)
    wrong += block->data[i] != block->fill;
  if (block->size > 0) wrong += block->data[block->size - 1] != block->fill;
}

int main(void) {
  static Block blocks[kBlocks];
  size_t total = 0, most = 0;
  for (int round = 0; round < kRounds; round++) {
    Block* block = &blocks[next_random() % kBlocks];
    check(block);
    size_t size = next_random() % (next_random() % 64 == 0 ? 60000 : 400);
    total -= block->size;
    switch (next_random() % 4) {
    case 0:
      free(block->data);
      *block = (Block){0};
      break;
    case 1: {
      size_t kept = block->size < size ? block->size : size;
      unsigned char* moved = realloc(block->data, size + 1);
      if (moved == NULL) return 1;
      for (size_t i = 0; i < kept; i += 1 + kept / 16) wrong += moved[i] != block->fill;
      block->data = moved;
      block->size = size;
      block->fill = (unsigned char)round;
      memset(moved, block->fill, size);
      break;
    }
    case 2:
      free(block->data);
      block->data = calloc(size + 1, 1);
      for (size_t i = 0; i <= size; i++) wrong += block->data[i] != 0;
      block->size = size;
      block->fill = (unsigned char)(round * 3);
      memset(block->data, block->fill, size);
      break;
    default:
      free(block->data);
      block->data = malloc(size + 1);
      wrong += (uintptr_t)block->data % 8 != 0;
      block->size = size;
      block->fill = (unsigned char)(round * 7);
      memset(block->data, block->fill, size);
    }
    total += block->size;
    most = total > most ? total : most;
  }
  printf("wrong %u, at most %zu bytes, at the end %zu\n", wrong, most, total);
  for (int i = 0; i < kBlocks; i++) free(blocks[i].data);

  // 64 MB in pieces, each touched at both ends.
  enum { kPieces = 64, kPiece = 1 << 20 };
  static unsigned char* pieces[kPieces];
  for (int i = 0; i < kPieces; i++) {
    pieces[i] = malloc(kPiece);
    if (pieces[i] == NULL) return 1;
    pieces[i][0] = (unsigned char)i;
    pieces[i][kPiece - 1] = (unsigned char)~i;
  }
  for (int i = 0; i < kPieces; i++) {
    wrong += pieces[i][0] != (unsigned char)i || pieces[i][kPiece - 1] != (unsigned char)~i;
    free(pieces[i]);
  }
  void* aligned = aligned_alloc(4096, 8192);
  printf("wrong %u, aligned %d\n", wrong, aligned != NULL && (uintptr_t)aligned % 4096 == 0);
  free(aligned);
  return 0;
}
