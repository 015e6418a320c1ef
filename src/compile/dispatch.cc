// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/dispatch.hpp"

#include <algorithm>
#include <llvm/ADT/SetVector.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineJumpTableInfo.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/PromoteMemToReg.h>
#include <llvm/Transforms/Utils/ValueMapper.h>
#include <map>

#include "compile/target.hpp"

namespace waxwing::compile {

namespace {

using llvm::BasicBlock;
using llvm::Instruction;

/// Fewer become comparisons, which are predicted one by one.
constexpr unsigned kFewestCases = 4;
/// What is copied is no more than this, nor all the copies, nor the ways from them to the cases.
constexpr size_t kMostInstructions = 24;
constexpr size_t kMostCopied = 1500;
constexpr size_t kMostEdges = 4096;

/// A block that is copied to the end of others, and what leads to it.
class Dispatch {
 public:
  explicit Dispatch(BasicBlock& block) : block_(block) {}

  /// Whether the block is small and several lead to it: nothing is asked that costs time.
  static bool may_qualify(const BasicBlock& block) {
    const auto* const jump = llvm::cast<llvm::SwitchInst>(block.getTerminator());
    if (jump->getNumCases() < kFewestCases || block.isEHPad() ||
        block.getSinglePredecessor() != nullptr)
      return false;
    size_t size = 0;
    return std::ranges::all_of(block, [&](const Instruction& at) {
      return llvm::isa<llvm::PHINode>(at) || at.isDebugOrPseudoInst() ||
             (++size <= kMostInstructions && can_copy(at));
    });
  }

  bool qualifies(const llvm::DominatorTree& dominators) {
    const auto* const jump = llvm::cast<llvm::SwitchInst>(block_.getTerminator());
    const auto add_copy = [&](BasicBlock& from) {
      if (from.getSingleSuccessor() != nullptr && dominators.dominates(&block_, &from))
        copies_.insert(&from);
    };
    for (BasicBlock* from : llvm::predecessors(&block_)) {
      if (!has_plain_end(*from)) return false;
      if (!is_merge(*from)) {
        add_copy(*from);
        continue;
      }
      merges_.insert(from);
      for (BasicBlock* before : llvm::predecessors(from)) {
        if (!has_plain_end(*before)) return false;
        add_copy(*before);
      }
    }
    const size_t size = block_.size();
    return copies_.size() > 1 && copies_.size() * size <= kMostCopied &&
           copies_.size() * jump->getNumSuccessors() <= kMostEdges;
  }

  /// Values go through memory while blocks are copied.
  void copy(llvm::SmallVectorImpl<llvm::AllocaInst*>& slots) {
    weigh_cases();
    for (Instruction& at : llvm::make_early_inc_range(llvm::reverse(block_)))
      if (is_cheap(at)) compute_where_used(at);
    demote(block_, slots);
    for (BasicBlock* merge : merges_) demote(*merge, slots);
    for (BasicBlock* to : copies_) {
      if (BasicBlock* const merge = to->getSingleSuccessor(); merge != &block_)
        copy_to(*merge, *to);
      copy_to(block_, *to);
    }
    for (BasicBlock* merge : merges_)
      if (llvm::pred_empty(merge)) llvm::DeleteDeadBlock(merge);
  }

 private:
  static bool can_copy(const Instruction& at) {
    if (at.getType()->isTokenTy() || llvm::isa<llvm::AllocaInst>(at)) return false;
    const auto* const call = llvm::dyn_cast<llvm::CallBase>(&at);
    return call == nullptr || (llvm::isa<llvm::IntrinsicInst>(call) && !call->cannotDuplicate() &&
                               !call->isConvergent() && call->doesNotAccessMemory());
  }

  /// Whether a value can be stored before the block ends.
  static bool has_plain_end(const BasicBlock& block) {
    return llvm::isa<llvm::BranchInst, llvm::SwitchInst>(block.getTerminator());
  }

  /// Nothing happens in it: that loops begin or end in one place.
  bool is_merge(BasicBlock& from) const {
    return from.getSingleSuccessor() == &block_ && !from.isEHPad() && !llvm::pred_empty(&from) &&
           &*from.getFirstNonPHIOrDbg() == from.getTerminator();
  }

  /// What is computed again rather than kept in a register, which the copies would have to agree
  /// on.
  static bool is_cheap(const Instruction& at) {
    return llvm::isa<llvm::CastInst, llvm::GetElementPtrInst>(at) ||
           (llvm::isa<llvm::BinaryOperator>(at) && !at.isIntDivRem() &&
            at.getType()->isIntegerTy());
  }

  void compute_where_used(Instruction& at) {
    llvm::SmallDenseMap<BasicBlock*, Instruction*, 8> made;
    for (llvm::Use& use : llvm::make_early_inc_range(at.uses())) {
      auto* const user = llvm::cast<Instruction>(use.getUser());
      auto* const phi = llvm::dyn_cast<llvm::PHINode>(user);
      BasicBlock* const where = phi != nullptr ? phi->getIncomingBlock(use) : user->getParent();
      if (where == &block_ || where->isEHPad()) continue;
      Instruction*& copy = made[where];
      if (copy == nullptr) {
        copy = at.clone();
        copy->insertBefore(where->getFirstInsertionPt());
      }
      use.set(copy);
    }
    if (at.use_empty()) at.eraseFromParent();
  }

