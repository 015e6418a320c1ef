// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace waxwing::symbolize {

/// A section with DWARF by its name in a module, as in `.debug_info`.
struct DebugSection {
  std::string_view name;
  std::span<const uint8_t> bytes;
};

/// A function of the source at one place; `line` is 0 where it is unknown.
struct SourceFrame {
  std::string function;
  std::string file;
  uint32_t line = 0;
  uint32_t column = 0;
};

/// The functions that were inlined into each other where an instruction stands, innermost first.
using Frames = std::vector<SourceFrame>;
using Found = std::function<void(size_t index, const Frames& frames)>;

/// Looks addresses, which count from the first byte of the code section's content (DWARF for
/// WebAssembly, section 2), up in the sections. Ends the process where LLVM does.
void find_lines(std::span<const DebugSection> sections, std::span<const uint64_t> addresses,
                const Found& found);

/// The same in a child process with a few seconds of time, since the sections may hold anything.
/// False where it did not come to its end.
[[nodiscard]] bool find_lines_contained(std::span<const DebugSection> sections,
                                        std::span<const uint64_t> addresses, const Found& found);

} // namespace waxwing::symbolize
