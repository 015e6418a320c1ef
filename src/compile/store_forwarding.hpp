// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compilers to wasm copy what C passes by value through memory, and often in wider pieces than it
// was stored in: two floats as one i64. A processor hands a load what is still on its way to memory
// only if one store has all of it; else the load waits for both to get there.
#pragma once

#include <llvm/IR/PassManager.h>

#include "wasm/module.hpp"

namespace waxwing::compile {

/// Puts together what two stores have left for a load of both, where nothing can have been stored
/// there in between. A load from where stores have succeeded can't trap.
class StoreForwarding : public llvm::PassInfoMixin<StoreForwarding> {
 public:
  explicit StoreForwarding(const waxwing::Module& wasm) : wasm_(&wasm) {}
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);

 private:
  const waxwing::Module* wasm_;
};

} // namespace waxwing::compile
