// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reader of debug information from outside: a loadable module behind a C interface.
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "api/convert.hpp"
#include "api/part.hpp"
// Behind the core, like the other public headers.
#include <waxwing/symbolize.hpp>

#include "symbolize/interface.hpp"

namespace waxwing::inline v0 {

namespace {

using impl::ModuleState;

/// DWARF for WebAssembly, section "External DWARF": the URL of the file that has it.
constexpr std::string_view kExternal = "external_debug_info";

Result<const WaxSymbolizeInterface*> load_symbolizer(const std::string& folder) {
  static constexpr impl::Part kSymbolizer = {"libwaxwing_symbolize.so",
                                             "reader of debug information", kSymbolizeEntry};
  const auto entry = impl::load_part(kSymbolizer, folder);
  if (!entry) return impl::refuse(ErrorKind::compilation, entry.error());
  const WaxSymbolizeInterface* const found = reinterpret_cast<WaxSymbolizeEntry>(*entry)();
  if (found == nullptr || found->version != WAX_SYMBOLIZE_INTERFACE_VERSION)
    return impl::refuse(ErrorKind::compilation,
                        fmt::format("{}: it is of another version", kSymbolizer.file));
  return found;
}

std::vector<WaxDebugSection> debug_sections(const core::Module& module) {
  std::vector<WaxDebugSection> sections;
  for (const CustomSection& section : module.customs) {
    if (!section.name.starts_with(".debug_")) continue;
    const std::span<const uint8_t> bytes = module.slice(section.bytes);
    sections.push_back({section.name.data(), section.name.size(), bytes.data(), bytes.size()});
  }
  return sections;
}

/// The path that `external_debug_info` names, from the folder of the module's own; empty where it
/// names none, or one that isn't a file.
std::string external_file(std::string_view path, const core::Module& module) {
  for (const CustomSection& section : module.customs) {
    if (section.name != kExternal) continue;
    ByteReader reader(module.slice(section.bytes), section.bytes.offset);
    const auto size = reader.leb_u32();
    if (!size || *size > reader.remaining()) return {};
    std::string url(reinterpret_cast<const char*>(reader.position()), *size);
    if (url.starts_with("file://")) url.erase(0, 7);
    if (url.empty() || url.find("://") != std::string::npos || url.find('\0') != std::string::npos)
      return {};
    const std::filesystem::path found = std::filesystem::path(path).parent_path() / url;
    return found.string();
  }
  return {};
}

/// Lines by the DWARF in `sections`.
Result<SourceLines> by_dwarf(const std::vector<WaxDebugSection>& sections,
                             const core::Module& module, std::span<const uint32_t> offsets,
                             const DebugInfo& debug) {
  Result<const WaxSymbolizeInterface*> symbolizer = load_symbolizer(debug.folder);
  if (!symbolizer) return std::unexpected(std::move(symbolizer.error()));
  SourceLines lines(offsets.size());
  std::vector<uint64_t> addresses;
  addresses.reserve(offsets.size());
  for (const uint32_t offset : offsets) addresses.push_back(offset - module.code_section.offset);
  const auto add = [](void* context, size_t index, const WaxSourceFrame* frame) {
    std::string place;
    if (frame->line != 0)
      place = frame->column == 0 ? fmt::format("{}:{}", frame->file, frame->line)
                                 : fmt::format("{}:{}:{}", frame->file, frame->line, frame->column);
    SourceLines& all = *static_cast<SourceLines*>(context);
    if (index < all.size()) all[index].push_back({frame->function, std::move(place)});
  };
  const bool whole =
      (*symbolizer)
          ->find(sections.data(), sections.size(), addresses.data(), addresses.size(), add, &lines);
  if (!whole && std::ranges::all_of(lines, [](const auto& of) { return of.empty(); }))
    return impl::refuse(ErrorKind::malformed, "its debug information cannot be read");
  return lines;
}

/// The same with the sections of another file, whose code may have been left out.
Result<SourceLines> by_file(const std::string& path, const core::Module& module,
                            std::span<const uint32_t> offsets, const DebugInfo& debug) {
  platform::MappedFile file;
  if (file.open(path.c_str()) != platform::FileStatus::ok)
    return impl::refuse(ErrorKind::io,
                        fmt::format("{}: this file with debug information cannot be read", path));
  core::Module holder(platform::default_allocator());
  holder.bytes = file.bytes();
  holder.features = module.features;
  holder.has_no_code = true;
  [[maybe_unused]] const auto decoded = decode(file.bytes(), module.features, holder);
  const std::vector<WaxDebugSection> sections = debug_sections(holder);
  if (sections.empty())
    return impl::refuse(ErrorKind::malformed,
                        fmt::format("{}: there is no debug information in it", path));
  return by_dwarf(sections, module, offsets, debug);
}

/// The lines of a module that was made from text; the function's name says nothing more.
SourceLines by_text(ModuleState& state, std::span<const uint32_t> offsets) {
  SourceLines lines(offsets.size());
  for (size_t i = 0; i < offsets.size(); ++i)
    if (const auto at = state.position(offsets[i]))
      lines[i].push_back({"", fmt::format("{}:{}:{}", state.name, at->line, at->column)});
  return lines;
}

} // namespace

Result<SourceLines> find_source_lines(const Module& module, std::span<const uint32_t> offsets,
                                      const DebugInfo& debug) {
  ModuleState& state = *ModuleState::of(module);
  if (state.is_text()) return by_text(state, offsets);
  const core::Module& inner = state.source_module();
  if (!debug.file.empty()) return by_file(debug.file, inner, offsets, debug);
  const std::vector<WaxDebugSection> sections = debug_sections(inner);
  if (!sections.empty()) return by_dwarf(sections, inner, offsets, debug);
  const std::string external = external_file(state.name, inner);
  if (!external.empty()) return by_file(external, inner, offsets, debug);
  return SourceLines(offsets.size());
}

std::string trace_text(const Module& module, std::span<const TracePlace> places,
                       const SourceLines& lines) {
  const core::Module& inner = ModuleState::of(module)->source_module();
  std::vector<describe::ShownFrame> frames;
  std::vector<std::vector<describe::SourceLine>> shown;
  for (size_t i = 0; i < places.size(); ++i) {
    const FuncIndex function = inner.function_at(places[i].offset);
    if (function == kNoIndex) continue;
    frames.push_back({&inner, function, places[i].offset, places[i].exact, 0});
    auto& of_frame = shown.emplace_back();
    if (i < lines.size())
      for (const SourceLine& line : lines[i]) of_frame.push_back({line.function, line.place});
  }
  // All of one module, and so asked for once and in their order.
  return describe::trace_text(
      frames, [&](const core::Module&, std::span<const uint32_t>) { return shown; });
}

} // namespace waxwing::inline v0
