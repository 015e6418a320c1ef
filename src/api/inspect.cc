// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Modules and images taken apart.
#include <fmt/format.h>
#include <map>

#include "api/convert.hpp"
// Behind the core, like the other public headers.
#include <waxwing/inspect.hpp>

namespace waxwing::inline v0 {

namespace {

constexpr std::string_view kSectionNames[] = {"custom", "type",   "import",     "function", "table",
                                              "memory", "global", "export",     "start",    "elem",
                                              "code",   "data",   "data count", "tag"};

struct BitName {
  unsigned bit;
  std::string_view name;
};
constexpr BitName kRequired[] = {
#define WAX_IMAGE_REQUIRED(bit, name, text) {bit, #name},
#define WAX_IMAGE_OPTIONAL(bit, name, text)
#include "image/feature.def"
#undef WAX_IMAGE_OPTIONAL
#undef WAX_IMAGE_REQUIRED
};
constexpr BitName kOptional[] = {
#define WAX_IMAGE_REQUIRED(bit, name, text)
#define WAX_IMAGE_OPTIONAL(bit, name, text) {bit, #name},
#include "image/feature.def"
#undef WAX_IMAGE_OPTIONAL
#undef WAX_IMAGE_REQUIRED
};

std::vector<std::string> bit_names(uint64_t bits, std::span<const BitName> known) {
  std::vector<std::string> out;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((bits >> bit & 1) == 0) continue;
    std::string name = fmt::format("bit-{}", bit);
    for (const BitName& entry : known)
      if (entry.bit == bit) name = entry.name;
    out.push_back(std::move(name));
  }
  return out;
}

/// The tables of an image in the order of their numbers, which begin with 1.
constexpr std::string_view kImageTables[] = {
    "module",     "functions", "signatures", "memories",   "ranges",       "sites",
    "chains",     "frames",    "pads",       "cpu",        "producer",     "fields",
    "value rows", "values",    "heights",    "trace file", "packed chains"};

ImageInfo image_info(const image::Image& image) {
  const image::Header& header = image.header;
  const size_t line = image.cpu.find('\n');
  ImageInfo info;
  info.format = header.format_version;
  info.abi = header.abi_number;
  info.target = image.target->name;
  info.cpu = image.cpu.substr(0, line);
  if (line != std::string_view::npos) info.cpu_features = image.cpu.substr(line + 1);
  info.required = bit_names(header.required, kRequired);
  info.optional = bit_names(header.optional, kOptional);
  info.has_frames = image.has_frames();
#define WAX_FRAME_FIELD(bit, name, word)                                                           \
  if (info.has_frames && (image.frame_fields >> bit & 1) != 0) info.frame_fields.push_back(word);
#include "image/frame.def"
#undef WAX_FRAME_FIELD
  info.producer = image.producer;
  for (const uint8_t byte : header.build_id) info.build_id += fmt::format("{:02x}", byte);
  if (header.checksum != 0) info.checksum = header.checksum;
  info.size = header.image_size;
  info.text_offset = header.text_offset;
  info.text_size = header.text_size;
  info.functions = static_cast<uint32_t>(image.functions.size());
  info.ranges = static_cast<uint32_t>(image.ranges.size());
  for (uint32_t kind = 1; kind <= std::size(kImageTables); ++kind) {
    const image::SectionRow row = image.section(static_cast<image::SectionKind>(kind));
    if (row.size != 0) info.tables.push_back({kImageTables[kind - 1], row.offset, row.size});
  }
  return info;
}

std::optional<CoreDump> core_dump(const core::Module& module) {
  const auto read = describe::read_core_dump(module);
  if (!read) return std::nullopt;
  CoreDump dump{.program = read->program, .thread = read->thread, .frames = {}};
  for (const describe::DumpedFrame& from : read->frames) {
    DumpedFrame& frame = dump.frames.emplace_back();
    frame.instance = from.instance;
    frame.function = from.function;
    frame.offset = from.offset;
    for (const image::FrameValue& value : from.locals)
      frame.locals.push_back(impl::frame_value(value));
    const bool known = from.instance < read->instances.size() &&
                       read->instances[from.instance] < read->modules.size();
    frame.module = known ? read->modules[read->instances[from.instance]] : "?";
  }
  return dump;
}

std::vector<DefinedFunction> functions_of(const core::Module& module) {
  std::vector<DefinedFunction> functions;
  std::map<FuncIndex, std::string_view> exported;
  for (const core::Export& e : module.exports)
    if (e.kind == core::ExternKind::func) exported.try_emplace(e.index, e.name);
  ModuleNames names(module);
  for (FuncIndex i = module.imported_functions; i < module.functions.size(); ++i) {
    const ByteRange body = module.functions[i].body;
    std::string_view name = names.function(i);
    const auto found = exported.find(i);
    if (name.empty() && found != exported.end()) name = found->second;
    functions.push_back(
        {.index = i, .name = std::string(name), .offset = body.offset, .size = body.size});
  }
  return functions;
}

SizeBounds bounds_of(const core::Limits& limits) {
  SizeBounds bounds{.min = limits.min, .is64 = limits.is64, .shared = limits.shared};
  if (limits.has_max) bounds.max = limits.max;
  return bounds;
}

/// `Item` with what all of them say.
template <class Item>
Item item_of(const core::Module& module, core::ExternKind kind, size_t index) {
  Item item;
  item.kind = describe::kind_text(kind);
  item.index = static_cast<uint32_t>(index);
  item.type = describe::extern_type_text(module, kind, item.index);
  return item;
}

void add_declarations(const core::Module& module, ModuleInfo& info) {
  using core::ExternKind;
  for (const DefType& type : module.types) info.types.push_back(describe::def_type_text(type));
  for (const core::Import& from : module.imports) {
    auto item = item_of<DeclaredImport>(module, from.kind, from.index);
    item.module = from.module;
    item.name = from.name;
    info.imports.push_back(std::move(item));
  }
  for (const core::Export& from : module.exports) {
    auto item = item_of<DeclaredExport>(module, from.kind, from.index);
    item.name = from.name;
    info.exports.push_back(std::move(item));
  }
  for (size_t i = 0; i < module.tables.size(); ++i) {
    auto item = item_of<DeclaredTable>(module, ExternKind::table, i);
    item.bounds = bounds_of(module.tables[i].type.limits);
    item.element = describe::val_type_text(module.tables[i].type.element);
    info.tables.push_back(std::move(item));
  }
  for (size_t i = 0; i < module.memories.size(); ++i) {
    auto item = item_of<DeclaredMemory>(module, ExternKind::memory, i);
    item.bounds = bounds_of(module.memories[i].limits);
    item.page_size = uint64_t{1} << module.memories[i].page_log2;
    info.memories.push_back(std::move(item));
  }
  for (size_t i = 0; i < module.globals.size(); ++i) {
    auto item = item_of<DeclaredGlobal>(module, ExternKind::global, i);
    item.value_type = describe::val_type_text(module.globals[i].type.type);
    item.is_mutable = module.globals[i].type.mutable_;
    info.globals.push_back(std::move(item));
  }
  for (size_t i = 0; i < module.tags.size(); ++i)
    info.tags.push_back(item_of<DeclaredItem>(module, ExternKind::tag, i));
  info.imported_functions = module.imported_functions;
  info.imported_tables = module.imported_tables;
  info.imported_memories = module.imported_memories;
  info.imported_globals = module.imported_globals;
  info.imported_tags = module.imported_tags;
  if (module.has_start) info.start = module.start;
}

} // namespace

