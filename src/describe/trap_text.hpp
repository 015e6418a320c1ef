// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "runtime/trap.hpp"
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

/// Where an instruction of a module stands in its source, as `FILE:LINE:COLUMN`; empty where that
/// is unknown.
using SourcePlace = std::function<std::string(const runtime::Frame&)>;

/// A stack trace, a line a frame, innermost first: number, offset in the module, name, and place in
/// the source where `place` knows it. A deep one is cut in the middle, which says how many frames
/// it leaves out. Ends with a note where names are missing. Every line ends with a newline; empty
/// for an empty trace.
[[nodiscard]] std::string trace_text(const runtime::TraceSink& trace,
                                     const SourcePlace& place = {});

} // namespace waxwing::describe
