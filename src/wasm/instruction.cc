// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasm/instruction.hpp"

namespace waxwing {

namespace {

std::unexpected<Error> disabled(Feature feature, uint32_t offset) {
  return fail(ErrorCode::feature_disabled, offset, static_cast<uint32_t>(feature));
}

/// Which feature brings an abstract heap type; `mvp` for bytes that are none.
Feature feature_of(HeapType type) {
  switch (type.code()) {
  case heap::func.code():
  case heap::extern_.code(): return Feature::reference_types;
  case heap::nofunc.code():
  case heap::noextern.code():
  case heap::none.code():
  case heap::any.code():
  case heap::eq.code():
  case heap::i31.code():
  case heap::struct_.code():
  case heap::array.code(): return Feature::gc;
  case heap::exn.code():
  case heap::noexn.code(): return Feature::exceptions;
  default: return Feature::mvp;
  }
}

/// An index that validation has to look at anyway is cut to what a `HeapType` can hold: no module
/// has that many types.
HeapType concrete(int64_t index) {
  constexpr int64_t kLast = HeapType::kAbstract - 1;
  return HeapType::concrete(static_cast<TypeIndex>(index < kLast ? index : kLast));
}

bool has_typed_references(FeatureSet features) {
  return features.has(Feature::function_references) || features.has(Feature::gc);
}

Result<BlockType> read_block_type(ByteReader& reader, FeatureSet features) {
  const uint32_t offset = reader.offset();
  const uint8_t first = TRY(reader.peek());
  BlockType type;
  if (first == 0x40) {
    TRY(reader.u8());
  } else if ((first & 0xC0) == 0x40) {
    type.kind = BlockType::Kind::value;
    type.value = TRY(read_val_type(reader, features));
  } else {
    const int64_t index = TRY(reader.leb_s33());
    if (index < 0) return fail(ErrorCode::malformed_block_type, offset, first);
    if (!features.has(Feature::multi_value)) return disabled(Feature::multi_value, offset);
    type.kind = BlockType::Kind::index;
    type.index = static_cast<TypeIndex>(index);
  }
  return type;
}

/// An index that was a reserved zero byte before `feature` gave it a meaning.
Result<uint32_t> read_reserved_index(ByteReader& reader, bool enabled) {
  if (enabled) return reader.leb_u32();
  const uint32_t offset = reader.offset();
  if (TRY(reader.u8()) != 0) return fail(ErrorCode::zero_byte_expected, offset);
  return 0u;
}

Result<MemArg> read_memarg(ByteReader& reader, FeatureSet features) {
  const uint32_t offset = reader.offset();
  MemArg memarg;
  memarg.align = TRY(reader.leb_u32());
  if (memarg.align >= 64) {
    if (memarg.align >= 128) return fail(ErrorCode::malformed_memop_flags, offset, memarg.align);
    if (!features.has(Feature::multi_memory)) return disabled(Feature::multi_memory, offset);
    memarg.align -= 64;
    memarg.memory = TRY(reader.leb_u32());
  }
  if (features.has(Feature::memory64))
    memarg.offset = TRY(reader.leb_u64());
  else
    memarg.offset = TRY(reader.leb_u32());
  return memarg;
}

Result<void> read_immediate(ByteReader& reader, FeatureSet features, Imm immediate,
                            Instruction& instruction) {
  const bool memories = features.has(Feature::multi_memory);
  const bool references = features.has(Feature::reference_types);
  switch (immediate) {
  case Imm::none: break;
  case Imm::block: instruction.block = TRY(read_block_type(reader, features)); break;
  case Imm::label:
  case Imm::func:
  case Imm::local:
  case Imm::global:
  case Imm::table:
  case Imm::type:
  case Imm::tag:
  case Imm::data:
  case Imm::elem: instruction.x = TRY(reader.leb_u32()); break;
  case Imm::memory: instruction.x = TRY(read_reserved_index(reader, memories)); break;
  case Imm::call_indirect:
    instruction.x = TRY(reader.leb_u32());
    instruction.y = TRY(read_reserved_index(reader, references));
    break;
  case Imm::data_memory:
    instruction.x = TRY(reader.leb_u32());
    instruction.y = TRY(read_reserved_index(reader, memories));
    break;
  case Imm::memory_memory:
    instruction.x = TRY(read_reserved_index(reader, memories));
    instruction.y = TRY(read_reserved_index(reader, memories));
    break;
  case Imm::elem_table:
    instruction.x = TRY(reader.leb_u32());
    instruction.y = TRY(read_reserved_index(reader, references));
    break;
  case Imm::table_table:
    instruction.x = TRY(read_reserved_index(reader, references));
    instruction.y = TRY(read_reserved_index(reader, references));
    break;
  case Imm::type_field:
  case Imm::type_count:
  case Imm::type_data:
  case Imm::type_elem:
  case Imm::type_type:
    instruction.x = TRY(reader.leb_u32());
    instruction.y = TRY(reader.leb_u32());
    break;
  case Imm::memarg:
  case Imm::atomic_memarg: instruction.memarg = TRY(read_memarg(reader, features)); break;
  case Imm::memarg_lane:
    instruction.memarg = TRY(read_memarg(reader, features));
    instruction.lane = TRY(reader.u8());
    break;
  case Imm::i32: instruction.i32 = TRY(reader.leb_s32()); break;
  case Imm::i64: instruction.i64 = TRY(reader.leb_s64()); break;
  case Imm::f32: instruction.f32 = TRY(reader.fixed<uint32_t>()); break;
  case Imm::f64: instruction.f64 = TRY(reader.fixed<uint64_t>()); break;
  case Imm::v128:
  case Imm::shuffle: instruction.v128 = TRY(reader.fixed<V128>()); break;
  case Imm::lane: instruction.x = TRY(reader.u8()); break;
  case Imm::heap_type:
    instruction.cast = {};
    instruction.cast.type = TRY(read_heap_type(reader, features));
    instruction.cast.nullable = instruction.op == Op::ref_null ||
                                instruction.op == Op::ref_test_null ||
                                instruction.op == Op::ref_cast_null;
    break;
  case Imm::br_on_cast: {
    const uint32_t offset = reader.offset();
    const uint8_t flags = TRY(reader.u8());
    if (flags > 3) return fail(ErrorCode::malformed_cast_flags, offset, flags);
    instruction.x = TRY(reader.leb_u32());
    instruction.cast = {};
    instruction.cast.type = TRY(read_heap_type(reader, features));
    instruction.cast.type2 = TRY(read_heap_type(reader, features));
    instruction.cast.nullable = (flags & 1) != 0;
    instruction.cast.nullable2 = (flags & 2) != 0;
    break;
  }
  case Imm::br_table: {
    const uint32_t count = TRY(reader.leb_count());
    instruction.count = count;
    instruction.vector = reader.position();
    for (uint32_t i = 0; i <= count; ++i) TRY(reader.leb_u32());
    break;
  }
  case Imm::select_t: {
    const uint32_t count = TRY(reader.leb_count());
    instruction.count = count;
    instruction.vector = reader.position();
    for (uint32_t i = 0; i < count; ++i) TRY(read_val_type(reader, features));
    break;
  }
  case Imm::try_table: {
    instruction.block = TRY(read_block_type(reader, features));
    const uint32_t count = TRY(reader.leb_count());
    instruction.count = count;
    instruction.vector = reader.position();
    for (uint32_t i = 0; i < count; ++i) TRY(read_catch(reader));
    break;
  }
  case Imm::fence: TRY(read_reserved_index(reader, false)); break;
  }
  return {};
}

} // namespace

Result<HeapType> read_heap_type(ByteReader& reader, FeatureSet features) {
  const uint32_t offset = reader.offset();
  const uint8_t first = TRY(reader.peek());
  if ((first & 0xC0) == 0x40) {
    TRY(reader.u8());
    const HeapType type = HeapType::abstract(first);
    const Feature feature = feature_of(type);
    if (feature == Feature::mvp) return fail(ErrorCode::malformed_heap_type, offset, first);
    if (!features.has(feature)) return disabled(feature, offset);
    return type;
  }
  const int64_t index = TRY(reader.leb_s33());
  if (index < 0) return fail(ErrorCode::malformed_heap_type, offset, first);
  if (!has_typed_references(features)) return disabled(Feature::function_references, offset);
  return concrete(index);
}

Result<ValType> read_val_type(ByteReader& reader, FeatureSet features) {
  const uint32_t offset = reader.offset();
  const uint8_t code = TRY(reader.u8());
  switch (code) {
  case val::i32.code():
  case val::i64.code():
  case val::f32.code():
  case val::f64.code(): return ValType::plain(code);
  case val::v128.code():
    if (!features.has(Feature::simd)) return disabled(Feature::simd, offset);
    return val::v128;
  case 0x63:
  case 0x64:
    if (!has_typed_references(features)) return disabled(Feature::function_references, offset);
    return ValType::ref(TRY(read_heap_type(reader, features)), code == 0x63);
  default: {
    const HeapType type = HeapType::abstract(code);
    const Feature feature = feature_of(type);
    if (feature == Feature::mvp) return fail(ErrorCode::malformed_value_type, offset, code);
    if (!features.has(feature)) return disabled(feature, offset);
    return ValType::ref(type, true);
  }
  }
}

Result<CatchClause> read_catch(ByteReader& reader) {
  const uint32_t offset = reader.offset();
  const uint8_t kind = TRY(reader.u8());
  if (kind > static_cast<uint8_t>(CatchKind::catch_all_ref))
    return fail(ErrorCode::malformed_catch, offset, kind);
  CatchClause clause;
  clause.kind = static_cast<CatchKind>(kind);
  if (clause.kind == CatchKind::catch_ || clause.kind == CatchKind::catch_ref)
    clause.tag = TRY(reader.leb_u32());
  clause.label = TRY(reader.leb_u32());
  return clause;
}

Result<void> read_instruction(ByteReader& reader, FeatureSet features, Instruction& instruction) {
  const uint32_t offset = reader.offset();
  uint8_t prefix = 0;
  uint32_t code = TRY(reader.u8());
  if (code >= 0xFB && code <= 0xFE) {
    prefix = static_cast<uint8_t>(code);
    code = TRY(reader.leb_u32());
  }
  const Op op = find_op(prefix, code);
  if (op == kNoOp) return fail(ErrorCode::illegal_opcode, offset, prefix, code);
  const OpInfo& row = info(op);
  // `throw` came with the older form of exception handling already.
  const bool enabled =
      features.has(row.feature) || (op == Op::throw_ && features.has(Feature::legacy_exceptions));
  if (!enabled)
    return fail(ErrorCode::feature_disabled, offset, static_cast<uint32_t>(row.feature), 0,
                static_cast<uint16_t>(op));
  instruction.op = op;
  instruction.offset = offset;
  return read_immediate(reader, features, row.immediate, instruction);
}

Result<void> skip_expression(ByteReader& reader, FeatureSet features) {
  // Nesting only counts openings that lie in the bytes, so 32 bits are enough.
  uint32_t depth = 0;
  for (Instruction instruction;;) {
    TRY(read_instruction(reader, features, instruction));
    switch (instruction.op) {
    case Op::block:
    case Op::loop:
    case Op::if_:
    case Op::try_:
    case Op::try_table: ++depth; break;
    case Op::delegate:
    case Op::end:
      if (depth == 0) return {};
      --depth;
      break;
    default: break;
    }
  }
}

} // namespace waxwing
