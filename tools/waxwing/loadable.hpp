// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <string>
#include <vector>

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

/// The path of a part: beside the program, as it is built, or in the library folder, as it is
/// installed. Empty where there is none.
[[nodiscard]] std::string find_part(const Loadable& part);

/// Loads a part and finds its entry; it stays loaded. The other side says why there is none.
[[nodiscard]] std::expected<void*, std::string> load_part(const Loadable& part);

/// The folders where parts of an installation can be. Empty where the program does not know its own
/// place.
[[nodiscard]] std::vector<std::string> part_folders();

} // namespace waxwing::tool
