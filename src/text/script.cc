// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/script.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "text/number.hpp"
#include "text/parse_tokens.hpp"

namespace waxwing::text {

namespace {

constexpr int kMaxNesting = 32; // of threads and alternatives

struct ConstantForm {
  Keyword keyword;
  ConstKind kind;
};
constexpr ConstantForm kConstantForms[] = {
    {Op::i32_const, ConstKind::i32},           {Op::i64_const, ConstKind::i64},
    {Op::f32_const, ConstKind::f32},           {Op::f64_const, ConstKind::f64},
    {Op::v128_const, ConstKind::v128},         {Op::ref_null, ConstKind::ref_null},
    {Op::ref_func, ConstKind::ref_func},       {Word::ref_extern, ConstKind::ref_extern},
    {Word::ref_host, ConstKind::ref_host},     {Op::ref_i31, ConstKind::ref_i31},
    {Word::ref_struct, ConstKind::ref_struct}, {Word::ref_array, ConstKind::ref_array},
    {Op::ref_eq, ConstKind::ref_eq},           {Word::ref_any, ConstKind::ref_any},
    {Word::ref_exn, ConstKind::ref_exn},       {Word::ref_i31_shared, ConstKind::ref_i31},
};

struct CommandForm {
  Word word;
  CommandKind kind;
};
constexpr CommandForm kModuleAssertions[] = {
    {Word::assert_invalid, CommandKind::assert_invalid},
    {Word::assert_malformed, CommandKind::assert_malformed},
    {Word::assert_invalid_custom, CommandKind::assert_invalid_custom},
    {Word::assert_malformed_custom, CommandKind::assert_malformed_custom},
    {Word::assert_unlinkable, CommandKind::assert_unlinkable},
};
constexpr CommandForm kActionAssertions[] = {
    {Word::assert_trap, CommandKind::assert_trap},
    {Word::assert_exhaustion, CommandKind::assert_exhaustion},
    {Word::assert_exception, CommandKind::assert_exception},
    {Word::assert_suspension, CommandKind::assert_suspension},
};

constexpr struct {
  Word word;
  HeapType type;
} kHeapTypes[] = {
    {Word::func, heap::func},     {Word::extern_, heap::extern_},   {Word::any, heap::any},
    {Word::eq, heap::eq},         {Word::i31, heap::i31},           {Word::struct_, heap::struct_},
    {Word::array, heap::array},   {Word::exn, heap::exn},           {Word::none, heap::none},
    {Word::nofunc, heap::nofunc}, {Word::noextern, heap::noextern}, {Word::noexn, heap::noexn},
};

constexpr struct {
  Word word;
  Shape shape;
  unsigned lanes;
} kShapes[] = {
    {Word::i8x16, Shape::i8x16, 16}, {Word::i16x8, Shape::i16x8, 8}, {Word::i32x4, Shape::i32x4, 4},
    {Word::i64x2, Shape::i64x2, 2},  {Word::f32x4, Shape::f32x4, 4}, {Word::f64x2, Shape::f64x2, 2},
};

bool is_module_field(Keyword keyword) {
  constexpr Word kFields[] = {Word::type,    Word::rec,    Word::import, Word::func,
                              Word::table,   Word::memory, Word::global, Word::tag,
                              Word::export_, Word::start,  Word::elem,   Word::data};
  return keyword.is_word() &&
         std::find(std::begin(kFields), std::end(kFields), keyword.word()) != std::end(kFields);
}

} // namespace

class ScriptReader {
 public:
  explicit ScriptReader(const TokenList& list) : list_(list), lines_(list.source) {}

