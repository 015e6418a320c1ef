// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <string>
#include <vector>

#include <waxwing/native.hpp>

#include "waxwing/options.hpp"

namespace waxwing::tool {

/// A machine that native programs are made for: its names, and where Debian keeps what they are
/// linked with.
struct NativeTarget {
  /// As in `compile --target`.
  const char* name;
  /// As `gcc -dumpmachine` has it.
  const char* triplet;
  /// The program that starts dynamic ones.
  const char* loader;
  /// The packages with the C library's files and with those of GCC.
  const char* libc_package;
  const char* gcc_package;
  /// Whether no system for it has pages of more than 4 KiB.
  bool has_small_pages;
};

/// By triplet or name of a target; empty: this machine. Null where there is none.
[[nodiscard]] const NativeTarget* find_native_target(std::string_view name);
/// Names for messages.
[[nodiscard]] std::string native_target_names();

/// Where libraries for `target` are.
[[nodiscard]] std::vector<std::string> library_folders(const NativeTarget& target);

/// The file with the runtime for `target`. What is wrong is on the other side.
[[nodiscard]] std::expected<std::string, std::string> native_runtime(const NativeTarget& target,
                                                                     NativeRuntime kind);

/// The words for lld that link `object`, `inputs` and the runtime at `runtime` to `output`. Fails
/// where a file of the C library is missing, with the package that has it.
[[nodiscard]] std::expected<std::vector<std::string>, std::string>
link_words(const NativeTarget& target, const NativeOptions& options, const std::string& object,
           const std::vector<std::string>& inputs, const std::string& runtime,
           const std::string& output);

} // namespace waxwing::tool
