// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Prints as all programs do, and does nothing else.
#include "bench.h"

int main(int argc, char** argv) { show("size", size_of_run(argc, argv)); }
