// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench.h"

__attribute__((noinline)) static uint32_t fib(uint32_t n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
int main(int argc, char** argv) { show("fib", fib(size_of_run(argc, argv))); }
