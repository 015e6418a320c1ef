// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vectors of floats and their conversions (spec section 4.3.5). Relaxed operators do what the
// deterministic profile says, on every target.
#include <llvm/IR/Intrinsics.h>

#include "compile/float_value.hpp"
#include "compile/vector_value.hpp"

namespace waxwing::compile {

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;
using BinOp = llvm::Instruction::BinaryOps;
using Cast = llvm::Instruction::CastOps;
using Predicate = llvm::CmpInst::Predicate;

template <Shape S, BinOp Which>
void binary(F& f, At) {
  llvm::Value* const b = pop_lanes(f, S);
  llvm::Value* const a = pop_lanes(f, S);
  push_lanes(f, canonical(f, arithmetic(f, Which, a, b)));
}

template <Shape S, Predicate Which>
void compare(F& f, At) {
  llvm::Value* const b = pop_lanes(f, S);
  llvm::Value* const a = pop_lanes(f, S);
  push_mask(f, S, f.ir.CreateFCmp(Which, a, b));
}

template <Shape S>
void abs(F& f, At) {
  push_lanes(f, f.ir.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, pop_lanes(f, S)));
}
template <Shape S>
void neg(F& f, At) {
  push_lanes(f, f.ir.CreateFNeg(pop_lanes(f, S)));
}
template <Shape S>
void sqrt(F& f, At) {
  push_lanes(f, canonical(f, f.ir.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, pop_lanes(f, S))));
}

template <Shape S, Rounding How>
void rounded(F& f, At) {
  push_lanes(f, canonical(f, round(f, How, pop_lanes(f, S))));
}

template <Shape S, bool Min>
void min_max(F& f, At) {
  llvm::Value* const b = pop_lanes(f, S);
  llvm::Value* const a = pop_lanes(f, S);
  push_lanes(f, canonical(f, Min ? minimum(f, a, b) : maximum(f, a, b)));
}

/// `b` where it is the smaller one, or the greater one, else `a`, bit for bit.
template <Shape S, bool Min>
void pseudo_min_max(F& f, At) {
  llvm::Value* const b = pop_lanes(f, S);
  llvm::Value* const a = pop_lanes(f, S);
  llvm::Value* const better = Min ? f.ir.CreateFCmpOLT(b, a) : f.ir.CreateFCmpOLT(a, b);
  push_lanes(f, f.ir.CreateSelect(better, b, a));
}

/// Product and sum are rounded each.
template <Shape S, bool Negate>
void multiply_add(F& f, At) {
  llvm::Value* const c = pop_lanes(f, S);
  llvm::Value* const b = pop_lanes(f, S);
  llvm::Value* const a = pop_lanes(f, S);
  llvm::Value* const product = arithmetic(f, BinOp::FMul, a, b);
  push_lanes(
      f, canonical(f, arithmetic(f, BinOp::FAdd, Negate ? f.ir.CreateFNeg(product) : product, c)));
}

template <Cast Which>
void convert(F& f, At) {
  push_lanes(f, f.ir.CreateCast(Which, pop_lanes(f, Shape::i32x4), vector_type(f, Shape::f32x4)));
}

template <Cast Which>
void convert_low(F& f, At) {
  push_lanes(f, f.ir.CreateCast(Which, half(f, pop_lanes(f, Shape::i32x4), false),
                                vector_type(f, Shape::f64x2)));
}

void promote_low(F& f, At) {
  push_lanes(f, canonical(f, f.ir.CreateFPExt(half(f, pop_lanes(f, Shape::f32x4), false),
                                              vector_type(f, Shape::f64x2))));
}

/// Two lanes and zeros behind them.
void push_low(F& f, llvm::Value* lanes) {
  push_lanes(f, join(f, lanes, llvm::Constant::getNullValue(lanes->getType())));
}

void demote_zero(F& f, At) {
  push_low(f, canonical(f, demote(f, pop_lanes(f, Shape::f64x2),
                                  llvm::FixedVectorType::get(f.ir.getFloatTy(), 2))));
}

