// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions (spec section 4.3.4).
#include "compile/float_value.hpp"

namespace waxwing::compile {

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;
using Cast = llvm::Instruction::CastOps;

/// The type of the operator's result.
llvm::Type* result_of(F& f, At at) {
  switch (info(at.op).results[0]) {
  case Letter::i32: return f.ir.getInt32Ty();
  case Letter::i64: return f.ir.getInt64Ty();
  case Letter::f32: return f.ir.getFloatTy();
  default: return f.ir.getDoubleTy();
  }
}

template <Cast Which>
void cast(F& f, At at) {
  f.push(f.ir.CreateCast(Which, f.pop(), result_of(f, at)));
}

void promote(F& f, At) { f.push(canonical(f, f.ir.CreateFPExt(f.pop(), f.ir.getDoubleTy()))); }
void demote(F& f, At) { f.push(canonical(f, demote(f, f.pop(), f.ir.getFloatTy()))); }

/// Checked first: LLVM's conversions are undefined out of range.
template <bool Signed>
void truncate(F& f, At at) {
  llvm::Value* const x = f.pop();
  llvm::Type* const to = result_of(f, at);
  const unsigned bits = to->getIntegerBitWidth();
  const auto number = [&](double value) { return llvm::ConstantFP::get(x->getType(), value); };
  f.trap_if(f.ir.CreateFCmpUNO(x, x), TrapKind::invalid_conversion_to_integer);
  const double above = bits == 32 ? (Signed ? 0x1p31 : 0x1p32) : (Signed ? 0x1p63 : 0x1p64);
  llvm::Value* const low_enough = f.ir.CreateFCmpOLT(x, number(above));
  llvm::Value* high_enough = nullptr;
  if (!Signed)
    high_enough = f.ir.CreateFCmpOGT(x, number(-1.0));
  else if (bits == 32 && x->getType()->isDoubleTy())
    high_enough = f.ir.CreateFCmpOGT(x, number(-0x1p31 - 1.0));
  else // the next smaller number that there is, is out of range
    high_enough = f.ir.CreateFCmpOGE(x, number(-above));
  f.trap_if(f.ir.CreateNot(f.ir.CreateAnd(low_enough, high_enough)), TrapKind::integer_overflow);
  f.push(Signed ? f.ir.CreateFPToSI(x, to) : f.ir.CreateFPToUI(x, to));
}

template <llvm::Intrinsic::ID Which>
void saturate(F& f, At at) {
  llvm::Value* const x = f.pop();
  f.push(f.ir.CreateIntrinsic(Which, {result_of(f, at), x->getType()}, {x}));
}

constexpr Rule kRules[] = {
    {Op::i32_wrap_i64, cast<Cast::Trunc>},
    {Op::i64_extend_i32_s, cast<Cast::SExt>},
    {Op::i64_extend_i32_u, cast<Cast::ZExt>},
    {Op::i32_trunc_f32_s, truncate<true>},
    {Op::i32_trunc_f32_u, truncate<false>},
    {Op::i32_trunc_f64_s, truncate<true>},
    {Op::i32_trunc_f64_u, truncate<false>},
    {Op::i64_trunc_f32_s, truncate<true>},
    {Op::i64_trunc_f32_u, truncate<false>},
    {Op::i64_trunc_f64_s, truncate<true>},
    {Op::i64_trunc_f64_u, truncate<false>},
    {Op::f32_convert_i32_s, cast<Cast::SIToFP>},
    {Op::f32_convert_i32_u, cast<Cast::UIToFP>},
    {Op::f32_convert_i64_s, cast<Cast::SIToFP>},
    {Op::f32_convert_i64_u, cast<Cast::UIToFP>},
    {Op::f64_convert_i32_s, cast<Cast::SIToFP>},
    {Op::f64_convert_i32_u, cast<Cast::UIToFP>},
    {Op::f64_convert_i64_s, cast<Cast::SIToFP>},
    {Op::f64_convert_i64_u, cast<Cast::UIToFP>},
    {Op::f32_demote_f64, demote},
    {Op::f64_promote_f32, promote},
    {Op::i32_reinterpret_f32, cast<Cast::BitCast>},
    {Op::i64_reinterpret_f64, cast<Cast::BitCast>},
    {Op::f32_reinterpret_i32, cast<Cast::BitCast>},
    {Op::f64_reinterpret_i64, cast<Cast::BitCast>},
    {Op::i32_trunc_sat_f32_s, saturate<llvm::Intrinsic::fptosi_sat>},
    {Op::i32_trunc_sat_f32_u, saturate<llvm::Intrinsic::fptoui_sat>},
    {Op::i32_trunc_sat_f64_s, saturate<llvm::Intrinsic::fptosi_sat>},
    {Op::i32_trunc_sat_f64_u, saturate<llvm::Intrinsic::fptoui_sat>},
    {Op::i64_trunc_sat_f32_s, saturate<llvm::Intrinsic::fptosi_sat>},
    {Op::i64_trunc_sat_f32_u, saturate<llvm::Intrinsic::fptoui_sat>},
    {Op::i64_trunc_sat_f64_s, saturate<llvm::Intrinsic::fptosi_sat>},
    {Op::i64_trunc_sat_f64_u, saturate<llvm::Intrinsic::fptoui_sat>},
};

} // namespace

std::span<const Rule> conversion_rules() { return kRules; }

} // namespace waxwing::compile
