// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small functions that call themselves. LLVM inlines no function into itself, so each step of a
// recursion pays for a frame: saving registers and loading them again is most of what a function of
// a few operations does. Inlined, one frame is set up for several steps, and the last one, which
// only finds that there is nothing left to do, has none at all.
#pragma once

#include <llvm/IR/PassManager.h>

namespace waxwing::compile {

/// Inlines functions into themselves, as often as they stay small. To be run when calls of other
/// functions have been inlined: what calls these sees them as they were.
class InlineRecursion : public llvm::PassInfoMixin<InlineRecursion> {
 public:
  llvm::PreservedAnalyses run(llvm::Module& ir, llvm::ModuleAnalysisManager& analyses);
};

} // namespace waxwing::compile