  TextResult<std::vector<Command>> run() {
    std::vector<Command> commands;
    const auto last = static_cast<uint32_t>(list_.tokens.size() - 1);
    if (last > 0 && (peek().kind == TokenKind::annotation ||
                     (peek().kind == TokenKind::open && is_module_field(peek(1).keyword())))) {
      // The whole file is the body of a module.
      Command command = begin(CommandKind::module);
      command.module.form = ScriptModule::Form::text;
      command.module.end = last;
      commands.push_back(std::move(command));
      return commands;
    }
    while (peek().kind != TokenKind::end) commands.push_back(TRY(command(0)));
    return commands;
  }

 private:
  [[nodiscard]] const Token& peek(uint32_t ahead = 0) const {
    const size_t at = size_t{at_} + ahead;
    return at < list_.tokens.size() ? list_.tokens[at] : list_.tokens.back();
  }
  [[nodiscard]] std::string_view text(const Token& token) const { return list_.text(token); }
  [[nodiscard]] bool at(Keyword keyword) const { return peek().keyword() == keyword; }
  [[nodiscard]] bool at_open(Keyword keyword) const {
    return peek().kind == TokenKind::open && peek(1).keyword() == keyword;
  }
  bool accept(Word word) {
    if (!at(word)) return false;
    ++at_;
    return true;
  }

  std::unexpected<TextError> fail(const Token& token, std::string message) const {
    const Position position = lines_.at(list_.source, token.offset);
    return std::unexpected(
        TextError{std::move(message), token.offset, position.line, position.column});
  }
  std::unexpected<TextError> unexpected(const char* wanted) const {
    return fail(peek(), unexpected_token(list_, peek(), wanted));
  }

  Command begin(CommandKind kind) const {
    Command command;
    command.kind = kind;
    command.offset = peek().offset;
    const Position position = lines_.at(list_.source, command.offset);
    command.line = position.line;
    command.column = position.column;
    return command;
  }

  TextResult<void> open() {
    if (peek().kind != TokenKind::open) return unexpected("`(`");
    ++at_;
    return {};
  }
  TextResult<void> close() {
    if (peek().kind != TokenKind::close) return unexpected("`)`");
    ++at_;
    return {};
  }
  TextResult<std::string> string(const char* wanted) {
    if (peek().kind != TokenKind::string) return unexpected(wanted);
    return decode_string(text(list_.tokens[at_++]));
  }
  std::string id() {
    if (peek().kind != TokenKind::id) return {};
    std::string storage;
    return std::string(decode_id(text(list_.tokens[at_++]), storage));
  }

  TextResult<Command> command(int depth) {
    if (peek().kind != TokenKind::open) return unexpected("a command");
    const Keyword keyword = peek(1).keyword();
    if (keyword == Keyword(Word::module) || keyword == Keyword(Word::component))
      return module_command();
    Command command = begin(CommandKind::action);
    if (keyword == Keyword(Word::invoke) || keyword == Keyword(Word::get)) {
      command.action = TRY(action());
      return command;
    }
    ++at_;
    if (!keyword.is_word()) return unexpected("a command");
    const Word word = keyword.word();
    for (const CommandForm& form : kModuleAssertions)
      if (word == form.word) {
        ++at_;
        command.kind = form.kind;
        command.module = TRY(module());
        command.message = TRY(string("the message"));
        TRY(close());
        return command;
      }
    for (const CommandForm& form : kActionAssertions)
      if (word == form.word) {
        ++at_;
        command.kind = form.kind;
        if (word == Word::assert_trap && at_open(Word::module))
          command.module = TRY(module());
        else
          command.action = TRY(action());
        if (peek().kind == TokenKind::string || word != Word::assert_exception)
          command.message = TRY(string("the message"));
        TRY(close());
        return command;
      }
    switch (word) {
    case Word::assert_return:
      ++at_;
      command.kind = CommandKind::assert_return;
      command.action = TRY(action());
      while (peek().kind == TokenKind::open) command.expected.push_back(TRY(pattern(depth)));
      break;
    case Word::register_:
      ++at_;
      command.kind = CommandKind::register_;
      command.name = TRY(string("a name"));
      command.instance_id = id();
      break;
    case Word::wait:
      ++at_;
      command.kind = CommandKind::wait;
      command.name = id();
      break;
    case Word::thread:
      ++at_;
      if (depth == kMaxNesting) return fail(peek(), "threads are nested too deeply");
      command.kind = CommandKind::thread;
      command.name = id();
      while (at_open(Word::shared)) {
        at_ += 2;
        TRY(open());
        if (!accept(Word::module)) return unexpected("module");
        command.shared_modules.push_back(id());
        TRY(close());
        TRY(close());
      }
      while (peek().kind == TokenKind::open)
        command.commands.push_back(TRY(this->command(depth + 1)));
      break;
    default: return unexpected("a command");
    }
    TRY(close());
    return command;
  }

