// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// x86-64 processors keep decoded instructions by lines of code, and fetch a line a cycle. A loop of
// a few instructions that lies across two takes up to a cycle more for each iteration than one that
// doesn't, and which it is depends on all the code in front of it.
#pragma once

#include "compile/options.hpp"

namespace llvm {
class FunctionPass;
} // namespace llvm

namespace waxwing::compile {

/// Puts loops that fit into a line into one. To be run when blocks have their order.
[[nodiscard]] llvm::FunctionPass* create_loop_alignment_pass();

} // namespace waxwing::compile
