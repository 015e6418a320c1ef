// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Formats of printf and scanf (ISO C 7.23.6, with what POSIX adds): what arguments they ask for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace waxwing::nosandbox {

/// How an argument is passed.
enum class Passed : uint8_t {
  /// No conversion asks for it, though one asks for a later one.
  unknown,
  /// 4 bytes in a guest's list.
  narrow,
  /// 8 bytes: integers, doubles, pointers.
  wide,
  /// A long double: 16 bytes in a guest's list.
  long_double,
  /// Of scanf: a pointer to one.
  long_double_pointer,
};

/// Fills `out` with the arguments that a format of printf takes, in their order. Returns how many
/// there are, or -1 where they are more than it has room for.
[[nodiscard]] int read_print_format(const char* format, std::span<Passed> out);
/// The same for scanf.
[[nodiscard]] int read_scan_format(const char* format, std::span<Passed> out);

} // namespace waxwing::nosandbox
