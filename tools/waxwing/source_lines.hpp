// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "describe/trap_text.hpp"
#include "waxwing/module_file.hpp"

namespace waxwing::tool {

using SourceLines = std::vector<std::vector<describe::SourceLine>>;

/// Where the debug information of a module is.
struct DebugInfo {
  /// A file that has it in the place of the module: one that was kept when it was stripped out.
  /// Empty: the module itself, or the file that its section `external_debug_info` names.
  std::string file;
};

/// Where instructions of a module stand in its source, by their offsets in its bytes: in the text
/// that it was made from, or by DWARF. For each the functions that were inlined into each other
/// there, innermost first; nothing where that is unknown. The other side says why debug information
/// that is there cannot be used.
[[nodiscard]] std::expected<SourceLines, std::string>
find_source_lines(const ModuleFile& file, const Module& module, std::span<const uint32_t> offsets,
                  const DebugInfo& debug);

} // namespace waxwing::tool
