// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Binary trees from malloc, built, walked and freed.
#include "bench.h"

typedef struct Tree {
  struct Tree *left, *right;
} Tree;
static Tree* grow(unsigned depth) {
  Tree* tree = malloc(sizeof *tree);
  tree->left = depth == 0 ? NULL : grow(depth - 1);
  tree->right = depth == 0 ? NULL : grow(depth - 1);
  return tree;
}
static uint32_t count(const Tree* tree) {
  return tree == NULL ? 0 : 1 + count(tree->left) + count(tree->right);
}
static void fell(Tree* tree) {
  if (tree == NULL) return;
  fell(tree->left);
  fell(tree->right);
  free(tree);
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t sum = 0;
  Tree* old = grow(12);
  for (unsigned i = 0; i < n; ++i) {
    Tree* tree = grow(4 + i % 8);
    sum += count(tree) * (i + 1);
    fell(tree);
  }
  sum += count(old);
  fell(old);
  show("nodes", sum);
}
