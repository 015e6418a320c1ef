// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <string>

namespace waxwing::inline v0::impl {

/// A part of the library that is a shared module of its own, since LLVM is in it.
struct Part {
  /// As in `libwaxwing_compile.so`.
  const char* file;
  /// What it is called in messages, as in "compiler".
  const char* title;
  /// Its one symbol.
  const char* entry;
};

/// The path of a part: in `folder`, where that is not empty; else beside the program or the
/// library, as they are built, or in the folder for parts of the installation. Empty where there is
/// none.
[[nodiscard]] std::string find_part(const Part& part, const std::string& folder);

/// Loads a part and finds its entry; it stays loaded. The other side says why there is none.
[[nodiscard]] std::expected<void*, std::string> load_part(const Part& part,
                                                          const std::string& folder);

} // namespace waxwing::inline v0::impl
