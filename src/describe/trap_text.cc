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

std::string trace_text(const TraceSink& trace, const SourcePlace& place) {
  struct Line {
    uint64_t number;
    std::string offset;
    std::string name;
    std::string place;
  };
  std::vector<Line> lines;
  std::map<const runtime::LoadedModule*, FunctionNames> names;
  bool nameless = false;
  auto add = [&](uint64_t number, const Frame& frame) {
    if (frame.module == nullptr) {
      lines.push_back({number, "", "(host)", ""});
      return;
    }
    const Module& module = frame.module->module();
    FunctionNames& of = names.try_emplace(frame.module, module).first->second;
    std::string name = of.name_of(frame.function);
    if (frame.function < module.imported_functions) name += " (host)";
    if (name.empty()) {
      name = fmt::format("func {}", frame.function);
      nameless = nameless || !of.has_names();
    }
    lines.push_back({number, fmt::format("{}{:#06x}", frame.exact ? "" : "~", frame.offset),
                     std::move(name), place ? place(frame) : ""});
  };
  const uint64_t count = trace.count;
  const bool cut = count > kShownFirst + kShownLast;
  const uint64_t head = cut ? kShownFirst : std::min<uint64_t>(count, TraceSink::kKeep);
  for (uint64_t i = 0; i < head; ++i) add(i, trace.first[i]);
  for (uint64_t i = cut ? count - kShownLast : head; i < count; ++i)
    add(i, i < TraceSink::kKeep ? trace.first[i] : trace.last[i % TraceSink::kKeep]);

  size_t number_width = 1;
  size_t offset_width = 0;
  size_t name_width = 0;
  for (const Line& line : lines) {
    number_width = std::max(number_width, std::to_string(line.number).size());
    offset_width = std::max(offset_width, line.offset.size());
    if (!line.place.empty()) name_width = std::max(name_width, line.name.size());
  }
  std::string out;
  uint64_t next = 0;
  for (const Line& line : lines) {
    if (line.number != next)
      out +=
          fmt::format("  {:>{}}  ... {} frames left out\n", "", number_width, line.number - next);
    next = line.number + 1;
    out += fmt::format("  {:>{}}: {:<{}} ", line.number, number_width, line.offset, offset_width);
    out += line.place.empty() ? line.name
                              : fmt::format("{:<{}}  {}", line.name, name_width, line.place);
    out += '\n';
  }
  if (nameless) out += "  note: the module has no name section, so most functions have no names\n";
  return out;
}

} // namespace waxwing::describe
