// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <optional>
#include <span>

#include "native/guest.hpp"

namespace waxwing::native {

/// Functions that users call by their names; apart from the rest, for programs that let them.
struct InvokePart {
  /// Calls an exported function with arguments in words, and prints its results. False where that
  /// can't be; `why` says it then.
  bool (*call)(Guest& guest, std::string_view name, std::span<const std::string_view> arguments,
               std::optional<runtime::Outcome>& outcome, Text& why);
};

} // namespace waxwing::native

/// Named by the objects of executables with options of the runtime.
extern "C" const waxwing::native::InvokePart waxwing_native_invoke;
