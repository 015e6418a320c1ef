// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <waxwing/module.hpp>

#include "waxwing/options.hpp"

namespace waxwing::tool {

/// A module with machine code, which is compiled as the options of `run` say, or was kept from an
/// earlier run. What is wrong has been printed on the other side, which is the exit code.
[[nodiscard]] std::expected<Module, int> with_compiled_code(const Module& module,
                                                            const RunOptions& options);

} // namespace waxwing::tool
