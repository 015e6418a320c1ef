// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/pointers.hpp"

#include <algorithm>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>
#include <llvm/IR/ValueHandle.h>
#include <llvm/Transforms/Utils/Local.h>

namespace waxwing::compile {

namespace {

/// How likely a number is an address.
enum Rank : uint8_t {
  /// It has been scaled, extended or the like: an index or an offset.
  kNone,
  kUnknown,
  /// It is used as one.
  kUsed,
  /// It has been a pointer.
  kSure,
};

class Finder {
 public:
  explicit Finder(llvm::Function& function)
      : function_(function), pointer_(llvm::PointerType::getUnqual(function.getContext())),
        layout_(function.getParent()->getDataLayout()), builder_(function.getContext()) {}

  bool run() {
    llvm::SmallVector<llvm::IntToPtrInst*> casts;
    for (llvm::BasicBlock& block : function_)
      for (llvm::Instruction& at : block)
        if (auto* const cast = llvm::dyn_cast<llvm::IntToPtrInst>(&at))
          if (cast->getOperand(0)->getType()->isIntegerTy(64)) casts.push_back(cast);
    if (casts.empty()) return false;
    for (llvm::IntToPtrInst* cast : casts) used_.insert(cast->getOperand(0));
    llvm::SmallVector<std::pair<llvm::IntToPtrInst*, llvm::Value*>> found;
    for (llvm::IntToPtrInst* cast : casts) found.emplace_back(cast, find(cast->getOperand(0), 0));
    fill_loops();
    for (const auto& [cast, value] : found) {
      cast->replaceAllUsesWith(value);
      cast->eraseFromParent();
    }
    replace_numbers();
    return true;
  }

 private:
  static bool is_small(const llvm::Value* value) { return llvm::isa<llvm::ConstantInt>(value); }

  Rank rank(llvm::Value* value, unsigned depth) {
    if (is_small(value)) return kNone;
    if (llvm::isa<llvm::PtrToIntOperator>(value)) return kSure;
    if (found_.contains(value) && !llvm::isa<llvm::PHINode>(value)) return kSure;
    const Rank by_use = used_.contains(value) ? kUsed : kNone;
    return std::max(by_use, rank_of_operation(value, depth));
  }

  Rank rank_of_operation(llvm::Value* value, unsigned depth) {
    constexpr unsigned kDeepest = 6;
    auto* const at = llvm::dyn_cast<llvm::Operator>(value);
    if (at == nullptr) return kUnknown; // a parameter
    const auto of = [&](unsigned i) { return rank(at->getOperand(i), depth + 1); };
    if (depth >= kDeepest) return kUnknown;
    switch (at->getOpcode()) {
    case llvm::Instruction::Add: return std::max(of(0), of(1));
    case llvm::Instruction::Sub: return of(1) >= kUsed ? kNone : of(0);
    case llvm::Instruction::And: {
      const auto* const mask = llvm::dyn_cast<llvm::ConstantInt>(at->getOperand(1));
      return mask != nullptr && mask->isNegative() ? of(0) : kNone;
    }
    case llvm::Instruction::Or: return of(0) == kSure ? kSure : kNone;
    case llvm::Instruction::Select: return std::max(of(1), of(2));
    case llvm::Instruction::PHI: {
      // The first tell enough, and there may be hundreds.
      constexpr unsigned kMost = 4;
      Rank best = kNone;
      for (unsigned i = 0; i < std::min(at->getNumOperands(), kMost); ++i)
        if (at->getOperand(i) != value && depth < kDeepest / 2)
          best = std::max(best, rank(at->getOperand(i), depth + 2));
      return best;
    }
    case llvm::Instruction::Load:
    case llvm::Instruction::Call:
    case llvm::Instruction::ExtractValue:
    case llvm::Instruction::Freeze: return kUnknown;
    default: return kNone;
    }
  }

  /// Makes `ir` insert behind where a value is made.
  llvm::IRBuilder<>& behind(llvm::Value* value) {
    if (auto* const at = llvm::dyn_cast<llvm::Instruction>(value))
      if (const auto place = at->getInsertionPointAfterDef()) {
        builder_.SetInsertPoint((*place)->getParent(), *place);
        return builder_;
      }
    llvm::BasicBlock& entry = function_.getEntryBlock();
    builder_.SetInsertPoint(&entry, entry.getFirstInsertionPt());
    return builder_;
  }

  llvm::Value* note(llvm::Value* number, llvm::Value* pointer) {
    found_[number] = pointer;
    if (llvm::isa<llvm::Instruction>(number)) order_.push_back(number);
    return pointer;
  }

