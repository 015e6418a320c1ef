// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/direct_builtins.hpp"

#include <llvm/IR/IRBuilder.h>

namespace waxwing::compile {

namespace {

class Body {
 public:
  Body(llvm::Function& function, MadeOperation operation)
      : function_(function), operation_(operation),
        ir_(llvm::BasicBlock::Create(function.getContext(), "", &function)) {
    returns_ = !function.getReturnType()->isVoidTy();
    if (!returns_) ++next_; // where the result goes
  }

  void make() {
    llvm::Value* const result = compute();
    if (returns_) {
      ir_.CreateRet(result);
      return;
    }
    ir_.CreateAlignedStore(result, function_.getArg(0), llvm::Align(16));
    ir_.CreateRetVoid();
  }

 private:
  [[nodiscard]] bool is_integer() const { return operation_ <= MadeOperation::ashr; }
  llvm::Type* float_type() { return llvm::Type::getFP128Ty(ir_.getContext()); }
  llvm::Value* argument() { return function_.getArg(next_++); }

  /// Two arguments, the lower half first.
  llvm::Value* wide() {
    llvm::Type* const type = ir_.getInt128Ty();
    llvm::Value* const low = ir_.CreateZExt(argument(), type);
    llvm::Value* const high = ir_.CreateShl(ir_.CreateZExt(argument(), type), uint64_t{64});
    llvm::Value* const bits = ir_.CreateOr(low, high);
    return is_integer() ? bits : ir_.CreateBitCast(bits, float_type());
  }

  llvm::Value* binary(llvm::Instruction::BinaryOps which) {
    llvm::Value* const a = wide();
    return ir_.CreateBinOp(which, a, wide());
  }
  llvm::Value* shift(llvm::Instruction::BinaryOps which) {
    llvm::Value* const a = wide();
    return ir_.CreateBinOp(which, a, ir_.CreateZExt(argument(), a->getType()));
  }

  llvm::Value* order(bool above) {
    llvm::Value* const a = wide();
    llvm::Value* const b = wide();
    llvm::Value* const other = ir_.CreateSelect(
        above ? ir_.CreateFCmpOLT(a, b) : ir_.CreateFCmpOGT(a, b),
        ir_.getInt32(above ? UINT32_MAX : 1), ir_.getInt32(above ? 1 : UINT32_MAX));
    return ir_.CreateSelect(ir_.CreateFCmpOEQ(a, b), ir_.getInt32(0), other);
  }

  llvm::Value* compute() {
    using Op = llvm::Instruction;
    llvm::Type* const result = function_.getReturnType();
    switch (operation_) {
    case MadeOperation::mul: return binary(Op::Mul);
    case MadeOperation::udiv: return binary(Op::UDiv);
    case MadeOperation::urem: return binary(Op::URem);
    case MadeOperation::sdiv: return binary(Op::SDiv);
    case MadeOperation::srem: return binary(Op::SRem);
    case MadeOperation::shl: return shift(Op::Shl);
    case MadeOperation::lshr: return shift(Op::LShr);
    case MadeOperation::ashr: return shift(Op::AShr);
    case MadeOperation::fadd: return binary(Op::FAdd);
    case MadeOperation::fsub: return binary(Op::FSub);
    case MadeOperation::fmul: return binary(Op::FMul);
    case MadeOperation::fdiv: return binary(Op::FDiv);
    case MadeOperation::order_or_above: return order(true);
    case MadeOperation::order_or_below: return order(false);
    case MadeOperation::unordered: {
      llvm::Value* const a = wide();
      return ir_.CreateZExt(ir_.CreateFCmpUNO(a, wide()), result);
    }
    case MadeOperation::extend: return ir_.CreateFPExt(argument(), float_type());
    case MadeOperation::truncate: return ir_.CreateFPTrunc(wide(), result);
    case MadeOperation::from_signed: return ir_.CreateSIToFP(argument(), float_type());
    case MadeOperation::from_unsigned: return ir_.CreateUIToFP(argument(), float_type());
    case MadeOperation::to_signed: return ir_.CreateFPToSI(wide(), result);
    case MadeOperation::to_unsigned: return ir_.CreateFPToUI(wide(), result);
    case MadeOperation::none: break;
    }
    llvm_unreachable("there is no such operation");
  }

  llvm::Function& function_;
  const MadeOperation operation_;
  llvm::IRBuilder<> ir_;
  unsigned next_ = 0;
  bool returns_ = false;
};

} // namespace

void make_builtin(llvm::Function& function, const HostFunction& known) {
  function.setLinkage(llvm::GlobalValue::InternalLinkage);
  Body(function, known.operation).make();
}

} // namespace waxwing::compile
