// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "compile/function_lowering.hpp"

namespace waxwing::compile {

/// An element of a table; an index beyond its size is the trap `kind`.
[[nodiscard]] llvm::Value* load_element(FunctionLowering& f, uint32_t table, llvm::Value* index,
                                        TrapKind kind);

} // namespace waxwing::compile
