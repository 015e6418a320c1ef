// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>

#include "describe/core_dump.hpp"
#include "describe/error_text.hpp"
#include "describe/types.hpp"
#include "platform/memory.hpp"
#include "wasm/names.hpp"
#include "waxwing/image_file.hpp"
#include "waxwing/message.hpp"
#include "waxwing/module_facts.hpp"
#include "waxwing/module_file.hpp"
#include "waxwing/units.hpp"
#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

constexpr Feature kAll[] = {
#define WAX_FEATURE(name, text, since, default_on) Feature::name,
#include "wasm/feature.def"
#undef WAX_FEATURE
};

/// Everything that either form of the output shows.
struct Report {
  const ModuleFile& file;
  const Module& module;
  std::vector<SectionFact> sections;
  std::vector<std::string_view> features;
  /// Features that are needed and off by default.
  std::vector<std::string_view> off;
};

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

void title(std::string& out, std::string_view name, size_t count) {
  out += fmt::format("\n{} ({})\n", name, count);
}

std::string imports_of(const Module& module) {
  std::string out;
  size_t width = 0;
  for (const Import& i : module.imports)
    width = std::max(width, i.module.size() + i.name.size() + 1);
  width = std::min<size_t>(width, 48);
  for (const Import& i : module.imports)
    out += fmt::format("  {:<6} {:>5}  {:<{}}  {}\n", describe::kind_text(i.kind), i.index,
                       fmt::format("{}.{}", i.module, i.name), width,
                       describe::extern_type_text(module, i.kind, i.index));
  return out;
}

std::string exports_of(const Module& module) {
  std::string out;
  size_t width = 0;
  for (const Export& e : module.exports) width = std::max(width, e.name.size());
  width = std::min<size_t>(width, 48);
  for (const Export& e : module.exports)
    out += fmt::format("  {:<6} {:>5}  {:<{}}  {}\n", describe::kind_text(e.kind), e.index, e.name,
                       width, describe::extern_type_text(module, e.kind, e.index));
  return out;
}

/// The name of the module that a frame of a core dump is in.
std::string_view module_of(const describe::CoreDump& dump, const describe::DumpedFrame& frame) {
  if (frame.instance >= dump.instances.size()) return "?";
  const uint32_t module = dump.instances[frame.instance];
  return module < dump.modules.size() ? std::string_view(dump.modules[module]) : "?";
}

std::string stack_of(const describe::CoreDump& dump) {
  std::string out;
  size_t width = 0;
  for (const std::string& name : dump.modules) width = std::max(width, name.size());
  for (size_t i = 0; i < dump.frames.size(); ++i)
    out += fmt::format("  {:>5}  {:<{}}  function {} + {:#x}\n", i, module_of(dump, dump.frames[i]),
                       width, dump.frames[i].function, dump.frames[i].offset);
  return out;
}

std::string text_report(const Report& report) {
  const Module& module = report.module;
  const bool is_image = report.file.is_image;
  std::string out =
      fmt::format("{}: {} bytes{}\n", report.file.path,
                  grouped(is_image ? report.file.file.bytes().size() : module.bytes.size()),
                  report.file.is_text ? " when translated from text" : "");
  if (is_image) out += image_text(*image::read(report.file.file.bytes()));
  if (const std::string_view name = ModuleNames(module).module(); !name.empty())
    out += fmt::format("  name       {}\n", name);
  const auto dump = describe::read_core_dump(module);
  if (dump) out += fmt::format("  core dump  of {}\n", dump->program);
  out += fmt::format("  features   {}\n", fmt::join(report.features, " "));
  if (!report.off.empty())
    out +=
        fmt::format("             off by default: --features=+{}\n", fmt::join(report.off, ",+"));
  out +=
      fmt::format("  functions  {} and {} imported\n",
                  module.functions.size() - module.imported_functions, module.imported_functions);
  if (module.has_start) out += fmt::format("  start      function {}\n", module.start);

  title(out, "sections", report.sections.size());
  for (const SectionFact& s : report.sections)
    out += fmt::format("  {:>2}  {:<24}  {:#010x}  {:>10} bytes{}\n", s.id, s.name, s.offset,
                       s.size, s.has_count ? fmt::format("  {:>7} entries", s.count) : "");
  if (dump) {
    title(out, "stack of thread " + dump->thread, dump->frames.size());
    out += stack_of(*dump);
  }
  if (!module.types.empty()) {
    title(out, "types", module.types.size());
    for (size_t i = 0; i < module.types.size(); ++i)
      out += fmt::format("  {:>5}  {}\n", i, describe::def_type_text(module.types[i]));
  }
  if (!module.imports.empty()) {
    title(out, "imports", module.imports.size());
    out += imports_of(module);
  }
  auto list = [&out, &module](std::string_view name, ExternKind kind, size_t count,
                              size_t imported) {
    if (count == imported) return;
    title(out, name, count - imported);
    for (size_t i = imported; i < count; ++i)
      out += fmt::format("  {:>5}  {}\n", i,
                         describe::extern_type_text(module, kind, static_cast<uint32_t>(i)));
  };
  list("tables", ExternKind::table, module.tables.size(), module.imported_tables);
  list("memories", ExternKind::memory, module.memories.size(), module.imported_memories);
  list("globals", ExternKind::global, module.globals.size(), module.imported_globals);
  list("tags", ExternKind::tag, module.tags.size(), module.imported_tags);
  if (!module.exports.empty()) {
    title(out, "exports", module.exports.size());
    out += exports_of(module);
  }
  // Padding of empty last columns
  std::string clean;
  for (char c : out) {
    if (c == '\n')
      while (!clean.empty() && clean.back() == ' ') clean.pop_back();
    clean += c;
  }
  return clean;
}