  TextResult<Command> module_command() {
    Command command = begin(CommandKind::module);
    if (peek(2).keyword() == Keyword(Word::instance)) {
      at_ += 3;
      command.kind = CommandKind::module_instance;
      command.instance_id = id();
      command.module_id = id();
      TRY(close());
      return command;
    }
    if (peek(2).keyword() == Keyword(Word::definition))
      command.kind = CommandKind::module_definition;
    command.module = TRY(module());
    return command;
  }

  TextResult<ScriptModule> module() {
    ScriptModule module;
    if (at_open(Word::component)) {
      module.form = ScriptModule::Form::component;
      at_ = peek().value + 1;
      return module;
    }
    if (!at_open(Word::module)) return unexpected("a module");
    module.form = ScriptModule::Form::text;
    module.begin = at_;
    const uint32_t close_at = peek().value;
    module.end = close_at + 1;
    at_ += 2;
    accept(Word::definition);
    module.id = id();
    if (at(Word::binary) || at(Word::quote)) {
      const bool binary = at(Word::binary);
      module.form = binary ? ScriptModule::Form::binary : ScriptModule::Form::quote;
      ++at_;
      while (peek().kind == TokenKind::string) {
        // The strings of a quoted module are separate words.
        if (!binary && !module.content.empty()) module.content.push_back('\n');
        module.content += decode_string(text(list_.tokens[at_++]));
      }
      TRY(close());
      return module;
    }
    at_ = close_at + 1;
    return module;
  }

  TextResult<Action> action() {
    Action action;
    TRY(open());
    if (accept(Word::invoke))
      action.kind = Action::Kind::invoke;
    else if (accept(Word::get))
      action.kind = Action::Kind::get;
    else
      return unexpected("invoke or get");
    action.module = id();
    action.name = TRY(string("the name of an export"));
    if (action.kind == Action::Kind::invoke)
      while (peek().kind == TokenKind::open) {
        Pattern value = TRY(pattern(kMaxNesting));
        if (std::any_of(value.nan.begin(), value.nan.end(),
                        [](NanPattern nan) { return nan != NanPattern::none; }))
          return fail(peek(), "unexpected token: an argument has to be a value");
        action.arguments.push_back(value.value);
      }
    TRY(close());
    return action;
  }

  TextResult<Pattern> pattern(int depth) {
    Pattern result;
    TRY(open());
    if (at(Word::either) && depth < kMaxNesting) {
      ++at_;
      do {
        result.either.push_back(TRY(pattern(depth + 1)));
      } while (peek().kind != TokenKind::close);
      TRY(close());
      return result;
    }
    const auto* form = std::find_if(std::begin(kConstantForms), std::end(kConstantForms),
                                    [&](const ConstantForm& entry) { return at(entry.keyword); });
    if (form == std::end(kConstantForms)) return unexpected("a value");
    ++at_;
    Constant& value = result.value;
    value.kind = form->kind;
    switch (value.kind) {
    case ConstKind::i32: value.bits = TRY(integer(32)); break;
    case ConstKind::i64: value.bits = TRY(integer(64)); break;
    case ConstKind::f32: value.bits = TRY(floating(4, result.nan[0])); break;
    case ConstKind::f64: value.bits = TRY(floating(8, result.nan[0])); break;
    case ConstKind::v128: TRY(vector(result)); break;
    case ConstKind::ref_null: TRY(null_type(value)); break;
    default:
      if (peek().kind == TokenKind::nat || peek().kind == TokenKind::integer) {
        value.bits = TRY(integer(32));
        value.has_number = true;
      } else if (peek().kind == TokenKind::id) {
        ++at_;
      }
    }
    TRY(close());
    return result;
  }

