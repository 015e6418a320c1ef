// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The module's frame: preamble, the order of sections, custom sections, and the sections that hold
// only indices and ranges (spec sections 5.5.1 to 5.5.3, 5.5.16).
#include "wasm/decode.hpp"

#include "base/utf8.hpp"
#include "wasm/limits.hpp"

namespace waxwing {

namespace {

enum SectionId : uint8_t {
  kCustom = 0,
  kType = 1,
  kImport = 2,
  kFunction = 3,
  kTable = 4,
  kMemory = 5,
  kGlobal = 6,
  kExport = 7,
  kStart = 8,
  kElement = 9,
  kCode = 10,
  kData = 11,
  kDataCount = 12,
  kTag = 13,
};

/// The place of a section in the module, by id: each may occur once and only behind those before.
constexpr uint8_t kRank[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

bool is_known(uint8_t id, FeatureSet features) {
  switch (id) {
  case kDataCount: return features.has(Feature::bulk_memory);
  case kTag: return features.has(Feature::exceptions) || features.has(Feature::legacy_exceptions);
  default: return id < sizeof kRank;
  }
}

} // namespace

Decoder::Decoder(std::span<const uint8_t> bytes, FeatureSet features, Module& module)
    : module_(module), features_(features), in_(bytes), end_(bytes.data() + bytes.size()) {}

ByteRange Decoder::range_from(const uint8_t* start) const {
  return {static_cast<uint32_t>(start - module_.bytes.data()),
          static_cast<uint32_t>(in_.position() - start)};
}

Result<uint32_t> Decoder::read_vector(uint32_t limit, uint64_t already) {
  const uint32_t offset = in_.offset();
  const uint32_t count = TRY(in_.leb_count());
  if (count > limit - already) return fail(ErrorCode::limit_exceeded, offset, limit, count);
  return count;
}

Result<std::string_view> Decoder::read_name() {
  const uint32_t offset = in_.offset();
  const uint32_t size = TRY(in_.leb_u32());
  if (size > in_.remaining()) return fail(ErrorCode::length_out_of_bounds, offset, size);
  const uint32_t start = in_.offset();
  const std::span<const uint8_t> name = TRY(in_.bytes(size));
  const size_t valid = utf8_valid_prefix(name);
  if (valid != size) return fail(ErrorCode::malformed_utf8, start + valid, start, size);
  return std::string_view(reinterpret_cast<const char*>(name.data()), size);
}

Result<ConstExpr> Decoder::read_const_expr() {
  const uint8_t* start = in_.position();
  TRY(skip_expression(in_, features_));
  return range_from(start);
}

Result<void> Decoder::read_custom(uint8_t after) {
  CustomSection section;
  section.name = TRY(read_name());
  section.after = after;
  const uint8_t* start = in_.position();
  TRY(in_.bytes(in_.remaining()));
  section.bytes = range_from(start);
  return module_.customs.push(section);
}

Result<void> Decoder::read_functions() {
  const uint32_t count = TRY(read_vector(kMaxFunctions, module_.functions.size()));
  module_.function_section = {in_.offset(), static_cast<uint32_t>(in_.remaining())};
  TRY(module_.functions.reserve(module_.functions.size() + count));
  for (uint32_t i = 0; i < count; ++i)
    TRY(module_.functions.push({
      TRY(in_.leb_u32())
      , {}
    }));
  return {};
}

Result<void> Decoder::read_exports() {
  const uint32_t count = TRY(read_vector(kMaxExports));
  TRY(make_room(module_.exports, count, 3));
  for (uint32_t i = 0; i < count; ++i) {
    Export item;
    item.offset = in_.offset();
    // The section declares more exports than it has; another one follows it.
    if (in_.at_end() && in_.position() != end_)
      return fail(ErrorCode::length_out_of_bounds, item.offset, count, i);
    item.name = TRY(read_name());
    const uint32_t offset = in_.offset();
    const uint8_t kind = TRY(in_.u8());
    if (kind > static_cast<uint8_t>(ExternKind::tag) ||
        (kind == static_cast<uint8_t>(ExternKind::tag) && !is_known(kTag, features_)))
      return fail(ErrorCode::malformed_export_kind, offset, kind);
    item.kind = static_cast<ExternKind>(kind);
    item.index = TRY(in_.leb_u32());
    TRY(module_.exports.push(item));
  }
  return {};
}

Result<void> Decoder::read_start() {
  module_.start_offset = in_.offset();
  module_.start = TRY(in_.leb_u32());
  module_.has_start = true;
  return {};
}

Result<void> Decoder::read_data_count() {
  module_.data_count = TRY(in_.leb_u32());
  module_.has_data_count = true;
  return {};
}

Result<void> Decoder::read_code(ByteRange section) {
  module_.code_section = section;
  code_count_ = TRY(in_.leb_count());
  const size_t imported = module_.imported_functions;
  for (uint32_t i = 0; i < code_count_; ++i) {
    const uint32_t size_offset = in_.offset();
    const uint32_t size = TRY(in_.leb_u32());
    if (size > kMaxBodySize && size <= in_.remaining())
      return fail(ErrorCode::limit_exceeded, size_offset, kMaxBodySize, size);
    const uint8_t* start = in_.position();
    TRY(in_.bytes(size));
    // Whether there are as many functions is known at the module's end.
    if (imported + i < module_.functions.size())
      module_.functions[imported + i].body = range_from(start);
  }
  return {};
}

/// What is malformed in the bodies, which `decode` doesn't read otherwise. Once something later in
/// the module is, they have to be looked at: errors come in the order of the bytes.
Result<void> Decoder::check_bodies() {
  Instruction instruction;
  for (const Function& function : module_.functions.span().subspan(module_.imported_functions)) {
    in_ = ByteReader(module_.slice(function.body), function.body.offset,
                     ErrorCode::unexpected_end_of_section);
    if (in_.at_end()) continue;
    const uint32_t groups = TRY(in_.leb_count(2));
    for (uint32_t i = 0; i < groups; ++i) {
      TRY(in_.leb_u32());
      TRY(read_val_type(in_, features_));
    }
    while (!in_.at_end()) TRY(read_instruction(in_, features_, instruction));
  }
  return {};
}

Result<void> Decoder::read_section(uint8_t id, ByteRange range) {
  switch (id) {
  case kType: return read_types();
  case kImport: return read_imports();
  case kFunction: return read_functions();
  case kTable: return read_tables();
  case kMemory: return read_memories();
  case kGlobal: return read_globals();
  case kExport: return read_exports();
  case kStart: return read_start();
  case kElement: return read_elements();
  case kCode: return read_code(range);
  case kData: return read_data();
  case kDataCount: return read_data_count();
  default: return read_tags();
  }
}

Result<void> Decoder::read_preamble() {
  const uint8_t* start = in_.position();
  if (in_.remaining() >= 4 && std::memcmp(start, "\0asm", 4) != 0)
    return fail(ErrorCode::magic_header_not_detected, 0);
  if (in_.remaining() < 8) {
    TRY(in_.bytes(in_.remaining()));
    return in_.past_end();
  }
  TRY(in_.bytes(4));
  const uint32_t version = TRY(in_.fixed<uint32_t>());
  // The upper half tells components (layer 1) from modules (layer 0).
  if (version >> 16 == 1) return fail(ErrorCode::component_not_module, 4, 1, version);
  if (version != 1) return fail(ErrorCode::unknown_binary_version, 4, 1, version);
  return {};
}

Result<void> Decoder::read_module() {
  TRY(read_preamble());
  uint8_t last = kCustom;
  bool has_data = false;
  while (!in_.at_end()) {
    const uint32_t offset = in_.offset();
    const uint8_t id = TRY(in_.u8());
    if (!is_known(id, features_)) return fail(ErrorCode::malformed_section_id, offset, id);
    const uint32_t size = TRY(in_.leb_u32());
    if (size > in_.remaining())
      return fail(ErrorCode::length_out_of_bounds, offset, size,
                  static_cast<uint32_t>(in_.remaining()), id);
    const uint32_t start = in_.offset();
    const ByteReader outer = in_;
    in_ = ByteReader(TRY(in_.bytes(size)), start, ErrorCode::unexpected_end_of_section);
    if (id == kCustom) {
      TRY(read_custom(last));
    } else {
      if (kRank[id] <= kRank[last])
        return fail(ErrorCode::unexpected_content_after_last_section, offset, id, last);
      last = id;
      has_data |= id == kData;
      TRY(read_section(id, {start, size}));
      if (!in_.at_end())
        return fail(ErrorCode::section_size_mismatch, in_.offset(), size, in_.offset() - start, id);
    }
    const uint8_t* behind = in_.position();
    in_ = outer;
    in_.seek(behind);
  }
  const auto defined = static_cast<uint32_t>(module_.functions.size() - module_.imported_functions);
  if (code_count_ != defined && (code_count_ != 0 || !module_.has_no_code))
    return fail(ErrorCode::function_and_code_inconsistent, in_.offset(), defined, code_count_);
  if (!has_data && module_.has_data_count && module_.data_count != 0)
    return fail(ErrorCode::data_count_inconsistent, in_.offset(), module_.data_count, 0);
  return {};
}

Result<void> Decoder::run() {
  const Result<void> all = read_module();
  if (all.has_value()) return all;
  if (code_count_ != 0) {
    const Result<void> bodies = check_bodies();
    if (!bodies.has_value())
      return std::unexpected(classify_cut_number(module_.bytes, bodies.error()));
  }
  return std::unexpected(classify_cut_number(module_.bytes, all.error()));
}

Error classify_cut_number(std::span<const uint8_t> module, Error error) {
  if (error.code != ErrorCode::unexpected_end_of_section || error.detail == 0) return error;
  const uint32_t start = error.offset - error.a;
  ByteReader reader(module.subspan(start), start);
  const Result<uint64_t> number = reader.leb_again(error.detail);
  const bool is_malformed =
      !number.has_value() && (number.error().code == ErrorCode::integer_too_large ||
                              number.error().code == ErrorCode::integer_representation_too_long);
  return is_malformed ? number.error() : Error{error.code, 0, error.offset, 0, 0};
}

Result<void> decode(std::span<const uint8_t> bytes, FeatureSet features, Module& module) {
  if (bytes.size() > kMaxModuleSize) return fail(ErrorCode::limit_exceeded, 0, kMaxModuleSize);
  module.bytes = bytes;
  module.features = features;
  Decoder decoder(bytes, features, module);
  return decoder.run();
}

} // namespace waxwing
