// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "waxwing/error.hpp"
#include "waxwing/module.hpp"

/// Source lines by the debug information (DWARF) of modules. Its reader (LLVM is in it) is a module
/// of its own, libwaxwing_symbolize.so, which is loaded at the first use and stays. Component
/// `symbolize`; not part of `waxwing/waxwing.hpp`.
///
/// Traces have lines where a module was told who finds them:
///
///     options.find_lines = [](const waxwing::Module& module, std::span<const uint32_t> offsets) {
///       return waxwing::find_source_lines(module, offsets).value_or(waxwing::SourceLines{});
///     };
namespace waxwing::inline v0 {

/// Where the debug information of a module is.
struct DebugInfo {
  /// A file that has it in the place of the module, such as one that was kept when it was stripped
  /// out. Empty: the module itself, or the file that its section `external_debug_info` names, from
  /// the folder of `Module::name`.
  std::string file = {};
  /// Where the reader is. Empty: beside the program or the library, or where parts of the
  /// installation are.
  std::string folder = {};
};

/// Where instructions of a module stand in its source, by their offsets in its bytes: by the text
/// that it was made from, else by debug information. As many entries as offsets, empty where
/// nothing is known, which is no error. Fails with `io` where the debug information is in a file
/// that cannot be read, with `malformed` where it is damaged, or with `compilation` where there is
/// no reader. Thread-safe.
[[nodiscard]] WAXWING_API Result<SourceLines> find_source_lines(const Module& module,
                                                                std::span<const uint32_t> offsets,
                                                                const DebugInfo& debug = {});

/// An instruction that a trace shows.
struct TracePlace {
  uint32_t offset = 0;
  /// False where the offset is only near.
  bool exact = true;
};

/// A trace of functions of a module for people, a line a frame, as `Trap::trace` has it: such as
/// that of a raw trace, of which nothing is known but offsets. `lines` are those of the places, as
/// far as there are any. Places outside of all functions are left out.
[[nodiscard]] WAXWING_API std::string
trace_text(const Module& module, std::span<const TracePlace> places, const SourceLines& lines = {});

} // namespace waxwing::inline v0