  TextResult<uint64_t> integer(unsigned bits) {
    if (peek().kind != TokenKind::nat && peek().kind != TokenKind::integer)
      return unexpected("an integer");
    const auto value = parse_integer(text(peek()), bits);
    if (!value) return fail(peek(), "constant out of range");
    ++at_;
    return *value;
  }

  TextResult<uint64_t> floating(unsigned size, NanPattern& nan) {
    nan = at(Word::nan_canonical)    ? NanPattern::canonical
          : at(Word::nan_arithmetic) ? NanPattern::arithmetic
                                     : NanPattern::none;
    if (nan != NanPattern::none) {
      ++at_;
      return uint64_t{0};
    }
    if (peek().kind != TokenKind::nat && peek().kind != TokenKind::integer &&
        peek().kind != TokenKind::floating)
      return unexpected("a number");
    std::optional<uint64_t> value;
    if (size == 4)
      value = parse_f32(text(peek()));
    else
      value = parse_f64(text(peek()));
    if (!value) return fail(peek(), "constant out of range");
    ++at_;
    return *value;
  }

  TextResult<void> vector(Pattern& pattern) {
    const auto* shape = std::find_if(std::begin(kShapes), std::end(kShapes),
                                     [&](const auto& entry) { return at(entry.word); });
    if (shape == std::end(kShapes)) return unexpected("a vector shape");
    ++at_;
    pattern.shape = shape->shape;
    const unsigned size = 16 / shape->lanes;
    for (unsigned lane = 0; lane < shape->lanes; ++lane) {
      const uint64_t bits = shape->shape == Shape::f32x4 || shape->shape == Shape::f64x2
          ? TRY(floating(size, pattern.nan[lane]))
              : TRY(integer(size * 8));
              for (unsigned byte = 0; byte < size; ++byte)
                pattern.value.v128.bytes[lane * size + byte] =
                    static_cast<uint8_t>(bits >> (8 * byte));
    }
    return {};
  }

  TextResult<void> null_type(Constant& value) {
    if (peek().kind == TokenKind::close) return {};
    const bool shared = at_open(Word::shared);
    if (shared) at_ += 2;
    const auto* type = std::find_if(std::begin(kHeapTypes), std::end(kHeapTypes),
                                    [&](const auto& entry) { return at(entry.word); });
    if (type != std::end(kHeapTypes)) {
      value.has_type = true;
      value.heap_type = HeapType::from_bits(type->type.bits() | (shared ? HeapType::kShared : 0u));
    } else if (shared || (peek().kind != TokenKind::id && peek().kind != TokenKind::nat)) {
      return unexpected("a heap type");
    }
    ++at_;
    if (shared) TRY(close());
    return {};
  }

  const TokenList& list_;
  LineMap lines_;
  uint32_t at_ = 0;

