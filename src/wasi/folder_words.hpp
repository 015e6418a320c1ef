// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <optional>
#include <string_view>

namespace waxwing::wasi {

/// A folder as command lines name it: `HOST`, `HOST::GUEST` or `GUEST::HOST`, and `:ro` or `:rw`
/// behind it. The views are into the word.
struct FolderWords {
  std::string_view host;
  std::string_view guest;
  bool read_only = false;
};

/// Takes a word apart; empty where it is none (`folder_form` says what one is).
[[nodiscard]] inline std::optional<FolderWords> folder_words(std::string_view word,
                                                             bool guest_first) {
  FolderWords folder;
  if (word.ends_with(":ro") || word.ends_with(":rw")) {
    folder.read_only = word.ends_with("o");
    word.remove_suffix(3);
  }
  const size_t colons = word.find("::");
  const bool both = colons != std::string_view::npos;
  const std::string_view first = word.substr(0, colons);
  const std::string_view second = both ? word.substr(colons + 2) : first;
  folder.host = guest_first ? second : first;
  folder.guest = guest_first ? first : second;
  if (folder.host.empty() || folder.guest.empty() || (guest_first && !both)) return std::nullopt;
  return folder;
}

/// For the message about a word that is none: `'WORD': ` comes before it.
[[nodiscard]] constexpr std::string_view folder_form(bool guest_first) {
  return guest_first ? "write GUEST::HOST, and :ro behind it for read-only"
                     : "write HOST or HOST::GUEST, and :ro behind it for read-only";
}

} // namespace waxwing::wasi
