// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/early_stores.hpp"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineInstr.h>
#include <llvm/CodeGen/MachineMemOperand.h>
#include <llvm/CodeGen/TargetRegisterInfo.h>
#include <llvm/CodeGen/TargetSubtargetInfo.h>

namespace waxwing::compile {

namespace {

/// A longer loop has other things to wait for, and how far stores move is bounded.
constexpr size_t kMostInstructions = 128;

class EarlyStores : public llvm::MachineFunctionPass {
 public:
  static char ID;
  EarlyStores() : MachineFunctionPass(ID) {}
  llvm::StringRef getPassName() const override { return "waxwing early stores"; }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override {
    usage.addRequired<llvm::AAResultsWrapperPass>();
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    registers_ = function.getSubtarget().getRegisterInfo();
    aliases_ = &getAnalysis<llvm::AAResultsWrapperPass>().getAAResults();
    bool changed = false;
    for (llvm::MachineBasicBlock& block : function)
      if (block.isSuccessor(&block) && block.size() <= kMostInstructions)
        for (llvm::MachineInstr& at : llvm::make_early_inc_range(block))
          if (is_plain_store(at)) changed = hoist(at) || changed;
    return changed;
  }

 private:
  /// A store to a guest's memory that can't trap, as those which may are volatile.
  static bool is_plain_store(const llvm::MachineInstr& at) {
    return at.mayStore() && !at.mayLoad() && !at.isCall() && !at.hasUnmodeledSideEffects() &&
           !at.hasOrderedMemoryRef() && at.hasOneMemOperand() &&
           (*at.memoperands_begin())->getValue() != nullptr && at.getNumDefs() == 0;
  }

  bool sets_operand(const llvm::MachineInstr& at, const llvm::MachineInstr& store) const {
    return llvm::any_of(store.operands(), [&](const llvm::MachineOperand& operand) {
      return operand.isReg() && operand.getReg().isValid() &&
             at.modifiesRegister(operand.getReg(), registers_);
    });
  }

  /// Stores keep their order, which is that of addresses.
  bool can_pass(const llvm::MachineInstr& at, const llvm::MachineInstr& store) const {
    if (at.mayStore() || at.isCall() || at.isPosition() || at.isTerminator() ||
        at.hasUnmodeledSideEffects())
      return false;
    return !at.mayLoad() || (!at.hasOrderedMemoryRef() && !store.mayAlias(aliases_, at, true));
  }

  /// Moves a store to what sets its value or address, if nothing in between keeps it.
  bool hoist(llvm::MachineInstr& store) const {
    llvm::MachineBasicBlock& block = *store.getParent();
    llvm::MachineBasicBlock::iterator to = store.getIterator();
    while (to != block.begin() && !sets_operand(*std::prev(to), store)) {
      if (!can_pass(*std::prev(to), store)) return false;
      --to;
    }
    if (to == block.begin() || to == store.getIterator()) return false;
    // What it is moved past may use the same registers, and for the last time.
    for (llvm::MachineOperand& operand : store.operands())
      if (operand.isReg() && operand.isUse()) operand.setIsKill(false);
    block.splice(to, &block, store.getIterator());
    return true;
  }

  const llvm::TargetRegisterInfo* registers_ = nullptr;
  llvm::AAResults* aliases_ = nullptr;
};

char EarlyStores::ID = 0;

} // namespace

llvm::FunctionPass* create_early_store_pass() { return new EarlyStores; }

} // namespace waxwing::compile
