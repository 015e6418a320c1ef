// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vectors of integers (spec section 4.3.5): what is the same for several shapes is one rule.
#include <llvm/IR/Intrinsics.h>

#include "compile/vector_value.hpp"

namespace waxwing::compile {

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;
using BinOp = llvm::Instruction::BinaryOps;
using Predicate = llvm::CmpInst::Predicate;

/// Two operands as lanes.
struct Pair {
  llvm::Value* a;
  llvm::Value* b;
};

Pair pop_pair(F& f, Shape shape) {
  llvm::Value* const b = pop_lanes(f, shape);
  llvm::Value* const a = pop_lanes(f, shape);
  return {a, b};
}

template <Shape S, BinOp Which>
void binary(F& f, At) {
  const auto [a, b] = pop_pair(f, S);
  push_lanes(f, f.ir.CreateBinOp(Which, a, b));
}

template <Shape S, llvm::Intrinsic::ID Which>
void binary_by(F& f, At) {
  const auto [a, b] = pop_pair(f, S);
  push_lanes(f, f.ir.CreateBinaryIntrinsic(Which, a, b));
}

template <Shape S, Predicate Which>
void compare(F& f, At) {
  const auto [a, b] = pop_pair(f, S);
  push_mask(f, S, f.ir.CreateICmp(Which, a, b));
}

template <Shape S>
void abs(F& f, At) {
  llvm::Value* const a = pop_lanes(f, S);
  push_lanes(f, f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::abs, a, f.ir.getFalse()));
}

template <Shape S>
void neg(F& f, At) {
  push_lanes(f, f.ir.CreateNeg(pop_lanes(f, S)));
}

void popcnt(F& f, At) { f.push(f.ir.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, f.pop())); }

/// Shifts count modulo the width of a lane.
template <Shape S, BinOp Which>
void shift(F& f, At) {
  llvm::Value* const count = f.ir.CreateAnd(f.pop(), lane_bits(S) - 1);
  llvm::Value* const a = pop_lanes(f, S);
  llvm::Value* const lane = f.ir.CreateZExtOrTrunc(count, vector_type(f, S)->getElementType());
  push_lanes(f, f.ir.CreateBinOp(Which, a, splat(f, S, lane)));
}

template <Shape S>
void all_true(F& f, At) {
  llvm::Value* const all = f.ir.CreateAndReduce(f.ir.CreateIsNotNull(pop_lanes(f, S)));
  f.push(f.ir.CreateZExt(all, f.ir.getInt32Ty()));
}

/// The sign bits of the lanes, lane 0 lowest.
template <Shape S>
void bitmask(F& f, At) {
  llvm::Value* const signs = f.ir.CreateIsNeg(pop_lanes(f, S));
  f.push(
      f.ir.CreateZExt(f.ir.CreateBitCast(signs, f.ir.getIntNTy(lane_count(S))), f.ir.getInt32Ty()));
}

/// The mean, rounded up.
template <Shape S>
void average(F& f, At) {
  const auto [a, b] = pop_pair(f, S);
  llvm::Type* const lanes = a->getType();
  llvm::Type* const wide =
      llvm::FixedVectorType::get(f.ir.getIntNTy(lane_bits(S) * 2), lane_count(S));
  llvm::Value* const sum = f.ir.CreateAdd(f.ir.CreateZExt(a, wide), f.ir.CreateZExt(b, wide));
  llvm::Value* const up = f.ir.CreateAdd(sum, llvm::ConstantInt::get(wide, 1));
  push_lanes(f, f.ir.CreateTrunc(f.ir.CreateLShr(up, uint64_t{1}), lanes));
}

/// Signed lanes between bounds, as lanes of `to`.
llvm::Value* clamp(F& f, llvm::Value* lanes, int64_t least, int64_t most, llvm::Type* to) {
  const auto number = [&](int64_t value) {
    return llvm::ConstantInt::getSigned(lanes->getType(), value);
  };
  llvm::Value* const bounded = f.ir.CreateBinaryIntrinsic(
      llvm::Intrinsic::smax, f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smin, lanes, number(most)),
      number(least));
  return f.ir.CreateTrunc(bounded, to);
}

/// To lanes of `S` from two vectors of lanes twice as wide.
template <Shape S, bool Signed>
void narrow(F& f, At) {
  const auto [a, b] = pop_pair(f, wider(S));
  constexpr int64_t kEnd = int64_t{1} << (Signed ? lane_bits(S) - 1 : lane_bits(S));
  push_lanes(f, clamp(f, join(f, a, b), Signed ? -kEnd : 0, kEnd - 1, vector_type(f, S)));
}

