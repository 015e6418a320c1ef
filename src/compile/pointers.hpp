// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds pointers among the numbers of a guest without a sandbox. Wasm computes with addresses as
// with any other number, and LLVM knows little of a pointer that was a number before: not which
// variable it points into, nor how it moves in a loop.
#pragma once

#include <llvm/IR/PassManager.h>

namespace waxwing::compile {

/// Follows each address to what it is made of and makes the same of pointers: sums become
/// `getelementptr`, the variables of loops pointers. Where a sum has two candidates, the better one
/// is taken for the pointer. That only matters to what LLVM concludes where the guest's compiler
/// has kept variables apart, as those are known for sure.
class FindPointers : public llvm::PassInfoMixin<FindPointers> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

} // namespace waxwing::compile
