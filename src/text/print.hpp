// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

#include "wasm/module.hpp"

namespace waxwing::text {

struct PrintOptions {
  /// Whether the name section's names become identifiers.
  bool names = true;
  /// Whether custom sections other than names and branch hints become `(@custom ...)` annotations.
  bool custom_sections = true;
};

/// Writes a decoded module, valid or not, in the text format: one definition or instruction a line,
/// instructions not folded. `parse_module` turns it back into an equivalent module. Fails where a
/// body or expression is malformed, or its blocks don't match.
[[nodiscard]] Result<std::string> print_module(const Module& module,
                                               const PrintOptions& options = {});

} // namespace waxwing::text
