// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/short_address.hpp"

#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineInstrBuilder.h>
#include <llvm/CodeGen/TargetInstrInfo.h>
#include <llvm/CodeGen/TargetRegisterInfo.h>
#include <llvm/CodeGen/TargetSubtargetInfo.h>
#include <optional>

namespace waxwing::compile {

namespace {

/// The operands of an address, in LLVM's order.
enum Part : unsigned { kBase, kScale, kIndex, kDisplacement, kSegment, kParts };

class ShortAddresses : public llvm::MachineFunctionPass {
 public:
  static char ID;
  ShortAddresses() : MachineFunctionPass(ID) {}
  llvm::StringRef getPassName() const override { return "waxwing short addresses"; }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    registers_ = function.getSubtarget().getRegisterInfo();
    instructions_ = function.getSubtarget().getInstrInfo();
    bool changed = false;
    for (llvm::MachineBasicBlock& block : function)
      for (llvm::MachineInstr& at : llvm::make_early_inc_range(block))
        if (const std::optional<unsigned> first = address_of(at))
          changed = shorten(at, *first) || changed;
        else if (is_sum(at))
          changed = split(at, 1) || changed;
    return changed;
  }

 private:
  /// The first operand of the instruction's address.
  static std::optional<unsigned> address_of(const llvm::MachineInstr& at) {
    const llvm::ArrayRef<llvm::MCOperandInfo> operands = at.getDesc().operands();
    for (unsigned i = 0; i + kParts <= operands.size(); ++i)
      if (operands[i].OperandType == llvm::MCOI::OPERAND_MEMORY) return i;
    return std::nullopt;
  }

  /// Whether the encoding of a register as the base is that of an address without one.
  bool needs_displacement(llvm::Register base) const {
    return (registers_->getEncodingValue(base.asMCReg()) & 7) == 5;
  }

  bool is_as_wide(llvm::Register one, llvm::Register other) const {
    const auto bits = [&](llvm::Register which) {
      return registers_->getRegSizeInBits(*registers_->getMinimalPhysRegClass(which.asMCReg()));
    };
    return bits(one) == bits(other);
  }

  bool shorten(llvm::MachineInstr& at, unsigned first) const {
    llvm::MachineOperand& base = at.getOperand(first + kBase);
    llvm::MachineOperand& index = at.getOperand(first + kIndex);
    const llvm::MachineOperand& scale = at.getOperand(first + kScale);
    const llvm::MachineOperand& displacement = at.getOperand(first + kDisplacement);
    if (!base.isReg() || !index.isReg() || !base.getReg().isPhysical() ||
        !index.getReg().isPhysical() || !scale.isImm() || scale.getImm() != 1 ||
        !displacement.isImm() || displacement.getImm() != 0)
      return false;
    const llvm::Register was = base.getReg();
    const llvm::Register other = index.getReg();
    if (!needs_displacement(was) || needs_displacement(other) || !is_as_wide(was, other))
      return false;
    const bool is_last_use = base.isKill();
    base.setReg(other);
    base.setIsKill(index.isKill());
    index.setReg(was);
    index.setIsKill(is_last_use);
    return true;
  }

  llvm::Register whole(llvm::Register half) const {
    for (const llvm::MCPhysReg all : registers_->superregs(half.asMCReg()))
      if (is_wide(all)) return all;
    return half;
  }

  bool is_wide(llvm::Register which) const {
    return registers_->getRegSizeInBits(*registers_->getMinimalPhysRegClass(which.asMCReg())) == 64;
  }

  /// Whether the instruction computes an address in 64 bits without using it.
  bool is_sum(const llvm::MachineInstr& at) const {
    if (at.mayLoadOrStore() || at.getNumExplicitOperands() != 1 + kParts) return false;
    const llvm::StringRef name = instructions_->getName(at.getOpcode());
    return name == "LEA64r" || name == "LEA64_32r";
  }

  /// Makes two sums of a sum and a product, where an addition would change flags that are wanted:
  /// LLVM has done it everywhere else.
  bool split(llvm::MachineInstr& at, unsigned first) const {
    llvm::MachineOperand& displacement = at.getOperand(first + kDisplacement);
    const llvm::MachineOperand& base = at.getOperand(first + kBase);
    const llvm::MachineOperand& index = at.getOperand(first + kIndex);
    if (!displacement.isImm() || displacement.getImm() == 0 || !base.getReg().isValid() ||
        !index.getReg().isValid() || at.getOperand(first + kScale).getImm() == 1 ||
        needs_displacement(base.getReg()))
      return false;
    const llvm::Register to = at.getOperand(0).getReg();
    llvm::BuildMI(*at.getParent(), std::next(at.getIterator()), at.getDebugLoc(), at.getDesc(), to)
        .addReg(whole(to))
        .addImm(1)
        .addReg(0)
        .addImm(displacement.getImm())
        .addReg(0);
    displacement.setImm(0);
    return true;
  }

  const llvm::TargetRegisterInfo* registers_ = nullptr;
  const llvm::TargetInstrInfo* instructions_ = nullptr;
};

char ShortAddresses::ID = 0;

} // namespace

llvm::FunctionPass* create_short_address_pass() { return new ShortAddresses; }

} // namespace waxwing::compile
