// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `waxwing native` does differently with --no-sandbox (docs/native.md).
#pragma once

#include <expected>
#include <string>
#include <vector>
#include <waxwing/native.hpp>

#include "waxwing/native_link.hpp"
#include "waxwing/options.hpp"

namespace waxwing::tool {

/// Checks options that have no meaning with or without a sandbox. Fails with an exit code; what is
/// wrong has been said.
[[nodiscard]] std::expected<void, int> check_sandbox_options(const NativeOptions& options);

/// Where the libraries of `-l` and the other files for the linker are. What is wrong is on the
/// other side, in words.
[[nodiscard]] std::expected<std::vector<std::string>, std::string>
find_link_inputs(const NativeTarget& target, const NativeOptions& options);

/// The object of a module whose addresses are the machine's own. Fails with an exit code.
[[nodiscard]] std::expected<std::string, int>
no_sandbox_object(const Module& module, const NativeOptions& options, const NativeTarget& target);

} // namespace waxwing::tool
