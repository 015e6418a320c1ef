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
    for (const size_t i : indices) offsets.push_back(frames[i].is_native ? 0 : frames[i].offset);
    std::vector<std::vector<SourceLine>> found = places(*module, offsets);
    for (size_t k = 0; k < indices.size() && k < found.size(); ++k)
      lines[indices[k]] = std::move(found[k]);
  }
  return lines;
}

} // namespace

std::string trace_text(const TraceSink& trace, const SourcePlaces& places,
                       const TraceStyle& style) {
  const uint64_t count = trace.count;
  // A quarter is for where it all began.
  const uint64_t most = std::clamp<uint64_t>(style.most_frames, 2, 2 * TraceSink::kKeep);
  const uint64_t last = std::max<uint64_t>(most / 4, 1);
  const bool cut = count > most;
  const uint64_t head = std::min<uint64_t>(cut ? most - last : count, TraceSink::kKeep);
  const uint64_t tail = cut ? count - std::min<uint64_t>(last, TraceSink::kKeep) : head;
  std::vector<ShownFrame> shown;
  const auto add = [&](uint64_t number, const Frame& frame, uint64_t left_out) {
    const Module* const module = frame.module == nullptr ? nullptr : &frame.module->module();
    shown.push_back({module, frame.function, frame.offset, frame.exact, left_out, frame.is_native});
    if (style.values) shown.back().values = style.values(number);
  };
  for (uint64_t i = 0; i < head; ++i) add(i, trace.first[i], 0);
  for (uint64_t i = tail; i < count; ++i)
    add(i, i < TraceSink::kKeep ? trace.first[i] : trace.last[i % TraceSink::kKeep],
        i == tail ? tail - head : 0);
  return trace_text(shown, places);
}

std::string trace_text(std::span<const ShownFrame> trace, const SourcePlaces& places) {
  struct Line {
    std::string number;
    std::string offset;
    std::string name;
    std::string place;
    std::vector<std::string> values = {};
  };
  std::vector<std::vector<SourceLine>> sources = find_lines(trace, places);
  std::vector<Line> lines;
  std::map<const Module*, FunctionNames> names;
  bool nameless = false;
  bool is_partial = false;
  bool is_native = false;
  uint64_t number = 0;
  const auto add = [&](const ShownFrame& frame, std::vector<SourceLine>& source) {
    if (frame.module == nullptr) {
      lines.push_back({std::to_string(number++), "", "(host)", ""});
      return;
    }
    if (frame.function == kNoIndex) {
      lines.push_back({std::to_string(number++), "", "(compiled without traces)", ""});
      return;
    }
    FunctionNames& of = names.try_emplace(frame.module, *frame.module).first->second;
    const bool is_host = frame.function < frame.module->imported_functions;
    std::string name =
        is_host ? of.import_name(frame.function) + " (host)" : of.name_of(frame.function);
    if (name.empty()) {
      // The debug information may know what the name section does not.
      name = source.empty() ? std::string() : source.back().function;
      nameless = nameless || (name.empty() && !of.has_names());
      if (name.empty()) name = fmt::format("func {}", frame.function);
    }
    std::string offset;
    if (frame.offset != 0 || (frame.exact && !is_host))
      offset = fmt::format("{}{:#06x}",
                           frame.is_native ? "+"
                           : frame.exact   ? ""
                                           : "~",
                           frame.offset);
    else if (!is_host)
      offset = "?";
    is_partial = is_partial || offset == "?";
    is_native = is_native || frame.is_native;
    for (size_t i = 0; i + 1 < source.size(); ++i)
      lines.push_back({std::to_string(number++), offset, source[i].function,
                       fmt::format("{} (inlined into {})", source[i].place,
                                   i + 2 < source.size() ? source[i + 1].function : name)});
    lines.push_back({std::to_string(number++), offset, std::move(name),
                     source.empty() ? std::string() : std::move(source.back().place),
                     frame.values});
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
    for (const std::string& value : line.values)
      out += fmt::format("  {:>{}}    {}\n", "", number_width, value);
  }
  if (is_native)
    out +=
        "  note: + stands for places in the image, which 'waxwing symbolize --split-trace' turns "
        "into offsets\n";
  if (is_partial)
    out += "  note: ? stands for an offset that the image does not tell: compile it with ip and "
           "trap-ip\n";
  if (nameless) out += "  note: the module has no name section, so most functions have no names\n";
  return out;
}

} // namespace waxwing::describe
