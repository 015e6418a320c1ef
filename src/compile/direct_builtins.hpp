// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of the guest's compiler for numbers of 128 bits, which a machine of 64 has instructions
// or a library for.
#pragma once

#include <llvm/IR/Function.h>

#include "compile/host_functions.hpp"

namespace waxwing::compile {

/// Gives `function`, whose type is `known`'s, its body. It is internal then.
void make_builtin(llvm::Function& function, const HostFunction& known);

} // namespace waxwing::compile
