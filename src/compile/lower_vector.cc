// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector operators that move lanes and bits, to and from memory too (spec sections 4.3.5 and
// 4.6.4).
#include "compile/memory_access.hpp"
#include "compile/vector_value.hpp"

namespace waxwing::compile {

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;
using BinOp = llvm::Instruction::BinaryOps;

void constant(F& f, At at) {
  f.push(llvm::ConstantDataVector::get(f.m.context(), llvm::ArrayRef<uint8_t>(at.v128.bytes)));
}

// Lanes

/// A scalar operand as a lane: i32 stands for narrower ones too.
llvm::Value* to_lane(F& f, Shape shape, llvm::Value* scalar) {
  return is_float(shape) ? scalar
                         : f.ir.CreateTrunc(scalar, vector_type(f, shape)->getElementType());
}

template <Shape S>
void splat_lane(F& f, At) {
  push_lanes(f, splat(f, S, to_lane(f, S, f.pop())));
}

template <Shape S, bool Signed = false>
void extract_lane(F& f, At at) {
  llvm::Value* const lane = f.ir.CreateExtractElement(pop_lanes(f, S), uint64_t{at.x});
  if constexpr (lane_bits(S) >= 32)
    f.push(lane);
  else
    f.push(Signed ? f.ir.CreateSExt(lane, f.ir.getInt32Ty())
                  : f.ir.CreateZExt(lane, f.ir.getInt32Ty()));
}

template <Shape S>
void replace_lane(F& f, At at) {
  llvm::Value* const lane = to_lane(f, S, f.pop());
  push_lanes(f, f.ir.CreateInsertElement(pop_lanes(f, S), lane, uint64_t{at.x}));
}

void shuffle(F& f, At at) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  llvm::SmallVector<int, 16> lanes;
  for (uint8_t lane : at.v128.bytes) lanes.push_back(lane & 31);
  f.push(pick(f, a, b, lanes));
}

/// Byte by byte, from memory: for processors that have no instruction.
llvm::Value* swizzle_by_bytes(F& f, llvm::Value* bytes, llvm::Value* selectors) {
  llvm::Value* const room = f.scratch(16);
  f.ir.CreateAlignedStore(bytes, room, llvm::Align(1));
  llvm::Value* picked = llvm::PoisonValue::get(bytes->getType());
  for (uint64_t i = 0; i < 16; ++i) {
    llvm::Value* const at = f.ir.CreateAnd(f.ir.CreateExtractElement(selectors, i), 15);
    llvm::Value* const address =
        f.ir.CreateGEP(f.ir.getInt8Ty(), room, f.ir.CreateZExt(at, f.m.word()));
    picked = f.ir.CreateInsertElement(
        picked, f.ir.CreateAlignedLoad(f.ir.getInt8Ty(), address, llvm::Align(1)), i);
  }
  llvm::Value* const inside = f.ir.CreateICmpULT(selectors, splat_number(f, Shape::i8x16, 16));
  return f.ir.CreateSelect(inside, picked, llvm::Constant::getNullValue(bytes->getType()));
}

void swizzle(F& f, At) {
  llvm::Value* selectors = f.pop();
  llvm::Value* const bytes = f.pop();
  if (!f.m.options().has_byte_shuffle) {
    f.push(swizzle_by_bytes(f, bytes, selectors));
    return;
  }
  const ByteShuffle& shuffle = f.m.options().target_facts().byte_shuffle;
  // Where the sign of a selector makes a zero, those from 16 on get one.
  if (shuffle.zero_by_sign)
    selectors = f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::uadd_sat, selectors,
                                           splat_number(f, Shape::i8x16, 0x70));
  llvm::SmallVector<llvm::Type*, 1> overloads;
  if (shuffle.is_overloaded) overloads.push_back(bytes->getType());
  f.push(f.ir.CreateIntrinsic(static_cast<llvm::Intrinsic::ID>(shuffle.intrinsic), overloads,
                              {bytes, selectors}));
}

// Bits

void not_(F& f, At) { f.push(f.ir.CreateNot(f.pop())); }

template <BinOp Which>
void bitwise(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateBinOp(Which, a, b));
}

void andnot(F& f, At) {
  llvm::Value* const b = f.ir.CreateNot(f.pop());
  f.push(f.ir.CreateAnd(f.pop(), b));
}

/// The bits of `a` where the mask has ones, else those of `b`.
void bitselect(F& f, At) {
  llvm::Value* const mask = f.pop();
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateOr(f.ir.CreateAnd(a, mask), f.ir.CreateAnd(b, f.ir.CreateNot(mask))));
}

