// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/loop_counters.hpp"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <map>

namespace waxwing::compile {

namespace {

/// A value that grows by a constant with each iteration.
struct Counter {
  llvm::PHINode* value;
  llvm::Value* start;
  /// What the next iteration has.
  llvm::BinaryOperator* next;
  llvm::APInt step;
  /// Whether the loop needs it for more than counting on.
  bool is_busy;
};

/// A value as a constant more than another.
struct Sum {
  llvm::Value* base;
  llvm::APInt more;
};

Sum split(llvm::Value* value) {
  Sum sum{value, llvm::APInt(value->getType()->getIntegerBitWidth(), 0)};
  while (const auto* const add = llvm::dyn_cast<llvm::BinaryOperator>(sum.base)) {
    const auto* const constant = llvm::dyn_cast<llvm::ConstantInt>(add->getOperand(1));
    if (add->getOpcode() != llvm::Instruction::Add || constant == nullptr) break;
    sum.more += constant->getValue();
    sum.base = add->getOperand(0);
  }
  return sum;
}

class Counters {
 public:
  Counters(llvm::Loop& loop, const llvm::DominatorTree& tree) : loop_(loop), tree_(tree) {}

  bool run() {
    before_ = loop_.getLoopPredecessor();
    latch_ = loop_.getLoopLatch();
    if (before_ == nullptr || latch_ == nullptr) return false;
    find();
    loop_.getUniqueExitBlocks(exits_);
    bool changed = false;
    for (Counter& counter : counters_) {
      if (counter.is_busy) continue;
      if (const Counter* const main = main_for(counter); main == nullptr)
        counter.is_busy = true; // for others
      else
        changed = replace(counter, *main) || changed;
    }
    for (const Counter& counter : counters_)
      if (counter.is_busy) changed = settle(counter) || changed;
    return changed;
  }

 private:
  using Place = std::pair<llvm::Use*, llvm::BasicBlock*>;

  void find() {
    for (llvm::PHINode& phi : loop_.getHeader()->phis()) {
      if (!phi.getType()->isIntegerTy() || phi.getNumIncomingValues() != 2) continue;
      auto* const next = llvm::dyn_cast<llvm::BinaryOperator>(phi.getIncomingValueForBlock(latch_));
      if (next == nullptr || next->getOpcode() != llvm::Instruction::Add ||
          next->getOperand(0) != &phi || !loop_.contains(next))
        continue;
      const auto* const step = llvm::dyn_cast<llvm::ConstantInt>(next->getOperand(1));
      if (step == nullptr) continue;
      counters_.push_back({&phi, phi.getIncomingValueForBlock(before_), next, step->getValue(),
                           is_used(phi, next) || is_used(*next, &phi)});
    }
  }

  /// Whether something in the loop but `but` uses `value`, or what follows it by a phi.
  bool is_used(const llvm::Instruction& value, const llvm::Instruction* but) const {
    return llvm::any_of(value.uses(), [&](const llvm::Use& use) {
      return use.getUser() != but && loop_.contains(place_of(use));
    });
  }

  /// The counter that stays: one that the loop needs, with the same step.
  const Counter* main_for(const Counter& counter) const {
    const unsigned bits = counter.step.getBitWidth();
    for (const Counter& main : counters_)
      if (main.is_busy && main.step.getBitWidth() >= bits && main.step.trunc(bits) == counter.step)
        return &main;
    return nullptr;
  }

  /// The exit that all ways from the loop to `use` lead through, or null.
  llvm::BasicBlock* exit_to(const llvm::Use& use) const {
    const llvm::BasicBlock* const at = place_of(use);
    for (llvm::BasicBlock* const exit : exits_)
      if (!exit->isEHPad() && tree_.dominates(exit, at) && is_own(*exit)) return exit;
    return nullptr;
  }

  /// Where the value has to be there: for a phi, at the end of the block that it comes from.
  static const llvm::BasicBlock* place_of(const llvm::Use& use) {
    const auto* const user = llvm::cast<llvm::Instruction>(use.getUser());
    const auto* const phi = llvm::dyn_cast<llvm::PHINode>(user);
    return phi != nullptr ? phi->getIncomingBlock(use) : user->getParent();
  }

  /// Whether nothing but the loop leads to an exit.
  bool is_own(llvm::BasicBlock& exit) const {
    return llvm::all_of(llvm::predecessors(&exit),
                        [&](llvm::BasicBlock* from) { return loop_.contains(from); });
  }

