// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tokens, strings and identifiers, and the forms in which a module can be written.
#include "text/module_parser.hpp"

#include "text/number.hpp"
#include "text/parse_tokens.hpp"
#include "text/utf8.hpp"

namespace waxwing::text {

namespace {

const char* annotation_name(Annotation annotation) {
  switch (annotation) {
  case Annotation::custom: return "@custom";
  case Annotation::name: return "@name";
  case Annotation::branch_hint: return "@metadata.code.branch_hint";
  case Annotation::none: break;
  }
  return "@";
}

} // namespace

std::unexpected<Failed> ModuleParser::fail(const Token& token, std::string message) {
  message_ = std::move(message);
  error_offset_ = token.offset;
  return std::unexpected(Failed{});
}

std::unexpected<Failed> ModuleParser::unexpected(const char* wanted) {
  return fail(peek(), unexpected_token(list_, peek(), wanted));
}

Parsed<void> ModuleParser::close() {
  if (!at(TokenKind::close)) return unexpected("`)`");
  ++at_;
  return {};
}

Parsed<std::string> ModuleParser::string(const char* wanted) {
  if (!at(TokenKind::string)) return unexpected(wanted);
  return decode_string(text(tokens_[at_++]));
}

Parsed<std::string> ModuleParser::name_string(const char* wanted) {
  const Token& token = peek();
  std::string name = TRY(string(wanted));
  if (find_malformed_utf8(name) != std::string::npos)
    return fail(token, "malformed UTF-8 encoding");
  return name;
}

Parsed<uint32_t> ModuleParser::u32(const char* wanted) {
  if (!at(TokenKind::nat)) return unexpected(wanted);
  const auto value = parse_integer(text(peek()), 32);
  if (!value) return fail(peek(), "i32 constant out of range");
  ++at_;
  return static_cast<uint32_t>(*value);
}

Parsed<uint64_t> ModuleParser::u64(const char* wanted) {
  if (!at(TokenKind::nat)) return unexpected(wanted);
  const auto value = parse_integer(text(peek()), 64);
  if (!value) return fail(peek(), "i64 constant out of range");
  ++at_;
  return *value;
}

std::string_view ModuleParser::keep(std::string text) {
  return kept_.emplace_back(std::move(text));
}

std::string_view ModuleParser::id_text(const Token& token) {
  std::string storage;
  const std::string_view id = decode_id(text(token), storage);
  return storage.empty() ? id : keep(std::move(storage));
}

Parsed<std::string_view> ModuleParser::name_annotation() {
  if (!at(TokenKind::annotation) || peek().annotation != Annotation::name)
    return std::string_view();
  ++at_;
  std::string name = TRY(name_string("a name"));
  TRY(close());
  return keep(std::move(name));
}

Parsed<uint32_t> ModuleParser::define(IndexSpace& space) {
  const uint32_t index = space.count++;
  std::string_view name;
  if (at(TokenKind::id)) {
    const Token& token = tokens_[at_++];
    name = id_text(token);
    if (!space.ids.emplace(name, index).second)
      return fail(token,
                  std::string("duplicate ") + space.defined + " " + std::string(text(token)));
  }
  if (const std::string_view annotated = TRY(name_annotation()); annotated.data() != nullptr)
    name = annotated;
  if (name.data() != nullptr) space.names.push_back({index, name});
  return index;
}

void ModuleParser::skip_definition() {
  if (at(TokenKind::id)) ++at_;
  if (at(TokenKind::annotation) && peek().annotation == Annotation::name) at_ = peek().value + 1;
}

Parsed<uint32_t> ModuleParser::index(const IndexSpace& space) {
  if (at(TokenKind::id)) {
    const auto found = space.ids.find(id_text(peek()));
    if (found == space.ids.end())
      return fail(peek(), std::string("unknown ") + space.what + " " + std::string(text(peek())));
    ++at_;
    return found->second;
  }
  return u32("an index");
}

Parsed<uint32_t> ModuleParser::optional_index(const IndexSpace& space) {
  if (!at_index()) return 0u;
  return index(space);
}

Parsed<Binary> ModuleParser::parse(uint32_t begin, uint32_t end) {
  at_ = begin;
  uint32_t fields_end = end;
  if (at_open(Word::module)) {
    fields_end = peek().value;
    at_ += 2;
    accept(Word::definition);
    if (at(TokenKind::id)) module_id_ = id_text(tokens_[at_++]);
    module_name_ = module_id_;
    if (const std::string_view name = TRY(name_annotation()); name.data() != nullptr) {
      module_name_ = name;
      if (at(TokenKind::annotation) && peek().annotation == Annotation::name)
        return fail(peek(), "@name annotation: multiple module names");
    }
    if (fields_end + 1 != end)
      return fail(tokens_[fields_end + 1],
                  unexpected_token(list_, tokens_[fields_end + 1], "the end of the module"));
  }
  TRY(fields(at_, fields_end));
  Binary binary;
  binary.bytes = assemble();
  binary.id = std::string(module_id_);
  binary.source_map = std::move(map_);
  return binary;
}

std::string unexpected_token(const TokenList& list, const Token& token, const char* wanted) {
  if (token.kind == TokenKind::annotation)
    return std::string("misplaced ") + annotation_name(token.annotation) + " annotation";
  std::string_view text = list.text(token);
  if (token.kind == TokenKind::reserved ||
      (token.kind == TokenKind::keyword && !token.keyword().known()))
    return "unknown operator " + std::string(text);
  std::string message = "unexpected token";
  if (token.kind == TokenKind::end) {
    message += ": end of input";
  } else {
    constexpr size_t kShown = 40;
    message += " `" + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "...`" : "`");
  }
  if (wanted != nullptr) message += std::string(", expected ") + wanted;
  return message;
}