void any_true(F& f, At) {
  llvm::Value* const any = f.ir.CreateOrReduce(pop_lanes(f, Shape::i64x2));
  f.push(f.ir.CreateZExt(f.ir.CreateIsNotNull(any), f.ir.getInt32Ty()));
}

// Memory: what isn't a whole vector is accessed as one integer.

void load(F& f, At at) { f.push(load_memory(f, at.memarg, f.m.type(Kind::v128))); }

llvm::Value* load_integer(F& f, At at) {
  return load_memory(f, at.memarg, f.ir.getIntNTy(8u << info(at.op).width));
}

/// 8 bytes as lanes of `S`, each made twice as wide.
template <Shape S, bool Signed>
void load_extended(F& f, At at) {
  llvm::Type* const narrow =
      llvm::FixedVectorType::get(vector_type(f, S)->getElementType(), lane_count(S) / 2);
  llvm::Value* const lanes = f.ir.CreateBitCast(load_integer(f, at), narrow);
  llvm::Type* const wide = vector_type(f, wider(S));
  push_lanes(f, Signed ? f.ir.CreateSExt(lanes, wide) : f.ir.CreateZExt(lanes, wide));
}

template <Shape S>
void load_splat(F& f, At at) {
  push_lanes(f, splat(f, S, load_integer(f, at)));
}

template <Shape S>
void load_zero(F& f, At at) {
  llvm::Value* const lane = load_integer(f, at);
  push_lanes(f, f.ir.CreateInsertElement(llvm::Constant::getNullValue(vector_type(f, S)), lane,
                                         uint64_t{0}));
}

template <Shape S>
void load_lane(F& f, At at) {
  llvm::Value* const lanes = pop_lanes(f, S);
  push_lanes(f, f.ir.CreateInsertElement(lanes, load_integer(f, at), uint64_t{at.lane}));
}

template <Shape S>
void store_lane(F& f, At at) {
  llvm::Value* const lanes = pop_lanes(f, S);
  store_memory(f, at.memarg, f.ir.CreateExtractElement(lanes, uint64_t{at.lane}));
}

void store(F& f, At at) { store_memory(f, at.memarg, f.pop()); }

constexpr Rule kRules[] = {
    {Op::v128_const, constant},
    {Op::i8x16_splat, splat_lane<Shape::i8x16>},
    {Op::i16x8_splat, splat_lane<Shape::i16x8>},
    {Op::i32x4_splat, splat_lane<Shape::i32x4>},
    {Op::i64x2_splat, splat_lane<Shape::i64x2>},
    {Op::f32x4_splat, splat_lane<Shape::f32x4>},
    {Op::f64x2_splat, splat_lane<Shape::f64x2>},
    {Op::i8x16_extract_lane_s, extract_lane<Shape::i8x16, true>},
    {Op::i8x16_extract_lane_u, extract_lane<Shape::i8x16, false>},
    {Op::i16x8_extract_lane_s, extract_lane<Shape::i16x8, true>},
    {Op::i16x8_extract_lane_u, extract_lane<Shape::i16x8, false>},
    {Op::i32x4_extract_lane, extract_lane<Shape::i32x4>},
    {Op::i64x2_extract_lane, extract_lane<Shape::i64x2>},
    {Op::f32x4_extract_lane, extract_lane<Shape::f32x4>},
    {Op::f64x2_extract_lane, extract_lane<Shape::f64x2>},
    {Op::i8x16_replace_lane, replace_lane<Shape::i8x16>},
    {Op::i16x8_replace_lane, replace_lane<Shape::i16x8>},
    {Op::i32x4_replace_lane, replace_lane<Shape::i32x4>},
    {Op::i64x2_replace_lane, replace_lane<Shape::i64x2>},
    {Op::f32x4_replace_lane, replace_lane<Shape::f32x4>},
    {Op::f64x2_replace_lane, replace_lane<Shape::f64x2>},
    {Op::i8x16_shuffle, shuffle},
    {Op::i8x16_swizzle, swizzle},
    {Op::i8x16_relaxed_swizzle, swizzle},
    {Op::v128_not, not_},
    {Op::v128_and, bitwise<BinOp::And>},
    {Op::v128_andnot, andnot},
    {Op::v128_or, bitwise<BinOp::Or>},
    {Op::v128_xor, bitwise<BinOp::Xor>},
    {Op::v128_bitselect, bitselect},
    {Op::i8x16_relaxed_laneselect, bitselect},
    {Op::i16x8_relaxed_laneselect, bitselect},
    {Op::i32x4_relaxed_laneselect, bitselect},
    {Op::i64x2_relaxed_laneselect, bitselect},
    {Op::v128_any_true, any_true},
    {Op::v128_load, load},
    {Op::v128_load8x8_s, load_extended<Shape::i8x16, true>},
    {Op::v128_load8x8_u, load_extended<Shape::i8x16, false>},
    {Op::v128_load16x4_s, load_extended<Shape::i16x8, true>},
    {Op::v128_load16x4_u, load_extended<Shape::i16x8, false>},
    {Op::v128_load32x2_s, load_extended<Shape::i32x4, true>},
    {Op::v128_load32x2_u, load_extended<Shape::i32x4, false>},
    {Op::v128_load8_splat, load_splat<Shape::i8x16>},
    {Op::v128_load16_splat, load_splat<Shape::i16x8>},
    {Op::v128_load32_splat, load_splat<Shape::i32x4>},
    {Op::v128_load64_splat, load_splat<Shape::i64x2>},
    {Op::v128_load32_zero, load_zero<Shape::i32x4>},
    {Op::v128_load64_zero, load_zero<Shape::i64x2>},
    {Op::v128_load8_lane, load_lane<Shape::i8x16>},
    {Op::v128_load16_lane, load_lane<Shape::i16x8>},
    {Op::v128_load32_lane, load_lane<Shape::i32x4>},
    {Op::v128_load64_lane, load_lane<Shape::i64x2>},
    {Op::v128_store, store},
    {Op::v128_store8_lane, store_lane<Shape::i8x16>},
    {Op::v128_store16_lane, store_lane<Shape::i16x8>},
    {Op::v128_store32_lane, store_lane<Shape::i32x4>},
    {Op::v128_store64_lane, store_lane<Shape::i64x2>},
};

} // namespace

