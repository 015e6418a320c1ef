// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/lexer.hpp"

#include <array>

#include "text/number.hpp"
#include "text/utf8.hpp"

namespace waxwing::text {

namespace {

enum Class : uint8_t {
  illegal,
  space,
  id_character,
  quote,
  open_paren,
  close_paren,
  semicolon,
  separator
};

constexpr std::array<Class, 256> kClasses = [] {
  std::array<Class, 256> classes{};
  for (const char c : std::string_view(" \t\r\n")) classes[static_cast<uint8_t>(c)] = space;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = id_character;
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = id_character;
  for (unsigned c = 'A'; c <= 'Z'; ++c) classes[c] = id_character;
  for (const char c : std::string_view("!#$%&'*+-./:<=>?@\\^_`|~"))
    classes[static_cast<uint8_t>(c)] = id_character;
  for (const char c : std::string_view(",[]{}")) classes[static_cast<uint8_t>(c)] = separator;
  classes['"'] = quote;
  classes['('] = open_paren;
  classes[')'] = close_paren;
  classes[';'] = semicolon;
  return classes;
}();

constexpr size_t kMaxSource = size_t{1} << 30;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  TextResult<TokenList> run() {
    if (source_.size() > kMaxSource)
      return std::unexpected(make_error({}, 0, "source is larger than 1 GiB"));
    if (const size_t bad = find_malformed_utf8(source_); bad != std::string_view::npos)
      return std::unexpected(
          make_error(source_, static_cast<uint32_t>(bad), "malformed UTF-8 encoding"));
    tokens_.reserve(source_.size() / 8 + 8);
    while (at_ < source_.size() && ok_) step();
    if (ok_ && skip_depth_ != 0) fail(skip_start_, "unclosed annotation");
    if (ok_ && !opens_.empty()) {
      const Token& open = tokens_[opens_.back()];
      fail(source_.size(), open.kind == TokenKind::annotation
                               ? "unclosed annotation"
                               : "unexpected token: end of input, expected `)` for the `(` at " +
                                     shown(open.offset));
    }
    if (!ok_) return std::unexpected(make_error(source_, error_at_, std::move(error_)));
    push(TokenKind::end, source_.size());
    return TokenList{source_, std::move(tokens_)};
  }

 private:
  std::string shown(uint32_t offset) const {
    const Position position = position_of(source_, offset);
    return std::to_string(position.line) + ":" + std::to_string(position.column);
  }

  void fail(size_t offset, std::string message) {
    if (!ok_) return;
    ok_ = false;
    error_at_ = static_cast<uint32_t>(offset);
    error_ = std::move(message);
  }

