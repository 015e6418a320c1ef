// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Imports, tables, memories, globals, tags and segments (spec sections 5.5.5, 5.5.7 to 5.5.9,
// 5.5.12, 5.5.14, 5.5.17).
#include "wasm/decode.hpp"
#include "wasm/limits.hpp"

namespace waxwing {

namespace {

template <class T>
Result<uint32_t> add(Vec<T>& space, uint32_t& imported, uint32_t limit, uint32_t offset, T item) {
  if (space.size() >= limit)
    return fail(ErrorCode::limit_exceeded, offset, limit, static_cast<uint32_t>(space.size() + 1));
  TRY(space.push(item));
  return imported++;
}

} // namespace

Result<void> Decoder::read_imports() {
  const uint32_t count = TRY(read_vector(kMaxImports));
  TRY(make_room(module_.imports, count, 4));
  Module& m = module_;
  for (uint32_t i = 0; i < count; ++i) {
    Import item;
    item.offset = in_.offset();
    item.module = TRY(read_name());
    item.name = TRY(read_name());
    const uint32_t offset = in_.offset();
    const uint8_t kind = TRY(in_.u8());
    item.kind = static_cast<ExternKind>(kind);
    const bool tags =
        features_.has(Feature::exceptions) || features_.has(Feature::legacy_exceptions);
    if (kind > static_cast<uint8_t>(ExternKind::tag) || (item.kind == ExternKind::tag && !tags))
      return fail(ErrorCode::malformed_import_kind, offset, kind);
    switch (item.kind) {
    case ExternKind::func:
      item.index = TRY(add(
          m.functions, m.imported_functions, kMaxFunctions, offset, Function {
            TRY(in_.leb_u32())
            , {}
          }));
      break;
    case ExternKind::table:
      item.index = TRY(add(
          m.tables, m.imported_tables, kMaxTables, offset, TableDecl {
            TRY(read_table_type())
            , {}
          }));
      break;
    case ExternKind::memory:
      item.index =
          TRY(add(m.memories, m.imported_memories, kMaxMemories, offset, TRY(read_memory_type())));
      break;
    case ExternKind::global:
      item.index = TRY(add(
          m.globals, m.imported_globals, kMaxGlobals, offset, GlobalDecl {
            TRY(read_global_type())
            , {}
          }));
      break;
    case ExternKind::tag:
      item.index = TRY(add(m.tags, m.imported_tags, kMaxTags, offset, TRY(read_tag_type())));
      break;
    }
    TRY(m.imports.push(item));
  }
  return {};
}

Result<void> Decoder::read_tables() {
  const uint32_t count = TRY(read_vector(kMaxTables, module_.tables.size()));
  TRY(make_room(module_.tables, count, 3));
  for (uint32_t i = 0; i < count; ++i) {
    TableDecl table;
    table.offset = in_.offset();
    const bool has_init = features_.has(Feature::function_references) && TRY(in_.peek())
    == 0x40;
    if (has_init) {
      TRY(in_.u8());
      const uint32_t offset = in_.offset();
      if (TRY(in_.u8()) != 0) return fail(ErrorCode::malformed_table, offset);
    }
    table.type = TRY(read_table_type());
    if (has_init) table.init = TRY(read_const_expr());
    TRY(module_.tables.push(table));
  }
  return {};
}

Result<void> Decoder::read_memories() {
  const uint32_t count = TRY(read_vector(kMaxMemories, module_.memories.size()));
  module_.memory_section = {in_.offset(), static_cast<uint32_t>(in_.remaining())};
  TRY(make_room(module_.memories, count, 2));
  for (uint32_t i = 0; i < count; ++i) TRY(module_.memories.push(TRY(read_memory_type())));
  return {};
}

Result<void> Decoder::read_globals() {
  const uint32_t count = TRY(read_vector(kMaxGlobals, module_.globals.size()));
  TRY(make_room(module_.globals, count, 4));
  for (uint32_t i = 0; i < count; ++i) {
    GlobalDecl global;
    global.offset = in_.offset();
    global.type = TRY(read_global_type());
    global.init = TRY(read_const_expr());
    TRY(module_.globals.push(global));
  }
  return {};
}

Result<void> Decoder::read_tags() {
  const uint32_t count = TRY(read_vector(kMaxTags, module_.tags.size()));
  TRY(make_room(module_.tags, count, 2));
  for (uint32_t i = 0; i < count; ++i) TRY(module_.tags.push(TRY(read_tag_type())));
  return {};
}

Result<ElemSegment> Decoder::read_element() {
  const uint32_t offset = in_.offset();
  const uint32_t flags = TRY(in_.leb_u32());
  if (flags > 7) return fail(ErrorCode::malformed_elements_segment, offset, flags);
  if (flags != 0 && !features_.has(Feature::bulk_memory))
    return fail(ErrorCode::feature_disabled, offset, static_cast<uint32_t>(Feature::bulk_memory));
  // Bit 0: not active. Bit 1: an explicit table, or declarative. Bit 2: expressions.
  const bool is_active = (flags & 1) == 0;
  const bool is_explicit = (flags & 2) != 0;
  const bool has_expressions = (flags & 4) != 0;
  ElemSegment segment;
  segment.start = offset;
  segment.mode = is_active     ? SegmentMode::active
                 : is_explicit ? SegmentMode::declarative
                               : SegmentMode::passive;
  if (is_active) {
    if (is_explicit) segment.table = TRY(in_.leb_u32());
    segment.offset = TRY(read_const_expr());
  }
  segment.type = has_expressions ? val::funcref : ValType::ref(heap::func, false);
  if ((flags & 3) != 0) {
    const uint32_t kind_offset = in_.offset();
    if (has_expressions) {
      segment.type = TRY(read_ref_type());
    } else if (const uint8_t kind = TRY(in_.u8()); kind != 0) {
      return fail(ErrorCode::malformed_elements_segment, kind_offset, kind);
    }
  }
  const uint32_t count = TRY(in_.leb_count());
  if (has_expressions) {
    const std::span<ConstExpr> expressions = TRY(module_.arena.array<ConstExpr>(count));
    for (ConstExpr& expression : expressions) expression = TRY(read_const_expr());
    segment.expressions = expressions;
  } else {
    const std::span<FuncIndex> functions = TRY(module_.arena.array<FuncIndex>(count));
    for (FuncIndex& function : functions) function = TRY(in_.leb_u32());
    segment.functions = functions;
  }
  return segment;
}

Result<void> Decoder::read_elements() {
  const uint32_t count = TRY(read_vector(kMaxElemSegments));
  for (uint32_t i = 0; i < count; ++i) TRY(module_.elements.push(TRY(read_element())));
  return {};
}

Result<void> Decoder::read_data() {
  const uint32_t start = in_.offset();
  const uint32_t count = TRY(in_.leb_u32());
  if (module_.has_data_count && count != module_.data_count)
    return fail(ErrorCode::data_count_inconsistent, start, module_.data_count, count);
  if (count > in_.remaining()) return in_.past_end();
  if (count > kMaxDataSegments)
    return fail(ErrorCode::limit_exceeded, start, kMaxDataSegments, count);
  TRY(make_room(module_.data, count, 2));
  for (uint32_t i = 0; i < count; ++i) {
    DataSegment segment;
    const uint32_t offset = in_.offset();
    const uint32_t flags = TRY(in_.leb_u32());
    if (flags > 2) return fail(ErrorCode::malformed_data_segment, offset, flags);
    if (flags != 0 && !features_.has(Feature::bulk_memory))
      return fail(ErrorCode::feature_disabled, offset, static_cast<uint32_t>(Feature::bulk_memory));
    segment.start = offset;
    segment.mode = flags == 1 ? SegmentMode::passive : SegmentMode::active;
    if (flags == 2) segment.memory = TRY(in_.leb_u32());
    if (segment.mode == SegmentMode::active) segment.offset = TRY(read_const_expr());
    const uint32_t size = TRY(in_.leb_u32());
    const uint8_t* bytes = in_.position();
    TRY(in_.bytes(size));
    segment.bytes = range_from(bytes);
    TRY(module_.data.push(segment));
  }
  return {};
}

} // namespace waxwing
