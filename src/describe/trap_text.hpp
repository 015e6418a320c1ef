// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <string_view>

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

} // namespace waxwing::describe
