// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Copies and fills of few bytes without leaving the image. Most are of a few dozen, which costs
// less than the way to the runtime and back.
#pragma once

#include "compile/module_lowering.hpp"

namespace waxwing::compile {

/// Whether `short_copy` and `short_fill` can be called for a memory: of 32 bits, not shared, the
/// instance's first; at the levels where speed counts; on a target that moves 16 bytes at a time.
[[nodiscard]] bool moves_few_bytes(const ModuleLowering& m, uint32_t memory);

/// A function of the image that is called as the builtin `memory_copy` is. What is short and in
/// bounds it does itself; with all else it jumps to the builtin, which sees the call as if it had
/// been made to it.
[[nodiscard]] llvm::Function* short_copy(ModuleLowering& m);

/// The same for `memory_fill`.
[[nodiscard]] llvm::Function* short_fill(ModuleLowering& m);

} // namespace waxwing::compile
