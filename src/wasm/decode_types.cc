// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types in the binary format (spec section 5.3) and the type section (5.5.4).
#include "wasm/decode.hpp"
#include "wasm/limits.hpp"

namespace waxwing {

namespace {

constexpr uint8_t kRec = 0x4E;
constexpr uint8_t kSubFinal = 0x4F;
constexpr uint8_t kSub = 0x50;

constexpr uint8_t kHasMax = 0x01;
constexpr uint8_t kShared = 0x02;
constexpr uint8_t kIs64 = 0x04;
constexpr uint8_t kPageSize = 0x08;

} // namespace

Result<std::span<const ValType>> Decoder::read_val_types(uint32_t limit) {
  const uint32_t count = TRY(read_vector(limit));
  const std::span<ValType> types = TRY(module_.arena.array<ValType>(count));
  for (ValType& type : types) type = TRY(read_val_type(in_, features_));
  return types;
}

Result<bool> Decoder::read_mutability() {
  const uint32_t offset = in_.offset();
  const uint8_t byte = TRY(in_.u8());
  if (byte > 1) return fail(ErrorCode::malformed_mutability, offset, byte);
  return byte == 1;
}

Result<FieldType> Decoder::read_field_type() {
  FieldType field;
  const uint8_t first = TRY(in_.peek());
  if (first == val::i8.code() || first == val::i16.code()) {
    TRY(in_.u8());
    field.storage = ValType::plain(first);
  } else {
    field.storage = TRY(read_val_type(in_, features_));
  }
  field.mutable_ = TRY(read_mutability());
  return field;
}

Result<void> Decoder::read_composite_type(uint8_t form, uint32_t offset, DefType& type) {
  switch (form) {
  case static_cast<uint8_t>(TypeKind::func):
    type.kind = TypeKind::func;
    type.params = TRY(read_val_types(kMaxParams));
    type.results = TRY(read_val_types(kMaxResults));
    if (type.results.size() > 1 && !features_.has(Feature::multi_value))
      return fail(ErrorCode::invalid_result_arity, offset, 1,
                  static_cast<uint32_t>(type.results.size()));
    return {};
  case static_cast<uint8_t>(TypeKind::struct_): {
    type.kind = TypeKind::struct_;
    const uint32_t count = TRY(read_vector(kMaxFields));
    const std::span<FieldType> fields = TRY(module_.arena.array<FieldType>(count));
    for (FieldType& field : fields) field = TRY(read_field_type());
    type.fields = fields;
    return {};
  }
  default: {
    type.kind = TypeKind::array;
    const std::span<FieldType> fields = TRY(module_.arena.array<FieldType>(1));
    fields[0] = TRY(read_field_type());
    type.fields = fields;
    return {};
  }
  }
}

Result<void> Decoder::read_sub_type(TypeIndex group_start, uint32_t group_size) {
  DefType type;
  type.group_start = group_start;
  type.group_size = group_size;
  type.canonical = static_cast<TypeIndex>(module_.types.size());
  uint32_t offset = in_.offset();
  type.offset = offset;
  uint8_t form = TRY(in_.u8());
  if (features_.has(Feature::gc) && (form == kSub || form == kSubFinal)) {
    type.final_ = form == kSubFinal;
    const uint32_t count_offset = in_.offset();
    const uint32_t count = TRY(in_.leb_count());
    // The syntax has room for several supertypes, validation for one (spec section 3.2.11).
    if (count > 1) return fail(ErrorCode::sub_type, count_offset, 1, count);
    if (count == 1) type.supertype = TRY(in_.leb_u32());
    offset = in_.offset();
    form = TRY(in_.u8());
  }
  const bool known =
      form == static_cast<uint8_t>(TypeKind::func) ||
      (features_.has(Feature::gc) && (form == static_cast<uint8_t>(TypeKind::struct_) ||
                                      form == static_cast<uint8_t>(TypeKind::array)));
  // The form is a signed number of seven bits, of which all are negative.
  if (!known)
    return fail((form & 0x80) != 0 ? ErrorCode::integer_representation_too_long
                                   : ErrorCode::malformed_definition_type,
                offset, form);
  TRY(read_composite_type(form, offset, type));
  return module_.types.push(type);
}

Result<void> Decoder::read_types() {
  const uint32_t count = TRY(read_vector(kMaxTypes));
  for (uint32_t i = 0; i < count; ++i) {
    const auto start = static_cast<TypeIndex>(module_.types.size());
    uint32_t size = 1;
    if (features_.has(Feature::gc) && TRY(in_.peek()) == kRec) {
      TRY(in_.u8());
      size = TRY(read_vector(kMaxTypes, start));
    } else if (start == kMaxTypes) {
      return fail(ErrorCode::limit_exceeded, in_.offset(), kMaxTypes, start + 1);
    }
    for (uint32_t j = 0; j < size; ++j) TRY(read_sub_type(start, size));
  }
  return {};
}

Result<ValType> Decoder::read_ref_type() {
  const uint32_t offset = in_.offset();
  const uint8_t first = TRY(in_.peek());
  // Tables had elements before references were values.
  if (first == heap::func.code()) {
    TRY(in_.u8());
    return val::funcref;
  }
  const Result<ValType> type = read_val_type(in_, features_);
  if (!type.has_value())
    return type.error().code == ErrorCode::malformed_value_type
               ? fail(ErrorCode::malformed_reference_type, offset, first)
               : std::unexpected(type.error());
  if (!type->is_ref()) return fail(ErrorCode::malformed_reference_type, offset, first);
  return type;
}

Result<Limits> Decoder::read_limits(uint8_t allowed, uint8_t& flags) {
  const uint32_t offset = in_.offset();
  flags = TRY(in_.u8());
  if ((flags & ~allowed) != 0) return fail(ErrorCode::malformed_limits_flags, offset, flags);
  // Flags that promise a page size and a minimum behind them, where there is nothing.
  if ((flags & kPageSize) != 0 && in_.at_end())
    return fail(ErrorCode::malformed_limits_flags, offset, flags);
  Limits limits;
  limits.has_max = (flags & kHasMax) != 0;
  limits.shared = (flags & kShared) != 0;
  limits.is64 = (flags & kIs64) != 0;
  if (features_.has(Feature::memory64)) {
    limits.min = TRY(in_.leb_u64());
    if (limits.has_max) limits.max = TRY(in_.leb_u64());
  } else {
    limits.min = TRY(in_.leb_u32());
    if (limits.has_max) limits.max = TRY(in_.leb_u32());
  }
  return limits;
}

Result<TableType> Decoder::read_table_type() {
  TableType type;
  type.element = TRY(read_ref_type());
  uint8_t flags = 0;
  const uint8_t wide = features_.has(Feature::memory64) ? kIs64 : uint8_t{0};
  type.limits = TRY(read_limits(kHasMax | wide, flags));
  return type;
}

Result<MemoryType> Decoder::read_memory_type() {
  uint8_t allowed = kHasMax;
  if (features_.has(Feature::threads)) allowed |= kShared;
  if (features_.has(Feature::memory64)) allowed |= kIs64;
  if (features_.has(Feature::custom_page_sizes)) allowed |= kPageSize;
  MemoryType type;
  uint8_t flags = 0;
  type.limits = TRY(read_limits(allowed, flags));
  if ((flags & kPageSize) != 0) {
    const uint32_t offset = in_.offset();
    const uint32_t log2 = TRY(in_.leb_u32());
    // Validation allows two of these; the syntax, those that a page can be addressed with.
    if (log2 > 64) return fail(ErrorCode::malformed_page_size, offset, log2);
    type.page_log2 = static_cast<uint8_t>(log2);
  }
  return type;
}

Result<GlobalType> Decoder::read_global_type() {
  GlobalType type;
  type.type = TRY(read_val_type(in_, features_));
  type.mutable_ = TRY(read_mutability());
  return type;
}

Result<TagDecl> Decoder::read_tag_type() {
  const uint32_t offset = in_.offset();
  const uint8_t attribute = TRY(in_.u8());
  if (attribute != 0) return fail(ErrorCode::malformed_tag_attribute, offset, attribute);
  return TagDecl { TRY(in_.leb_u32()) };
}

} // namespace waxwing
