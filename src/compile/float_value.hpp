// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations on floats that scalars and vectors share.
#pragma once

#include "compile/function_lowering.hpp"

namespace waxwing::compile {

enum class Rounding : uint8_t { ceil, floor, trunc, nearest };

/// Addition, subtraction, multiplication or division that makes a NaN operand quiet, scalar or by
/// lane.
[[nodiscard]] llvm::Value* arithmetic(FunctionLowering& f, llvm::Instruction::BinaryOps which,
                                      llvm::Value* a, llvm::Value* b);
/// From f64 to f32, scalar or by lane.
[[nodiscard]] llvm::Value* demote(FunctionLowering& f, llvm::Value* x, llvm::Type* to);
/// With canonical NaNs only, if the options say so.
[[nodiscard]] llvm::Value* canonical(FunctionLowering& f, llvm::Value* value);
[[nodiscard]] llvm::Value* round(FunctionLowering& f, Rounding how, llvm::Value* x);
[[nodiscard]] llvm::Value* minimum(FunctionLowering& f, llvm::Value* a, llvm::Value* b);
[[nodiscard]] llvm::Value* maximum(FunctionLowering& f, llvm::Value* a, llvm::Value* b);

} // namespace waxwing::compile
