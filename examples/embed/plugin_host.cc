// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A host of plug-ins that it does not trust: each runs in a store of its own, with limits of
// memory, stack and time, and can do nothing but what the host offers. An endless one, one that
// wants all memory, one whose start function never ends, and one that a button stops, are all
// stopped; the honest one runs.
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <waxwing/waxwing.hpp>

namespace {

using namespace std::chrono_literals;

struct Plugin {
  const char* name;
  const char* text;
};

constexpr Plugin kPlugins[] = {
    {"honest", R"((module (import "host" "log" (func $log (param i32 i32)))
       (memory (export "memory") 1) (data (i32.const 0) "ready")
       (func (export "run") (result i32)
         (call $log (i32.const 0) (i32.const 5)) (i32.const 42))))"},
    {"endless", R"((module (func (export "run") (result i32) (loop (br 0)) (unreachable))))"},
    {"memory hog", R"((module (memory (export "memory") 1)
       (func (export "run") (result i32)
         (loop $more
           (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
         (memory.size))))"},
    {"recursive", R"((module (func $run (export "run") (result i32) (call $run))))"},
    {"endless start", R"((module (func $start (loop (br 0))) (start $start)
       (func (export "run") (result i32) (i32.const 0))))"},
};

/// Loads and runs a plug-in within its limits. The result is what it returns.
waxwing::Result<int32_t> run(const waxwing::Engine& engine, const Plugin& plugin) {
  auto module = waxwing::Module::from_text(engine, plugin.text, {.name = plugin.name});
  if (!module) return std::unexpected(module.error());

  // [limits]
  waxwing::Limits limits;
  limits.memory_bytes = 16 << 20;
  limits.stack_bytes = 256 << 10;
  limits.timeout = 200ms; // from here on, the start function included
  auto store = waxwing::Store::make(engine, limits);
  // [limits]
  if (!store) return std::unexpected(store.error());

  waxwing::Linker linker(*store);
  auto defined = linker.func("host", "log", [&plugin](waxwing::Span<const char> text) {
    std::printf("%s says: %.*s\n", plugin.name, static_cast<int>(text.size()), text.data());
  });
  if (!defined) return std::unexpected(defined.error());
  auto instance = linker.instantiate(*module);
  if (!instance) return std::unexpected(instance.error());
  auto function = instance->func<int32_t()>("run");
  if (!function) return std::unexpected(function.error());
  return function->call();
}

/// The same, stopped by another thread, as by a button.
waxwing::Result<void> run_until_stopped(const waxwing::Engine& engine) {
  auto module = waxwing::Module::from_text(engine, R"((func (export "run") (loop (br 0))))");
  if (!module) return std::unexpected(module.error());
  auto store = waxwing::Store::make(engine);
  if (!store) return std::unexpected(store.error());
  auto instance = waxwing::Linker(*store).instantiate(*module);
  if (!instance) return std::unexpected(instance.error());
  // [interrupt]
  const waxwing::Interrupter interrupter = store->interrupter();
  std::thread button([interrupter] {
    std::this_thread::sleep_for(50ms);
    interrupter.interrupt();
  });
  auto ended = (*instance->func<void()>("run"))();
  button.join();
  // [interrupt]
  return ended;
}

} // namespace

int main() {
  const waxwing::Engine engine;
  for (const Plugin& plugin : kPlugins) {
    const waxwing::Result<int32_t> result = run(engine, plugin);
    if (result)
      std::printf("%s: returned %d\n", plugin.name, *result);
    else
      std::printf("%s: stopped: %s\n", plugin.name, result.error().message.c_str());
  }
  const waxwing::Result<void> stopped = run_until_stopped(engine);
  std::printf("button: %s\n", stopped ? "not stopped" : stopped.error().message.c_str());
  return stopped ? 1 : 0;
}
