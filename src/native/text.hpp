// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string_view>

#include "base/vec.hpp"

namespace waxwing::native {

/// Words for people, put together piece by piece. What there is no memory for is left out.
class Text {
 public:
  Text();
  Text& add(std::string_view words);
  Text& add(char c) { return add(std::string_view(&c, 1)); }
  Text& add_number(uint64_t number);
  Text& add_signed(int64_t number);
  /// `0x` and at least `digits` hexadecimal digits.
  Text& add_hex(uint64_t number, unsigned digits = 1);
  Text& add_spaces(size_t count);
  /// Words of others: control characters are shown as \xNN.
  Text& add_foreign(std::string_view words);

  void clear() { bytes_.clear(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), bytes_.size()}; }
  /// Ended by a NUL, until the next change.
  [[nodiscard]] const char* c_str();

 private:
  Vec<char> bytes_;
};

[[nodiscard]] Text decimal(uint64_t number);

/// Writes all of it to a standard stream; what can't be written is lost.
void print(unsigned stream, std::string_view words);
/// `waxwing: LABEL: WORDS` and a newline, on standard error.
void print_labelled(std::string_view label, std::string_view words);

} // namespace waxwing::native
