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
    bool changed = false;
    for (llvm::MachineBasicBlock& block : function)
      if (block.isSuccessor(&block))
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

  bool can_pass(const llvm::MachineInstr& at, const llvm::MachineInstr& store) {
    if (at.isCall() || at.isPosition() || at.isTerminator() || at.hasUnmodeledSideEffects() ||
        sets_operand(at, store))
      return false;
    if (!at.mayLoadOrStore()) return true;
    return !at.hasOrderedMemoryRef() &&
           !store.mayAlias(&getAnalysis<llvm::AAResultsWrapperPass>().getAAResults(), at, true);
  }

  bool hoist(llvm::MachineInstr& store) {
    llvm::MachineBasicBlock& block = *store.getParent();
    llvm::MachineBasicBlock::iterator to = store.getIterator();
    while (to != block.begin() && can_pass(*std::prev(to), store)) --to;
    if (to == store.getIterator()) return false;
    // What it is moved past may use the same registers, and for the last time.
    for (llvm::MachineOperand& operand : store.operands())
      if (operand.isReg() && operand.isUse()) operand.setIsKill(false);
    block.splice(to, &block, store.getIterator());
    return true;
  }

  const llvm::TargetRegisterInfo* registers_ = nullptr;
};

char EarlyStores::ID = 0;

} // namespace

llvm::FunctionPass* create_early_store_pass() { return new EarlyStores; }

} // namespace waxwing::compile