  [[nodiscard]] char peek(size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  [[nodiscard]] Class class_at(size_t at) const {
    return at < source_.size() ? kClasses[static_cast<uint8_t>(source_[at])] : space;
  }

  Token& push(TokenKind kind, size_t start) {
    tokens_.push_back({static_cast<uint32_t>(start), static_cast<uint32_t>(at_ - start), 0, kind});
    return tokens_.back();
  }

  void step() {
    switch (kClasses[static_cast<uint8_t>(source_[at_])]) {
    case illegal: fail(at_, "illegal character"); break;
    case space: ++at_; break;
    case open_paren: open(); break;
    case close_paren: close(); break;
    case semicolon:
      if (peek(1) == ';') {
        at_ = std::min(source_.find_first_of("\n\r", at_), source_.size());
      } else {
        separator_token();
      }
      break;
    case separator: separator_token(); break;
    case id_character:
    case quote: word(); break;
    }
  }

  void separator_token() {
    ++at_;
    if (skip_depth_ == 0) push(TokenKind::reserved, at_ - 1);
  }

  void open() {
    if (peek(1) == ';') {
      block_comment();
      return;
    }
    if (skip_depth_ != 0) {
      ++skip_depth_;
      ++at_;
      return;
    }
    if (peek(1) == '@') {
      annotation();
      return;
    }
    ++at_;
    opens_.push_back(static_cast<uint32_t>(tokens_.size()));
    push(TokenKind::open, at_ - 1);
  }

  void close() {
    ++at_;
    if (skip_depth_ != 0) {
      --skip_depth_;
      return;
    }
    const auto index = static_cast<uint32_t>(tokens_.size());
    Token& token = push(TokenKind::close, at_ - 1);
    if (opens_.empty()) {
      fail(token.offset, "unexpected token `)`");
      return;
    }
    token.value = opens_.back();
    tokens_[opens_.back()].value = index;
    opens_.pop_back();
  }

  void block_comment() {
    const size_t start = at_;
    at_ += 2;
    for (size_t depth = 1; depth != 0;) {
      at_ = source_.find_first_of("(;", at_);
      if (at_ == std::string_view::npos) {
        at_ = source_.size();
        fail(start, "unclosed comment");
        return;
      }
      if (source_[at_] == '(' && peek(1) == ';') {
        ++depth;
        at_ += 2;
      } else if (source_[at_] == ';' && peek(1) == ')') {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    }
  }

  void annotation() {
    const size_t start = at_;
    at_ += 2;
    std::string quoted;
    std::string_view id;
    if (peek() == '"') {
      const size_t literal = at_;
      if (!string_literal()) {
        if (error_.starts_with("illegal control")) error_ = "empty annotation id";
        return;
      }
      quoted = decode_string(source_.substr(literal, at_ - literal));
      if (find_malformed_utf8(quoted) != std::string::npos) {
        fail(literal, "malformed UTF-8 encoding");
        return;
      }
      id = quoted;
    } else {
      while (class_at(at_) == id_character) ++at_;
      id = source_.substr(start + 2, at_ - start - 2);
    }
    if (id.empty()) {
      fail(start, "empty annotation id");
      return;
    }
    const Annotation kind = id == "custom"                      ? Annotation::custom
                            : id == "name"                      ? Annotation::name
                            : id == "metadata.code.branch_hint" ? Annotation::branch_hint
                                                                : Annotation::none;
    if (kind == Annotation::none) {
      skip_depth_ = 1;
      skip_start_ = start;
      return;
    }
    opens_.push_back(static_cast<uint32_t>(tokens_.size()));
    push(TokenKind::annotation, start).annotation = kind;
  }

  // Moves behind the string at `at_`, or fails.
  bool string_literal() {
    const size_t start = at_++;
    for (;;) {
      if (at_ == source_.size()) {
        fail(start, "unclosed string");
        return false;
      }
      const char c = source_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
        fail(at_, "illegal control character in string");
        return false;
      }
      if (c != '\\') {
        ++at_;
      } else if (!escape()) {
        fail(at_, "illegal escape in string");
        return false;
      }
    }
  }

  bool escape() {
    const char c = peek(1);
    if (c == 'u') {
      if (peek(2) != '{') return false;
      size_t digit = at_ + 3;
      uint32_t value = 0;
      bool underscore = true; // whether one may not follow
      for (;; ++digit) {
        if (digit >= source_.size()) return false;
        const char d = source_[digit];
        if (d == '_' && !underscore) {
          underscore = true;
          continue;
        }
        if (hex_value(d) < 0) break;
        underscore = false;
        value = value << 4 | static_cast<uint32_t>(hex_value(d));
        if (value > 0x10FFFF) return false;
      }
      if (source_[digit] != '}' || underscore || (value >= 0xD800 && value < 0xE000)) return false;
      at_ = digit + 1;
      return true;
    }
    if (c == 't' || c == 'n' || c == 'r' || c == '"' || c == '\'' || c == '\\') {
      at_ += 2;
      return true;
    }
    if (hex_value(c) < 0 || hex_value(peek(2)) < 0) return false;
    at_ += 3;
    return true;
  }

  // The longest run of id characters and strings is one token.
  void word() {
    const size_t start = at_;
    size_t strings = 0;
    size_t characters = 0;
    for (;;) {
      const Class next = class_at(at_);
      if (next == id_character) {
        ++at_;
        ++characters;
      } else if (next == quote) {
        if (!string_literal()) {
          if (characters == 1 && strings == 0 && source_[start] == '$' &&
              error_.starts_with("illegal control"))
            error_ = "empty identifier";
          return;
        }
        ++strings;
      } else {
        break;
      }
    }
    if (skip_depth_ != 0) return;
    const std::string_view text = source_.substr(start, at_ - start);
    if (text[0] == '"' && strings == 1 && characters == 0) {
      push(TokenKind::string, start);
    } else if (text[0] == '$' && (strings == 0 || (strings == 1 && characters == 1))) {
      id(start, text);
    } else if (strings != 0) {
      push(TokenKind::reserved, start);
    } else {
      plain_word(start, text);
    }
  }

  void id(size_t start, std::string_view text) {
    if (text == "$" || text == "$\"\"") {
      fail(start, "empty identifier");
      return;
    }
    if (text[1] == '"' && text.find('\\') != std::string_view::npos &&
        find_malformed_utf8(decode_string(text.substr(1))) != std::string_view::npos) {
      fail(start, "malformed UTF-8 encoding");
      return;
    }
    push(TokenKind::id, start);
  }

  void plain_word(size_t start, std::string_view text) {
    const TokenKind number = classify_number(text);
    if (number != TokenKind::reserved) {
      push(number, start);
      return;
    }
    if (text[0] < 'a' || text[0] > 'z') {
      push(TokenKind::reserved, start);
      return;
    }
    Keyword keyword = find_keyword(text);
    if (!keyword.known()) {
      for (const Word assignment : {Word::offset_equals, Word::align_equals}) {
        const std::string_view prefix = assignment == Word::offset_equals ? "offset=" : "align=";
        if (text.starts_with(prefix) &&
            classify_number(text.substr(prefix.size())) == TokenKind::nat)
          keyword = assignment;
      }
    } else if (text.ends_with('=')) {
      keyword = {};
    }
    push(TokenKind::keyword, start).value = keyword.code();
  }

  std::string_view source_;
  std::vector<Token> tokens_;
  std::vector<uint32_t> opens_;
  size_t at_ = 0;
  // Parentheses open in an annotation that is being skipped.
  size_t skip_depth_ = 0;
  size_t skip_start_ = 0;
  bool ok_ = true;
  uint32_t error_at_ = 0;
  std::string error_;
};

} // namespace

TextResult<TokenList> tokenize(std::string_view source) { return Lexer(source).run(); }

std::string decode_string(std::string_view literal) {
  std::string bytes;
  bytes.reserve(literal.size());
  for (size_t at = 1; at + 1 < literal.size();) {
    const size_t backslash = std::min(literal.find('\\', at), literal.size() - 1);
    bytes.append(literal.substr(at, backslash - at));
    at = backslash;
    if (at + 1 == literal.size()) break;
    const char c = literal[at + 1];
    at += 2;
    switch (c) {
    case 't': bytes.push_back('\t'); break;
    case 'n': bytes.push_back('\n'); break;
    case 'r': bytes.push_back('\r'); break;
    case '"':
    case '\'':
    case '\\': bytes.push_back(c); break;
    case 'u': {
      uint32_t value = 0;
      for (++at; literal[at] != '}'; ++at)
        if (literal[at] != '_') value = value << 4 | static_cast<uint32_t>(hex_value(literal[at]));
      ++at;
      append_utf8(bytes, value);
      break;
    }
    default: bytes.push_back(static_cast<char>(hex_value(c) << 4 | hex_value(literal[at]))); ++at;
    }
  }
  return bytes;
}

std::string_view decode_id(std::string_view literal, std::string& storage) {
  if (literal[1] != '"') return literal.substr(1);
  if (literal.find('\\') == std::string_view::npos) return literal.substr(2, literal.size() - 3);
  storage = decode_string(literal.substr(1));
  return storage;
}

} // namespace waxwing::text
