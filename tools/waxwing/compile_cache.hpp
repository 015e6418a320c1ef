// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Images that were compiled before, in a folder. An entry is found by a hash and holds everything
// that the image depends on, the module too: what it is used for is compared, not trusted to the
// hash. Entries appear by being renamed, so that whoever reads finds a whole one; several processes
// may use a folder at the same time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "platform/mapped_file.hpp"

namespace waxwing::tool {

class CompileCache {
 public:
  /// The most that a folder's entries take together; the least recently used go first.
  static constexpr uint64_t kMostBytes = uint64_t{1} << 30;

  /// Entries for what a module, which outlives this, is compiled to; `key` is that of
  /// `compile_key`. `folder` empty: that of the user's caches ($XDG_CACHE_HOME/waxwing,
  /// ~/.cache/waxwing). It is made where it is missing.
  CompileCache(std::string folder, std::string key, std::span<const std::byte> module);

  /// Why the folder can't be used; empty where it can.
  [[nodiscard]] const std::string& error() const { return error_; }

  /// Opens the entry, if there is one, into `file`; what is returned is the image in it, which
  /// begins on a page. Empty otherwise.
  [[nodiscard]] std::span<const std::byte> find(platform::MappedFile& file) const;
  /// Keeps an image. False where that can't be: there is no room, or the folder is not writable.
  bool put(std::span<const std::byte> image) const;

 private:
  void limit_size() const;

  std::string folder_;
  std::span<const std::byte> module_;
  /// All that the image depends on besides.
  std::string key_;
  std::string path_;
  std::string error_;
};

} // namespace waxwing::tool
