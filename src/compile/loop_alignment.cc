// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/loop_alignment.hpp"

#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineInstr.h>
#include <llvm/Support/MathExtras.h>

namespace waxwing::compile {

namespace {

/// Of AMD since Zen, and of Intel since Ice Lake.
constexpr unsigned kLine = 64;

/// About how long the encoding of an instruction is.
unsigned estimate(const llvm::MachineInstr& at) {
  if (at.isMetaInstruction()) return 0;
  if (at.isBranch() && !at.isIndirectBranch()) return 2;
  // A prefix, the operation, and which registers.
  unsigned bytes = 3;
  const llvm::ArrayRef<llvm::MCOperandInfo> operands = at.getDesc().operands();
  for (unsigned i = 0; i < operands.size(); ++i) {
    const llvm::MachineOperand& operand = at.getOperand(i);
    if (operands[i].OperandType == llvm::MCOI::OPERAND_MEMORY) {
      // Base, scale, index, displacement, segment.
      const llvm::MachineOperand& index = at.getOperand(i + 2);
      const llvm::MachineOperand& displacement = at.getOperand(i + 3);
      if (index.isReg() && index.getReg().isValid()) ++bytes;
      if (!displacement.isImm() || !llvm::isInt<8>(displacement.getImm()))
        bytes += 4;
      else if (displacement.getImm() != 0)
        ++bytes;
      i += 4;
    } else if (operand.isImm()) {
      bytes += llvm::isInt<8>(operand.getImm()) ? 1 : 4;
    } else if (!operand.isReg()) {
      bytes += 4;
    }
  }
  return bytes;
}

class LoopAlignment : public llvm::MachineFunctionPass {
 public:
  static char ID;
  LoopAlignment() : MachineFunctionPass(ID) {}
  llvm::StringRef getPassName() const override { return "waxwing loop alignment"; }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    bool changed = false;
    for (llvm::MachineBasicBlock& block : function)
      // LLVM has found it to be worth aligning.
      if (block.getAlignment() != llvm::Align(1)) changed = align(block) || changed;
    return changed;
  }

 private:
  static bool align(llvm::MachineBasicBlock& first) {
    const unsigned bytes = loop_bytes(first);
    if (bytes == 0) return false;
    // It lies across two lines if fewer bytes than it has are left of the first.
    first.setAlignment(llvm::Align(kLine), bytes - 1);
    return true;
  }

  /// About how long the code is from a block to the last one that leads back to it; 0 where none
  /// does before a line is full.
  static unsigned loop_bytes(const llvm::MachineBasicBlock& first) {
    unsigned all = 0;
    unsigned loop = 0;
    for (auto block = first.getIterator(); block != first.getParent()->end(); ++block) {
      for (const llvm::MachineInstr& at : *block)
        if ((all += estimate(at)) > kLine) return loop;
      if (block->isSuccessor(&first)) loop = all;
    }
    return loop;
  }
};

char LoopAlignment::ID = 0;

} // namespace

llvm::FunctionPass* create_loop_alignment_pass() { return new LoopAlignment; }

} // namespace waxwing::compile
