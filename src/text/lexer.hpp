// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/error.hpp"
#include "text/keyword.hpp"

namespace waxwing::text {

/// The token classes of the text format (spec section 6.3).
enum class TokenKind : uint8_t {
  open,       // "("
  close,      // ")"
  annotation, // "(@id" of an annotation that has a meaning here; closed by a `close`
  keyword,    // a word that begins with a small letter, known or not
  nat,        // a number without sign
  integer,    // a number with sign
  floating,   // a number with fraction or exponent, inf, nan
  string,
  id,       // $name or $"name"
  reserved, // any other run of characters
  end,      // behind the last token
};

enum class Annotation : uint8_t { none, custom, name, branch_hint };

struct Token {
  uint32_t offset = 0;
  uint32_t length = 0;
  /// open, annotation: the index of the matching `close`, and the other way round; keyword: the
  /// code of its `Keyword`.
  uint32_t value = 0;
  TokenKind kind = TokenKind::end;
  Annotation annotation = Annotation::none;

  [[nodiscard]] Keyword keyword() const {
    return kind == TokenKind::keyword ? Keyword::from_code(value) : Keyword();
  }
};

/// A source and its tokens: comments, white space and annotations without meaning are left out,
/// parentheses match. The last token is an `end`. The source is not owned.
struct TokenList {
  std::string_view source;
  std::vector<Token> tokens;

  [[nodiscard]] std::string_view text(const Token& token) const {
    return source.substr(token.offset, token.length);
  }
};

/// Splits `source` into tokens. Fails where it is not UTF-8, holds characters that no token may,
/// leaves a string, comment, annotation or parenthesis open, or is larger than 1 GiB. Memory use is
/// at most 16 bytes for each byte of the source.
[[nodiscard]] TextResult<TokenList> tokenize(std::string_view source);

/// The bytes that a string token means; `literal` includes its quotes, and comes from `tokenize`.
[[nodiscard]] std::string decode_string(std::string_view literal);

/// The name of an id token, without "$" and quotes. The view is into `literal`, or into `storage`
/// where escapes had to be resolved.
[[nodiscard]] std::string_view decode_id(std::string_view literal, std::string& storage);

} // namespace waxwing::text