/// From lanes of `S`, the lower or the upper half, to lanes twice as wide.
template <bool Signed>
llvm::Value* extended(F& f, Shape shape, llvm::Value* lanes, bool high) {
  llvm::Type* const wide = vector_type(f, wider(shape));
  llvm::Value* const part = half(f, lanes, high);
  return Signed ? f.ir.CreateSExt(part, wide) : f.ir.CreateZExt(part, wide);
}

template <Shape S, bool High, bool Signed>
void extend(F& f, At) {
  push_lanes(f, extended<Signed>(f, S, pop_lanes(f, S), High));
}

template <Shape S, bool High, bool Signed>
void extend_multiply(F& f, At) {
  const auto [a, b] = pop_pair(f, S);
  push_lanes(f, f.ir.CreateMul(extended<Signed>(f, S, a, High), extended<Signed>(f, S, b, High)));
}

/// The even lanes of `S`, or the odd ones, twice as wide; `v` has lanes of twice the width.
llvm::Value* every_other(F& f, Shape shape, llvm::Value* v, bool odd, bool is_signed) {
  llvm::Value* const bits = splat_number(f, wider(shape), lane_bits(shape));
  if (!odd) v = f.ir.CreateShl(v, bits);
  return is_signed ? f.ir.CreateAShr(v, bits) : f.ir.CreateLShr(v, bits);
}

template <Shape S, bool Signed>
void add_pairwise(F& f, At) {
  llvm::Value* const v = pop_lanes(f, wider(S));
  push_lanes(
      f, f.ir.CreateAdd(every_other(f, S, v, false, Signed), every_other(f, S, v, true, Signed)));
}

/// Products of the even lanes and of the odd ones, exact.
Pair products(F& f, Shape shape, llvm::Value* a, llvm::Value* b) {
  const auto lanes = [&](llvm::Value* v, bool odd) {
    llvm::SmallVector<int, 8> numbers;
    for (unsigned i = 0; i < lane_count(shape) / 2; ++i)
      numbers.push_back(static_cast<int>(2 * i + (odd ? 1 : 0)));
    return f.ir.CreateSExt(pick(f, v, nullptr, numbers), vector_type(f, wider(shape)));
  };
  return {f.ir.CreateMul(lanes(a, false), lanes(b, false)),
          f.ir.CreateMul(lanes(a, true), lanes(b, true))};
}

void dot(F& f, At) {
  const auto [a, b] = pop_pair(f, Shape::i16x8);
  const auto [even, odd] = products(f, Shape::i16x8, a, b);
  push_lanes(f, f.ir.CreateAdd(even, odd));
}

/// Sums of the products of neighbours. Only -128 * -128 twice does not fit.
llvm::Value* relaxed_dot_lanes(F& f, llvm::Value* a, llvm::Value* b) {
  const auto [even, odd] = products(f, Shape::i8x16, a, b);
  return f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::sadd_sat, even, odd);
}

void relaxed_dot(F& f, At) {
  const auto [a, b] = pop_pair(f, Shape::i8x16);
  push_lanes(f, relaxed_dot_lanes(f, a, b));
}

void relaxed_dot_add(F& f, At) {
  llvm::Value* const c = pop_lanes(f, Shape::i32x4);
  const auto [a, b] = pop_pair(f, Shape::i8x16);
  llvm::Value* const sums =
      f.ir.CreateBitCast(relaxed_dot_lanes(f, a, b), vector_type(f, Shape::i32x4));
  llvm::Value* const pairs = f.ir.CreateAdd(every_other(f, Shape::i16x8, sums, false, true),
                                            every_other(f, Shape::i16x8, sums, true, true));
  push_lanes(f, f.ir.CreateAdd(pairs, c));
}

void q15mulr(F& f, At) {
  const auto [a, b] = pop_pair(f, Shape::i16x8);
  llvm::Type* const wide = llvm::FixedVectorType::get(f.ir.getInt32Ty(), 8);
  llvm::Value* const product = f.ir.CreateMul(f.ir.CreateSExt(a, wide), f.ir.CreateSExt(b, wide));
  llvm::Value* const rounded =
      f.ir.CreateAShr(f.ir.CreateAdd(product, llvm::ConstantInt::get(wide, 0x4000)), uint64_t{15});
  push_lanes(f, clamp(f, rounded, INT16_MIN, INT16_MAX, a->getType()));
}

