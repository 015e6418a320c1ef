// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/trap_report.hpp"

#include <fmt/format.h>

#include "describe/tag_text.hpp"
#include "describe/types.hpp"
#include "runtime/exception.hpp"
#include "waxwing/message.hpp"
#include "waxwing/values.hpp"

namespace waxwing::tool {

namespace {

std::string advice(const runtime::TrapInfo& trap, const RunOptions& options) {
  switch (trap.kind) {
  case TrapKind::timeout:
    if (!options.timeout_ms) break;
    return fmt::format("  --timeout gave it {} ms\n", *options.timeout_ms);
  case TrapKind::out_of_fuel:
    if (!options.fuel) break;
    return fmt::format("  --fuel gave it {} units\n", *options.fuel);
  case TrapKind::call_stack_exhausted:
    return "  the recursion is too deep, or endless; --stack-size gives it more\n";
  case TrapKind::gc_heap_exhausted:
    return fmt::format("  objects may take {} bytes; --gc-heap gives them more\n",
                       options.gc_heap_bytes.value_or(runtime::kDefaultHeap));
  default: break;
  }
  return {};
}

/// As in `oops (i32 7, externref ref.null)`.
std::string exception_text(runtime::Store& store, const runtime::ExceptionObject& exception) {
  std::string values;
  const runtime::Cell* cells = exception.cells();
  for (const ValType type : exception.tag->type->params) {
    if (!values.empty()) values += ", ";
    values +=
        fmt::format("{} {}", describe::val_type_text(type),
                    format_value(take_value(cells, known_type(store.engine().types(), type))));
  }
  std::string text = describe::tag_text(store, *exception.tag);
  return values.empty() ? text : fmt::format("{} ({})", text, values);
}

} // namespace

void print_trap(runtime::Store& store, runtime::Outcome outcome, const RunOptions& options,
                const describe::SourcePlaces& places) {
  if (outcome == runtime::Outcome::exception) {
    print_labelled(describe::trap_text(TrapKind::uncaught_exception),
                   exception_text(store, runtime::exception_of(store.exception)));
    store.locate_trace();
    fmt::print(stderr, "{}", printable(describe::trace_text(store.trap.trace, places)));
    return;
  }
  const runtime::TrapInfo& trap = store.trap;
  print_labelled("trap", describe::trap_text(trap));
  fmt::print(stderr, "{}{}", printable(describe::trace_text(trap.trace, places)),
             advice(trap, options));
}

} // namespace waxwing::tool
