// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A native program: from its command line to its exit code.
#include <new>

#include "native/invoke.hpp"
#include "native/options.hpp"
#include "native/report.hpp"
#include "platform/file.hpp"
#include "platform/host_thread.hpp"
#include "runtime/exception.hpp"
#include "runtime/watchdog.hpp"

namespace waxwing::native {

namespace {

using runtime::Cell;
using runtime::Outcome;

// As those of `waxwing run` (docs/program.md).
constexpr int kExitError = 1;
constexpr int kExitUsage = 2;
constexpr int kExitTrap = 134;

int error(std::string_view words, int code = kExitError) {
  print_labelled("error", words);
  return code;
}

class Program {
 public:
  int run(int count, const char* const* words);

 private:
  int call_entry();
  int invoke(std::string_view name);
  int finish(Outcome outcome);
  void add_advice(Text& text, TrapKind kind) const;

  Options options_;
  Guest guest_{waxwing_program};
  Text why_;
};

void Program::add_advice(Text& text, TrapKind kind) const {
  switch (kind) {
  case TrapKind::timeout:
    text.add("  --timeout gave it ").add_number(options_.timeout_ms).add(" ms\n");
    break;
  case TrapKind::call_stack_exhausted:
    text.add("  the recursion is too deep, or endless; --stack-size gives it more\n");
    break;
  case TrapKind::gc_heap_exhausted:
    text.add("  objects may take ").add_number(options_.limits.gc_heap_bytes);
    text.add(" bytes; --gc-heap gives them more\n");
    break;
  default: break;
  }
}

int Program::finish(Outcome outcome) {
  const wasi::ThreadGroup::End end = guest_.finish(outcome);
  if (end.outcome == Outcome::ok) return 0;
  runtime::Store& store = *end.store;
  const runtime::TrapInfo& trap = store.trap;
  if (end.outcome == Outcome::trap && trap.kind == TrapKind::exit)
    return static_cast<int>(trap.exit_code & 0xFF);
  Text text;
  if (end.outcome == Outcome::exception) {
    const runtime::Ref exception = catch_exception(store);
    store.locate_trace();
    add_exception(text, store, exception);
    print_labelled("uncaught exception", text.view());
    text.clear();
    add_trace(text, trap.trace, guest_.source());
  } else {
    add_trap(text, trap);
    print_labelled("trap", text.view());
    text.clear();
    add_trace(text, trap.trace, guest_.source());
    add_advice(text, trap.kind);
  }
  print(2, text.view());
  return kExitTrap;
}

int Program::invoke(std::string_view name) {
  std::optional<Outcome> outcome;
  const auto& part = *static_cast<const InvokePart*>(waxwing_program.invoke);
  if (!part.call(guest_, name, options_.arguments.span(), outcome, why_)) return error(why_.view());
  return finish(*outcome);
}

int Program::call_entry() {
  if (options_.invoke) return invoke(*options_.invoke);
  const Module& module = guest_.module();
  const Export* start = module.find_export("_start");
  if (start == nullptr || start->kind != ExternKind::func) return finish(Outcome::ok);
  Vec<Cell> cells(guest_.store().allocator());
  const runtime::RuntimeType& type = *guest_.instance().loaded().function_type(start->index);
  if (type.call_cells != 0) return error("'_start' must take and return nothing");
  Cell none{};
  return finish(guest_.call(start->index, &none));
}

int Program::run(int count, const char* const* words) {
  if (!options_.read(waxwing_program, count, words, why_)) return error(why_.view(), kExitUsage);
  if (options_.help) {
    print(1, kHelp);
    return 0;
  }
  // Compiled code has its calls on the process's own stack.
  if (options_.limits.stack_bytes > runtime::StoreLimits().stack_bytes)
    platform::allow_stack(options_.limits.stack_bytes);
  if (!guest_.prepare(options_.config(), why_)) return error(why_.view());
  runtime::Watchdog watchdog(guest_.store());
  constexpr uint64_t kMillisecond = 1'000'000;
  if (options_.timeout_ms != 0 && !watchdog.start(options_.timeout_ms * kMillisecond))
    return error("--timeout: no thread can be started to keep the time");
  const auto made = guest_.instantiate(why_);
  if (!made) return error(why_.view());
  return *made == Outcome::ok ? call_entry() : finish(*made);
}

} // namespace
} // namespace waxwing::native

int main(int count, char** words) {
  // Nothing else may be taken for a standard stream that this was started without.
  if (!waxwing::platform::open_standard_streams()) return 1;
  waxwing::platform::ignore_file_size_signal();
  waxwing::platform::ignore_broken_pipe_signal();
  // Never taken down: the system is faster at that.
  using waxwing::native::Program;
  alignas(Program) static unsigned char room[sizeof(Program)];
  auto* const program = ::new (room) Program;
  return program->run(count, words);
}
