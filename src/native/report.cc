// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/report.hpp"

#include <algorithm>

#include "native/value.hpp"
#include "platform/memory.hpp"
#include "runtime/exception.hpp"
#include "wasm/names.hpp"

namespace waxwing::native {

namespace {

using runtime::Frame;
using runtime::TraceSink;
using runtime::TrapInfo;

constexpr std::string_view kTrapTexts[] = {
#define WAX_TRAP(name, text) text,
#include "wasm/trap.def"
#undef WAX_TRAP
};

constexpr std::string_view kErrorTexts[] = {
#define WAX_ERROR(name, text) text,
#include "base/error.def"
#undef WAX_ERROR
};

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
  text.add(kTrapTexts[static_cast<size_t>(trap.kind)]);
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

void add_trace(Text& text, const TraceSink& trace) {
  const Shown shown(trace);
  size_t number_width = 1;
  size_t offset_width = 0;
  shown.each([&](uint64_t number, const Frame& frame) {
    Text offset;
    add_offset(offset, frame);
    number_width = std::max(number_width, width_of(number));
    offset_width = std::max(offset_width, offset.view().size());
  });
  bool nameless = false;
  shown.each([&](uint64_t number, const Frame& frame) {
    if (number == shown.tail && shown.tail != shown.head)
      text.add("  ")
          .add_spaces(number_width)
          .add("  ... ")
          .add_number(shown.tail - shown.head)
          .add(" frames left out\n");
    Text offset;
    add_offset(offset, frame);
    text.add("  ").add_spaces(number_width - width_of(number)).add_number(number).add(": ");
    text.add(offset.view()).add_spaces(offset_width - offset.view().size()).add(' ');
    if (frame.module == nullptr) {
      text.add("(host)\n");
      return;
    }
    const Module& module = frame.module->module();
    Text room;
    const std::string_view name = function_name(module, frame.function, room);
    text.add_foreign(name);
    if (frame.function < module.imported_functions) {
      text.add(" (host)");
    } else if (name.empty()) {
      text.add("func ").add_number(frame.function);
      if (ModuleNames(module).subsection(NameKind::functions).size == 0) nameless = true;
    }
    text.add('\n');
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
  default: text.add(kErrorTexts[static_cast<size_t>(error.code)]); break;
  }
}

} // namespace waxwing::native
