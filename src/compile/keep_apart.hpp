// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which calls are worth their text: code generation merges calls of one function that are alike,
// and what was merged has lost its offset. Where code is to be small, only calls are kept apart
// whose merging loses much and saves little (docs/stack-traces.md, "Calls that were merged").
#pragma once

#include <llvm/IR/Module.h>

#include "compile/sites.hpp"

namespace waxwing::compile {

/// Lets code generation merge calls. The passes before it gain next to nothing by that, and what
/// they merge has no offset that could be given back.
void let_calls_merge(llvm::Module& ir);

/// Compares the calls of `ir` with those of the machine code that was made from a copy of it, and
/// marks those that are to be kept apart. False where nothing was merged that is worth it.
[[nodiscard]] bool keep_calls_apart(llvm::Module& ir, const CodeFacts& merged);

} // namespace waxwing::compile
