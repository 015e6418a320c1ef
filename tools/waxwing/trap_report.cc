// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/trap_report.hpp"

#include <fmt/format.h>

#include "waxwing/message.hpp"

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
  default: break;
  }
  return {};
}

} // namespace

void print_trap(const runtime::Store& store, runtime::Outcome outcome, const RunOptions& options,
                const describe::SourcePlace& place) {
  if (outcome == runtime::Outcome::exception) {
    print_labelled("trap", describe::trap_text(TrapKind::uncaught_exception));
    return;
  }
  const runtime::TrapInfo& trap = store.trap;
  print_labelled("trap", describe::trap_text(trap));
  fmt::print(stderr, "{}{}", printable(describe::trace_text(trap.trace, place)),
             advice(trap, options));
}

} // namespace waxwing::tool