  /// The pointer that a number is.
  llvm::Value* find(llvm::Value* number, unsigned depth) {
    if (const auto known = found_.find(number); known != found_.end()) return known->second;
    if (auto* const constant = llvm::dyn_cast<llvm::Constant>(number)) return of_constant(constant);
    if (auto* const cast = llvm::dyn_cast<llvm::PtrToIntOperator>(number))
      return cast->getPointerOperand();
    // As deep as no compiler nests sums.
    constexpr unsigned kDeepest = 256;
    auto* const at = llvm::dyn_cast<llvm::Instruction>(number);
    if (at == nullptr || depth > kDeepest) return plain(number);
    switch (at->getOpcode()) {
    case llvm::Instruction::Add: return sum(at, depth);
    case llvm::Instruction::Sub: {
      if (rank(at->getOperand(0), 0) < kUsed || rank(at->getOperand(1), 0) >= kUsed)
        return plain(number);
      llvm::Value* const base = find(at->getOperand(0), depth + 1);
      llvm::IRBuilder<>& ir = behind(at);
      return note(number, ir.CreateGEP(ir.getInt8Ty(), base, ir.CreateNeg(at->getOperand(1))));
    }
    case llvm::Instruction::And: {
      auto* const mask = llvm::dyn_cast<llvm::ConstantInt>(at->getOperand(1));
      if (mask == nullptr || !mask->isNegative() || rank(at->getOperand(0), 0) < kUsed)
        return plain(number);
      llvm::Value* const base = find(at->getOperand(0), depth + 1);
      llvm::IRBuilder<>& ir = behind(at);
      return note(number, ir.CreateIntrinsic(llvm::Intrinsic::ptrmask, {pointer_, ir.getInt64Ty()},
                                             {base, mask}));
    }
    case llvm::Instruction::Or:
      // Adds where it meets no bits.
      if (rank(at->getOperand(0), 0) != kSure ||
          !llvm::haveNoCommonBitsSet(at->getOperand(0), at->getOperand(1), layout_))
        return plain(number);
      return offset(at, at->getOperand(0), at->getOperand(1), depth);
    case llvm::Instruction::Select: {
      llvm::Value* const yes = find(at->getOperand(1), depth + 1);
      llvm::Value* const no = find(at->getOperand(2), depth + 1);
      llvm::IRBuilder<>& ir = behind(at);
      return note(number, ir.CreateSelect(at->getOperand(0), yes, no));
    }
    case llvm::Instruction::PHI: {
      auto* const phi = llvm::cast<llvm::PHINode>(at);
      llvm::PHINode* const made =
          llvm::PHINode::Create(pointer_, phi->getNumIncomingValues(), "", phi->getIterator());
      loops_.emplace_back(phi, made);
      return note(number, made);
    }
    default: return plain(number);
    }
  }

  llvm::Constant* of_constant(llvm::Constant* number) {
    auto* const sum = llvm::dyn_cast<llvm::ConstantExpr>(number);
    if (sum != nullptr && sum->getOpcode() == llvm::Instruction::PtrToInt)
      return sum->getOperand(0);
    if (sum != nullptr && sum->getOpcode() == llvm::Instruction::Add)
      for (unsigned i = 0; i < 2; ++i)
        if (llvm::isa<llvm::PtrToIntOperator>(sum->getOperand(i)))
          return llvm::ConstantExpr::getGetElementPtr(
              llvm::Type::getInt8Ty(function_.getContext()), of_constant(sum->getOperand(i)),
              llvm::ArrayRef<llvm::Constant*>(sum->getOperand(1 - i)));
    return llvm::ConstantExpr::getIntToPtr(number, pointer_);
  }

  llvm::Value* sum(llvm::Instruction* at, unsigned depth) {
    llvm::Value* const a = at->getOperand(0);
    llvm::Value* const b = at->getOperand(1);
    const Rank of_a = rank(a, 0);
    const Rank of_b = rank(b, 0);
    // Of two that are alike, the one that does not change in loops.
    const bool second = of_b > of_a || (of_a == of_b && llvm::isa<llvm::PHINode>(a) &&
                                        !llvm::isa<llvm::PHINode>(b) && !is_small(b));
    return second ? offset(at, b, a, depth) : offset(at, a, b, depth);
  }

  llvm::Value* offset(llvm::Instruction* at, llvm::Value* base, llvm::Value* by, unsigned depth) {
    llvm::Value* const start = find(base, depth + 1);
    llvm::IRBuilder<>& ir = behind(at);
    return note(at, ir.CreateGEP(ir.getInt8Ty(), start, by));
  }

  /// One that nobody knows more of.
  llvm::Value* plain(llvm::Value* number) {
    llvm::IRBuilder<>& ir = behind(number);
    return found_[number] = ir.Insert(new llvm::IntToPtrInst(number, pointer_));
  }

  void fill_loops() {
    for (size_t i = 0; i < loops_.size(); ++i) {
      const auto [number, made] = loops_[i];
      for (unsigned j = 0; j < number->getNumIncomingValues(); ++j) {
        llvm::Value* const incoming = find(number->getIncomingValue(j), 0);
        loops_[i].second->addIncoming(incoming, number->getIncomingBlock(j));
      }
    }
  }

  /// What is left of a number that is a pointer now is the pointer's.
  void replace_numbers() {
    // Some go away with others.
    const llvm::SmallVector<llvm::WeakVH> numbers(order_.begin(), order_.end());
    for (llvm::Value* number : order_) {
      if (number->use_empty()) continue;
      llvm::Value* const pointer = found_[number];
      auto* const made = llvm::dyn_cast<llvm::Instruction>(pointer);
      if (made == nullptr) continue;
      llvm::IRBuilder<>& ir = behind(made);
      number->replaceAllUsesWith(ir.CreatePtrToInt(pointer, number->getType()));
    }
    for (const auto& [number, made] : loops_)
      number->replaceAllUsesWith(llvm::PoisonValue::get(number->getType()));
    for (const auto& [number, made] : loops_) number->eraseFromParent();
    for (const llvm::WeakVH& number : numbers)
      if (number != nullptr) llvm::RecursivelyDeleteTriviallyDeadInstructions(number);
  }

  llvm::Function& function_;
  llvm::PointerType* const pointer_;
  const llvm::DataLayout& layout_;
  llvm::IRBuilder<> builder_;
  llvm::SmallPtrSet<llvm::Value*, 32> used_;
  llvm::DenseMap<llvm::Value*, llvm::Value*> found_;
  llvm::SmallVector<llvm::Value*> order_;
  llvm::SmallVector<std::pair<llvm::PHINode*, llvm::PHINode*>> loops_;
};

} // namespace

llvm::PreservedAnalyses FindPointers::run(llvm::Function& function,
                                          llvm::FunctionAnalysisManager&) {
  return Finder(function).run() ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

} // namespace waxwing::compile
