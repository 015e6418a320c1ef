// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compilers to wasm count as often as they like in a loop, as locals cost them nothing: where a
// loop looks for something, all that is made of the place where it was found (the length, the end,
// what is left) has a counter of its own. Processors have few registers. This pass, the last before
// code is generated, keeps the counter that the loop works with, and makes the others from it
// behind the loop.
#pragma once

#include <llvm/IR/PassManager.h>

namespace waxwing::compile {

class LoopCounters : public llvm::PassInfoMixin<LoopCounters> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

} // namespace waxwing::compile
