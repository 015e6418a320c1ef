// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same program with the operators that toolchains emit by default.
// FLAGS: -fexceptions -fwasm-exceptions
// OPTIONS: --features=+legacy-exceptions
#include "exceptions.cc"
