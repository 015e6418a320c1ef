// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/source_lines.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

#include "base/reader.hpp"
#include "platform/memory.hpp"
#include "symbolize/interface.hpp"
#include "waxwing/loadable.hpp"

namespace waxwing::tool {

namespace {

/// DWARF for WebAssembly, section "External DWARF": the URL of the file that has it.
constexpr std::string_view kExternal = "external_debug_info";

std::expected<const WaxSymbolizeInterface*, std::string> load_symbolizer() {
  static constexpr Loadable kSymbolizer = {"libwaxwing_symbolize.so", "reader of debug information",
                                           symbolize::kEntrySymbol};
  const auto entry = load_part(kSymbolizer);
  if (!entry) return std::unexpected(entry.error());
  const WaxSymbolizeInterface* const found = reinterpret_cast<WaxSymbolizeEntry>(*entry)();
  if (found == nullptr || found->version != WAX_SYMBOLIZE_INTERFACE_VERSION)
    return std::unexpected(
        fmt::format("{}: it is of another version of the program", kSymbolizer.file));
  return found;
}

std::vector<WaxDebugSection> debug_sections(const Module& module) {
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
std::string external_file(const std::string& path, const Module& module) {
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

/// Lines by the DWARF of `holder`, which is the module or the file with its debug information.
std::expected<SourceLines, std::string> by_dwarf(const std::vector<WaxDebugSection>& sections,
                                                 const Module& module,
                                                 std::span<const uint32_t> offsets) {
  const auto symbolizer = load_symbolizer();
  if (!symbolizer) return std::unexpected(symbolizer.error());
  SourceLines lines(offsets.size());
  std::vector<uint64_t> addresses;
  addresses.reserve(offsets.size());
  for (const uint32_t offset : offsets) addresses.push_back(offset - module.code_section.offset);
  const bool whole =
      (*symbolizer)
          ->find(
              sections.data(), sections.size(), addresses.data(), addresses.size(),
              [](void* context, size_t index, const WaxSourceFrame* frame) {
                std::string place;
                if (frame->line != 0)
                  place = frame->column == 0
                              ? fmt::format("{}:{}", frame->file, frame->line)
                              : fmt::format("{}:{}:{}", frame->file, frame->line, frame->column);
                SourceLines& all = *static_cast<SourceLines*>(context);
                if (index < all.size()) all[index].push_back({frame->function, std::move(place)});
              },
              &lines);
  if (!whole && std::ranges::all_of(lines, [](const auto& of) { return of.empty(); }))
    return std::unexpected("its debug information cannot be read");
  return lines;
}

/// The same with the sections of another file, whose code may have been left out.
std::expected<SourceLines, std::string> by_file(const std::string& path, const Module& module,
                                                std::span<const uint32_t> offsets) {
  platform::MappedFile file;
  if (file.open(path.c_str()) != platform::FileStatus::ok)
    return std::unexpected(
        fmt::format("{}: this file with debug information cannot be read", path));
  Module holder(platform::default_allocator());
  holder.bytes = file.bytes();
  holder.features = module.features;
  holder.has_no_code = true;
  [[maybe_unused]] const auto decoded = decode(file.bytes(), module.features, holder);
  const std::vector<WaxDebugSection> sections = debug_sections(holder);
  if (sections.empty())
    return std::unexpected(fmt::format("{}: there is no debug information in it", path));
  return by_dwarf(sections, module, offsets);
}

} // namespace

std::expected<SourceLines, std::string> find_source_lines(const ModuleFile& file,
                                                          const Module& module,
                                                          std::span<const uint32_t> offsets,
                                                          const DebugInfo& debug) {
  if (file.is_text) {
    SourceLines lines(offsets.size());
    const SourceMap map(file, module);
    for (size_t i = 0; i < offsets.size(); ++i) {
      const std::string place = map.place_of(offsets[i]);
      if (!place.empty()) lines[i].push_back({"", fmt::format("{}:{}", file.path, place)});
    }
    return lines;
  }
  if (!debug.file.empty()) return by_file(debug.file, module, offsets);
  const std::vector<WaxDebugSection> sections = debug_sections(module);
  if (!sections.empty()) return by_dwarf(sections, module, offsets);
  const std::string external = external_file(file.path, module);
  if (!external.empty()) return by_file(external, module, offsets);
  return SourceLines(offsets.size());
}

} // namespace waxwing::tool
