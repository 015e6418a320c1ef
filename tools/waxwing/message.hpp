// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <fmt/format.h>
#include <string>
#include <string_view>

namespace waxwing::tool {

/// Exit codes of the program itself; a guest's own code is passed on as it is.
inline constexpr int kExitError = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitTrap = 134;

/// Prints `waxwing: error: TEXT` to standard error, the word in colour where a person looks on.
/// Control characters, which names in modules may hold, are shown as `\xNN`. Returns `kExitError`.
int print_error(std::string_view text);
/// The same with another word than `error`.
void print_labelled(std::string_view label, std::string_view text);

/// Prints what to do about the error before, set in.
void print_advice(std::string_view text);

template <class... Args>
int error(fmt::format_string<Args...> format, Args&&... args) {
  return print_error(fmt::format(format, std::forward<Args>(args)...));
}

/// While one lives, what would be printed as an error is kept instead. One at a time.
class KeepErrors {
 public:
  KeepErrors();
  ~KeepErrors();
  KeepErrors(const KeepErrors&) = delete;

  /// The errors since the last call, one a line.
  [[nodiscard]] std::string take();
};

/// `text` with control characters replaced; what comes from a module never reaches a terminal as
/// anything but text.
[[nodiscard]] std::string printable(std::string_view text);

/// Whether standard output or error (1 or 2) may be coloured.
[[nodiscard]] bool use_colour(int stream);

} // namespace waxwing::tool
