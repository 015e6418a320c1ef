// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "native/guest.hpp"

namespace waxwing::native {

/// What a program gives its guest: by words that its maker has fixed, and where those say so, by
/// words of its user.
class Options {
 public:
  Options();

  /// Reads the words of the maker and of the command line, which outlive this. False where one of
  /// them is wrong; `why` says so then.
  [[nodiscard]] bool read(const WaxEmbedded& embedded, int count, const char* const* words,
                          Text& why);

  [[nodiscard]] GuestConfig config() const;

  /// The user asks what there is.
  bool help = false;
  /// The function to call with `arguments` instead of `_start`.
  std::optional<std::string_view> invoke;
  /// Behind the options.
  Vec<std::string_view> arguments;
  /// 0: none.
  uint64_t timeout_ms = 0;
  runtime::StoreLimits limits;

 private:
  enum class Taken : uint8_t { no, one, two, wrong };
  /// Reads an option from the front of `words`.
  [[nodiscard]] Taken take(const char* const* words, bool fixed, Text& why);
  [[nodiscard]] bool set(std::string_view name, std::string_view value, bool fixed, Text& why);
  [[nodiscard]] bool add_folder(std::string_view word, bool guest_first, Text& why);
  [[nodiscard]] bool add_variable(const char* setting);

  Vec<std::string_view> args_;
  Vec<std::string_view> env_;
  Vec<wasi::Preopen> preopens_;
  uint64_t max_threads_ = 1024;
};

/// What `--help` shows.
extern const char kHelp[];

} // namespace waxwing::native