 public:
  static TextResult<Script> read(std::string source) {
    Script script;
    script.text_ = std::make_unique<Script::Text>();
    script.text_->source = std::move(source);
    script.text_->list = TRY(tokenize(script.text_->source));
    ScriptReader reader(script.text_->list);
    script.commands_ = TRY(reader.run());
    return script;
  }
};

TextResult<Script> read_script(std::string source) { return ScriptReader::read(std::move(source)); }

TextResult<Binary> Script::binary(const ScriptModule& module, const ParseOptions& options) const {
  switch (module.form) {
  case ScriptModule::Form::text:
    return parse_tokens(text_->list, module.begin, module.end, options);
  case ScriptModule::Form::quote: {
    Binary binary = TRY(parse_module(module.content, options));
    if (binary.id.empty()) binary.id = module.id;
    return binary;
  }
  case ScriptModule::Form::binary: {
    Binary binary;
    binary.bytes.assign(module.content.begin(), module.content.end());
    binary.id = module.id;
    return binary;
  }
  case ScriptModule::Form::component:
  case ScriptModule::Form::none: break;
  }
  return std::unexpected(TextError{"components are not supported"});
}

namespace {

template <class Bits, int kMantissa>
bool matches_float(Bits expected, Bits actual, NanPattern nan) {
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  constexpr Bits kQuiet = Bits{1} << (kMantissa - 1);
  constexpr Bits kCanonical = (kSign - 1) - (kQuiet - 1); // exponent and quiet bit
  switch (nan) {
  case NanPattern::canonical: return (actual & ~kSign) == kCanonical;
  case NanPattern::arithmetic: return (actual & kCanonical) == kCanonical;
  case NanPattern::none: break;
  }
  return expected == actual;
}

bool matches_vector(const Pattern& expected, const V128& actual) {
  const uint8_t* wanted = expected.value.v128.bytes;
  for (unsigned lane = 0; expected.shape == Shape::f32x4 && lane < 4; ++lane)
    if (!matches_float<uint32_t, 23>(load_unaligned<uint32_t>(wanted + lane * 4),
                                     load_unaligned<uint32_t>(actual.bytes + lane * 4),
                                     expected.nan[lane]))
      return false;
  for (unsigned lane = 0; expected.shape == Shape::f64x2 && lane < 2; ++lane)
    if (!matches_float<uint64_t, 52>(load_unaligned<uint64_t>(wanted + lane * 8),
                                     load_unaligned<uint64_t>(actual.bytes + lane * 8),
                                     expected.nan[lane]))
      return false;
  return expected.shape == Shape::f32x4 || expected.shape == Shape::f64x2 ||
         expected.value.v128 == actual;
}

} // namespace

bool matches(const Pattern& expected, const Constant& actual) {
  if (!expected.either.empty())
    return std::any_of(expected.either.begin(), expected.either.end(),
                       [&](const Pattern& one) { return matches(one, actual); });
  const Constant& value = expected.value;
  const bool same_kind = value.kind == actual.kind;
  switch (value.kind) {
  case ConstKind::i32:
    return same_kind && static_cast<uint32_t>(value.bits) == static_cast<uint32_t>(actual.bits);
  case ConstKind::i64: return same_kind && value.bits == actual.bits;
  case ConstKind::f32:
    return same_kind &&
           matches_float<uint32_t, 23>(static_cast<uint32_t>(value.bits),
                                       static_cast<uint32_t>(actual.bits), expected.nan[0]);
  case ConstKind::f64:
    return same_kind && matches_float<uint64_t, 52>(value.bits, actual.bits, expected.nan[0]);
  case ConstKind::v128: return same_kind && matches_vector(expected, actual.v128);
  case ConstKind::ref_null: return same_kind;
  case ConstKind::ref_eq:
    return same_kind || actual.kind == ConstKind::ref_i31 || actual.kind == ConstKind::ref_struct ||
           actual.kind == ConstKind::ref_array;
  case ConstKind::ref_any:
    return same_kind || actual.kind == ConstKind::ref_i31 || actual.kind == ConstKind::ref_struct ||
           actual.kind == ConstKind::ref_array || actual.kind == ConstKind::ref_eq ||
           actual.kind == ConstKind::ref_host;
  default:
    return same_kind && (!value.has_number || (actual.has_number && value.bits == actual.bits));
  }
}

} // namespace waxwing::text
