// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Variables in memory of a guest without a sandbox. In wasm they lie on a stack of the compiler's
// own, whose pointer is a global; here they lie on the thread's stack, as in C.
#pragma once

#include <cstdint>
#include <llvm/IR/PassManager.h>

namespace waxwing::compile {

/// Takes the placeholders of compile/direct_module.hpp away. A function that takes room whose size
/// is known gets that as a variable of its own. One that decides at run time (alloca, arrays of
/// variable length) works on memory of the thread that src/nosandbox keeps for that.
class DirectFrames : public llvm::PassInfoMixin<DirectFrames> {
 public:
  /// `bytes` is how much of that memory each thread gets.
  explicit DirectFrames(uint64_t bytes) : bytes_(bytes) {}

  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }

 private:
  uint64_t bytes_;
};

} // namespace waxwing::compile
