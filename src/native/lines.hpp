// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <span>
#include <string_view>

#include "native/embedded.hpp"
#include "runtime/trap.hpp"

namespace waxwing::native {

/// What is known of the source of one module.
class SourceOf {
 public:
  SourceOf(const runtime::LoadedModule* module, const WaxEmbedded& embedded)
      : module_(module), lines_(embedded.lines) {}

  /// The functions of the source that were inlined into each other where a frame is, innermost
  /// first; none where that isn't known, as of other modules.
  [[nodiscard]] std::span<const WaxEmbeddedLine> at(const runtime::Frame& frame) const;
  /// A text of a line.
  [[nodiscard]] std::string_view text(uint32_t at) const { return lines_->texts + at; }

 private:
  const runtime::LoadedModule* module_;
  const WaxEmbeddedLines* lines_;
};

} // namespace waxwing::native
