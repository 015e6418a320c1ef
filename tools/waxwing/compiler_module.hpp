// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>

#include "compile/interface.hpp"

namespace waxwing::tool {

/// The compiler, loaded at the first call. Where there is none, that has been printed, and the
/// other side is the exit code.
[[nodiscard]] std::expected<const WaxCompileInterface*, int> load_compiler();

} // namespace waxwing::tool
