// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/trap.hpp"
#include "wasm/module.hpp"
#include "wasm/trap.hpp"

namespace waxwing::describe {

/// The words of the official test suite for a trap.
[[nodiscard]] constexpr std::string_view trap_text(TrapKind kind) {
  constexpr std::string_view kTexts[] = {
#define WAX_TRAP(name, text) text,
#include "wasm/trap.def"
#undef WAX_TRAP
  };
  return kTexts[static_cast<size_t>(kind)];
}

/// The same with what is known about this one, as in
/// `out of bounds memory access (address 0x1fffe+4, memory 0 is 0x20000 bytes)`.
[[nodiscard]] std::string trap_text(const runtime::TrapInfo& trap);

/// A function of the source, and where in it an instruction stands.
struct SourceLine {
  /// Empty where only the place is known.
  std::string function;
  /// As `FILE:LINE:COLUMN`.
  std::string place;
};

/// Where instructions of one module stand in its source, by their offsets in it: for each the
/// functions that were inlined into each other there, innermost first; nothing where that is
/// unknown.
using SourcePlaces = std::function<std::vector<std::vector<SourceLine>>(
    const Module& module, std::span<const uint32_t> offsets)>;

/// One frame of a trace that is shown.
struct ShownFrame {
  /// Null for a function of the host.
  const Module* module = nullptr;
  /// `kNoIndex` for code that is compiled without traces.
  FuncIndex function = 0;
  /// 0 where it is not known.
  uint32_t offset = 0;
  /// False where the offset is only near.
  bool exact = true;
  /// How many frames before this one are left out.
  uint64_t left_out = 0;
  /// The offset is that of a place in an image.
  bool is_native = false;
  /// What is known of its values, a line each.
  std::vector<std::string> values = {};
};

/// How much of a trace is shown.
struct TraceStyle {
  /// Of a deeper one the first and the last; at least 2.
  uint64_t most_frames = 16;
  /// The lines about the values of a frame, by its number in the trace; empty: none.
  std::function<std::vector<std::string>(uint64_t frame)> values = {};
};

/// A stack trace, a line a function, innermost first: number, offset in the module, name, and place
/// in the source where `places` knows it; functions that were inlined have lines of their own. Ends
/// with a note where names are missing. Every line ends with a newline; empty for an empty trace.
[[nodiscard]] std::string trace_text(std::span<const ShownFrame> trace,
                                     const SourcePlaces& places = {});

/// The same; a deep one is cut in the middle.
[[nodiscard]] std::string trace_text(const runtime::TraceSink& trace,
                                     const SourcePlaces& places = {}, const TraceStyle& style = {});

} // namespace waxwing::describe
