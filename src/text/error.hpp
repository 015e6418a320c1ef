// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace waxwing::text {

/// What is wrong with a piece of text and where. The message begins with the words of the official
/// test suite where it has any for the case.
struct TextError {
  std::string message;
  /// In bytes, from the start of the source.
  uint32_t offset = 0;
  /// From 1; columns count code points.
  uint32_t line = 0;
  uint32_t column = 0;
};

template <class T>
using TextResult = std::expected<T, TextError>;

struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
};

/// Where lines begin in a source: turns offsets into lines and columns in logarithmic time.
class LineMap {
 public:
  explicit LineMap(std::string_view source);
  [[nodiscard]] Position at(std::string_view source, uint32_t offset) const;

 private:
  std::vector<uint32_t> starts_;
};

/// The same for one offset, by counting.
[[nodiscard]] Position position_of(std::string_view source, uint32_t offset);

/// An error at `offset` of `source`.
[[nodiscard]] TextError make_error(std::string_view source, uint32_t offset, std::string message);

} // namespace waxwing::text
