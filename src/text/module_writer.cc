// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Putting the sections together (spec section 5.5).
#include "text/module_parser.hpp"

namespace waxwing::text {

namespace {

enum SectionId : uint8_t {
  custom = 0,
  type,
  import,
  function,
  table,
  memory,
  global,
  export_,
  start,
  element,
  code,
  data,
  data_count,
  tag
};

void put_section(Bytes& module, uint8_t id, std::string_view content) {
  module.u8(id);
  module.vector(content);
}

// Names come in the order of the text, which is that of the indices.
void put_names(Bytes& out, uint8_t id, const std::vector<NameEntry>& names) {
  if (names.empty()) return;
  Bytes map;
  map.unsigned_leb(names.size());
  for (const NameEntry& entry : names) {
    map.unsigned_leb(entry.index);
    map.vector(entry.name);
  }
  put_section(out, id, map.view());
}

template <class Lists>
void put_indirect_names(Bytes& out, uint8_t id, const Lists& lists) {
  if (lists.empty()) return;
  Bytes map;
  map.unsigned_leb(lists.size());
  for (const auto& [owner, names] : lists) {
    map.unsigned_leb(owner);
    map.unsigned_leb(names.size());
    for (const NameEntry& entry : names) {
      map.unsigned_leb(entry.index);
      map.vector(entry.name);
    }
  }
  put_section(out, id, map.view());
}

} // namespace

// Appendix "Custom sections" of the spec, and its extension to all index spaces.
Bytes ModuleParser::name_section() {
  Bytes out;
  if (module_name_.data() != nullptr) {
    Bytes name;
    name.vector(module_name_);
    put_section(out, 0, name.view());
  }
  put_names(out, 1, functions_.names);
  put_indirect_names(out, 2, local_names_);
  put_indirect_names(out, 3, label_names_);
  put_names(out, 4, types_.names);
  put_names(out, 5, tables_.names);
  put_names(out, 6, memories_.names);
  put_names(out, 7, globals_.names);
  put_names(out, 8, elems_.names);
  put_names(out, 9, datas_.names);
  std::vector<LocalNames> fields;
  for (uint32_t i = 0; i < type_texts_.size(); ++i)
    if (!type_texts_[i].field_names.empty()) fields.push_back({i, type_texts_[i].field_names});
  put_indirect_names(out, 10, fields);
  put_names(out, 11, tags_.names);
  return out;
}

std::vector<uint8_t> ModuleParser::assemble() {
  Bytes module;
  module.raw(std::string_view("\0asm\1\0\0\0", 8));
  uint32_t gap = 0;
  const auto put_customs = [&] {
    for (const Custom& entry : customs_)
      if (entry.gap == gap) put_section(module, custom, entry.bytes.view());
    ++gap;
  };
  Bytes content;
  const auto put_vector = [&](uint8_t id, const Section& section) {
    put_customs();
    if (section.count == 0) return;
    content.clear();
    content.unsigned_leb(section.count);
    content.raw(section.bytes);
    put_section(module, id, content.view());
  };
  put_vector(type, type_section_);
  put_vector(import, import_section_);
  put_vector(function, function_section_);
  put_vector(table, table_section_);
  put_vector(memory, memory_section_);
  put_vector(tag, tag_section_);
  put_vector(global, global_section_);
  put_vector(export_, export_section_);
  put_customs();
  if (start_) {
    content.clear();
    content.unsigned_leb(*start_);
    put_section(module, start, content.view());
  }
  put_vector(element, elem_section_);
  put_customs();
  if (needs_data_count_) {
    content.clear();
    content.unsigned_leb(data_section_.count);
    put_section(module, data_count, content.view());
  }
  if (hint_section_.count != 0) {
    content.clear();
    content.vector("metadata.code.branch_hint");
    content.unsigned_leb(hint_section_.count);
    content.raw(hint_section_.bytes);
    put_section(module, custom, content.view());
  }
  put_vector(code, code_section_);
  if (code_section_.count != 0) {
    // The bodies are the last thing in the module so far.
    const auto bodies = static_cast<uint32_t>(module.size() - code_section_.bytes.size());
    for (SourceLocation& location : map_) location.code += bodies;
  }
  put_vector(data, data_section_);
  put_customs();
  if (options_.names) {
    if (const Bytes names = name_section(); !names.empty()) {
      content.clear();
      content.vector("name");
      content.raw(names);
      put_section(module, custom, content.view());
    }
  }
  const std::string_view bytes = module.view();
  return {bytes.begin(), bytes.end()};
}

} // namespace waxwing::text