llvm::FixedVectorType* vector_type(F& f, Shape shape) {
  llvm::Type* const lane = shape == Shape::f32x4   ? f.ir.getFloatTy()
                           : shape == Shape::f64x2 ? f.ir.getDoubleTy()
                                                   : f.ir.getIntNTy(lane_bits(shape));
  return llvm::FixedVectorType::get(lane, lane_count(shape));
}

llvm::Value* pop_lanes(F& f, Shape shape) {
  return f.ir.CreateBitCast(f.pop(), vector_type(f, shape));
}

void push_lanes(F& f, llvm::Value* lanes) {
  f.push(f.ir.CreateBitCast(lanes, f.m.type(Kind::v128)));
}

llvm::Value* splat(F& f, Shape shape, llvm::Value* lane) {
  return f.ir.CreateVectorSplat(lane_count(shape), lane);
}

llvm::Value* splat_number(F& f, Shape shape, uint64_t number) {
  return llvm::ConstantInt::get(vector_type(f, shape), number);
}

llvm::Value* pick(F& f, llvm::Value* value, llvm::Value* other, llvm::ArrayRef<int> lanes) {
  return f.ir.CreateShuffleVector(
      value, other != nullptr ? other : llvm::PoisonValue::get(value->getType()), lanes);
}

llvm::Value* half(F& f, llvm::Value* lanes, bool high) {
  const unsigned count = llvm::cast<llvm::FixedVectorType>(lanes->getType())->getNumElements() / 2;
  llvm::SmallVector<int, 8> numbers;
  for (unsigned i = 0; i < count; ++i) numbers.push_back(static_cast<int>(high ? count + i : i));
  return pick(f, lanes, nullptr, numbers);
}

llvm::Value* join(F& f, llvm::Value* low, llvm::Value* high) {
  const unsigned count = llvm::cast<llvm::FixedVectorType>(low->getType())->getNumElements() * 2;
  llvm::SmallVector<int, 16> numbers;
  for (unsigned i = 0; i < count; ++i) numbers.push_back(static_cast<int>(i));
  return pick(f, low, high, numbers);
}

void push_mask(F& f, Shape shape, llvm::Value* condition) {
  llvm::Type* const lanes =
      llvm::FixedVectorType::get(f.ir.getIntNTy(lane_bits(shape)), lane_count(shape));
  push_lanes(f, f.ir.CreateSExt(condition, lanes));
}

std::span<const Rule> vector_rules() { return kRules; }

} // namespace waxwing::compile
