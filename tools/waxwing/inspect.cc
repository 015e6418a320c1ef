// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <cstdio>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <string>
#include <waxwing/inspect.hpp>

#include "waxwing/message.hpp"
#include "waxwing/module_source.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

/// Everything that either form of the output shows.
struct Report {
  const std::string& path;
  uint64_t file_size;
  bool is_text;
  const ModuleInfo& module;
};

/// Names of bits, or `none`.
std::string words(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, " "));
}

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

void title(std::string& out, std::string_view name, size_t count) {
  out += fmt::format("\n{} ({})\n", name, count);
}

std::string imports_of(const ModuleInfo& module) {
  std::string out;
  size_t width = 0;
  for (const DeclaredImport& i : module.imports)
    width = std::max(width, i.module.size() + i.name.size() + 1);
  width = std::min<size_t>(width, 48);
  for (const DeclaredImport& i : module.imports)
    out += fmt::format("  {:<6} {:>5}  {:<{}}  {}\n", i.kind, i.index,
                       fmt::format("{}.{}", i.module, i.name), width, i.type);
  return out;
}

std::string exports_of(const ModuleInfo& module) {
  std::string out;
  size_t width = 0;
  for (const DeclaredExport& e : module.exports) width = std::max(width, e.name.size());
  width = std::min<size_t>(width, 48);
  for (const DeclaredExport& e : module.exports)
    out += fmt::format("  {:<6} {:>5}  {:<{}}  {}\n", e.kind, e.index, e.name, width, e.type);
  return out;
}

std::string stack_of(const CoreDump& dump) {
  std::string out;
  size_t width = 0;
  for (const DumpedFrame& frame : dump.frames) width = std::max(width, frame.module.size());
  for (size_t i = 0; i < dump.frames.size(); ++i) {
    const DumpedFrame& frame = dump.frames[i];
    out += fmt::format("  {:>5}  {:<{}}  function {} + {:#x}\n", i, frame.module, width,
                       frame.function, frame.offset);
    for (const FrameValue& local : frame.locals)
      out += fmt::format("           local {} = {} {}\n", local.index, local.type, local.text);
  }
  return out;
}

/// What frames tell, or `none`.
std::string frames_of(const ImageInfo& image) {
  return image.frame_fields.empty() ? "none"
                                    : fmt::format("{}", fmt::join(image.frame_fields, ", "));
}

/// Everything that the header and the tables of an image say.
std::string image_text(const ImageInfo& image) {
  std::string out = fmt::format("  image      format {}, ABI {}, for {}\n", image.format, image.abi,
                                image.target);
  out += fmt::format("  processor  {}{}{}\n", image.cpu,
                     image.cpu_features.empty() ? "" : ", uses ", image.cpu_features);
  out += fmt::format("  needs      {}\n", words(image.required));
  out += fmt::format("  has        {}\n", words(image.optional));
  if (image.has_frames) out += fmt::format("  frames: {}\n", frames_of(image));
  if (!image.producer.empty()) out += fmt::format("  made by    {}\n", image.producer);
  out += fmt::format("  build id   {}\n", image.build_id);
  out += fmt::format("  checksum   {}\n",
                     image.checksum ? fmt::format("{:016x}", *image.checksum) : "none");
  out += fmt::format("\nimage sections\n  {:<12}  {:#010x}  {:>10} bytes\n", "text",
                     image.text_offset, image.text_size);
  for (const ImageInfo::Table& table : image.tables)
    out += fmt::format("  {:<12}  {:#010x}  {:>10} bytes\n", table.name, table.offset, table.size);
  return out;
}

/// Without the padding of last columns that are empty.
std::string without_padding(const std::string& text) {
  std::string clean;
  for (const char c : text) {
    if (c == '\n')
      while (!clean.empty() && clean.back() == ' ') clean.pop_back();
    clean += c;
  }
  return clean;
}

/// Where the whole of a section is, the name of a custom one included.
uint32_t begin_of(const Section& section) { return section.offset - section.name_size; }
uint32_t size_of(const Section& section) { return section.size + section.name_size; }

