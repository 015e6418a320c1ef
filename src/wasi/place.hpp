// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string_view>

#include "platform/file.hpp"
#include "wasi/abi.hpp"
#include "wasi/wasi.hpp"

namespace waxwing::wasi {

/// A name in an open directory: where a path has led to. Operations on it act on that one name and
/// follow no link, so whatever others do to the tree meanwhile, they stay inside it.
struct Place {
  static constexpr size_t kMaxName = 255;

  platform::Handle directory = platform::Handle::none;
  /// Holds `directory` open where it is not the starting point.
  platform::OwnedHandle owned;
  /// `.` for the directory itself; never `..`.
  char name[kMaxName + 1];
  /// The path says so, with a slash or a dot at its end.
  bool must_be_directory = false;
};

/// When a link is followed that the last name of a path is. Links before it always are.
enum class Follow : uint8_t {
  never,
  /// Where a slash comes after it.
  before_slash,
  always,
};

/// Finds where `path` (no NUL in it) leads from the directory `root`. Whatever leads out of `root`
/// is `notcapable`: an absolute path or link, or `..` above it. `loop` beyond 40 links;
/// `nametoolong` where a name, or what links expand to, is too long.
///
/// Where the system can go to a directory without leaving `root` (openat2 of Linux, unless `search`
/// is `walk`), it does that in one call. Where it cannot, or refuses, the path is walked name by
/// name with links expanded here, and that walk says what is wrong.
[[nodiscard]] Status find_place(platform::Handle root, std::string_view path, Follow follow,
                                PathSearch search, Place& place);

} // namespace waxwing::wasi
