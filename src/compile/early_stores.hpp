// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vectorizer computes several vectors at a time, and stores them all at the end. A loop of few
// instructions is up to a quarter slower for it than if each is stored when it is there, on
// processors that do as many loads and stores at a time as the loop has.
#pragma once

#include "compile/options.hpp"

namespace llvm {
class FunctionPass;
} // namespace llvm

namespace waxwing::compile {

/// Moves stores in small loops of one block to where the value that they store is computed. They
/// don't pass each other; those that may trap stay where they are, and nothing moves past them. To
/// be run when registers are known.
[[nodiscard]] llvm::FunctionPass* create_early_store_pass();

} // namespace waxwing::compile
