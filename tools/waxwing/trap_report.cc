// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/trap_report.hpp"

#include <fmt/format.h>
#include <waxwing/store.hpp>

#include "waxwing/message.hpp"

namespace waxwing::tool {

namespace {

std::string advice(const Trap& trap, const RunOptions& options) {
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
                       options.gc_heap_bytes.value_or(Limits().gc_heap_bytes));
  default: break;
  }
  return {};
}

} // namespace

std::string exception_text(const Exception& exception, const NumberedObjects& objects) {
  std::string values;
  for (const Value& value : exception.values())
    values += fmt::format("{}{} {}", values.empty() ? "" : ", ", value.type().text(),
                          objects.text(value));
  const std::string name = exception.tag().name();
  return values.empty() ? name : fmt::format("{} ({})", name, values);
}

void print_trap(const Error& ended, const RunOptions& options, const NumberedObjects& objects) {
  if (ended.exception != nullptr)
    print_labelled("uncaught exception", exception_text(*ended.exception, objects));
  else
    print_labelled("trap", ended.message);
  if (ended.trap != nullptr)
    fmt::print(stderr, "{}{}", printable(ended.trap->trace), advice(*ended.trap, options));
}

} // namespace waxwing::tool
