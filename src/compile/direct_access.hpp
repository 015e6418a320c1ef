// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "compile/function_lowering.hpp"

namespace waxwing::compile {

/// The address of an access where there is no sandbox: the sum of index and offset, either of which
/// may be a relocated address.
[[nodiscard]] llvm::Value* direct_address(FunctionLowering& f, const MemArg& memarg,
                                          llvm::Value* index);

} // namespace waxwing::compile
