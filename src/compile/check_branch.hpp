// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lowered checks look like in IR: a conditional branch of which one way traps.
#pragma once

#include <llvm/IR/Instructions.h>

namespace waxwing::compile {

/// Whether a block ends the run.
[[nodiscard]] inline bool is_trap(const llvm::BasicBlock& block) {
  return llvm::isa<llvm::UnreachableInst>(block.getTerminator());
}

/// Whether an instruction is a check's branch.
[[nodiscard]] inline bool is_check(const llvm::Instruction& at) {
  const auto* const branch = llvm::dyn_cast<llvm::BranchInst>(&at);
  return branch != nullptr && branch->isConditional() &&
         (is_trap(*branch->getSuccessor(0)) || is_trap(*branch->getSuccessor(1)));
}

} // namespace waxwing::compile
