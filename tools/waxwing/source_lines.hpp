// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace waxwing::tool {

/// A function of the source, and where in it an instruction stands; empty where that is unknown.
/// The place is `FILE:LINE:COLUMN`.
struct DebugLine {
  std::string function;
  std::string place;
};

/// For each of some instructions the functions that were inlined into each other there, innermost
/// first.
using DebugLines = std::vector<std::vector<DebugLine>>;

/// Where the debug information of a module is.
struct DebugInfo {
  /// A file that has it in the place of the module: one that was kept when it was stripped out.
  /// Empty: the module itself, or the file that its section `external_debug_info` names.
  std::string file;
};

/// Where instructions of the module in the file at `path` stand in its source, by their offsets in
/// its bytes and its DWARF. The other side says why debug information that is there cannot be used.
[[nodiscard]] std::expected<DebugLines, std::string>
find_debug_lines(const std::string& path, std::span<const uint8_t> module,
                 std::span<const uint32_t> offsets, const DebugInfo& debug);

} // namespace waxwing::tool
