// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "waxwing/options.hpp"

namespace waxwing::tool {

// Each does what its verb says and returns the exit code of the process.
[[nodiscard]] int execute(const RunOptions& options);
[[nodiscard]] int execute(const CompileOptions& options);
[[nodiscard]] int execute(const NativeOptions& options);
[[nodiscard]] int execute(const TargetsOptions& options);
[[nodiscard]] int execute(const ValidateOptions& options);
[[nodiscard]] int execute(const InspectOptions& options);
[[nodiscard]] int execute(const PrintOptions& options);
[[nodiscard]] int execute(const WastOptions& options);
[[nodiscard]] int execute(const SymbolizeOptions& options);
[[nodiscard]] int execute(const CompletionOptions& options);
[[nodiscard]] int execute(const ManualOptions& options);
[[nodiscard]] int execute(const VersionOptions& options);

} // namespace waxwing::tool
