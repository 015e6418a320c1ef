// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasm/names.hpp"

#include "base/reader.hpp"
#include "base/utf8.hpp"

namespace waxwing {

namespace {

Result<std::string_view> read_name(ByteReader& reader) {
  const uint32_t size = TRY(reader.leb_u32());
  const std::span<const uint8_t> bytes = TRY(reader.bytes(size));
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::string_view printable(std::string_view name) {
  return is_valid_utf8({reinterpret_cast<const uint8_t*>(name.data()), name.size()})
             ? name
             : std::string_view();
}

/// The name of `index` in the name map at `reader`, which ends behind it.
Result<std::string_view> find_in_map(ByteReader& reader, uint32_t index) {
  const uint32_t count = TRY(reader.leb_u32());
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t at = TRY(reader.leb_u32());
    const std::string_view name = TRY(read_name(reader));
    if (at == index) return name;
  }
  return std::string_view();
}

Result<void> skip_map(ByteReader& reader) {
  const uint32_t count = TRY(reader.leb_u32());
  for (uint32_t i = 0; i < count; ++i) {
    TRY(reader.leb_u32());
    TRY(read_name(reader));
  }
  return {};
}

Result<std::string_view> find_in_indirect_map(ByteReader& reader, uint32_t outer, uint32_t inner) {
  const uint32_t count = TRY(reader.leb_u32());
  for (uint32_t i = 0; i < count; ++i) {
    if (TRY(reader.leb_u32()) == outer) return find_in_map(reader, inner);
    TRY(skip_map(reader));
  }
  return std::string_view();
}

Result<ByteRange> find_subsection(ByteReader& reader, NameKind kind) {
  while (!reader.at_end()) {
    const uint8_t id = TRY(reader.u8());
    const uint32_t size = TRY(reader.leb_u32());
    const uint32_t offset = reader.offset();
    TRY(reader.bytes(size));
    if (id == static_cast<uint8_t>(kind)) return ByteRange{offset, size};
  }
  return ByteRange{};
}

} // namespace

ModuleNames::ModuleNames(const Module& module) : module_(module), functions_(module.allocator) {
  for (const CustomSection& custom : module.customs) {
    if (custom.name != "name") continue;
    section_ = custom.bytes;
    break;
  }
}

ByteRange ModuleNames::subsection(NameKind kind) const {
  ByteReader reader(module_.slice(section_), section_.offset);
  return find_subsection(reader, kind).value_or(ByteRange{});
}

std::string_view ModuleNames::module() const {
  ByteReader reader(module_.slice(subsection(NameKind::module)));
  return printable(read_name(reader).value_or(std::string_view()));
}

void ModuleNames::index_functions() {
  is_indexed_ = true;
  const ByteRange range = subsection(NameKind::functions);
  ByteReader reader(module_.slice(range), range.offset);
  const uint32_t count = reader.leb_u32().value_or(0);
  for (uint32_t i = 0; i < count; ++i) {
    const Result<uint32_t> function = reader.leb_u32();
    const uint32_t offset = reader.offset();
    // The format demands ascending indices.
    if (!function || (!functions_.empty() && *function <= functions_.back().function) ||
        !read_name(reader) || !functions_.push({*function, offset}))
      return;
  }
}

std::string_view ModuleNames::function(FuncIndex index) {
  if (!is_indexed_) index_functions();
  size_t low = 0;
  size_t high = functions_.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const Entry& entry = functions_[middle];
    if (entry.function == index) {
      ByteReader reader(module_.bytes.subspan(entry.offset), entry.offset);
      return printable(read_name(reader).value_or(std::string_view()));
    }
    if (entry.function < index)
      low = middle + 1;
    else
      high = middle;
  }
  return {};
}

std::string_view ModuleNames::tag(uint32_t index) const {
  ByteReader reader(module_.slice(subsection(NameKind::tags)));
  return printable(find_in_map(reader, index).value_or(std::string_view()));
}

std::string_view ModuleNames::local(FuncIndex function, uint32_t index) const {
  ByteReader reader(module_.slice(subsection(NameKind::locals)));
  return printable(find_in_indirect_map(reader, function, index).value_or(std::string_view()));
}

} // namespace waxwing
