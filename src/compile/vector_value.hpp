// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the families of vector operators share. On the operand stack a v128 is 16 bytes; an operator
// sees it as lanes of its shape.
#pragma once

#include "compile/function_lowering.hpp"

namespace waxwing::compile {

enum class Shape : uint8_t { i8x16, i16x8, i32x4, i64x2, f32x4, f64x2 };

[[nodiscard]] constexpr unsigned lane_bits(Shape shape) {
  constexpr unsigned kBits[] = {8, 16, 32, 64, 32, 64};
  return kBits[static_cast<size_t>(shape)];
}
[[nodiscard]] constexpr unsigned lane_count(Shape shape) { return 128 / lane_bits(shape); }
[[nodiscard]] constexpr bool is_float(Shape shape) {
  return shape == Shape::f32x4 || shape == Shape::f64x2;
}
/// Integers of twice the width.
[[nodiscard]] constexpr Shape wider(Shape shape) {
  return static_cast<Shape>(static_cast<uint8_t>(shape) + 1);
}

[[nodiscard]] llvm::FixedVectorType* vector_type(FunctionLowering& f, Shape shape);
/// Takes a v128 off the stack, as lanes of `shape`.
[[nodiscard]] llvm::Value* pop_lanes(FunctionLowering& f, Shape shape);
/// Pushes 16 bytes of lanes of any shape.
void push_lanes(FunctionLowering& f, llvm::Value* lanes);
/// A lane in all of them.
[[nodiscard]] llvm::Value* splat(FunctionLowering& f, Shape shape, llvm::Value* lane);
/// The same for an integer that every lane has the width for.
[[nodiscard]] llvm::Value* splat_number(FunctionLowering& f, Shape shape, uint64_t number);
/// Lanes of `value` by number; those from the number of its lanes on are of `other` (null: none
/// is).
[[nodiscard]] llvm::Value* pick(FunctionLowering& f, llvm::Value* value, llvm::Value* other,
                                llvm::ArrayRef<int> lanes);
/// The lower or the upper half of the lanes.
[[nodiscard]] llvm::Value* half(FunctionLowering& f, llvm::Value* lanes, bool high);
/// Twice as many lanes: those of `low`, then those of `high`.
[[nodiscard]] llvm::Value* join(FunctionLowering& f, llvm::Value* low, llvm::Value* high);
/// True lanes as all ones, as a v128.
void push_mask(FunctionLowering& f, Shape shape, llvm::Value* condition);

} // namespace waxwing::compile
