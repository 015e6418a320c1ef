// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types (spec section 6.4) and type uses (section 6.6.4).
#include "text/module_parser.hpp"

#include <bit>

#include "text/number.hpp"

namespace waxwing::text {

namespace {

struct AbstractType {
  Word heap;      // `func`
  Word reference; // `funcref`
  uint8_t code;
};

constexpr AbstractType kAbstractTypes[] = {
    {Word::func, Word::funcref, 0x70},
    {Word::extern_, Word::externref, 0x6F},
    {Word::any, Word::anyref, 0x6E},
    {Word::eq, Word::eqref, 0x6D},
    {Word::i31, Word::i31ref, 0x6C},
    {Word::struct_, Word::structref, 0x6B},
    {Word::array, Word::arrayref, 0x6A},
    {Word::exn, Word::exnref, 0x69},
    {Word::none, Word::nullref, 0x71},
    {Word::nofunc, Word::nullfuncref, 0x73},
    {Word::noextern, Word::nullexternref, 0x72},
    {Word::noexn, Word::nullexnref, 0x74},
};

const AbstractType* find_reference(Keyword keyword) {
  for (const AbstractType& type : kAbstractTypes)
    if (keyword == Keyword(type.reference)) return &type;
  return nullptr;
}

const AbstractType* find_heap(Keyword keyword) {
  for (const AbstractType& type : kAbstractTypes)
    if (keyword == Keyword(type.heap)) return &type;
  return nullptr;
}

constexpr uint8_t kShared = 0x65;

} // namespace

bool ModuleParser::at_ref_type() const {
  if (at(TokenKind::open))
    return peek(1).keyword() == Keyword(Word::ref) ||
           (peek(1).keyword() == Keyword(Word::shared) &&
            find_reference(peek(2).keyword()) != nullptr);
  return at(TokenKind::keyword) && find_reference(peek().keyword()) != nullptr;
}

Parsed<RefText> ModuleParser::ref_type() {
  RefText type;
  if (const AbstractType* found = find_reference(peek().keyword())) {
    ++at_;
    type.code = found->code;
    return type;
  }
  if (at_open(Word::shared)) {
    at_ += 2;
    const AbstractType* found = find_reference(peek().keyword());
    if (found == nullptr) return unexpected("a reference type");
    ++at_;
    type.shared = true;
    type.code = found->code;
    TRY(close());
    return type;
  }
  if (!accept_open(Word::ref)) return unexpected("a reference type");
  const bool nullable = accept(Word::null);
  type = TRY(heap_type());
  type.nullable = nullable;
  TRY(close());
  return type;
}

Parsed<RefText> ModuleParser::heap_type() {
  RefText type;
  if (accept_open(Word::shared)) {
    type.shared = true;
    const AbstractType* found = find_heap(peek().keyword());
    if (found == nullptr) return unexpected("an abstract heap type");
    ++at_;
    type.code = found->code;
    TRY(close());
    return type;
  }
  if (const AbstractType* found = find_heap(peek().keyword())) {
    ++at_;
    type.code = found->code;
    return type;
  }
  if (!at_index()) return unexpected("a heap type");
  type.concrete = true;
  type.index = TRY(index(types_));
  return type;
}

void ModuleParser::put_heap(Bytes& out, const RefText& type) {
  if (type.shared) out.u8(kShared);
  if (type.concrete)
    out.signed_leb(type.index);
  else
    out.u8(type.code);
}

void ModuleParser::put_ref(Bytes& out, const RefText& type) {
  if (!type.nullable || type.concrete || type.shared) out.u8(type.nullable ? 0x63 : 0x64);
  put_heap(out, type);
}

Parsed<void> ModuleParser::val_type(Bytes& out) {
  const Keyword keyword = peek().keyword();
  if (keyword.is_word()) {
    uint8_t code = 0;
    switch (keyword.word()) {
    case Word::i32: code = val::i32.code(); break;
    case Word::i64: code = val::i64.code(); break;
    case Word::f32: code = val::f32.code(); break;
    case Word::f64: code = val::f64.code(); break;
    case Word::v128: code = val::v128.code(); break;
    default: break;
    }
    if (code != 0) {
      ++at_;
      out.u8(code);
      return {};
    }
  }
  if (!at_ref_type()) return unexpected("a value type");
  put_ref(out, TRY(ref_type()));
  return {};
}

Parsed<void> ModuleParser::field_type(Bytes& out) {
  const bool mutable_ = accept_open(Word::mut);
  if (accept(Word::i8))
    out.u8(val::i8.code());
  else if (accept(Word::i16))
    out.u8(val::i16.code());
  else
    TRY(val_type(out));
  if (mutable_) TRY(close());
  out.u8(mutable_ ? 1 : 0);
  return {};
}

Parsed<void> ModuleParser::struct_fields(TypeText& type, Bytes& out) {
  Bytes fields;
  uint32_t count = 0;
  while (accept_open(Word::field)) {
    if (at(TokenKind::id)) {
      const Token& token = tokens_[at_++];
      const std::string_view name = id_text(token);
      if (!type.field_ids.emplace(name, count).second)
        return fail(token, "duplicate field " + std::string(text(token)));
      const std::string_view annotated = TRY(name_annotation());
      type.field_names.push_back({count, annotated.data() != nullptr ? annotated : name});
      TRY(field_type(fields));
      ++count;
    } else {
      for (; !at(TokenKind::close); ++count) TRY(field_type(fields));
    }
    TRY(close());
  }
  out.unsigned_leb(count);
  out.raw(fields);
  return {};
}

// Behind "(" of a composite type, up to and with its ")".
Parsed<void> ModuleParser::composite_type(TypeText& type, Bytes& out) {
  if (accept(Word::func)) {
    FuncText func;
    TRY(params_and_results(func, true));
    type.is_func = true;
    type.signature = signature_of(func);
    type.param_count = func.param_count;
    out.raw(type.signature);
  } else if (accept(Word::struct_)) {
    out.u8(static_cast<uint8_t>(TypeKind::struct_));
    TRY(struct_fields(type, out));
  } else if (accept(Word::array)) {
    out.u8(static_cast<uint8_t>(TypeKind::array));
    TRY(field_type(out));
  } else {
    return unexpected("func, struct or array");
  }
  return close();
}

// Behind "(type" up to and with its ")". `alone`: not one of several in a group.
Parsed<void> ModuleParser::type_definition(bool alone, Bytes& out) {
  skip_definition();
  TypeText& type = type_texts_[next_type_];
  type.plain = alone;
  const bool sub = accept_open(Word::sub);
  if (sub) {
    const bool final_ = accept(Word::final_);
    Bytes supers;
    uint32_t count = 0;
    for (; at_index(); ++count) supers.unsigned_leb(TRY(index(types_)));
    if (!final_ || count != 0) {
      type.plain = false;
      out.u8(final_ ? 0x4F : 0x50);
      out.unsigned_leb(count);
      out.raw(supers);
    }
  }
  if (!at(TokenKind::open)) return unexpected("`(`");
  ++at_;
  if (accept(Word::shared)) {
    type.plain = false;
    out.u8(kShared);
    if (!at(TokenKind::open)) return unexpected("`(`");
    ++at_;
    TRY(composite_type(type, out));
    TRY(close());
  } else {
    TRY(composite_type(type, out));
  }
  if (sub) TRY(close());
  TRY(close());
  if (type.plain && type.is_func) plain_types_.emplace(type.signature, next_type_);
  ++next_type_;
  return {};
}

Parsed<void> ModuleParser::type_field() {
  ++at_;
  ++type_section_.count;
  if (accept(Word::type)) return type_definition(true, type_section_.bytes);
  ++at_; // rec
  Bytes group;
  uint32_t count = 0;
  const uint32_t start = at_;
  for (; at(TokenKind::open); at_ = peek().value + 1) ++count;
  at_ = start;
  for (uint32_t i = 0; i < count; ++i) {
    at_ += 2;
    TRY(type_definition(count == 1, group));
  }
  if (count != 1) {
    type_section_.bytes.u8(0x4E);
    type_section_.bytes.unsigned_leb(count);
  }
  type_section_.bytes.raw(group);
  return close();
}

Parsed<void> ModuleParser::params_and_results(FuncText& type, bool names) {
  while (accept_open(Word::param)) {
    if (at(TokenKind::id)) {
      if (!names) return unexpected("a value type");
      const std::string_view id = id_text(tokens_[at_++]);
      type.names.push_back({type.param_count, id});
      if (const std::string_view name = TRY(name_annotation()); name.data() != nullptr)
        type.annotated.push_back({type.param_count, name});
      TRY(val_type(type.params));
      ++type.param_count;
    } else {
      for (; !at(TokenKind::close); ++type.param_count) TRY(val_type(type.params));
    }
    TRY(close());
  }
  while (accept_open(Word::result)) {
    for (; !at(TokenKind::close); ++type.result_count) TRY(val_type(type.results));
    TRY(close());
  }
  if (at_open(Word::param)) {
    ++at_;
    return unexpected("parameters before results");
  }
  return {};
}

std::string ModuleParser::signature_of(const FuncText& type) {
  Bytes bytes;
  bytes.u8(static_cast<uint8_t>(TypeKind::func));
  bytes.unsigned_leb(type.param_count);
  bytes.raw(type.params);
  bytes.unsigned_leb(type.result_count);
  bytes.raw(type.results);
  return std::string(bytes.view());
}

uint32_t ModuleParser::find_or_add_type(const FuncText& type) {
  std::string signature = signature_of(type);
  const auto [found, added] = plain_types_.emplace(signature, types_.count);
  if (!added) return found->second;
  ++type_section_.count;
  type_section_.bytes.raw(signature);
  type_texts_.push_back({.is_func = true,
                         .plain = true,
                         .signature = std::move(signature),
                         .param_count = type.param_count});
  return types_.count++;
}

Parsed<uint32_t> ModuleParser::type_use(FuncText& type, bool names) {
  if (!at_open(Word::type)) {
    TRY(params_and_results(type, names));
    return find_or_add_type(type);
  }
  const Token& token = peek();
  at_ += 2;
  const uint32_t which = TRY(index(types_));
  TRY(close());
  const bool inline_type = at_open(Word::param) || at_open(Word::result);
  TRY(params_and_results(type, names));
  const TypeText* definition = which < type_texts_.size() ? &type_texts_[which] : nullptr;
  if (inline_type) {
    if (definition == nullptr) return fail(token, "unknown type " + std::to_string(which));
    if (!definition->is_func || definition->signature != signature_of(type))
      return fail(token, "inline function type does not match type " + std::to_string(which));
  } else if (definition != nullptr) {
    type.param_count = definition->param_count;
  }
  return which;
}

Parsed<void> ModuleParser::global_type(Bytes& out) {
  const bool shared =
      at(TokenKind::open) && peek(1).keyword() == Keyword(Word::shared) && !at_ref_type();
  if (shared) {
    at_ += 2;
    const bool mutable_ = accept(Word::mut);
    TRY(val_type(out));
    out.u8(mutable_ ? 3 : 2);
    return close();
  }
  const bool mutable_ = accept_open(Word::mut);
  TRY(val_type(out));
  out.u8(mutable_ ? 1 : 0);
  if (mutable_) TRY(close());
  return {};
}

bool ModuleParser::address_type() {
  if (accept(Word::i64)) return true;
  accept(Word::i32);
  return false;
}

Parsed<void> ModuleParser::limits(LimitsText& limits) {
  const bool wide = options_.features.has(Feature::memory64);
  limits.min = wide ? TRY(u64("a size")) : TRY(u32("a size"));
  if (at(TokenKind::nat)) limits.max = wide ? TRY(u64("a size")) : TRY(u32("a size"));
  return {};
}

Parsed<std::optional<uint32_t>> ModuleParser::page_size() {
  if (!accept_open(Word::pagesize)) return std::nullopt;
  const Token& token = peek();
  const uint64_t size = TRY(u64("a page size"));
  if (!std::has_single_bit(size)) return fail(token, "invalid custom page size");
  TRY(close());
  return static_cast<uint32_t>(std::countr_zero(size));
}

// Spec section 5.3.11, with the flags of threads and custom page sizes.
void ModuleParser::put_limits(Bytes& out, const LimitsText& limits,
                              std::optional<uint32_t> page_log2) {
  out.u8((limits.max ? 1u : 0u) | (limits.shared ? 2u : 0u) | (limits.is64 ? 4u : 0u) |
         (page_log2 ? 8u : 0u));
  out.unsigned_leb(limits.min);
  if (limits.max) out.unsigned_leb(*limits.max);
  if (page_log2) out.unsigned_leb(*page_log2);
}

Parsed<void> ModuleParser::table_type(Bytes& out) {
  LimitsText bounds;
  bounds.is64 = address_type();
  bounds.shared = accept(Word::shared);
  TRY(limits(bounds));
  put_ref(out, TRY(ref_type()));
  put_limits(out, bounds, {});
  return {};
}

Parsed<void> ModuleParser::memory_type(Bytes& out) {
  LimitsText bounds;
  bounds.is64 = address_type();
  TRY(limits(bounds));
  bounds.shared = accept(Word::shared);
  const std::optional<uint32_t> page_log2 = TRY(page_size());
  put_limits(out, bounds, page_log2);
  return {};
}

} // namespace waxwing::text
