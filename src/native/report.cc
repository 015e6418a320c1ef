// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/report.hpp"

#include <algorithm>
#include <array>

#include "base/text_table.hpp"
#include "native/lines.hpp"
#include "native/value.hpp"
#include "platform/memory.hpp"
#include "runtime/exception.hpp"
#include "wasm/names.hpp"

namespace waxwing::native {

namespace {

using runtime::Frame;
using runtime::TraceSink;
using runtime::TrapInfo;

using TrapTexts = TextTable<[] {
  return std::to_array<std::string_view>({
#define WAX_TRAP(name, text) text,
#include "wasm/trap.def"
#undef WAX_TRAP
  });
}>;

using ErrorTexts = TextTable<[] {
  return std::to_array<std::string_view>({
#define WAX_ERROR(name, text) text,
#include "base/error.def"
#undef WAX_ERROR
  });
}>;

/// Frames shown at either end of a deep trace.
constexpr uint64_t kShownFirst = 12;
constexpr uint64_t kShownLast = 4;

/// `12`, or `12+3` for more than one.
void add_range(Text& text, const TrapInfo& trap) {
  text.add(trap.length <= 1 ? "element " : "elements ").add_number(trap.address);
  if (trap.length > 1) text.add('+').add_number(trap.length);
}

size_t width_of(uint64_t number) {
  size_t width = 1;
  for (; number >= 10; number /= 10) ++width;
  return width;
}

/// The shown frames of a trace: those before the gap, then those behind it.
struct Shown {
  explicit Shown(const TraceSink& from) : trace(from) {
    const bool cut = trace.count > kShownFirst + kShownLast;
    head = cut ? kShownFirst : std::min<uint64_t>(trace.count, TraceSink::kKeep);
    tail = cut ? trace.count - kShownLast : head;
  }
  [[nodiscard]] const Frame& at(uint64_t i) const {
    return i < TraceSink::kKeep ? trace.first[i] : trace.last[i % TraceSink::kKeep];
  }
  template <class Visit>
  void each(Visit visit) const {
    for (uint64_t i = 0; i < head; ++i) visit(i, at(i));
    for (uint64_t i = tail; i < trace.count; ++i) visit(i, at(i));
  }

