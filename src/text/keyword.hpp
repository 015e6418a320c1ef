// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string_view>

#include "wasm/op.hpp"

namespace waxwing::text {

/// The keywords that are no mnemonics.
enum class Word : uint16_t {
  no_word,
#define WAX_WORD(name, text) name,
#include "text/keyword.def"
#undef WAX_WORD
};

inline constexpr uint32_t kWordCount = 0
#define WAX_WORD(name, text) +1
#include "text/keyword.def"
#undef WAX_WORD
    ;

/// One number for every keyword of the text format: an operator, a `Word`, or none.
class Keyword {
 public:
  constexpr Keyword() = default;
  constexpr Keyword(Op op) : code_(static_cast<uint32_t>(op)) {}
  constexpr Keyword(Word word) : code_(kWords + static_cast<uint32_t>(word)) {}
  static constexpr Keyword from_code(uint32_t code) {
    Keyword keyword;
    keyword.code_ = code;
    return keyword;
  }

  [[nodiscard]] constexpr bool known() const { return code_ != kUnknown; }
  [[nodiscard]] constexpr bool is_op() const { return code_ < kOpCount; }
  [[nodiscard]] constexpr bool is_word() const {
    return code_ > kWords && code_ <= kWords + kWordCount;
  }
  /// `kNoOp` and `no_word` where it is something else.
  [[nodiscard]] constexpr Op op() const { return is_op() ? static_cast<Op>(code_) : kNoOp; }
  [[nodiscard]] constexpr Word word() const {
    return is_word() ? static_cast<Word>(code_ - kWords) : Word::no_word;
  }
  [[nodiscard]] constexpr uint32_t code() const { return code_; }
  friend constexpr bool operator==(Keyword, Keyword) = default;

 private:
  static constexpr uint32_t kWords = 0x10000;
  static constexpr uint32_t kUnknown = 0xFFFFFFFF;
  uint32_t code_ = kUnknown;
};

/// The keyword that `text` spells. Mnemonics that several operators share give the first of them.
[[nodiscard]] Keyword find_keyword(std::string_view text);

} // namespace waxwing::text
