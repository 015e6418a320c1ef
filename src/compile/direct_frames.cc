// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/direct_frames.hpp"

#include <algorithm>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <optional>

#include "compile/direct_module.hpp"

namespace waxwing::compile {

namespace {

/// No larger frame is made on the thread's stack.
constexpr int64_t kMostBytes = int64_t{1} << 30;

class Frames {
 public:
  Frames(llvm::Function& function, uint64_t bytes) : function_(function), bytes_(bytes) {
    for (llvm::BasicBlock& block : function)
      for (llvm::Instruction& at : block) {
        auto* const call = llvm::dyn_cast<llvm::CallInst>(&at);
        if (call == nullptr || call->getCalledFunction() == nullptr) continue;
        if (call->getCalledFunction()->getName() == kGetStackPointer) gets_.push_back(call);
        if (call->getCalledFunction()->getName() == kSetStackPointer) sets_.push_back(call);
      }
  }

  bool run() {
    if (gets_.empty() && sets_.empty()) return false;
    if (const auto depth = settled_depth())
      make_variable(*depth);
    else
      use_thread_memory();
    return true;
  }

 private:
  /// How far below its first value the stack pointer gets, where that is known.
  std::optional<int64_t> settled_depth() {
    if (gets_.size() != 1 || gets_[0]->getParent() != &function_.getEntryBlock())
      return std::nullopt;
    if (!follow(gets_[0], 0)) return std::nullopt;
    for (llvm::CallInst* set : sets_)
      if (!known_.contains(set->getArgOperand(0))) return std::nullopt;
    return depth_ + (alignment_ - 16);
  }

  /// Notes what is a known distance from the first value, down from `value`, which is at `offset`.
  bool follow(llvm::Value* value, int64_t offset) {
    llvm::SmallVector<std::pair<llvm::Value*, int64_t>> open{{value, offset}};
    while (!open.empty()) {
      const auto [from, distance] = open.pop_back_val();
      if (!known_.insert(from).second) continue;
      depth_ = std::max(depth_, -distance);
      if (depth_ > kMostBytes) return false;
      for (llvm::User* user : from->users()) {
        auto* const at = llvm::dyn_cast<llvm::BinaryOperator>(user);
        if (at == nullptr) continue;
        auto* const number = llvm::dyn_cast<llvm::ConstantInt>(at->getOperand(1));
        if (number == nullptr || at->getOperand(0) != from) continue;
        const int64_t n = number->getSExtValue();
        if (n > kMostBytes || n < -kMostBytes) continue;
        if (at->getOpcode() == llvm::Instruction::Add) open.emplace_back(at, distance + n);
        if (at->getOpcode() == llvm::Instruction::Sub) open.emplace_back(at, distance - n);
        // A frame that is aligned more than others: somewhere in the room that this may take.
        if (at->getOpcode() == llvm::Instruction::And && n < 0 &&
            llvm::isPowerOf2_64(uint64_t(-n))) {
          alignment_ = std::max(alignment_, -n);
          open.emplace_back(at, distance);
        }
      }
    }
    return true;
  }

  void make_variable(int64_t depth) {
    llvm::IRBuilder<> ir(&function_.getEntryBlock(), function_.getEntryBlock().begin());
    llvm::Value* top = ir.getInt64(0);
    if (depth > 0) {
      llvm::AllocaInst* const frame =
          ir.CreateAlloca(llvm::ArrayType::get(ir.getInt8Ty(), static_cast<uint64_t>(depth)));
      frame->setName("frame");
      frame->setAlignment(llvm::Align(static_cast<uint64_t>(alignment_)));
      top = ir.CreatePtrToInt(ir.CreateConstGEP1_64(ir.getInt8Ty(), frame, uint64_t(depth)),
                              ir.getInt64Ty());
    }
    for (llvm::CallInst* set : sets_) set->eraseFromParent();
    gets_[0]->replaceAllUsesWith(top);
    gets_[0]->eraseFromParent();
  }

  /// Of `platform::ThreadRoom`.
  static constexpr uint64_t kBegin = 0;
  static constexpr uint64_t kTop = 16;

  void use_thread_memory() {
    llvm::IRBuilder<> ir(&function_.getEntryBlock(), function_.getEntryBlock().begin());
    llvm::Module& module = *function_.getParent();
    llvm::Type* const word = ir.getInt64Ty();
    const llvm::FunctionCallee find =
        module.getOrInsertFunction("waxwing_nosandbox_stack", ir.getPtrTy(), word);
    const llvm::FunctionCallee full =
        module.getOrInsertFunction("waxwing_nosandbox_stack_is_full", ir.getVoidTy());
    llvm::Value* const room = ir.CreateCall(find, {ir.getInt64(bytes_)});
    llvm::Value* const top = ir.CreateConstGEP1_64(ir.getInt8Ty(), room, kTop);
    llvm::Value* const begin =
        ir.CreateLoad(word, ir.CreateConstGEP1_64(ir.getInt8Ty(), room, kBegin));
    for (llvm::CallInst* get : gets_) {
      ir.SetInsertPoint(get);
      get->replaceAllUsesWith(ir.CreateLoad(word, top));
      get->eraseFromParent();
    }
    for (llvm::CallInst* set : sets_) {
      // Below its begin, as a number with a sign: it may have wrapped.
      ir.SetInsertPoint(set);
      llvm::Value* const value = set->getArgOperand(0);
      llvm::Value* const is_full = ir.CreateICmpSLT(ir.CreateSub(value, begin), ir.getInt64(0));
      llvm::Instruction* const end =
          llvm::SplitBlockAndInsertIfThen(is_full, set->getIterator(), true);
      ir.SetInsertPoint(end);
      ir.CreateCall(full)->setDoesNotReturn();
      ir.SetInsertPoint(set);
      ir.CreateStore(value, top);
      set->eraseFromParent();
    }
  }

  llvm::Function& function_;
  const uint64_t bytes_;
  llvm::SmallVector<llvm::CallInst*> gets_;
  llvm::SmallVector<llvm::CallInst*> sets_;
  llvm::SmallPtrSet<llvm::Value*, 16> known_;
  int64_t depth_ = 0;
  int64_t alignment_ = 16;
};

} // namespace

llvm::PreservedAnalyses DirectFrames::run(llvm::Function& function,
                                          llvm::FunctionAnalysisManager&) {
  return Frames(function, bytes_).run() ? llvm::PreservedAnalyses::none()
                                        : llvm::PreservedAnalyses::all();
}

} // namespace waxwing::compile