std::string text_report(const Report& report) {
  const ModuleInfo& module = report.module;
  std::string out = fmt::format("{}: {} bytes{}\n", report.path,
                                grouped(module.image ? report.file_size : module.size),
                                report.is_text ? " when translated from text" : "");
  if (module.image) out += image_text(*module.image);
  if (!module.name.empty()) out += fmt::format("  name       {}\n", module.name);
  if (module.core_dump) out += fmt::format("  core dump  of {}\n", module.core_dump->program);
  out += fmt::format("  features   {}\n", fmt::join(module.features, " "));
  std::vector<std::string_view> off;
  for (const std::string_view feature : module.features)
    if (!Features().has(feature)) off.push_back(feature);
  if (!off.empty())
    out += fmt::format("             off by default: --features=+{}\n", fmt::join(off, ",+"));
  out += fmt::format("  functions  {} and {} imported\n", module.functions.size(),
                     module.imported_functions);
  if (module.start) out += fmt::format("  start      function {}\n", *module.start);

  title(out, "sections", module.sections.size());
  for (const Section& s : module.sections)
    out += fmt::format("  {:>2}  {:<24}  {:#010x}  {:>10} bytes{}\n", s.id, s.name, begin_of(s),
                       size_of(s), s.entries ? fmt::format("  {:>7} entries", *s.entries) : "");
  if (module.core_dump) {
    title(out, "stack of thread " + module.core_dump->thread, module.core_dump->frames.size());
    out += stack_of(*module.core_dump);
  }
  if (!module.types.empty()) {
    title(out, "types", module.types.size());
    for (size_t i = 0; i < module.types.size(); ++i)
      out += fmt::format("  {:>5}  {}\n", i, module.types[i]);
  }
  if (!module.imports.empty()) {
    title(out, "imports", module.imports.size());
    out += imports_of(module);
  }
  const auto list = [&out](std::string_view name, const auto& items, size_t imported) {
    if (items.size() == imported) return;
    title(out, name, items.size() - imported);
    for (size_t i = imported; i < items.size(); ++i)
      out += fmt::format("  {:>5}  {}\n", i, items[i].type);
  };
  list("tables", module.tables, module.imported_tables);
  list("memories", module.memories, module.imported_memories);
  list("globals", module.globals, module.imported_globals);
  list("tags", module.tags, module.imported_tags);
  if (!module.exports.empty()) {
    title(out, "exports", module.exports.size());
    out += exports_of(module);
  }
  return without_padding(out);
}

/// The functions, the largest first.
std::vector<DefinedFunction> by_size(std::vector<DefinedFunction> functions) {
  std::ranges::sort(functions, std::greater(),
                    [](const DefinedFunction& f) { return std::pair(f.size, f.index); });
  return functions;
}

/// Where the bytes of a module are, the largest parts first.
std::string sizes_report(const Report& report) {
  constexpr size_t kShown = 30;
  const ModuleInfo& module = report.module;
  const auto total = static_cast<double>(std::max<uint64_t>(module.size, 1));
  const auto share = [&](uint64_t size) { return 100.0 * static_cast<double>(size) / total; };
  std::string out = fmt::format("{}: {} bytes{}\n", report.path, grouped(module.size),
                                report.is_text ? " when translated from text" : "");
  std::vector<Section> sections = module.sections;
  std::ranges::sort(sections, std::greater(),
                    [](const Section& s) { return std::pair(size_of(s), s.offset); });
  title(out, "sections", sections.size());
  for (const Section& s : sections)
    out += fmt::format("  {:>12}  {:>5.1f}%  {}\n", grouped(size_of(s)), share(size_of(s)), s.name);
  const std::vector<DefinedFunction> functions = by_size(module.functions);
  if (functions.empty()) return out;
  title(out, "functions", functions.size());
  for (const DefinedFunction& f : std::span(functions).first(std::min(functions.size(), kShown)))
    out += fmt::format("  {:>12}  {:>5.1f}%  {:>6}  {}\n", grouped(f.size), share(f.size), f.index,
                       f.name);
  if (functions.size() > kShown) {
    uint64_t rest = 0;
    for (const DefinedFunction& f : std::span(functions).subspan(kShown)) rest += f.size;
    out += fmt::format("  {:>12}  {:>5.1f}%          {} more (--json lists all)\n", grouped(rest),
                       share(rest), functions.size() - kShown);
  }
  return without_padding(out);
}

using Json = nlohmann::ordered_json;

Json bounds_json(const SizeBounds& bounds) {
  Json out;
  out["min"] = bounds.min;
  if (bounds.max) out["max"] = *bounds.max;
  if (bounds.shared) out["shared"] = true;
  out["address"] = bounds.is64 ? "i64" : "i32";
  return out;
}

Json image_json(const ImageInfo& image) {
  Json out = {
      {"format", image.format},
      {"abi", image.abi},
      {"target", image.target},
      {"cpu", image.cpu_features.empty() ? image.cpu : image.cpu + "\n" + image.cpu_features},
      {"required", words(image.required)},
      {"optional", words(image.optional)}};
  if (image.has_frames) out["frames"] = frames_of(image);
  out["producer"] = image.producer;
  out["size"] = image.size;
  out["text_offset"] = image.text_offset;
  out["text_size"] = image.text_size;
  out["functions"] = image.functions;
  out["ranges"] = image.ranges;
  return out;
}

