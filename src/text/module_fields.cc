// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fields of a module (spec section 6.6).
#include "text/module_parser.hpp"

#include <algorithm>

#include "text/number.hpp"
#include "text/utf8.hpp"

namespace waxwing::text {

namespace {

constexpr std::string_view kFuncref = "\x70";
constexpr uint8_t kEnd = 0x0B;

// The sections in the order of the binary format, by the keywords that the custom annotation has
// for them.
constexpr Word kSections[] = {
    Word::type,    Word::import, Word::func, Word::table,     Word::memory, Word::tag, Word::global,
    Word::export_, Word::start,  Word::elem, Word::datacount, Word::code,   Word::data};

} // namespace

Parsed<void> ModuleParser::fields(uint32_t begin, uint32_t end) {
  TRY(collect(begin, end));
  at_ = begin;
  type_texts_.resize(types_.count);
  while (at_ < end) {
    const uint32_t next = peek().value + 1;
    if (at_open(Word::type) || at_open(Word::rec)) TRY(type_field());
    at_ = next;
  }
  at_ = begin;
  while (at_ < end) {
    const uint32_t next = peek().value + 1;
    TRY(encode_field());
    at_ = next;
  }
  return {};
}

Parsed<void> ModuleParser::collect(uint32_t begin, uint32_t end) {
  at_ = begin;
  while (at_ < end) {
    const uint32_t next = peek().value + 1;
    if (at(TokenKind::annotation)) {
      if (peek().annotation == Annotation::name) return unexpected();
      if (peek().annotation == Annotation::branch_hint)
        return fail(peek(), "@metadata.code.branch_hint annotation: not in a function");
    } else if (at(TokenKind::open)) {
      ++at_;
      TRY(collect_field());
    } else {
      return unexpected("`(`");
    }
    at_ = next;
  }
  return {};
}

Parsed<void> ModuleParser::collect_field() {
  const Token& keyword = peek();
  if (!keyword.keyword().is_word()) return unexpected("a module field");
  ++at_;
  IndexSpace* space = nullptr;
  switch (keyword.keyword().word()) {
  case Word::type: --at_; return collect_type_name();
  case Word::rec: return collect_types();
  case Word::import: {
    if (first_definition_ != nullptr)
      return fail(keyword, std::string("import after ") + first_definition_);
    TRY(name_string("a module name"));
    TRY(name_string("an import name"));
    if (!at(TokenKind::open)) return unexpected("`(`");
    ++at_;
    switch (peek().keyword().word()) {
    case Word::func: space = &functions_; break;
    case Word::table: space = &tables_; break;
    case Word::memory: space = &memories_; break;
    case Word::global: space = &globals_; break;
    case Word::tag: space = &tags_; break;
    default: return unexpected("func, table, memory, global or tag");
    }
    ++at_;
    TRY(define(*space));
    return {};
  }
  case Word::func: space = &functions_; break;
  case Word::table: space = &tables_; break;
  case Word::memory: space = &memories_; break;
  case Word::global: space = &globals_; break;
  case Word::tag: space = &tags_; break;
  case Word::elem: TRY(define(elems_)); return {};
  case Word::data: TRY(define(datas_)); return {};
  case Word::export_: return {};
  case Word::start: return {};
  default: --at_; return unexpected("a module field");
  }
  TRY(define(*space));
  while (at_open(Word::export_)) at_ = peek().value + 1;
  if (at_open(Word::import)) {
    if (first_definition_ != nullptr)
      return fail(peek(), std::string("import after ") + first_definition_);
    return {};
  }
  if (first_definition_ == nullptr) first_definition_ = space->what;
  if (space == &tables_ || space == &memories_) {
    // Segments written inside the definition take an index as well.
    while (!at(TokenKind::close) && !at(TokenKind::end)) {
      if (space == &tables_ && at_open(Word::elem)) ++elems_.count;
      if (space == &memories_ && at_open(Word::data)) ++datas_.count;
      at_ = at(TokenKind::open) || at(TokenKind::annotation) ? peek().value + 1 : at_ + 1;
    }
  }
  return {};
}

Parsed<void> ModuleParser::collect_types() {
  while (!at(TokenKind::close)) {
    if (!at_open(Word::type)) return unexpected("a type definition");
    const uint32_t next = peek().value + 1;
    ++at_;
    TRY(collect_type_name());
    at_ = next;
  }
  return {};
}

Parsed<void> ModuleParser::collect_type_name() {
  ++at_;
  TRY(define(types_));
  return {};
}

Parsed<void> ModuleParser::encode_field() {
  if (at(TokenKind::annotation)) return custom_annotation();
  at_ += 2;
  switch (tokens_[at_ - 1].keyword().word()) {
  case Word::type:
  case Word::rec: return {};
  case Word::import: return import_field();
  case Word::func: return func_field();
  case Word::table: return table_field();
  case Word::memory: return memory_field();
  case Word::global: return global_field();
  case Word::tag: return tag_field();
  case Word::export_: return export_field();
  case Word::start: return start_field();
  case Word::elem: return elem_field();
  default: return data_field();
  }
}

void ModuleParser::put_import(std::string_view module, std::string_view name, ExternKind kind) {
  ++import_section_.count;
  import_section_.bytes.vector(module);
  import_section_.bytes.vector(name);
  import_section_.bytes.u8(static_cast<uint8_t>(kind));
}

Parsed<void> ModuleParser::import_field() {
  const std::string module = TRY(name_string("a module name"));
  const std::string name = TRY(name_string("an import name"));
  ++at_; // collect has seen the parenthesis and the kind
  const Word kind = tokens_[at_++].keyword().word();
  skip_definition();
  switch (kind) {
  case Word::func: {
    ++next_function_;
    FuncText type;
    const uint32_t index = TRY(type_use(type, true));
    put_import(module, name, ExternKind::func);
    import_section_.bytes.unsigned_leb(index);
    break;
  }
  case Word::table:
    ++next_table_;
    put_import(module, name, ExternKind::table);
    TRY(table_type(import_section_.bytes));
    break;
  case Word::memory:
    ++next_memory_;
    put_import(module, name, ExternKind::memory);
    TRY(memory_type(import_section_.bytes));
    break;
  case Word::global:
    ++next_global_;
    put_import(module, name, ExternKind::global);
    TRY(global_type(import_section_.bytes));
    break;
  default: {
    ++next_tag_;
    FuncText type;
    const uint32_t index = TRY(type_use(type, true));
    put_import(module, name, ExternKind::tag);
    import_section_.bytes.u8(0);
    import_section_.bytes.unsigned_leb(index);
  }
  }
  TRY(close());
  return close();
}

Parsed<bool> ModuleParser::inline_exports_and_import(ExternKind kind, uint32_t index) {
  while (accept_open(Word::export_)) {
    const std::string name = TRY(name_string("an export name"));
    TRY(close());
    ++export_section_.count;
    export_section_.bytes.vector(name);
    export_section_.bytes.u8(static_cast<uint8_t>(kind));
    export_section_.bytes.unsigned_leb(index);
  }
  if (!accept_open(Word::import)) return false;
  const std::string module = TRY(name_string("a module name"));
  const std::string name = TRY(name_string("an import name"));
  TRY(close());
  put_import(module, name, kind);
  return true;
}

Parsed<void> ModuleParser::export_field() {
  const std::string name = TRY(name_string("an export name"));
  if (!at(TokenKind::open)) return unexpected("`(`");
  ++at_;
  const IndexSpace* space = nullptr;
  ExternKind kind = ExternKind::func;
  switch (peek().keyword().word()) {
  case Word::func: space = &functions_; break;
  case Word::table: space = &tables_, kind = ExternKind::table; break;
  case Word::memory: space = &memories_, kind = ExternKind::memory; break;
  case Word::global: space = &globals_, kind = ExternKind::global; break;
  case Word::tag: space = &tags_, kind = ExternKind::tag; break;
  default: return unexpected("func, table, memory, global or tag");
  }
  ++at_;
  const uint32_t which = TRY(index(*space));
  TRY(close());
  ++export_section_.count;
  export_section_.bytes.vector(name);
  export_section_.bytes.u8(static_cast<uint8_t>(kind));
  export_section_.bytes.unsigned_leb(which);
  return close();
}

Parsed<void> ModuleParser::start_field() {
  if (start_) return fail(tokens_[at_ - 1], "multiple start sections");
  start_ = TRY(index(functions_));
  return close();
}

Parsed<void> ModuleParser::func_field() {
  skip_definition();
  const uint32_t index = next_function_++;
  const bool import = TRY(inline_exports_and_import(ExternKind::func, index));
  FuncText type;
  const uint32_t type_index = TRY(type_use(type, true));
  if (import) {
    import_section_.bytes.unsigned_leb(type_index);
    return close();
  }
  ++function_section_.count;
  function_section_.bytes.unsigned_leb(type_index);
  TRY(body(type, index));
  return close();
}

Parsed<void> ModuleParser::table_field() {
  skip_definition();
  const uint32_t index = next_table_++;
  if (TRY(inline_exports_and_import(ExternKind::table, index))) {
    TRY(table_type(import_section_.bytes));
    return close();
  }
  ++table_section_.count;
  const uint32_t start = at_;
  LimitsText limits;
  limits.is64 = address_type();
  limits.shared = accept(Word::shared);
  if (limits.shared && at(Word::i64)) return fail(peek(), "expected a u64");
  if (!at_ref_type()) {
    at_ = start;
    Bytes type;
    TRY(table_type(type));
    if (at(TokenKind::close)) {
      table_section_.bytes.raw(type);
    } else {
      table_section_.bytes.raw(std::string_view("\x40\x00", 2));
      table_section_.bytes.raw(type);
      TRY(expression(table_section_.bytes));
    }
    return close();
  }

  // `reftype (elem ...)`: the table is as long as the segment.
  Bytes type;
  put_ref(type, TRY(ref_type()));
  if (!accept_open(Word::elem)) return unexpected("`(elem`");
  uint32_t count = 0;
  Bytes items;
  bool expressions = false;
  if (at_index()) {
    expressions = type.view() != kFuncref;
    while (at_index()) {
      const uint32_t function = TRY(this->index(functions_));
      if (expressions) items.op(Op::ref_func);
      items.unsigned_leb(function);
      if (expressions) items.u8(kEnd);
      ++count;
    }
  } else {
    expressions = true;
    TRY(elem_expressions(items, count));
  }
  TRY(close());
  limits.min = count;
  limits.max = count;
  table_section_.bytes.raw(type);
  put_limits(table_section_.bytes, limits, {});

  Bytes& out = elem_section_.bytes;
  ++elem_section_.count;
  const bool plain = index == 0 && type.view() == kFuncref;
  out.u8((plain ? 0u : 2u) | (expressions ? 4u : 0u));
  if (!plain) out.unsigned_leb(index);
  out.op(limits.is64 ? Op::i64_const : Op::i32_const);
  out.u8(0);
  out.u8(kEnd);
  if (!plain) {
    if (expressions)
      out.raw(type);
    else
      out.u8(0);
  }
  out.unsigned_leb(count);
  out.raw(items);
  return close();
}

Parsed<void> ModuleParser::memory_field() {
  skip_definition();
  const uint32_t index = next_memory_++;
  if (TRY(inline_exports_and_import(ExternKind::memory, index))) {
    TRY(memory_type(import_section_.bytes));
    return close();
  }
  ++memory_section_.count;
  const uint32_t start = at_;
  LimitsText limits;
  limits.is64 = address_type();
  const bool shared = accept(Word::shared);
  const std::optional<uint32_t> page_log2 = TRY(page_size());
  if (!at_open(Word::data)) {
    at_ = start;
    TRY(memory_type(memory_section_.bytes));
    return close();
  }

  // `(data ...)`: the memory is as large as the segment needs.
  at_ += 2;
  std::string bytes;
  TRY(data_string(bytes));
  TRY(close());
  const uint32_t log2 = page_log2.value_or(16);
  limits.shared = shared;
  limits.min = log2 >= 64 ? (bytes.empty() ? 0 : 1)
                          : (bytes.size() >> log2) +
                                ((bytes.size() & ((uint64_t{1} << log2) - 1)) != 0 ? 1 : 0);
  limits.max = limits.min;
  put_limits(memory_section_.bytes, limits, page_log2);

  Bytes& out = data_section_.bytes;
  ++data_section_.count;
  out.u8(index == 0 ? 0 : 2);
  if (index != 0) out.unsigned_leb(index);
  out.op(limits.is64 ? Op::i64_const : Op::i32_const);
  out.u8(0);
  out.u8(kEnd);
  out.vector(bytes);
  return close();
}

Parsed<void> ModuleParser::global_field() {
  skip_definition();
  const uint32_t index = next_global_++;
  if (TRY(inline_exports_and_import(ExternKind::global, index))) {
    TRY(global_type(import_section_.bytes));
    return close();
  }
  ++global_section_.count;
  TRY(global_type(global_section_.bytes));
  TRY(expression(global_section_.bytes));
  return close();
}

Parsed<void> ModuleParser::tag_field() {
  skip_definition();
  const uint32_t index = next_tag_++;
  const bool import = TRY(inline_exports_and_import(ExternKind::tag, index));
  FuncText type;
  const uint32_t type_index = TRY(type_use(type, true));
  if (!import) ++tag_section_.count;
  Bytes& out = import ? import_section_.bytes : tag_section_.bytes;
  out.u8(0);
  out.unsigned_leb(type_index);
  return close();
}

Parsed<void> ModuleParser::offset_expression(Bytes& out) {
  if (accept_open(Word::offset)) {
    TRY(expression(out));
    return close();
  }
  TRY(instructions(out, true));
  out.u8(kEnd);
  return {};
}

Parsed<void> ModuleParser::elem_expressions(Bytes& out, uint32_t& count) {
  while (at(TokenKind::open)) {
    if (accept_open(Word::item)) {
      TRY(expression(out));
      TRY(close());
    } else {
      TRY(instructions(out, true));
      out.u8(kEnd);
    }
    ++count;
  }
  return {};
}

Parsed<void> ModuleParser::elem_field() {
  skip_definition();
  ++elem_section_.count;
  if (accept(Word::declare)) return elem_list(3, elem_section_.bytes, {}, false);
  Bytes offset;
  uint32_t table = 0;
  bool active = true;
  if (accept_open(Word::table)) {
    table = TRY(index(tables_));
    TRY(close());
  } else if (at_index() && peek(1).kind == TokenKind::open) {
    table = TRY(index(tables_)); // the form of Wasm 1.0
  } else {
    active = at(TokenKind::open) && !at_ref_type();
  }
  if (!active) return elem_list(1, elem_section_.bytes, {}, false);
  if (!at(TokenKind::open)) return unexpected("an offset");
  TRY(offset_expression(offset));
  Bytes head;
  if (table != 0) head.unsigned_leb(table);
  head.raw(offset);
  return elem_list(table != 0 ? 2 : 0, elem_section_.bytes, head, true);
}

// `flags` without bit 2; `head` is what follows them for an active segment.
Parsed<void> ModuleParser::elem_list(uint32_t flags, Bytes& segment, const Bytes& head,
                                     bool bare_indices) {
  uint32_t count = 0;
  Bytes items;
  Bytes type;
  if (accept(Word::func) || (bare_indices && (at_index() || at(TokenKind::close)))) {
    for (; at_index(); ++count) items.unsigned_leb(TRY(index(functions_)));
    if (flags != 0) type.u8(0);
  } else if (at_ref_type()) {
    put_ref(type, TRY(ref_type()));
    const bool funcref = type.view() == kFuncref;
    TRY(elem_expressions(items, count));
    // Without a table index there is no place for another type.
    if (flags == 0 && !funcref) {
      segment.u8(6);
      segment.u8(0);
      segment.raw(head);
      segment.raw(type);
      segment.unsigned_leb(count);
      segment.raw(items);
      return close();
    }
    if (flags == 0) type.clear();
    flags |= 4;
  } else {
    return unexpected("func or a reference type");
  }
  segment.u8(flags);
  segment.raw(head);
  segment.raw(type);
  segment.unsigned_leb(count);
  segment.raw(items);
  return close();
}

Parsed<void> ModuleParser::data_string(std::string& bytes) {
  while (at(TokenKind::string)) bytes += decode_string(text(tokens_[at_++]));
  return {};
}

Parsed<void> ModuleParser::data_field() {
  skip_definition();
  Bytes& out = data_section_.bytes;
  ++data_section_.count;
  uint32_t memory = 0;
  bool active = at(TokenKind::open);
  if (accept_open(Word::memory)) {
    memory = TRY(index(memories_));
    TRY(close());
    if (!at(TokenKind::open)) return unexpected("an offset");
  } else if (at_index() && peek(1).kind == TokenKind::open) {
    memory = TRY(index(memories_)); // the form of Wasm 1.0
    active = true;
  }
  out.u8(!active ? 1 : memory != 0 ? 2 : 0);
  if (memory != 0) out.unsigned_leb(memory);
  if (active) TRY(offset_expression(out));
  std::string bytes;
  TRY(data_string(bytes));
  out.vector(bytes);
  return close();
}

// (@custom "name" (before|after section)? "bytes"*)
Parsed<void> ModuleParser::custom_annotation() {
  ++at_;
  if (!at(TokenKind::string)) return fail(peek(), "@custom annotation: missing section name");
  const Token& name_token = peek();
  const std::string name = decode_string(text(name_token));
  ++at_;
  if (find_malformed_utf8(name) != std::string::npos)
    return fail(name_token, "@custom annotation: malformed UTF-8 encoding");
  // The gaps between sections: number N is before the N-th.
  auto gap = static_cast<uint32_t>(std::size(kSections));
  if (at(TokenKind::open)) {
    ++at_;
    const bool before = at(Word::before);
    if (!before && !at(Word::after)) return fail(peek(), "@custom annotation: malformed placement");
    ++at_;
    const auto* found = std::find_if(std::begin(kSections), std::end(kSections),
                                     [&](Word word) { return at(word); });
    if (found != std::end(kSections))
      gap = static_cast<uint32_t>(found - std::begin(kSections)) + (before ? 0 : 1);
    else if (at(Word::first))
      gap = 0;
    else if (!at(Word::last))
      return fail(peek(), "@custom annotation: malformed section kind");
    ++at_;
    TRY(close());
  }
  std::string content;
  TRY(data_string(content));
  if (!at(TokenKind::close)) return fail(peek(), "@custom annotation: unexpected token");
  Custom custom{gap, {}};
  custom.bytes.vector(name);
  custom.bytes.raw(content);
  customs_.push_back(std::move(custom));
  return {};
}

} // namespace waxwing::text
