// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators and their immediates (spec section 6.5), by the immediate column of `wasm/op.def`.
#include "text/module_parser.hpp"

#include <bit>

#include "text/number.hpp"

namespace waxwing::text {

namespace {

constexpr uint32_t kExplicitMemory = 0x40; // flag in the alignment field (spec section 5.4.6)

bool uses_data_segment(Op op) {
  return op == Op::memory_init || op == Op::data_drop || op == Op::array_new_data ||
         op == Op::array_init_data;
}

} // namespace

Parsed<uint64_t> ModuleParser::integer(unsigned bits, const char* wanted) {
  if (!at(TokenKind::nat) && !at(TokenKind::integer)) return unexpected(wanted);
  const auto value = parse_integer(text(peek()), bits);
  if (!value) return fail(peek(), "constant out of range");
  ++at_;
  return *value;
}

template <class Bits>
Parsed<Bits> ModuleParser::number(const char* wanted) {
  if (!at(TokenKind::nat) && !at(TokenKind::integer) && !at(TokenKind::floating))
    return unexpected(wanted);
  std::optional<Bits> value;
  if constexpr (sizeof(Bits) == 4)
    value = parse_f32(text(peek()));
  else
    value = parse_f64(text(peek()));
  if (!value) return fail(peek(), "constant out of range");
  ++at_;
  return *value;
}

Parsed<uint32_t> ModuleParser::lane() {
  if (!at(TokenKind::nat)) return unexpected("a lane index");
  const auto value = parse_integer(text(peek()), 8);
  if (!value) return fail(peek(), "i8 constant out of range");
  ++at_;
  return static_cast<uint32_t>(*value);
}

Parsed<uint32_t> ModuleParser::field_index(uint32_t type) {
  if (!at(TokenKind::id)) return u32("a field");
  if (type < type_texts_.size()) {
    const auto& ids = type_texts_[type].field_ids;
    const auto found = ids.find(id_text(peek()));
    if (found != ids.end()) {
      ++at_;
      return found->second;
    }
  }
  return fail(peek(), "unknown field " + std::string(text(peek())));
}

Parsed<void> ModuleParser::memarg(Op op, Bytes& out) {
  uint32_t memory = 0;
  const Keyword next = peek(1).keyword();
  const bool lane = info(op).immediate == Imm::memarg_lane;
  if (at(TokenKind::id) || (at(TokenKind::nat) && (!lane || peek(1).kind == TokenKind::nat ||
                                                   next == Keyword(Word::offset_equals) ||
                                                   next == Keyword(Word::align_equals))))
    memory = TRY(index(memories_));
  uint64_t offset = 0;
  uint32_t align = info(op).width;
  if (at(Word::offset_equals)) {
    const auto value = parse_integer(text(peek()).substr(7), 64);
    if (!value) return fail(peek(), "i64 constant out of range");
    offset = *value;
    ++at_;
  }
  if (at(Word::align_equals)) {
    const auto value = parse_integer(text(peek()).substr(6), 64);
    if (!value) return fail(peek(), "i64 constant out of range");
    if (!std::has_single_bit(*value)) return fail(peek(), "alignment must be a power of two");
    align = static_cast<uint32_t>(std::countr_zero(*value));
    ++at_;
  }
  if (memory != 0) {
    out.unsigned_leb(align | kExplicitMemory);
    out.unsigned_leb(memory);
  } else {
    out.unsigned_leb(align);
  }
  out.unsigned_leb(offset);
  return {};
}

Parsed<void> ModuleParser::indirect_call(Op op, Bytes& out) {
  const uint32_t table = TRY(optional_index(tables_));
  FuncText type;
  const uint32_t type_index = TRY(type_use(type, false));
  out.op(op);
  out.unsigned_leb(type_index);
  out.unsigned_leb(table);
  return {};
}

Parsed<void> ModuleParser::v128_constant(Bytes& out) {
  unsigned lanes = 0;
  bool floating = false;
  switch (peek().keyword().word()) {
  case Word::i8x16: lanes = 16; break;
  case Word::i16x8: lanes = 8; break;
  case Word::i32x4: lanes = 4; break;
  case Word::i64x2: lanes = 2; break;
  case Word::f32x4: lanes = 4, floating = true; break;
  case Word::f64x2: lanes = 2, floating = true; break;
  default: return unexpected("a vector shape");
  }
  ++at_;
  unsigned found = 0;
  while (peek(found).kind == TokenKind::nat || peek(found).kind == TokenKind::integer ||
         peek(found).kind == TokenKind::floating)
    ++found;
  const TokenKind behind = peek(found).kind;
  if (found != lanes && (found > lanes || behind == TokenKind::close || behind == TokenKind::open))
    return fail(peek(found), "wrong number of lane literals, expected " + std::to_string(lanes) +
                                 ", found " + std::to_string(found));
  const unsigned size = 16 / lanes;
  for (unsigned i = 0; i < lanes; ++i) {
    if (!floating)
      out.fixed(TRY(integer(size * 8, "an integer")), size);
    else if (size == 4)
      out.fixed(TRY(number<uint32_t>("a number")), size);
    else
      out.fixed(TRY(number<uint64_t>("a number")), size);
  }
  return {};
}

Parsed<void> ModuleParser::shuffle(Bytes& out) {
  const auto is_number = [](TokenKind kind) {
    return kind == TokenKind::nat || kind == TokenKind::integer || kind == TokenKind::floating;
  };
  unsigned found = 0;
  while (is_number(peek(found).kind)) ++found;
  const TokenKind behind = peek(found).kind;
  if (found > 16 || (found < 16 && (behind == TokenKind::close || behind == TokenKind::open)))
    return fail(peek(found),
                "invalid lane length, expected 16 lanes, found " + std::to_string(found));
  for (unsigned i = 0; i < 16; ++i) {
    if (at(TokenKind::integer) || at(TokenKind::floating))
      return fail(peek(), "i8 constant out of range");
    out.u8(TRY(lane()));
  }
  return {};
}

Parsed<void> ModuleParser::select(Bytes& out) {
  if (!at_open(Word::result)) {
    out.op(Op::select_);
    return {};
  }
  Bytes types;
  uint32_t count = 0;
  while (accept_open(Word::result)) {
    for (; !at(TokenKind::close); ++count) TRY(val_type(types));
    TRY(close());
  }
  out.op(Op::select_t);
  out.unsigned_leb(count);
  out.raw(types);
  return {};
}

// ref.null takes a heap type; ref.test and ref.cast take a reference type, which chooses the code.
Parsed<void> ModuleParser::reference_operator(Op op, Bytes& out) {
  if (op == Op::ref_null) {
    out.op(op);
    put_heap(out, TRY(heap_type()));
    return {};
  }
  const RefText type = TRY(ref_type());
  if (op == Op::ref_test) op = type.nullable ? Op::ref_test_null : Op::ref_test;
  if (op == Op::ref_cast) op = type.nullable ? Op::ref_cast_null : Op::ref_cast;
  out.op(op);
  put_heap(out, type);
  return {};
}

Parsed<void> ModuleParser::cast_branch(Op op, Bytes& out) {
  const uint32_t target = TRY(label());
  const RefText from = TRY(ref_type());
  const RefText to = TRY(ref_type());
  out.op(op);
  out.u8((from.nullable ? 1u : 0u) | (to.nullable ? 2u : 0u));
  out.unsigned_leb(target);
  put_heap(out, from);
  put_heap(out, to);
  return {};
}

Parsed<void> ModuleParser::plain(Op op, Bytes& out) {
  if (uses_data_segment(op)) needs_data_count_ = true;
  switch (info(op).immediate) {
  // These choose or order their bytes themselves.
  case Imm::call_indirect: return indirect_call(op, out);
  case Imm::heap_type: return reference_operator(op, out);
  case Imm::br_on_cast: return cast_branch(op, out);
  case Imm::select_t: return select(out);
  default: break;
  }
  if (op == Op::select_) return select(out);
  out.op(op);
  const auto put = [&](uint32_t value) { out.unsigned_leb(value); };
  switch (info(op).immediate) {
  case Imm::none: break;
  case Imm::label: put(TRY(label())); break;
  case Imm::br_table: {
    std::vector<uint32_t> labels;
    do {
      labels.push_back(TRY(label()));
    } while (at_index());
    out.unsigned_leb(labels.size() - 1);
    for (const uint32_t target : labels) put(target);
    break;
  }
  case Imm::func: put(TRY(index(functions_))); break;
  case Imm::local: put(TRY(index(locals_))); break;
  case Imm::global: put(TRY(index(globals_))); break;
  case Imm::table: put(TRY(optional_index(tables_))); break;
  case Imm::memory: put(TRY(optional_index(memories_))); break;
  case Imm::memarg:
  case Imm::atomic_memarg: return memarg(op, out);
  case Imm::memarg_lane:
    TRY(memarg(op, out));
    out.u8(TRY(lane()));
    break;
  case Imm::i32: out.signed_leb(static_cast<int32_t>(TRY(integer(32, "an i32")))); break;
  case Imm::i64: out.signed_leb(static_cast<int64_t>(TRY(integer(64, "an i64")))); break;
  case Imm::f32: out.fixed(TRY(number<uint32_t>("a number")), 4); break;
  case Imm::f64: out.fixed(TRY(number<uint64_t>("a number")), 8); break;
  case Imm::v128: return v128_constant(out);
  case Imm::lane: out.u8(TRY(lane())); break;
  case Imm::shuffle: return shuffle(out);
  case Imm::type: put(TRY(index(types_))); break;
  case Imm::type_field: {
    const uint32_t type = TRY(index(types_));
    put(type);
    put(TRY(field_index(type)));
    break;
  }
  case Imm::type_count:
    put(TRY(index(types_)));
    put(TRY(u32("a count")));
    break;
  case Imm::type_data:
    put(TRY(index(types_)));
    put(TRY(index(datas_)));
    break;
  case Imm::type_elem:
    put(TRY(index(types_)));
    put(TRY(index(elems_)));
    break;
  case Imm::type_type:
    put(TRY(index(types_)));
    put(TRY(index(types_)));
    break;
  case Imm::tag: put(TRY(index(tags_))); break;
  case Imm::data: put(TRY(index(datas_))); break;
  case Imm::elem: put(TRY(index(elems_))); break;
  case Imm::data_memory:
  case Imm::elem_table: {
    // The text has the memory or table first, if at all; the binary format has it last.
    const bool data = info(op).immediate == Imm::data_memory;
    const bool both =
        at_index() && (peek(1).kind == TokenKind::nat || peek(1).kind == TokenKind::id);
    const uint32_t target = both ? TRY(index(data ? memories_ : tables_)) : 0;
    put(TRY(index(data ? datas_ : elems_)));
    put(target);
    break;
  }
  case Imm::memory_memory:
  case Imm::table_table: {
    const IndexSpace& space = info(op).immediate == Imm::memory_memory ? memories_ : tables_;
    const bool written = at_index();
    put(written ? TRY(index(space)) : 0);
    put(written ? TRY(index(space)) : 0);
    break;
  }
  case Imm::fence: out.u8(0); break;
  case Imm::block:
  case Imm::try_table:
  case Imm::call_indirect:
  case Imm::heap_type:
  case Imm::br_on_cast:
  case Imm::select_t: break; // structured, or handled above
  }
  return {};
}

} // namespace waxwing::text