namespace {

// The strings between the current token and the `)` at `close`, with `separator` between them.
TextResult<std::string> strings(const TokenList& list, uint32_t at, uint32_t close,
                                std::string_view separator) {
  std::string bytes;
  for (; at < close; ++at) {
    const Token& token = list.tokens[at];
    if (!bytes.empty()) bytes += separator;
    if (token.kind != TokenKind::string)
      return std::unexpected(
          make_error(list.source, token.offset, unexpected_token(list, token, "a string")));
    bytes += decode_string(list.text(token));
  }
  return bytes;
}

TextResult<Binary> parse_fields(const TokenList& list, uint32_t begin, uint32_t end,
                                const ParseOptions& options) {
  ModuleParser parser(list, options);
  auto binary = parser.parse(begin, end);
  if (!binary)
    return std::unexpected(make_error(list.source, parser.error_offset(), parser.message()));
  return std::move(*binary);
}

TextResult<Binary> parse_quoted(const std::string& source, const ParseOptions& options) {
  const TokenList list = TRY(tokenize(source));
  return parse_fields(list, 0, static_cast<uint32_t>(list.tokens.size() - 1), options);
}

} // namespace

TextResult<Binary> parse_tokens(const TokenList& list, uint32_t begin, uint32_t end,
                                const ParseOptions& options) {
  const auto keyword = [&](uint32_t at, Word word) {
    return at < end && list.tokens[at].keyword() == Keyword(word);
  };
  if (begin < end && list.tokens[begin].kind == TokenKind::open &&
      keyword(begin + 1, Word::module)) {
    const uint32_t close = list.tokens[begin].value;
    uint32_t at = begin + 2;
    if (keyword(at, Word::definition)) ++at;
    const uint32_t id = at;
    if (list.tokens[at].kind == TokenKind::id) ++at;
    const bool binary = keyword(at, Word::binary);
    if (binary || keyword(at, Word::quote)) {
      const std::string content = TRY(strings(list, at + 1, close, binary ? "" : "\n"));
      if (close + 1 != end)
        return std::unexpected(
            make_error(list.source, list.tokens[close + 1].offset,
                       unexpected_token(list, list.tokens[close + 1], "the end of the module")));
      Binary module;
      if (binary)
        module.bytes.assign(content.begin(), content.end());
      else
        module = TRY(parse_quoted(content, options));
      std::string storage;
      if (id != at) module.id = decode_id(list.text(list.tokens[id]), storage);
      return module;
    }
  }
  return parse_fields(list, begin, end, options);
}

TextResult<Binary> parse_module(std::string_view source, const ParseOptions& options) {
  const TokenList list = TRY(tokenize(source));
  return parse_tokens(list, 0, static_cast<uint32_t>(list.tokens.size() - 1), options);
}

} // namespace waxwing::text
