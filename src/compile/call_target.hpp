// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "compile/function_lowering.hpp"

namespace waxwing::compile {

/// Whether a reference to a function, not null, is of the module's type `index` (docs/abi.md,
/// section 4).
[[nodiscard]] llvm::Value* has_type(FunctionLowering& f, llvm::Value* reference, TypeIndex index);

/// An element of a table; an index beyond its size is the trap `kind`.
[[nodiscard]] llvm::Value* load_element(FunctionLowering& f, uint32_t table, llvm::Value* index,
                                        TrapKind kind);

} // namespace waxwing::compile