Json dump_json(const CoreDump& dump) {
  Json out = {{"program", dump.program}, {"thread", dump.thread}};
  auto& stack = out["stack"] = Json::array();
  for (const DumpedFrame& frame : dump.frames) {
    Json locals = Json::array();
    for (const FrameValue& local : frame.locals)
      locals.push_back({{"index", local.index}, {"type", local.type}, {"value", local.text}});
    stack.push_back({{"module", frame.module},
                     {"instance", frame.instance},
                     {"function", frame.function},
                     {"offset", frame.offset},
                     {"locals", std::move(locals)}});
  }
  return out;
}

Json json_report(const Report& report, bool with_sizes) {
  const ModuleInfo& module = report.module;
  Json out;
  out["file"] = report.path;
  out["size"] = module.size;
  out["text"] = report.is_text;
  if (module.core_dump) out["core_dump"] = dump_json(*module.core_dump);
  if (module.image) out["image"] = image_json(*module.image);
  out["name"] = module.name;
  out["features"] = module.features;
  Json sections = Json::array();
  for (const Section& s : module.sections) {
    Json section = {{"id", s.id}, {"name", s.name}, {"offset", begin_of(s)}, {"size", size_of(s)}};
    if (s.entries) section["entries"] = *s.entries;
    sections.push_back(std::move(section));
  }
  out["sections"] = std::move(sections);
  out["types"] = module.types;
  Json imports = Json::array();
  for (const DeclaredImport& i : module.imports)
    imports.push_back({{"module", i.module},
                       {"name", i.name},
                       {"kind", i.kind},
                       {"index", i.index},
                       {"type", i.type}});
  out["imports"] = std::move(imports);
  Json exports = Json::array();
  for (const DeclaredExport& e : module.exports)
    exports.push_back({{"name", e.name}, {"kind", e.kind}, {"index", e.index}, {"type", e.type}});
  out["exports"] = std::move(exports);
  out["functions"] = {{"imported", module.imported_functions}, {"own", module.functions.size()}};
  if (with_sizes) {
    Json sizes = Json::array();
    for (const DefinedFunction& f : by_size(module.functions))
      sizes.push_back(
          {{"index", f.index}, {"name", f.name}, {"offset", f.offset}, {"size", f.size}});
    out["function_sizes"] = std::move(sizes);
  }
  Json tables = Json::array();
  for (const DeclaredTable& table : module.tables) {
    Json entry = bounds_json(table.bounds);
    entry["element"] = table.element;
    tables.push_back(std::move(entry));
  }
  out["tables"] = std::move(tables);
  Json memories = Json::array();
  for (const DeclaredMemory& memory : module.memories) {
    Json entry = bounds_json(memory.bounds);
    entry["page_size"] = memory.page_size;
    memories.push_back(std::move(entry));
  }
  out["memories"] = std::move(memories);
  Json globals = Json::array();
  for (const DeclaredGlobal& global : module.globals)
    globals.push_back({{"type", global.value_type}, {"mutable", global.is_mutable}});
  out["globals"] = std::move(globals);
  out["tags"] = module.tags.size();
  out["start"] = module.start ? Json(*module.start) : Json(nullptr);
  return out;
}

/// Names of the module reach a terminal as text and nothing else.
void print_text(const std::string& text) {
  fmt::print("{}", use_colour(1) ? printable(text) : text);
}

} // namespace

int execute(const InspectOptions& options) {
  const auto file = open_file(options.file);
  if (!file) return file.error();
  const auto form = form_of(options.file, file->bytes(), Images::taken);
  if (!form) return form.error();
  std::span<const std::byte> bytes = std::as_bytes(file->bytes());
  Result<std::vector<std::byte>> translated;
  const bool is_text = *form == FileForm::text;
  if (is_text) {
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    translated = text_to_binary({text, bytes.size()}, Features::all(), options.file);
    if (!translated) return print_refusal(options.file, bytes.size(), translated.error());
    bytes = *translated;
  }
  const Result<ModuleInfo> module = inspect(bytes, options.file);
  if (!module) {
    // A module that was text is refused once more as that, for lines instead of offsets.
    if (is_text)
      if (const auto again =
              load_module(Engine({.features = Features::all()}), options.file, Images::refused);
          !again)
        return again.error();
    return print_refusal(options.file, bytes.size(), module.error());
  }
  const Report report{options.file, file->bytes().size(), is_text, *module};
  if (options.json)
    fmt::print(
        "{}\n",
        json_report(report, options.sizes).dump(2, ' ', false, Json::error_handler_t::replace));
  else
    print_text(options.sizes ? sizes_report(report) : text_report(report));
  return 0;
}

} // namespace waxwing::tool
