// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integers (spec section 4.3.2): what is the same for both widths is one rule.
#include <llvm/IR/Intrinsics.h>

#include "compile/function_lowering.hpp"

namespace waxwing::compile {

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;
using BinOp = llvm::Instruction::BinaryOps;
using Predicate = llvm::CmpInst::Predicate;

template <BinOp Which>
void binary(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateBinOp(Which, a, b));
}

/// Shifts count modulo the width.
template <BinOp Which>
void shift(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  const unsigned bits = a->getType()->getIntegerBitWidth();
  f.push(f.ir.CreateBinOp(Which, a, f.ir.CreateAnd(b, bits - 1)));
}

template <llvm::Intrinsic::ID Which>
void rotate(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateIntrinsic(Which, {a->getType()}, {a, a, b}));
}

template <llvm::Intrinsic::ID Which>
void count_zeros(F& f, At) {
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateIntrinsic(Which, {a->getType()}, {a, f.ir.getFalse()}));
}

void popcnt(F& f, At) {
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, a));
}

template <Predicate Which>
void compare(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateZExt(f.ir.CreateICmp(Which, a, b), f.ir.getInt32Ty()));
}

void eqz(F& f, At) {
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateZExt(f.ir.CreateIsNull(a), f.ir.getInt32Ty()));
}

void trap_if_zero(F& f, llvm::Value* divisor) {
  f.trap_if(f.ir.CreateIsNull(divisor), TrapKind::integer_divide_by_zero);
}

template <BinOp Which>
void divide_unsigned(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  trap_if_zero(f, b);
  f.push(f.ir.CreateBinOp(Which, a, b));
}

void divide_signed(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  trap_if_zero(f, b);
  const unsigned bits = a->getType()->getIntegerBitWidth();
  llvm::Value* const least =
      llvm::ConstantInt::get(a->getType(), llvm::APInt::getSignedMinValue(bits));
  llvm::Value* const minus_one = llvm::ConstantInt::getAllOnesValue(a->getType());
  f.trap_if(f.ir.CreateAnd(f.ir.CreateICmpEQ(a, least), f.ir.CreateICmpEQ(b, minus_one)),
            TrapKind::integer_overflow);
  f.push(f.ir.CreateSDiv(a, b));
}

/// The remainder by -1 is 0; LLVM's is undefined for the least number.
void remainder_signed(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  trap_if_zero(f, b);
  llvm::Value* const minus_one = llvm::ConstantInt::getAllOnesValue(a->getType());
  llvm::Value* const is_minus_one = f.ir.CreateICmpEQ(b, minus_one);
  llvm::Value* const safe =
      f.ir.CreateSelect(is_minus_one, llvm::ConstantInt::get(b->getType(), 1), b);
  f.push(f.ir.CreateSRem(a, f.ir.CreateFreeze(safe)));
}

template <unsigned Bits>
void extend(F& f, At) {
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateSExt(f.ir.CreateTrunc(a, f.ir.getIntNTy(Bits)), a->getType()));
}

// Wide arithmetic: 128-bit numbers as two halves, the lower one first.
llvm::Value* join(F& f, llvm::Value* low, llvm::Value* high) {
  llvm::Type* const wide = f.ir.getInt128Ty();
  return f.ir.CreateOr(f.ir.CreateZExt(low, wide),
                       f.ir.CreateShl(f.ir.CreateZExt(high, wide), uint64_t{64}));
}

void push_halves(F& f, llvm::Value* wide) {
  f.push(f.ir.CreateTrunc(wide, f.ir.getInt64Ty()));
  f.push(f.ir.CreateTrunc(f.ir.CreateLShr(wide, uint64_t{64}), f.ir.getInt64Ty()));
}

template <BinOp Which>
void binary_wide(F& f, At) {
  const Values v = f.pop(4);
  llvm::Value* const a = join(f, v[0], v[1]);
  push_halves(f, f.ir.CreateBinOp(Which, a, join(f, v[2], v[3])));
}

template <llvm::Instruction::CastOps Extend>
void multiply_wide(F& f, At) {
  const Values v = f.pop(2);
  llvm::Type* const wide = f.ir.getInt128Ty();
  llvm::Value* const a = f.ir.CreateCast(Extend, v[0], wide);
  push_halves(f, f.ir.CreateMul(a, f.ir.CreateCast(Extend, v[1], wide)));
}

void constant32(F& f, At at) { f.push(f.i32(static_cast<uint32_t>(at.i32))); }
void constant64(F& f, At at) { f.push(f.i64(static_cast<uint64_t>(at.i64))); }

// One row for both widths.
#define BOTH(name, ...)                                                                            \
  {Op::i32_##name, __VA_ARGS__}, { Op::i64_##name, __VA_ARGS__ }
constexpr Rule kRules[] = {
    {Op::i32_const, constant32},
    {Op::i64_const, constant64},
    BOTH(eqz, eqz),
    BOTH(eq, compare<Predicate::ICMP_EQ>),
    BOTH(ne, compare<Predicate::ICMP_NE>),
    BOTH(lt_s, compare<Predicate::ICMP_SLT>),
    BOTH(lt_u, compare<Predicate::ICMP_ULT>),
    BOTH(gt_s, compare<Predicate::ICMP_SGT>),
    BOTH(gt_u, compare<Predicate::ICMP_UGT>),
    BOTH(le_s, compare<Predicate::ICMP_SLE>),
    BOTH(le_u, compare<Predicate::ICMP_ULE>),
    BOTH(ge_s, compare<Predicate::ICMP_SGE>),
    BOTH(ge_u, compare<Predicate::ICMP_UGE>),
    BOTH(clz, count_zeros<llvm::Intrinsic::ctlz>),
    BOTH(ctz, count_zeros<llvm::Intrinsic::cttz>),
    BOTH(popcnt, popcnt),
    BOTH(add, binary<BinOp::Add>),
    BOTH(sub, binary<BinOp::Sub>),
    BOTH(mul, binary<BinOp::Mul>),
    BOTH(div_s, divide_signed),
    BOTH(div_u, divide_unsigned<BinOp::UDiv>),
    BOTH(rem_s, remainder_signed),
    BOTH(rem_u, divide_unsigned<BinOp::URem>),
    BOTH(and, binary<BinOp::And>),
    BOTH(or, binary<BinOp::Or>),
    BOTH(xor, binary<BinOp::Xor>),
    BOTH(shl, shift<BinOp::Shl>),
    BOTH(shr_s, shift<BinOp::AShr>),
    BOTH(shr_u, shift<BinOp::LShr>),
    BOTH(rotl, rotate<llvm::Intrinsic::fshl>),
    BOTH(rotr, rotate<llvm::Intrinsic::fshr>),
    BOTH(extend8_s, extend<8>),
    BOTH(extend16_s, extend<16>),
    {Op::i64_extend32_s, extend<32>},
    {Op::i64_add128, binary_wide<BinOp::Add>},
    {Op::i64_sub128, binary_wide<BinOp::Sub>},
    {Op::i64_mul_wide_s, multiply_wide<llvm::Instruction::SExt>},
    {Op::i64_mul_wide_u, multiply_wide<llvm::Instruction::ZExt>},
};
#undef BOTH

} // namespace

std::span<const Rule> integer_rules() { return kRules; }

} // namespace waxwing::compile
