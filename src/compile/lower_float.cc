// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Floats (spec section 4.3.3): what is the same for both widths is one rule.
#include "compile/float_value.hpp"

namespace waxwing::compile {

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;
using BinOp = llvm::Instruction::BinaryOps;
using Predicate = llvm::CmpInst::Predicate;

void constant32(F& f, At at) {
  f.push(llvm::ConstantFP::get(
      f.m.context(), llvm::APFloat(llvm::APFloat::IEEEsingle(), llvm::APInt(32, at.f32))));
}
void constant64(F& f, At at) {
  f.push(llvm::ConstantFP::get(
      f.m.context(), llvm::APFloat(llvm::APFloat::IEEEdouble(), llvm::APInt(64, at.f64))));
}

template <BinOp Which>
void binary(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(canonical(f, arithmetic(f, Which, a, b)));
}

template <Predicate Which>
void compare(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateZExt(f.ir.CreateFCmp(Which, a, b), f.ir.getInt32Ty()));
}

void abs(F& f, At) { f.push(f.ir.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, f.pop())); }
void neg(F& f, At) { f.push(f.ir.CreateFNeg(f.pop())); }
void copysign(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, a, b));
}
void sqrt(F& f, At) {
  f.push(canonical(f, f.ir.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, f.pop())));
}

template <Rounding How>
void rounded(F& f, At) {
  f.push(canonical(f, round(f, How, f.pop())));
}

template <bool Min>
void min_max(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(canonical(f, Min ? minimum(f, a, b) : maximum(f, a, b)));
}

#define BOTH(name, ...)                                                                            \
  {Op::f32_##name, __VA_ARGS__}, { Op::f64_##name, __VA_ARGS__ }
constexpr Rule kRules[] = {
    {Op::f32_const, constant32},
    {Op::f64_const, constant64},
    BOTH(eq, compare<Predicate::FCMP_OEQ>),
    BOTH(ne, compare<Predicate::FCMP_UNE>),
    BOTH(lt, compare<Predicate::FCMP_OLT>),
    BOTH(gt, compare<Predicate::FCMP_OGT>),
    BOTH(le, compare<Predicate::FCMP_OLE>),
    BOTH(ge, compare<Predicate::FCMP_OGE>),
    BOTH(abs, abs),
    BOTH(neg, neg),
    BOTH(ceil, rounded<Rounding::ceil>),
    BOTH(floor, rounded<Rounding::floor>),
    BOTH(trunc, rounded<Rounding::trunc>),
    BOTH(nearest, rounded<Rounding::nearest>),
    BOTH(sqrt, sqrt),
    BOTH(add, binary<BinOp::FAdd>),
    BOTH(sub, binary<BinOp::FSub>),
    BOTH(mul, binary<BinOp::FMul>),
    BOTH(div, binary<BinOp::FDiv>),
    BOTH(min, min_max<true>),
    BOTH(max, min_max<false>),
    BOTH(copysign, copysign),
};
#undef BOTH

llvm::Value* constant(llvm::Value* like, double value) {
  return llvm::ConstantFP::get(like->getType(), value);
}

/// Floats as integers of their width, and back.
llvm::Value* combine_bits(F& f, BinOp which, llvm::Value* a, llvm::Value* b) {
  llvm::Type* const floats = a->getType();
  llvm::Type* bits = f.ir.getIntNTy(floats->getScalarSizeInBits());
  if (auto* const vector = llvm::dyn_cast<llvm::FixedVectorType>(floats))
    bits = llvm::FixedVectorType::get(bits, vector->getNumElements());
  return f.ir.CreateBitCast(
      f.ir.CreateBinOp(which, f.ir.CreateBitCast(a, bits), f.ir.CreateBitCast(b, bits)), floats);
}

/// A sum is a NaN where one of the operands is. Either of the other two, which are instructions of
/// some processors, is the better operand; where the operands are equal, they are both of them, and
/// differ in the sign of zero at most.
llvm::Value* select_extreme(F& f, llvm::Value* a, llvm::Value* b, Predicate better, BinOp equal) {
  llvm::Value* const one = f.ir.CreateSelect(f.ir.CreateFCmp(better, a, b), a, b);
  llvm::Value* const other = f.ir.CreateSelect(f.ir.CreateFCmp(better, b, a), b, a);
  llvm::Value* const ordered = combine_bits(f, equal, one, other);
  return f.ir.CreateSelect(f.ir.CreateFCmpUNO(a, b), f.ir.CreateFAdd(a, b), ordered);
}

/// By adding and taking away a number so large that nothing is left behind the point; NaNs become
/// quiet on the way.
llvm::Value* round_by_sums(F& f, Rounding how, llvm::Value* x) {
  const bool is_double = x->getType()->getScalarType()->isDoubleTy();
  llvm::Value* const large = constant(x, is_double ? 0x1p52 : 0x1p23);
  llvm::Value* const size = f.ir.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x);
  llvm::Value* const from = how == Rounding::trunc ? size : x;
  llvm::Value* const shift = how == Rounding::trunc
                                 ? large
                                 : f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, large, x);
  llvm::Value* r = f.ir.CreateFSub(f.ir.CreateFAdd(from, shift), shift);
  llvm::Value* const one = constant(x, 1.0);
  if (how == Rounding::ceil)
    r = f.ir.CreateSelect(f.ir.CreateFCmpOLT(r, from), f.ir.CreateFAdd(r, one), r);
  else if (how != Rounding::nearest)
    r = f.ir.CreateSelect(f.ir.CreateFCmpOGT(r, from), f.ir.CreateFSub(r, one), r);
  r = f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, r, x);
  return f.ir.CreateSelect(f.ir.CreateFCmpOGE(size, large), x, r);
}

