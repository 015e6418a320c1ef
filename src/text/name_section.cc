// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/name_section.hpp"

#include "text/utf8.hpp"

namespace waxwing::text {

namespace {

Result<std::string_view> read_name(ByteReader& reader) {
  const uint32_t size = TRY(reader.leb_u32());
  const auto bytes = TRY(reader.bytes(size));
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

} // namespace

NameSection::NameSection(const Module& module) {
  for (const CustomSection& section : module.customs)
    if (section.name == "name" && !read(ByteReader(module.slice(section.bytes)))) return;
}

Result<void> NameSection::read_names(ByteReader& reader, uint32_t owner, Names& names) {
  const uint32_t count = TRY(reader.leb_u32());
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t index = TRY(reader.leb_u32());
    const std::string_view name = TRY(read_name(reader));
    if (find_malformed_utf8(name) == std::string_view::npos) names.emplace(key(owner, index), name);
  }
  return {};
}

Result<void> NameSection::read(ByteReader reader) {
  while (!reader.at_end()) {
    const uint8_t id = TRY(reader.u8());
    const uint32_t size = TRY(reader.leb_u32());
    ByteReader subsection(TRY(reader.bytes(size)));
    const auto space = static_cast<NameSpace>(id);
    if (space == NameSpace::module) {
      const std::string_view name = TRY(read_name(subsection));
      if (find_malformed_utf8(name) == std::string_view::npos) module_ = name;
    } else if (space == NameSpace::local || space == NameSpace::label ||
               space == NameSpace::field) {
      const uint32_t count = TRY(subsection.leb_u32());
      for (uint32_t i = 0; i < count; ++i) {
        const uint32_t owner = TRY(subsection.leb_u32());
        TRY(read_names(subsection, owner, names_[id]));
      }
    } else if (id < kSpaces) {
      TRY(read_names(subsection, 0, names_[id]));
    }
  }
  return {};
}

std::string_view NameSection::find(NameSpace space, uint32_t index) const {
  return find(space, 0, index);
}

std::string_view NameSection::find(NameSpace space, uint32_t owner, uint32_t index) const {
  const Names& names = names_[static_cast<size_t>(space)];
  const auto found = names.find(key(owner, index));
  return found == names.end() ? std::string_view() : found->second;
}

} // namespace waxwing::text