  const TraceSink& trace;
  uint64_t head;
  uint64_t tail;
};

void add_offset(Text& text, const Frame& frame) {
  if (frame.module == nullptr) return;
  if (!frame.exact) text.add('~');
  text.add_hex(frame.offset, 4);
}

/// A line of a trace: a function, or the gap in a deep one.
struct Line {
  /// Of the line, or how many are left out.
  uint64_t number = 0;
  /// Null: the gap.
  const Frame* frame = nullptr;
  std::string_view name = {};
  std::string_view place = {};
  /// The function that this one was inlined into.
  std::string_view into = {};
  bool is_nameless = false;
};

/// Characters as they stand beside each other: UTF-8's later bytes have no place of their own.
size_t columns_of(std::string_view words) {
  return static_cast<size_t>(std::ranges::count_if(
      words, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// The lines of a trace: functions that were inlined have lines of their own.
class Lines {
 public:
  Lines(const TraceSink& trace, const SourceOf& source) : shown_(trace), source_(source) {}

  template <class Visit>
  void each(Visit visit) const {
    uint64_t number = 0;
    shown_.each([&](uint64_t index, const Frame& frame) {
      if (index == shown_.tail && shown_.tail != shown_.head) {
        const uint64_t left_out = shown_.tail - shown_.head;
        visit(Line{.number = left_out});
        number += left_out;
      }
      each_of(frame, number, visit);
    });
  }

 private:
  template <class Visit>
  void each_of(const Frame& frame, uint64_t& number, Visit& visit) const {
    if (frame.module == nullptr) {
      visit(Line{.number = number++, .frame = &frame, .name = "(host)"});
      return;
    }
    const auto source = source_.at(frame);
    Text room;
    Line line{.frame = &frame};
    line.is_nameless = name_of(frame, source, room);
    const auto text = [&](uint32_t at) { return source_.text(at); };
    for (size_t i = 0; i + 1 < source.size(); ++i) {
      Line inlined{.number = number++, .frame = &frame, .name = text(source[i].function)};
      inlined.place = text(source[i].place);
      inlined.into = i + 2 < source.size() ? text(source[i + 1].function) : room.view();
      visit(inlined);
    }
    line.number = number++;
    line.name = room.view();
    if (!source.empty()) line.place = text(source.back().place);
    visit(line);
  }
  /// What a frame's function is called; true where neither the module nor its source says.
  bool name_of(const Frame& frame, std::span<const WaxEmbeddedLine> source, Text& name) const {
    const Module& module = frame.module->module();
    Text room;
    name.add(function_name(module, frame.function, room));
    if (frame.function < module.imported_functions) name.add(" (host)");
    if (!name.empty()) return false;
    if (!source.empty()) name.add(source_.text(source.back().function));
    if (!name.empty()) return false;
    name.add("func ").add_number(frame.function);
    return ModuleNames(module).subsection(NameKind::functions).size == 0;
  }

  Shown shown_;
  const SourceOf& source_;
};

/// What a module calls its tag `index`, or nothing.
void add_tag_name(Text& text, const Module& module, uint32_t index) {
  if (const std::string_view name = ModuleNames(module).tag(index); !name.empty()) {
    text.add(name);
    return;
  }
  for (const Export& item : module.exports)
    if (item.kind == ExternKind::tag && item.index == index) {
      text.add(item.name);
      return;
    }
  for (const Import& import : module.imports)
    if (import.kind == ExternKind::tag && import.index == index)
      text.add(import.module).add('.').add(import.name);
}

} // namespace

std::string_view function_name(const Module& module, FuncIndex function, Text& room) {
  room.clear();
  if (const std::string_view name = ModuleNames(module).function(function); !name.empty())
    return room.add(name).view();
  if (function < module.imported_functions)
    for (const Import& import : module.imports)
      if (import.kind == ExternKind::func && import.index == function)
        return room.add(import.module).add('.').add(import.name).view();
  for (const Export& item : module.exports)
    if (item.kind == ExternKind::func && item.index == function) return room.add(item.name).view();
  return {};
}

void add_trap(Text& text, const TrapInfo& trap) {
  if (trap.kind == TrapKind::host && trap.message != nullptr) {
    text.add(trap.message);
    return;
  }
  text.add(TrapTexts::at(static_cast<size_t>(trap.kind)));
  if (!trap.has_address) return;
  switch (trap.kind) {
  case TrapKind::out_of_bounds_memory_access:
    text.add(" (address ").add_hex(trap.address).add('+').add_number(trap.length);
    text.add(", memory ").add_number(trap.index).add(" is ").add_hex(trap.bound).add(" bytes)");
    break;
  case TrapKind::unaligned_atomic:
    text.add(" (address ").add_hex(trap.address).add(", ").add_number(trap.length).add(" bytes)");
    break;
  case TrapKind::out_of_bounds_table_access:
  case TrapKind::undefined_element:
  case TrapKind::uninitialized_element:
    text.add(" (");
    add_range(text, trap);
    text.add(", table ").add_number(trap.index).add(" has ").add_number(trap.bound).add(')');
    break;
  case TrapKind::out_of_bounds_array_access:
    text.add(" (");
    add_range(text, trap);
    text.add(", the array has ").add_number(trap.bound).add(')');
    break;
  default: break;
  }
}

void add_trace(Text& text, const TraceSink& trace, const SourceOf& source) {
  const Lines lines(trace, source);
  size_t number_width = 1;
  size_t offset_width = 0;
  size_t name_width = 0;
  lines.each([&](const Line& line) {
    if (line.frame == nullptr) return;
    Text offset;
    add_offset(offset, *line.frame);
    number_width = std::max(number_width, width_of(line.number));
    offset_width = std::max(offset_width, offset.view().size());
    if (!line.place.empty()) name_width = std::max(name_width, columns_of(line.name));
  });
  bool nameless = false;
  lines.each([&](const Line& line) {
    text.add("  ");
    if (line.frame == nullptr) {
      text.add_spaces(number_width).add("  ... ").add_number(line.number);
      text.add(" frames left out\n");
      return;
    }
    Text offset;
    add_offset(offset, *line.frame);
    text.add_spaces(number_width - width_of(line.number)).add_number(line.number).add(": ");
    text.add(offset.view()).add_spaces(offset_width - offset.view().size()).add(' ');
    text.add_foreign(line.name);
    if (!line.place.empty()) {
      text.add_spaces(name_width - columns_of(line.name) + 2).add_foreign(line.place);
      if (!line.into.empty()) text.add(" (inlined into ").add_foreign(line.into).add(')');
    }
    text.add('\n');
    nameless = nameless || line.is_nameless;
  });
  if (nameless)
    text.add("  note: the module has no name section, so most functions have no names\n");
}

void add_exception(Text& text, const runtime::Store& store, runtime::Ref exception) {
  const runtime::ExceptionObject& object = runtime::exception_of(exception);
  Text name;
  for (const bool defines : {true, false})
    for (const runtime::Instance* instance : store.instances) {
      const Module& module = instance->module();
      const uint32_t first = defines ? module.imported_tags : 0;
      const auto end = defines ? static_cast<uint32_t>(module.tags.size()) : module.imported_tags;
      for (uint32_t i = first; name.empty() && i < end; ++i) {
        if (instance->tag(i) != object.tag) continue;
        add_tag_name(name, module, i);
        if (name.empty() && defines) name.add("tag ").add_number(i);
      }
    }
  text.add(name.empty() ? std::string_view("a tag of the host") : name.view());
  const runtime::Cell* cells = runtime::values_of(object).data();
  bool first = true;
  for (const ValType type : object.tag->type->params) {
    text.add(first ? " (" : ", ").add(type_name(type)).add(' ');
    add_value(text, type, cells);
    cells += cells_of(type);
    first = false;
  }
  if (!first) text.add(')');
}

void add_error(Text& text, const Error& error) {
  switch (error.code) {
  case ErrorCode::memory_limit: text.add("its memory is larger than --max-memory allows"); break;
  case ErrorCode::out_of_memory: text.add("there is not enough memory for it"); break;
  case ErrorCode::memory_guard_refused:
    text.add(
        "the addresses for guard pages (8 GiB for each memory) are refused: allow more address "
        "space (ulimit -v), or make it with --bounds-checks=explicit");
    break;
  case ErrorCode::image_cpu_feature:
    text.add("it was made for a processor with more features than this one has: make it with "
             "--cpu=generic");
    break;
  default: text.add(ErrorTexts::at(static_cast<size_t>(error.code))); break;
  }
}

} // namespace waxwing::native