/// Where the bytes of a module are, the largest parts first.
std::string sizes_report(const Report& report) {
  constexpr size_t kShown = 30;
  const Module& module = report.module;
  const auto total = static_cast<double>(std::max<size_t>(module.bytes.size(), 1));
  const auto share = [&](uint64_t size) { return 100.0 * static_cast<double>(size) / total; };
  std::string out = fmt::format("{}: {} bytes{}\n", report.file.path, grouped(module.bytes.size()),
                                report.file.is_text ? " when translated from text" : "");
  std::vector<SectionFact> sections = report.sections;
  std::ranges::sort(sections, std::greater(),
                    [](const SectionFact& s) { return std::pair(s.size, s.offset); });
  title(out, "sections", sections.size());
  for (const SectionFact& s : sections)
    out += fmt::format("  {:>12}  {:>5.1f}%  {}\n", grouped(s.size), share(s.size), s.name);
  const std::vector<FunctionFact> functions = list_functions(module);
  if (functions.empty()) return out;
  title(out, "functions", functions.size());
  for (const FunctionFact& f : std::span(functions).first(std::min(functions.size(), kShown)))
    out += fmt::format("  {:>12}  {:>5.1f}%  {:>6}  {}\n", grouped(f.size), share(f.size), f.index,
                       f.name);
  if (functions.size() > kShown) {
    uint64_t rest = 0;
    for (const FunctionFact& f : std::span(functions).subspan(kShown)) rest += f.size;
    out += fmt::format("  {:>12}  {:>5.1f}%          {} more (--json lists all)\n", grouped(rest),
                       share(rest), functions.size() - kShown);
  }
  std::string clean;
  for (char c : out) {
    if (c == '\n')
      while (!clean.empty() && clean.back() == ' ') clean.pop_back();
    clean += c;
  }
  return clean;
}

nlohmann::ordered_json limits_json(const Limits& limits) {
  nlohmann::ordered_json out;
  out["min"] = limits.min;
  if (limits.has_max) out["max"] = limits.max;
  if (limits.shared) out["shared"] = true;
  out["address"] = limits.is64 ? "i64" : "i32";
  return out;
}

nlohmann::ordered_json image_json(const image::Image& image) {
  const image::Header& h = image.header;
  nlohmann::ordered_json out;
  out["format"] = h.format_version;
  out["abi"] = h.abi_number;
  out["target"] = image.target->name;
  out["cpu"] = image.cpu;
  out["required"] = required_text(h.required);
  out["optional"] = optional_text(h.optional);
  if (image.has_frames()) out["frames"] = frame_fields_text(image);
  out["producer"] = image.producer;
  out["size"] = h.image_size;
  out["text_offset"] = h.text_offset;
  out["text_size"] = h.text_size;
  out["functions"] = image.functions.size();
  out["ranges"] = image.ranges.size();
  return out;
}

nlohmann::ordered_json dump_json(const describe::CoreDump& dump) {
  nlohmann::ordered_json out = {{"program", dump.program}, {"thread", dump.thread}};
  auto& stack = out["stack"] = nlohmann::ordered_json::array();
  for (const describe::DumpedFrame& frame : dump.frames)
    stack.push_back({{"module", module_of(dump, frame)},
                     {"instance", frame.instance},
                     {"function", frame.function},
                     {"offset", frame.offset}});
  return out;
}

