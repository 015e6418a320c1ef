// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "compile/function_lowering.hpp"

namespace waxwing::compile {

/// Goes to `yes` if `reference`, which is of the hierarchy of `type`, matches `type`, else to `no`;
/// null matches if `nullable`. Ends the current block (docs/abi.md, section 4).
void branch_on_type(FunctionLowering& f, llvm::Value* reference, HeapType type, bool nullable,
                    llvm::BasicBlock* yes, llvm::BasicBlock* no);

/// The same for a reference to a function that isn't null, and the module's type `index`.
void branch_on_function_type(FunctionLowering& f, llvm::Value* reference, TypeIndex index,
                             llvm::BasicBlock* yes, llvm::BasicBlock* no);

} // namespace waxwing::compile