  /// All are as likely. LLVM would guess by the shape of the loops that the copies make, and have
  /// each compare with a case of its own first.
  void weigh_cases() {
    auto& jump = *llvm::cast<llvm::SwitchInst>(block_.getTerminator());
    const llvm::SmallVector<uint32_t, 16> weights(jump.getNumSuccessors(), 1);
    jump.setMetadata(llvm::LLVMContext::MD_prof,
                     llvm::MDBuilder(jump.getContext()).createBranchWeights(weights));
  }

  static void demote(BasicBlock& block, llvm::SmallVectorImpl<llvm::AllocaInst*>& slots) {
    llvm::SmallVector<llvm::PHINode*, 8> phis;
    for (llvm::PHINode& phi : block.phis()) phis.push_back(&phi);
    for (llvm::PHINode* phi : phis)
      if (llvm::AllocaInst* const slot = llvm::DemotePHIToStack(phi)) slots.push_back(slot);
    llvm::SmallVector<Instruction*, 8> outside;
    for (Instruction& at : block)
      if (at.isUsedOutsideOfBlock(&block)) outside.push_back(&at);
    for (Instruction* at : outside) slots.push_back(llvm::DemoteRegToStack(*at));
  }

  static void copy_to(const BasicBlock& block, BasicBlock& to) {
    llvm::ValueToValueMapTy map;
    Instruction* const end = to.getTerminator();
    for (const Instruction& at : block) {
      Instruction* const made = at.clone();
      made->insertBefore(end->getIterator());
      llvm::RemapInstruction(made, map,
                             llvm::RF_IgnoreMissingLocals | llvm::RF_NoModuleLevelChanges);
      if (!made->getType()->isVoidTy()) map[&at] = made;
    }
    end->eraseFromParent();
    for (const BasicBlock* next : llvm::successors(&block))
      for (const llvm::PHINode& phi : next->phis()) {
        llvm::Value* const value = phi.getIncomingValueForBlock(&block);
        const auto known = map.find(value);
        const_cast<llvm::PHINode&>(phi).addIncoming(
            known == map.end() ? value : static_cast<llvm::Value*>(known->second), &to);
      }
  }

  BasicBlock& block_;
  llvm::SmallSetVector<BasicBlock*, 2> merges_;
  llvm::SmallSetVector<BasicBlock*, 16> copies_;
};

/// Copies a small block that ends in a switch to the end of what jumps back to it.
class ThreadDispatch : public llvm::FunctionPass {
 public:
  static char ID;
  ThreadDispatch() : FunctionPass(ID) {}
  llvm::StringRef getPassName() const override { return "waxwing threaded dispatch"; }

  bool runOnFunction(llvm::Function& function) override {
    llvm::SmallVector<BasicBlock*, 4> found;
    for (BasicBlock& block : function)
      if (llvm::isa<llvm::SwitchInst>(block.getTerminator()) && Dispatch::may_qualify(block))
        found.push_back(&block);
    bool changed = false;
    for (BasicBlock* block : found) {
      Dispatch dispatch(*block);
      if (!dispatch.qualifies(llvm::DominatorTree(function))) continue;
      llvm::SmallVector<llvm::AllocaInst*, 16> slots;
      dispatch.copy(slots);
      llvm::DominatorTree dominators(function);
      llvm::PromoteMemToReg(slots, dominators);
      changed = true;
    }
    return changed;
  }
};

char ThreadDispatch::ID = 0;

class SharedTables : public llvm::MachineFunctionPass {
 public:
  static char ID;
  SharedTables() : MachineFunctionPass(ID) {}
  llvm::StringRef getPassName() const override { return "waxwing shared jump tables"; }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    llvm::MachineJumpTableInfo* const info = function.getJumpTableInfo();
    if (info == nullptr) return false;
    const auto& tables = info->getJumpTables();
    std::map<std::vector<llvm::MachineBasicBlock*>, unsigned> known;
    llvm::SmallVector<unsigned, 16> first;
    for (unsigned i = 0; i < tables.size(); ++i)
      first.push_back(known.try_emplace(tables[i].MBBs, i).first->second);
    if (known.size() == tables.size()) return false;
    for (llvm::MachineBasicBlock& block : function)
      for (llvm::MachineInstr& at : block)
        for (llvm::MachineOperand& operand : at.operands())
          if (operand.isJTI())
            operand.setIndex(static_cast<int>(first[static_cast<unsigned>(operand.getIndex())]));
    for (unsigned i = 0; i < first.size(); ++i)
      if (first[i] != i) info->RemoveJumpTable(i);
    return true;
  }
};

char SharedTables::ID = 0;

} // namespace

bool threads_dispatch(const Options& options) {
  return options.optimization >= 2 && !options.for_size &&
         options.target_facts().jump_tables_are_shared;
}

llvm::FunctionPass* create_dispatch_pass() { return new ThreadDispatch; }
llvm::FunctionPass* create_shared_table_pass() { return new SharedTables; }

} // namespace waxwing::compile
