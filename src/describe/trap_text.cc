// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "describe/trap_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <vector>

#include "describe/error_text.hpp"
#include "describe/names.hpp"
#include "runtime/loaded_module.hpp"

namespace waxwing::describe {

namespace {

using runtime::Frame;
using runtime::TraceSink;

/// Frames shown at either end of a deep trace.
constexpr uint64_t kShownFirst = 12;
constexpr uint64_t kShownLast = 4;

std::string table_text(const runtime::TrapInfo& trap) {
  const std::string what = trap.length <= 1
                               ? fmt::format("element {}", trap.address)
                               : fmt::format("elements {}+{}", trap.address, trap.length);
  return fmt::format("{}, table {} has {}", what, trap.index, trap.bound);
}

} // namespace

std::string trap_text(const runtime::TrapInfo& trap) {
  const std::string_view text = trap_text(trap.kind);
  switch (trap.kind) {
  case TrapKind::out_of_bounds_memory_access:
    if (!trap.has_address) break;
    return fmt::format("{} (address {:#x}+{}, memory {} is {:#x} bytes)", text, trap.address,
                       trap.length, trap.index, trap.bound);
  case TrapKind::unaligned_atomic:
    if (!trap.has_address) break;
    return fmt::format("{} (address {:#x}, {} bytes)", text, trap.address, trap.length);
  case TrapKind::out_of_bounds_table_access:
  case TrapKind::undefined_element:
  case TrapKind::uninitialized_element:
    if (!trap.has_address) break;
    return fmt::format("{} ({})", text, table_text(trap));
  case TrapKind::out_of_bounds_array_access:
    if (!trap.has_address) break;
    return trap.length <= 1
               ? fmt::format("{} (element {}, the array has {})", text, trap.address, trap.bound)
               : fmt::format("{} (elements {}+{}, the array has {})", text, trap.address,
                             trap.length, trap.bound);
  case TrapKind::host:
    if (trap.message == nullptr) break;
    return trap.message;
  case TrapKind::invalid_function: {
    const runtime::LoadedModule* module =
        trap.trace.count != 0 ? trap.trace.first[0].module : nullptr;
    return fmt::format("{}: {}", text,
                       module != nullptr ? error_text(module->module(), trap.error)
                                         : error_text(trap.error));
  }
  default: break;
  }
  return std::string(text);
}

namespace {

/// The source lines of each frame, asked for once a module.
std::vector<std::vector<SourceLine>> find_lines(std::span<const ShownFrame> frames,
                                                const SourcePlaces& places) {
  std::vector<std::vector<SourceLine>> lines(frames.size());
  if (!places) return lines;
  std::map<const Module*, std::vector<size_t>> of_module;
  for (size_t i = 0; i < frames.size(); ++i)
    if (frames[i].module != nullptr) of_module[frames[i].module].push_back(i);
  for (const auto& [module, indices] : of_module) {
    std::vector<uint32_t> offsets;
    for (const size_t i : indices) offsets.push_back(frames[i].offset);
    std::vector<std::vector<SourceLine>> found = places(*module, offsets);
    for (size_t k = 0; k < indices.size() && k < found.size(); ++k)
      lines[indices[k]] = std::move(found[k]);
  }
  return lines;
}

} // namespace

std::string trace_text(const TraceSink& trace, const SourcePlaces& places) {
  const uint64_t count = trace.count;
  const bool cut = count > kShownFirst + kShownLast;
  const uint64_t head = cut ? kShownFirst : std::min<uint64_t>(count, TraceSink::kKeep);
  const uint64_t tail = cut ? count - kShownLast : head;
  std::vector<ShownFrame> shown;
  const auto add = [&](const Frame& frame, uint64_t left_out) {
    const Module* const module = frame.module == nullptr ? nullptr : &frame.module->module();
    shown.push_back({module, frame.function, frame.offset, frame.exact, left_out});
  };
  for (uint64_t i = 0; i < head; ++i) add(trace.first[i], 0);
  for (uint64_t i = tail; i < count; ++i)
    add(i < TraceSink::kKeep ? trace.first[i] : trace.last[i % TraceSink::kKeep],
        i == tail ? tail - head : 0);
  return trace_text(shown, places);
}

std::string trace_text(std::span<const ShownFrame> trace, const SourcePlaces& places) {
  struct Line {
    std::string number;
    std::string offset;
    std::string name;
    std::string place;
  };
  std::vector<std::vector<SourceLine>> sources = find_lines(trace, places);
  std::vector<Line> lines;
  std::map<const Module*, FunctionNames> names;
  bool nameless = false;
  uint64_t number = 0;
  const auto add = [&](const ShownFrame& frame, std::vector<SourceLine>& source) {
    if (frame.module == nullptr) {
      lines.push_back({std::to_string(number++), "", "(host)", ""});
      return;
    }
    FunctionNames& of = names.try_emplace(frame.module, *frame.module).first->second;
    std::string name = of.name_of(frame.function);
    if (frame.function < frame.module->imported_functions) name += " (host)";
    if (name.empty()) {
      // The debug information may know what the name section does not.
      name = source.empty() ? std::string() : source.back().function;
      nameless = nameless || (name.empty() && !of.has_names());
      if (name.empty()) name = fmt::format("func {}", frame.function);
    }
    const std::string offset = fmt::format("{}{:#06x}", frame.exact ? "" : "~", frame.offset);
    for (size_t i = 0; i + 1 < source.size(); ++i)
      lines.push_back({std::to_string(number++), offset, source[i].function,
                       fmt::format("{} (inlined into {})", source[i].place,
                                   i + 2 < source.size() ? source[i + 1].function : name)});
    lines.push_back({std::to_string(number++), offset, std::move(name),
                     source.empty() ? std::string() : std::move(source.back().place)});
  };
  for (size_t i = 0; i < trace.size(); ++i) {
    if (trace[i].left_out != 0) {
      lines.push_back({"", "", fmt::format("... {} frames left out", trace[i].left_out), ""});
      number += trace[i].left_out;
    }
    add(trace[i], sources[i]);
  }

  size_t number_width = 1;
  size_t offset_width = 0;
  size_t name_width = 0;
  for (const Line& line : lines) {
    number_width = std::max(number_width, line.number.size());
    offset_width = std::max(offset_width, line.offset.size());
    if (!line.place.empty()) name_width = std::max(name_width, line.name.size());
  }
  std::string out;
  for (const Line& line : lines) {
    if (line.number.empty()) {
      out += fmt::format("  {:>{}}  {}\n", "", number_width, line.name);
      continue;
    }
    out += fmt::format("  {:>{}}: {:<{}} ", line.number, number_width, line.offset, offset_width);
    out += line.place.empty() ? line.name
                              : fmt::format("{:<{}}  {}", line.name, name_width, line.place);
    out += '\n';
  }
  if (nameless) out += "  note: the module has no name section, so most functions have no names\n";
  return out;
}

} // namespace waxwing::describe
