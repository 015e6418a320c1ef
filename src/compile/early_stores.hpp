// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vectorizer computes several vectors at a time, and stores them all at the end. Processors
// with as many loads and stores in flight as a loop of few instructions wants are up to a fifth
// slower for it than if each is stored when it is there.
#pragma once

#include "compile/options.hpp"

namespace llvm {
class FunctionPass;
} // namespace llvm

namespace waxwing::compile {

/// Moves stores in loops of one block to where the value that they store is computed. Those that
/// may trap stay where they are, and nothing moves past them. To be run when registers are known.
[[nodiscard]] llvm::FunctionPass* create_early_store_pass();

} // namespace waxwing::compile
