// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector loops under exact traps (docs/compiler.md, "Loops"). Accesses to memories are volatile,
// which keeps LLVM from vectorising loops. This pass, just before the vectoriser, takes loop nests
// whose addresses are affine, makes a test before each that proves every address of the nest in
// bounds, and for where it holds a copy in which nothing is volatile.
#pragma once

#include <llvm/IR/PassManager.h>

#include "compile/options.hpp"
#include "wasm/module.hpp"

namespace waxwing::compile {

class LoopVersioning : public llvm::PassInfoMixin<LoopVersioning> {
 public:
  /// `wasm` outlives the pass.
  explicit LoopVersioning(const waxwing::Module& wasm) : wasm_(&wasm) {}

  /// Whether code for `options` has it: from -O2 on, for targets whose addresses are wider than the
  /// indices of 32-bit memories, and where no loop asks at each iteration whether to go on.
  [[nodiscard]] static bool is_wanted(const Options& options);

  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);

 private:
  const waxwing::Module* wasm_;
};

} // namespace waxwing::compile