std::vector<Section> impl::list_sections(std::span<const uint8_t> bytes) {
  std::vector<Section> sections;
  ByteReader reader(bytes);
  if (!reader.bytes(8)) return sections;
  while (!reader.at_end()) {
    const auto id = reader.u8();
    const auto size = reader.leb_u32();
    if (!id || !size) break;
    Section section{.id = *id, .name = {}, .offset = reader.offset(), .size = *size};
    const auto payload = reader.bytes(*size);
    if (!payload) break;
    ByteReader inside(*payload, section.offset);
    const auto first = inside.leb_u32();
    if (section.id == 0) {
      if (const auto name = inside.bytes(first.value_or(0)); name)
        section.name.assign(reinterpret_cast<const char*>(name->data()), name->size());
      section.name_size = inside.offset() - section.offset;
      section.offset += section.name_size;
      section.size -= section.name_size;
    } else {
      section.name = section.id < std::size(kSectionNames) ? kSectionNames[section.id] : "?";
      // The start section holds an index.
      if (first && section.id != 8) section.entries = *first;
    }
    sections.push_back(std::move(section));
  }
  return sections;
}

Result<ModuleInfo> inspect(std::span<const std::byte> bytes, std::string_view name) {
  const core::FeatureSet all = impl::EngineState::features(Features::all());
  std::span<const uint8_t> inner(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  ModuleInfo info;
  if (image::is_image(inner)) {
    const auto image = image::read(inner);
    if (!image) {
      const std::string text = describe::image_error_text(inner, image.error());
      return std::unexpected(
          impl::make_error(image.error().code, fmt::format("{}: {}", name, text)));
    }
    info.image = image_info(*image);
    inner = image->module;
  }
  core::Module module(platform::default_allocator());
  module.has_no_code = info.image.has_value();
  module.bytes = inner;
  module.features = all;
  if (const auto decoded = decode(inner, all, module); !decoded)
    return std::unexpected(impl::module_error(name, module, decoded.error()));
  const auto needed =
      impl::needed_features(inner, info.image.has_value() && module.code_section.size == 0);
  if (!needed) return std::unexpected(impl::module_error(name, module, needed.error()));
#define WAX_FEATURE(name, text, since, default_on)                                                 \
  if (needed->has(core::Feature::name)) info.features.push_back(text);
#include "wasm/feature.def"
#undef WAX_FEATURE
  info.name = ModuleNames(module).module();
  info.size = inner.size();
  info.core_dump = core_dump(module);
  info.sections = impl::list_sections(inner);
  info.functions = functions_of(module);
  add_declarations(module, info);
  return info;
}

} // namespace waxwing::inline v0
