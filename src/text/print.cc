// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fields of a module as text (spec section 6.6).
#include "text/print.hpp"

#include <algorithm>

#include "text/print_values.hpp"
#include "text/printer.hpp"
#include "text/utf8.hpp"

namespace waxwing::text {

namespace {

constexpr std::string_view kHintSection = "metadata.code.branch_hint";
constexpr size_t kBytesPerLine = 64;

} // namespace

void Ids::add(uint32_t index, std::string_view name) {
  if (name.empty()) return;
  std::string id(name);
  if (taken_.contains(id)) {
    id += '#';
    id += std::to_string(index);
    while (taken_.contains(id)) id += '#';
  }
  const auto [entry, added] = ids_.emplace(index, std::move(id));
  if (added) taken_.insert(entry->second);
}

std::string_view Ids::find(uint32_t index) const {
  const auto found = ids_.find(index);
  return found == ids_.end() ? std::string_view() : std::string_view(found->second);
}

void Ids::clear() {
  taken_.clear();
  ids_.clear();
}

Result<std::string> print_module(const Module& module, const PrintOptions& options) {
  return Printer(module, options).run();
}

void Printer::collect(Ids& ids, NameSpace space, size_t count) {
  for (uint32_t i = 0; i < count; ++i) ids.add(i, names_.find(space, i));
}

void Printer::collect_ids() {
  fields_.resize(module_.types.size());
  if (!options_.names) return;
  collect(functions_, NameSpace::function, module_.functions.size());
  collect(types_, NameSpace::type, module_.types.size());
  collect(tables_, NameSpace::table, module_.tables.size());
  collect(memories_, NameSpace::memory, module_.memories.size());
  collect(globals_, NameSpace::global, module_.globals.size());
  collect(tags_, NameSpace::tag, module_.tags.size());
  collect(elems_, NameSpace::elem, module_.elements.size());
  collect(data_, NameSpace::data, module_.data.size());
  for (uint32_t type = 0; type < module_.types.size(); ++type) {
    if (module_.types[type].kind != TypeKind::struct_) continue;
    for (uint32_t field = 0; field < module_.types[type].fields.size(); ++field)
      fields_[type].add(field, names_.find(NameSpace::field, type, field));
  }
}

void Printer::line(unsigned depth) {
  constexpr unsigned kDeepest = 40; // keeps the size of deeply nested code linear
  out_ += '\n';
  out_.append(size_t{2} * std::min(depth, kDeepest), ' ');
}

void Printer::number(uint64_t value) { append_unsigned(out_, value); }

void Printer::definition(const Ids& ids, NameSpace space, uint32_t index) {
  const std::string_view id = ids.find(index);
  out_ += ' ';
  if (id.empty()) {
    out_ += "(;";
    number(index);
    out_ += ";)";
    return;
  }
  append_id(out_, id);
  if (const std::string_view name = names_.find(space, index); name != id) {
    out_ += " (@name ";
    append_name(out_, name);
    out_ += ')';
  }
}

void Printer::reference(const Ids& ids, uint32_t index) {
  const std::string_view id = ids.find(index);
  if (id.empty())
    number(index);
  else
    append_id(out_, id);
}

Result<std::string> Printer::run() {
  collect_ids();
  read_hints();
  out_ += "(module";
  if (options_.names && !names_.module().empty()) {
    out_ += ' ';
    append_id(out_, names_.module());
  }
  types();
  imports();
  TRY(tables());
  memories();
  tags();
  TRY(globals());
  exports();
  if (module_.has_start) {
    line(1);
    out_ += "(start ";
    reference(functions_, module_.start);
    out_ += ')';
  }
  TRY(elements());
  TRY(functions());
  TRY(data());
  if (options_.custom_sections) customs();
  out_ += ")\n";
  return std::move(out_);
}

void Printer::field(const FieldType& field) {
  if (field.mutable_) out_ += "(mut ";
  val_type(field.storage);
  if (field.mutable_) out_ += ')';
}

void Printer::type(TypeIndex index, unsigned depth) {
  const DefType& type = module_.types[index];
  line(depth);
  out_ += "(type";
  definition(types_, NameSpace::type, index);
  out_ += ' ';
  const bool sub = !type.final_ || type.supertype != kNoIndex;
  if (sub) {
    out_ += type.final_ ? "(sub final " : "(sub ";
    if (type.supertype != kNoIndex) {
      reference(types_, type.supertype);
      out_ += ' ';
    }
  }
  if (type.shared) out_ += "(shared ";
  switch (type.kind) {
  case TypeKind::func:
    out_ += "(func";
    signature(type, false);
    break;
  case TypeKind::struct_: {
    out_ += "(struct";
    const Ids& ids = fields_[index];
    for (uint32_t i = 0; i < type.fields.size(); ++i) {
      out_ += " (field ";
      if (const std::string_view id = ids.find(i); !id.empty()) {
        append_id(out_, id);
        out_ += ' ';
      }
      field(type.fields[i]);
      out_ += ')';
    }
    break;
  }
  case TypeKind::array:
    out_ += "(array ";
    field(type.fields[0]);
    break;
  }
  out_ += ')';
  if (type.shared) out_ += ')';
  if (sub) out_ += ')';
  out_ += ')';
}

void Printer::types() {
  for (TypeIndex i = 0; i < module_.types.size();) {
    const uint32_t group = module_.types[i].group_size;
    if (group == 1) {
      type(i++, 1);
      continue;
    }
    line(1);
    out_ += "(rec";
    for (const TypeIndex end = i + group; i < end; ++i) type(i, 2);
    out_ += ')';
  }
}

void Printer::imports() {
  struct Kind {
    std::string_view keyword;
    const Ids& ids;
    NameSpace space;
  };
  const Kind kinds[] = {{"func", functions_, NameSpace::function},
                        {"table", tables_, NameSpace::table},
                        {"memory", memories_, NameSpace::memory},
                        {"global", globals_, NameSpace::global},
                        {"tag", tags_, NameSpace::tag}};
  for (const Import& import : module_.imports) {
    const Kind& kind = kinds[static_cast<size_t>(import.kind)];
    line(1);
    out_ += "(import ";
    append_name(out_, import.module);
    out_ += ' ';
    append_name(out_, import.name);
    out_ += " (";
    out_ += kind.keyword;
    definition(kind.ids, kind.space, import.index);
    extern_type(import.kind, import.index);
    out_ += "))";
  }
}

Result<void> Printer::tables() {
  for (uint32_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
    line(1);
    out_ += "(table";
    definition(tables_, NameSpace::table, i);
    extern_type(ExternKind::table, i);
    if (const ConstExpr init = module_.tables[i].init; init.size != 0) TRY(folded_or(init, ""));
    out_ += ')';
  }
  return {};
}

void Printer::memories() {
  for (uint32_t i = module_.imported_memories; i < module_.memories.size(); ++i) {
    line(1);
    out_ += "(memory";
    definition(memories_, NameSpace::memory, i);
    extern_type(ExternKind::memory, i);
    out_ += ')';
  }
}

Result<void> Printer::globals() {
  for (uint32_t i = module_.imported_globals; i < module_.globals.size(); ++i) {
    line(1);
    out_ += "(global";
    definition(globals_, NameSpace::global, i);
    extern_type(ExternKind::global, i);
    TRY(folded_or(module_.globals[i].init, ""));
    out_ += ')';
  }
  return {};
}

void Printer::tags() {
  for (uint32_t i = module_.imported_tags; i < module_.tags.size(); ++i) {
    line(1);
    out_ += "(tag";
    definition(tags_, NameSpace::tag, i);
    extern_type(ExternKind::tag, i);
    out_ += ')';
  }
}

void Printer::exports() {
  constexpr std::string_view kKeywords[] = {"func", "table", "memory", "global", "tag"};
  const Ids* const ids[] = {&functions_, &tables_, &memories_, &globals_, &tags_};
  for (const Export& item : module_.exports) {
    const auto kind = static_cast<size_t>(item.kind);
    line(1);
    out_ += "(export ";
    append_name(out_, item.name);
    out_ += " (";
    out_ += kKeywords[kind];
    out_ += ' ';
    reference(*ids[kind], item.index);
    out_ += "))";
  }
}

Result<void> Printer::elements() {
  for (uint32_t i = 0; i < module_.elements.size(); ++i) {
    const ElemSegment& segment = module_.elements[i];
    line(1);
    out_ += "(elem";
    definition(elems_, NameSpace::elem, i);
    if (segment.mode == SegmentMode::declarative) out_ += " declare";
    if (segment.mode == SegmentMode::active) {
      if (segment.table != 0) {
        out_ += " (table ";
        reference(tables_, segment.table);
        out_ += ')';
      }
      TRY(folded_or(segment.offset, "offset"));
    }
    out_ += ' ';
    const bool functions =
        segment.expressions.empty() && segment.type == ValType::ref(heap::func, false);
    if (functions)
      out_ += "func";
    else
      val_type(segment.type);
    for (const FuncIndex function : segment.functions) {
      out_ += ' ';
      reference(functions_, function);
    }
    for (const ConstExpr& expression : segment.expressions) TRY(folded_or(expression, "item"));
    out_ += ')';
  }
  return {};
}

Result<void> Printer::functions() {
  for (uint32_t i = module_.imported_functions; i < module_.functions.size(); ++i) TRY(body(i));
  return {};
}

void Printer::data_lines(std::string_view bytes) {
  if (bytes.size() <= kBytesPerLine) {
    out_ += ' ';
    append_bytes(out_, bytes);
    return;
  }
  for (size_t at = 0; at < bytes.size(); at += kBytesPerLine) {
    line(2);
    append_bytes(out_, bytes.substr(at, kBytesPerLine));
  }
}

Result<void> Printer::data() {
  for (uint32_t i = 0; i < module_.data.size(); ++i) {
    const DataSegment& segment = module_.data[i];
    line(1);
    out_ += "(data";
    definition(data_, NameSpace::data, i);
    if (segment.mode == SegmentMode::active) {
      if (segment.memory != 0) {
        out_ += " (memory ";
        reference(memories_, segment.memory);
        out_ += ')';
      }
      TRY(folded_or(segment.offset, "offset"));
    }
    const auto bytes = module_.slice(segment.bytes);
    data_lines({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    out_ += ')';
  }
  return {};
}

// --- Custom sections

void Printer::read_hints() {
  const auto read = [&](const CustomSection& section) -> Result<void> {
    ByteReader reader(module_.slice(section.bytes));
    const uint32_t functions = TRY(reader.leb_u32());
    for (uint32_t i = 0; i < functions; ++i) {
      const uint32_t function = TRY(reader.leb_u32());
      const uint32_t count = TRY(reader.leb_u32());
      for (uint32_t j = 0; j < count; ++j) {
        const uint32_t offset = TRY(reader.leb_u32());
        const uint8_t size = TRY(reader.u8());
        const uint8_t value = TRY(reader.u8());
        if (size != 1 || value > 1) return fail(ErrorCode::malformed_custom_section);
        hints_.emplace(uint64_t{function} << 32 | offset, value);
      }
    }
    return {};
  };
  for (const CustomSection& section : module_.customs)
    if (section.name == kHintSection) {
      has_hints_ = read(section).has_value();
      if (!has_hints_) hints_.clear();
    }
}

// Which section a custom section can be said to be behind: the last one with something in it.
std::string_view Printer::place_of(const CustomSection& section) const {
  const Module& m = module_;
  const struct {
    std::string_view keyword;
    uint8_t id; // in the binary format, whose order this is
    bool present;
  } sections[] = {
      {"type", 1, !m.types.empty()},
      {"import", 2, !m.imports.empty()},
      {"func", 3, m.functions.size() > m.imported_functions},
      {"table", 4, m.tables.size() > m.imported_tables},
      {"memory", 5, m.memories.size() > m.imported_memories},
      {"tag", 13, m.tags.size() > m.imported_tags},
      {"global", 6, m.globals.size() > m.imported_globals},
      {"export", 7, !m.exports.empty()},
      {"start", 8, m.has_start},
      {"elem", 9, !m.elements.empty()},
      {"datacount", 12, false}, // comes and goes with the operators that need it
      {"code", 10, m.functions.size() > m.imported_functions},
      {"data", 11, !m.data.empty()},
  };
  std::string_view place;
  if (section.after == 0) return place;
  for (const auto& entry : sections) {
    if (entry.present) place = entry.keyword;
    if (entry.id == section.after) break;
  }
  return place;
}

void Printer::custom(const CustomSection& section) {
  line(1);
  out_ += "(@custom ";
  append_name(out_, section.name);
  const std::string_view place = place_of(section);
  out_ += place.empty() ? " (before first" : " (after ";
  out_ += place;
  out_ += ')';
  const auto bytes = module_.slice(section.bytes);
  if (!bytes.empty()) data_lines({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  out_ += ')';
}

void Printer::customs() {
  for (const CustomSection& section : module_.customs) {
    if (section.name == "name" && options_.names) continue;
    if (section.name == kHintSection && has_hints_) continue;
    custom(section);
  }
}

} // namespace waxwing::text