// A row for each of several shapes.
#define ROW(shape, name, rule, ...)                                                                \
  {Op::shape##_##name, rule<Shape::shape __VA_OPT__(, ) __VA_ARGS__>}
#define ON_8_16(name, ...) ROW(i8x16, name, __VA_ARGS__), ROW(i16x8, name, __VA_ARGS__)
#define ON_8_16_32(name, ...) ON_8_16(name, __VA_ARGS__), ROW(i32x4, name, __VA_ARGS__)
#define ON_ALL(name, ...) ON_8_16_32(name, __VA_ARGS__), ROW(i64x2, name, __VA_ARGS__)
// From lanes of `from` to lanes twice as wide.
#define WIDENING(to, from)                                                                         \
  {Op::to##_extend_low_##from##_s, extend<Shape::from, false, true>},                              \
      {Op::to##_extend_high_##from##_s, extend<Shape::from, true, true>},                          \
      {Op::to##_extend_low_##from##_u, extend<Shape::from, false, false>},                         \
      {Op::to##_extend_high_##from##_u, extend<Shape::from, true, false>},                         \
      {Op::to##_extmul_low_##from##_s, extend_multiply<Shape::from, false, true>},                 \
      {Op::to##_extmul_high_##from##_s, extend_multiply<Shape::from, true, true>},                 \
      {Op::to##_extmul_low_##from##_u, extend_multiply<Shape::from, false, false>}, {              \
    Op::to##_extmul_high_##from##_u, extend_multiply<Shape::from, true, false>                     \
  }

constexpr Rule kRules[] = {
    ON_ALL(eq, compare, Predicate::ICMP_EQ),
    ON_ALL(ne, compare, Predicate::ICMP_NE),
    ON_ALL(lt_s, compare, Predicate::ICMP_SLT),
    ON_8_16_32(lt_u, compare, Predicate::ICMP_ULT),
    ON_ALL(gt_s, compare, Predicate::ICMP_SGT),
    ON_8_16_32(gt_u, compare, Predicate::ICMP_UGT),
    ON_ALL(le_s, compare, Predicate::ICMP_SLE),
    ON_8_16_32(le_u, compare, Predicate::ICMP_ULE),
    ON_ALL(ge_s, compare, Predicate::ICMP_SGE),
    ON_8_16_32(ge_u, compare, Predicate::ICMP_UGE),
    ON_ALL(abs, abs),
    ON_ALL(neg, neg),
    {Op::i8x16_popcnt, popcnt},
    ON_ALL(all_true, all_true),
    ON_ALL(bitmask, bitmask),
    ON_ALL(shl, shift, BinOp::Shl),
    ON_ALL(shr_s, shift, BinOp::AShr),
    ON_ALL(shr_u, shift, BinOp::LShr),
    ON_ALL(add, binary, BinOp::Add),
    ON_ALL(sub, binary, BinOp::Sub),
    ROW(i16x8, mul, binary, BinOp::Mul),
    ROW(i32x4, mul, binary, BinOp::Mul),
    ROW(i64x2, mul, binary, BinOp::Mul),
    ON_8_16(add_sat_s, binary_by, llvm::Intrinsic::sadd_sat),
    ON_8_16(add_sat_u, binary_by, llvm::Intrinsic::uadd_sat),
    ON_8_16(sub_sat_s, binary_by, llvm::Intrinsic::ssub_sat),
    ON_8_16(sub_sat_u, binary_by, llvm::Intrinsic::usub_sat),
    ON_8_16_32(min_s, binary_by, llvm::Intrinsic::smin),
    ON_8_16_32(min_u, binary_by, llvm::Intrinsic::umin),
    ON_8_16_32(max_s, binary_by, llvm::Intrinsic::smax),
    ON_8_16_32(max_u, binary_by, llvm::Intrinsic::umax),
    ON_8_16(avgr_u, average),
    {Op::i8x16_narrow_i16x8_s, narrow<Shape::i8x16, true>},
    {Op::i8x16_narrow_i16x8_u, narrow<Shape::i8x16, false>},
    {Op::i16x8_narrow_i32x4_s, narrow<Shape::i16x8, true>},
    {Op::i16x8_narrow_i32x4_u, narrow<Shape::i16x8, false>},
    WIDENING(i16x8, i8x16),
    WIDENING(i32x4, i16x8),
    WIDENING(i64x2, i32x4),
    {Op::i16x8_extadd_pairwise_i8x16_s, add_pairwise<Shape::i8x16, true>},
    {Op::i16x8_extadd_pairwise_i8x16_u, add_pairwise<Shape::i8x16, false>},
    {Op::i32x4_extadd_pairwise_i16x8_s, add_pairwise<Shape::i16x8, true>},
    {Op::i32x4_extadd_pairwise_i16x8_u, add_pairwise<Shape::i16x8, false>},
    {Op::i32x4_dot_i16x8_s, dot},
    {Op::i16x8_q15mulr_sat_s, q15mulr},
    {Op::i16x8_relaxed_q15mulr_s, q15mulr},
    {Op::i16x8_relaxed_dot_i8x16_i7x16_s, relaxed_dot},
    {Op::i32x4_relaxed_dot_i8x16_i7x16_add_s, relaxed_dot_add},
};
#undef ROW
#undef ON_8_16
#undef ON_8_16_32
#undef ON_ALL
#undef WIDENING

} // namespace

std::span<const Rule> vector_integer_rules() { return kRules; }

} // namespace waxwing::compile
