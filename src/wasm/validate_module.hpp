// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of `validate_declarations`, for its source files only.
#pragma once

#include "wasm/module.hpp"

namespace waxwing {

/// Checks the type section and sets canonical indices and depths.
[[nodiscard]] Result<void> validate_types(Module& module);

/// Checks that what `type` refers to exists; the error is at `offset`.
[[nodiscard]] Result<void> check_val_type(const Module& module, ValType type, uint32_t offset);

/// Makes `function` a legal operand of `ref.func`.
void declare_ref(Module& module, FuncIndex function);

} // namespace waxwing