/// Whether a lane of a constant is one that LLVM takes for no operation, or for one of bits alone:
/// it makes no promise about NaNs that are signalling.
bool is_neutral(BinOp which, const llvm::Value* operand) {
  const auto* const constant = llvm::dyn_cast<llvm::Constant>(operand);
  if (constant == nullptr) return false;
  const auto lane_is = [&](const llvm::Constant* lane) {
    const auto* const number = llvm::dyn_cast_or_null<llvm::ConstantFP>(lane);
    if (number == nullptr) return false;
    const bool is_sum = which == BinOp::FAdd || which == BinOp::FSub;
    return is_sum ? number->isZero() : llvm::abs(number->getValueAPF()).isExactlyValue(1.0);
  };
  const auto* const vector = llvm::dyn_cast<llvm::FixedVectorType>(operand->getType());
  if (vector == nullptr) return lane_is(constant);
  for (unsigned i = 0; i < vector->getNumElements(); ++i)
    if (lane_is(constant->getAggregateElement(i))) return true;
  return false;
}

} // namespace

llvm::Value* arithmetic(F& f, BinOp which, llvm::Value* a, llvm::Value* b) {
  if (!is_neutral(which, a) && !is_neutral(which, b)) return f.ir.CreateBinOp(which, a, b);
  const auto intrinsic = which == BinOp::FAdd   ? llvm::Intrinsic::experimental_constrained_fadd
                         : which == BinOp::FSub ? llvm::Intrinsic::experimental_constrained_fsub
                         : which == BinOp::FMul ? llvm::Intrinsic::experimental_constrained_fmul
                                                : llvm::Intrinsic::experimental_constrained_fdiv;
  return f.ir.CreateConstrainedFPBinOp(intrinsic, a, b, {}, "", nullptr,
                                       llvm::RoundingMode::NearestTiesToEven, llvm::fp::ebMayTrap);
}

/// Of a promoted float, LLVM would give the float itself.
llvm::Value* demote(F& f, llvm::Value* x, llvm::Type* to) {
  if (!llvm::isa<llvm::FPExtInst>(x)) return f.ir.CreateFPTrunc(x, to);
  return f.ir.CreateConstrainedFPCast(llvm::Intrinsic::experimental_constrained_fptrunc, x, to, {},
                                      "", nullptr, llvm::RoundingMode::NearestTiesToEven,
                                      llvm::fp::ebMayTrap);
}

llvm::Value* canonical(F& f, llvm::Value* value) {
  if (!f.m.options().deterministic) return value;
  llvm::Value* const nan = llvm::ConstantFP::getNaN(value->getType());
  return f.ir.CreateSelect(f.ir.CreateFCmpUNO(value, value), nan, value);
}

llvm::Value* round(F& f, Rounding how, llvm::Value* x) {
  if (!f.m.options().has_rounding) return round_by_sums(f, how, x);
  constexpr llvm::Intrinsic::ID kIntrinsics[] = {llvm::Intrinsic::ceil, llvm::Intrinsic::floor,
                                                 llvm::Intrinsic::trunc,
                                                 llvm::Intrinsic::roundeven};
  return f.ir.CreateUnaryIntrinsic(kIntrinsics[static_cast<size_t>(how)], x);
}

llvm::Value* minimum(F& f, llvm::Value* a, llvm::Value* b) {
  if (f.m.options().target_facts().min_max)
    return f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::minimum, a, b);
  return select_extreme(f, a, b, Predicate::FCMP_OLT, BinOp::Or);
}

llvm::Value* maximum(F& f, llvm::Value* a, llvm::Value* b) {
  if (f.m.options().target_facts().min_max)
    return f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::maximum, a, b);
  return select_extreme(f, a, b, Predicate::FCMP_OGT, BinOp::And);
}

std::span<const Rule> float_rules() { return kRules; }

} // namespace waxwing::compile
