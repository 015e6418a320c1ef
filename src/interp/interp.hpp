// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "runtime/engine.hpp"

namespace waxwing::interp {

/// The interpreter: translates each function at its first call and runs it (docs/interpreter.md).
[[nodiscard]] const runtime::Backend& backend();

} // namespace waxwing::interp