nlohmann::ordered_json json_report(const Report& report, bool with_sizes) {
  using Json = nlohmann::ordered_json;
  const Module& module = report.module;
  Json out;
  out["file"] = report.file.path;
  out["size"] = module.bytes.size();
  out["text"] = report.file.is_text;
  if (const auto dump = describe::read_core_dump(report.module))
    out["core_dump"] = dump_json(*dump);
  if (report.file.is_image) out["image"] = image_json(*image::read(report.file.file.bytes()));
  out["name"] = ModuleNames(module).module();
  out["features"] = report.features;
  Json sections = Json::array();
  for (const SectionFact& s : report.sections) {
    Json section = {{"id", s.id}, {"name", s.name}, {"offset", s.offset}, {"size", s.size}};
    if (s.has_count) section["entries"] = s.count;
    sections.push_back(std::move(section));
  }
  out["sections"] = std::move(sections);
  Json types = Json::array();
  for (const DefType& type : module.types) types.push_back(describe::def_type_text(type));
  out["types"] = std::move(types);
  Json imports = Json::array();
  for (const Import& i : module.imports)
    imports.push_back({{"module", i.module},
                       {"name", i.name},
                       {"kind", describe::kind_text(i.kind)},
                       {"index", i.index},
                       {"type", describe::extern_type_text(module, i.kind, i.index)}});
  out["imports"] = std::move(imports);
  Json exports = Json::array();
  for (const Export& e : module.exports)
    exports.push_back({{"name", e.name},
                       {"kind", describe::kind_text(e.kind)},
                       {"index", e.index},
                       {"type", describe::extern_type_text(module, e.kind, e.index)}});
  out["exports"] = std::move(exports);
  out["functions"] = {{"imported", module.imported_functions},
                      {"own", module.functions.size() - module.imported_functions}};
  if (with_sizes) {
    Json sizes = Json::array();
    for (const FunctionFact& f : list_functions(module))
      sizes.push_back(
          {{"index", f.index}, {"name", f.name}, {"offset", f.offset}, {"size", f.size}});
    out["function_sizes"] = std::move(sizes);
  }
  Json tables = Json::array();
  for (const TableDecl& table : module.tables) {
    Json entry = limits_json(table.type.limits);
    entry["element"] = describe::val_type_text(table.type.element);
    tables.push_back(std::move(entry));
  }
  out["tables"] = std::move(tables);
  Json memories = Json::array();
  for (const MemoryType& memory : module.memories) {
    Json entry = limits_json(memory.limits);
    entry["page_size"] = uint64_t{1} << memory.page_log2;
    memories.push_back(std::move(entry));
  }
  out["memories"] = std::move(memories);
  Json globals = Json::array();
  for (const GlobalDecl& global : module.globals)
    globals.push_back(
        {{"type", describe::val_type_text(global.type.type)}, {"mutable", global.type.mutable_}});
  out["globals"] = std::move(globals);
  out["tags"] = module.tags.size();
  out["start"] = module.has_start ? Json(module.start) : Json(nullptr);
  return out;
}

/// Names of the module reach a terminal as text and nothing else.
void print_text(const std::string& text) {
  fmt::print("{}", use_colour(1) ? printable(text) : text);
}

} // namespace

int execute(const InspectOptions& options) {
  FeatureSet all;
  for (Feature f : kAll) all.add(f);
  auto file = open_program(options.file, all);
  if (!file) return file.error();
  Module module(platform::default_allocator());
  module.has_no_code = file->is_image;
  if (auto decoded = decode(file->bytes(), all, module); !decoded)
    return print_module_error(*file, all, decoded.error());
  const auto needed = needed_features(file->bytes(), file->is_image && !module.code_section.size);
  if (!needed) return print_module_error(*file, all, needed.error());
  Report report{*file, module, list_sections(file->bytes()), {}, {}};
  for (Feature f : kAll) {
    if (!needed->has(f)) continue;
    report.features.push_back(describe::feature_text(f));
    if (!FeatureSet::defaults().has(f)) report.off.push_back(describe::feature_text(f));
  }
  if (options.json)
    fmt::print("{}\n", json_report(report, options.sizes)
                           .dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    print_text(options.sizes ? sizes_report(report) : text_report(report));
  return 0;
}

} // namespace waxwing::tool
