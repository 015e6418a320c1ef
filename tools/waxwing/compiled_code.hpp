// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <waxwing/compile.hpp>

#include "waxwing/options.hpp"

namespace waxwing::tool {

/// What the command line says of machine code, as the library takes it. (What it says of signals is
/// the engine's.)
[[nodiscard]] waxwing::CompileOptions compile_options(const CodeOptions& options);

/// Prints the list that `options.asks()` for, of a target or, where that is empty, of this machine.
/// Returns the exit code.
[[nodiscard]] int print_processors(const CodeOptions& options, const std::string& target);

/// `compile` with its progress on the terminal.
[[nodiscard]] Result<Compiled> compile_visibly(const Module& module,
                                               waxwing::CompileOptions options);

/// A module with machine code, which is compiled as the options of `run` say, or was kept from an
/// earlier run. What is wrong has been printed on the other side, which is the exit code.
[[nodiscard]] std::expected<Module, int> with_compiled_code(const Module& module,
                                                            const RunOptions& options);

} // namespace waxwing::tool