template <llvm::Intrinsic::ID Which>
void truncate(F& f, At) {
  llvm::Value* const x = pop_lanes(f, Shape::f32x4);
  push_lanes(f, f.ir.CreateIntrinsic(Which, {vector_type(f, Shape::i32x4), x->getType()}, {x}));
}

template <llvm::Intrinsic::ID Which>
void truncate_zero(F& f, At) {
  llvm::Value* const x = pop_lanes(f, Shape::f64x2);
  llvm::Type* const to = llvm::FixedVectorType::get(f.ir.getInt32Ty(), 2);
  push_low(f, f.ir.CreateIntrinsic(Which, {to, x->getType()}, {x}));
}

#define BOTH(name, rule, ...)                                                                      \
  {Op::f32x4_##name, rule<Shape::f32x4 __VA_OPT__(, ) __VA_ARGS__>}, {                             \
    Op::f64x2_##name, rule<Shape::f64x2 __VA_OPT__(, ) __VA_ARGS__>                                \
  }
constexpr Rule kRules[] = {
    BOTH(eq, compare, Predicate::FCMP_OEQ),
    BOTH(ne, compare, Predicate::FCMP_UNE),
    BOTH(lt, compare, Predicate::FCMP_OLT),
    BOTH(gt, compare, Predicate::FCMP_OGT),
    BOTH(le, compare, Predicate::FCMP_OLE),
    BOTH(ge, compare, Predicate::FCMP_OGE),
    BOTH(abs, abs),
    BOTH(neg, neg),
    BOTH(ceil, rounded, Rounding::ceil),
    BOTH(floor, rounded, Rounding::floor),
    BOTH(trunc, rounded, Rounding::trunc),
    BOTH(nearest, rounded, Rounding::nearest),
    BOTH(sqrt, sqrt),
    BOTH(add, binary, BinOp::FAdd),
    BOTH(sub, binary, BinOp::FSub),
    BOTH(mul, binary, BinOp::FMul),
    BOTH(div, binary, BinOp::FDiv),
    BOTH(min, min_max, true),
    BOTH(max, min_max, false),
    BOTH(pmin, pseudo_min_max, true),
    BOTH(pmax, pseudo_min_max, false),
    BOTH(relaxed_min, min_max, true),
    BOTH(relaxed_max, min_max, false),
    BOTH(relaxed_madd, multiply_add, false),
    BOTH(relaxed_nmadd, multiply_add, true),
    {Op::f32x4_convert_i32x4_s, convert<Cast::SIToFP>},
    {Op::f32x4_convert_i32x4_u, convert<Cast::UIToFP>},
    {Op::f64x2_convert_low_i32x4_s, convert_low<Cast::SIToFP>},
    {Op::f64x2_convert_low_i32x4_u, convert_low<Cast::UIToFP>},
    {Op::f64x2_promote_low_f32x4, promote_low},
    {Op::f32x4_demote_f64x2_zero, demote_zero},
    {Op::i32x4_trunc_sat_f32x4_s, truncate<llvm::Intrinsic::fptosi_sat>},
    {Op::i32x4_trunc_sat_f32x4_u, truncate<llvm::Intrinsic::fptoui_sat>},
    {Op::i32x4_relaxed_trunc_f32x4_s, truncate<llvm::Intrinsic::fptosi_sat>},
    {Op::i32x4_relaxed_trunc_f32x4_u, truncate<llvm::Intrinsic::fptoui_sat>},
    {Op::i32x4_trunc_sat_f64x2_s_zero, truncate_zero<llvm::Intrinsic::fptosi_sat>},
    {Op::i32x4_trunc_sat_f64x2_u_zero, truncate_zero<llvm::Intrinsic::fptoui_sat>},
    {Op::i32x4_relaxed_trunc_f64x2_s_zero, truncate_zero<llvm::Intrinsic::fptosi_sat>},
    {Op::i32x4_relaxed_trunc_f64x2_u_zero, truncate_zero<llvm::Intrinsic::fptoui_sat>},
};
#undef BOTH

} // namespace

std::span<const Rule> vector_float_rules() { return kRules; }

} // namespace waxwing::compile