  /// `value` as it was when the loop was left. What is made of it would be counters again for
  /// strength reduction, which does not look through this: a `freeze`, of a phi as one of the
  /// counter itself would be moved in front of the loop.
  llvm::Value* value_at(llvm::Instruction* value, llvm::BasicBlock* exit) {
    llvm::Value*& made = settled_[{value, exit}];
    if (made != nullptr) return made;
    llvm::IRBuilder<> ir(exit, exit->begin());
    llvm::PHINode* const phi = ir.CreatePHI(value->getType(), 2);
    for (llvm::BasicBlock* const from : llvm::predecessors(exit)) phi->addIncoming(value, from);
    ir.SetInsertPoint(exit, exit->getFirstInsertionPt());
    made = ir.CreateFreeze(phi);
    return made;
  }

  /// A counter's value behind the loop, from that of another.
  llvm::Value* made_from(const Counter& counter, const Counter& main, llvm::BasicBlock* exit) {
    // What the loop has last: else it would keep both.
    const bool is_next = tree_.dominates(main.next->getParent(), exit);
    llvm::Instruction* const last =
        is_next ? static_cast<llvm::Instruction*>(main.next) : main.value;
    llvm::Value* const settled = value_at(last, exit);
    llvm::Type* const type = counter.value->getType();
    // Behind what was settled, which came first.
    llvm::IRBuilder<> ir(llvm::cast<llvm::Instruction>(settled)->getNextNode());
    llvm::IRBuilder<> before(before_->getTerminator());
    llvm::Value* const main_start = before.CreateTrunc(main.start, type);
    const Sum own = split(counter.start);
    const Sum other = split(main_start);
    llvm::APInt more = is_next ? -counter.step : llvm::APInt(counter.step.getBitWidth(), 0);
    llvm::Value* value = ir.CreateTrunc(settled, type);
    if (own.base == other.base)
      more += own.more - other.more;
    else
      value = ir.CreateAdd(value, before.CreateSub(counter.start, main_start));
    return ir.CreateAdd(value, ir.getInt(more));
  }

  bool replace(const Counter& counter, const Counter& main) {
    llvm::SmallVector<Place, 8> places;
    for (llvm::Instruction* const value : {static_cast<llvm::Instruction*>(counter.value),
                                           static_cast<llvm::Instruction*>(counter.next)})
      for (llvm::Use& use : value->uses()) {
        if (use.getUser() == counter.next || use.getUser() == counter.value) continue;
        llvm::BasicBlock* const exit = exit_to(use);
        if (exit == nullptr) return false;
        places.emplace_back(&use, exit);
      }
    std::map<llvm::BasicBlock*, llvm::Value*> values;
    for (const auto& [use, exit] : places) {
      llvm::Value*& value = values[exit];
      if (value == nullptr) value = made_from(counter, main, exit);
      if (use->get() == counter.value) {
        use->set(value);
        continue;
      }
      auto* const at = llvm::cast<llvm::Instruction>(value);
      llvm::IRBuilder<> ir(at->getNextNode());
      use->set(ir.CreateAdd(value, ir.getInt(counter.step)));
    }
    counter.value->replaceAllUsesWith(llvm::PoisonValue::get(counter.value->getType()));
    counter.next->replaceAllUsesWith(llvm::PoisonValue::get(counter.value->getType()));
    counter.next->eraseFromParent();
    counter.value->eraseFromParent();
    return true;
  }

  /// Keeps what is computed of a counter behind the loop from becoming a counter.
  bool settle(const Counter& counter) {
    llvm::SmallVector<Place, 8> places;
    for (llvm::Instruction* const value : {static_cast<llvm::Instruction*>(counter.value),
                                           static_cast<llvm::Instruction*>(counter.next)})
      for (llvm::Use& use : value->uses()) {
        auto* const user = llvm::cast<llvm::Instruction>(use.getUser());
        if (!user->isBinaryOp() && !user->isCast()) continue;
        if (llvm::BasicBlock* const exit = exit_to(use)) places.emplace_back(&use, exit);
      }
    for (const auto& [use, exit] : places)
      use->set(value_at(llvm::cast<llvm::Instruction>(use->get()), exit));
    return !places.empty();
  }

  llvm::Loop& loop_;
  const llvm::DominatorTree& tree_;
  llvm::BasicBlock* before_ = nullptr;
  llvm::BasicBlock* latch_ = nullptr;
  llvm::SmallVector<Counter, 8> counters_;
  llvm::SmallVector<llvm::BasicBlock*, 4> exits_;
  std::map<std::pair<llvm::Instruction*, llvm::BasicBlock*>, llvm::Value*> settled_;
};

} // namespace

llvm::PreservedAnalyses LoopCounters::run(llvm::Function& function,
                                          llvm::FunctionAnalysisManager& analyses) {
  llvm::LoopInfo& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  const llvm::DominatorTree& tree = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  bool changed = false;
  for (llvm::Loop* const loop : loops.getLoopsInPreorder())
    changed = Counters(*loop, tree).run() || changed;
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses kept;
  kept.preserveSet<llvm::CFGAnalyses>();
  return kept;
}

} // namespace waxwing::compile
