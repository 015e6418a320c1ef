// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/recursion.hpp"

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "compile/check_branch.hpp"

namespace waxwing::compile {

namespace {

/// A function that does more gains little by having no frame, and has more values than registers
/// once it does so twice.
constexpr size_t kMostInstructions = 24;
/// With those of checks.
constexpr size_t kMostCounted = 5 * kMostInstructions;
/// What it may become.
constexpr size_t kMostInlined = 120;
/// Steps of a recursion that are put into the frame of another one at the most: each saves less
/// than the one before.
constexpr unsigned kMostLevels = 3;

using Calls = llvm::SmallVector<llvm::CallInst*, 8>;

Calls own_calls(llvm::Function& function) {
  Calls calls;
  for (llvm::User* user : function.users()) {
    auto* const call = llvm::dyn_cast<llvm::CallInst>(user);
    if (call != nullptr && call->getFunction() == &function &&
        call->getCalledFunction() == &function && !call->isNoInline() && !call->isMustTailCall())
      calls.push_back(call);
  }
  return calls;
}

/// The function as it is, to be inlined where it calls itself; of its debug information there is
/// one.
llvm::Function* copy_of(llvm::Function& function) {
  llvm::ValueToValueMapTy map;
  if (llvm::DISubprogram* const scope = function.getSubprogram()) map.MD()[scope].reset(scope);
  return llvm::CloneFunction(&function, map);
}

/// Whether an instruction is there for a check alone: what is compared, and the branch.
bool is_of_check(const llvm::Instruction& at) {
  if (is_check(at)) return true;
  const bool computes = llvm::isa<llvm::CmpInst, llvm::BinaryOperator, llvm::CastInst>(at);
  return computes && at.hasOneUse() &&
         is_of_check(*llvm::cast<llvm::Instruction>(*at.user_begin()));
}

/// Instructions of a function without those of checks, which are predicted and hold no value.
size_t size_of(const llvm::Function& function) {
  size_t size = 0;
  for (const llvm::BasicBlock& block : function)
    if (!is_trap(block))
      for (const llvm::Instruction& at : block) size += is_of_check(at) ? 0 : 1;
  return size;
}

bool inline_into_itself(llvm::Function& function) {
  if (function.isDeclaration() || function.hasFnAttribute(llvm::Attribute::NoInline) ||
      function.hasPersonalityFn())
    return false;
  if (function.getInstructionCount() > kMostCounted) return false;
  Calls calls = own_calls(function);
  if (calls.empty()) return false;
  const size_t size = size_of(function);
  if (size > kMostInstructions) return false;
  size_t all = size;
  llvm::Function* copy = nullptr;
  for (unsigned level = 0; level < kMostLevels && !calls.empty(); ++level) {
    all += calls.size() * size;
    if (all > kMostInlined) break;
    if (copy == nullptr) copy = copy_of(function);
    for (llvm::CallInst* call : calls) {
      call->setCalledFunction(copy);
      llvm::InlineFunctionInfo info;
      if (!llvm::InlineFunction(*call, info).isSuccess()) call->setCalledFunction(&function);
    }
    calls = own_calls(function);
  }
  if (copy == nullptr) return false;
  copy->eraseFromParent();
  return true;
}

} // namespace

llvm::PreservedAnalyses InlineRecursion::run(llvm::Module& ir,
                                             llvm::ModuleAnalysisManager& analyses) {
  llvm::SmallVector<llvm::Function*, 4> changed;
  for (llvm::Function& function : llvm::make_early_inc_range(ir))
    if (inline_into_itself(function)) changed.push_back(&function);
  if (changed.empty()) return llvm::PreservedAnalyses::all();
  auto& functions = analyses.getResult<llvm::FunctionAnalysisManagerModuleProxy>(ir).getManager();
  llvm::FunctionPassManager simplify;
  simplify.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  simplify.addPass(llvm::EarlyCSEPass(true));
  simplify.addPass(llvm::InstCombinePass());
  simplify.addPass(llvm::SimplifyCFGPass());
  for (llvm::Function* function : changed) {
    functions.invalidate(*function, llvm::PreservedAnalyses::none());
    functions.invalidate(*function, simplify.run(*function, functions));
  }
  return llvm::PreservedAnalyses::none();
}

} // namespace waxwing::compile
