// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "compile/function_lowering.hpp"

namespace waxwing::compile {

/// The address of `width` bytes at `index` plus the operator's offset, checked unless the memory is
/// guarded (docs/abi.md, section 11).
[[nodiscard]] llvm::Value* effective_address(FunctionLowering& f, const MemArg& memarg,
                                             llvm::Value* index, uint32_t width);
/// Takes the index off the stack and loads a value of `type`.
[[nodiscard]] llvm::LoadInst* load_memory(FunctionLowering& f, const MemArg& memarg,
                                          llvm::Type* type);
/// The same for a store; `value` has been popped.
void store_memory(FunctionLowering& f, const MemArg& memarg, llvm::Value* value);
/// Zero-extended to what builtins take.
[[nodiscard]] llvm::Value* to_64(FunctionLowering& f, llvm::Value* value);

} // namespace waxwing::compile
