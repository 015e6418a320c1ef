// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <string>

namespace waxwing::tool {

/// A part of the program that is a shared module of its own, since LLVM is in it.
struct Loadable {
  /// As in `libwaxwing_compile.so`.
  const char* file;
  /// What it is called in messages, as in "compiler".
  const char* title;
  /// Its one symbol.
  const char* entry;
};

/// Loads a part, from beside the program, as it is built, or from the library folder, as it is
/// installed, and finds its entry; it stays loaded. The other side says why there is none.
[[nodiscard]] std::expected<void*, std::string> load_part(const Loadable& part);

} // namespace waxwing::tool
