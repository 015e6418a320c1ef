// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How long it takes to find the frames of compiled code, 100 deep, from a function of the host:
//
//   micro_trace [--benchmark_...]
//
// `Walk` follows the frames and looks each up, as for a trap; `Raw` is what handlers of signals may
// call. Recursion in one place is the best case, where a place is looked up once: 20 functions in
// turn are the usual one.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "compile/codegen.hpp"
#include "compile/job.hpp"
#include "image/native.hpp"
#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "runtime/instance.hpp"
#include "text/parse.hpp"

namespace {

using namespace waxwing;

constexpr uint32_t kDepth = 100;

/// `functions` functions that call each other in turn, `kDepth` calls in all, and then the host.
std::string guest(uint32_t functions) {
  std::string text = "(module (import \"env\" \"look\" (func $look)) (memory 1)"
                     "(global $g (mut i32) (i32.const 0))";
  for (uint32_t i = 0; i < functions; ++i) {
    const std::string next = std::to_string((i + 1) % functions);
    text += "(func $f" + std::to_string(i) + (i == 0 ? " (export \"run\")" : "") +
            " (param i32) (result i32)"
            "(i32.store (i32.const 8) (local.get 0))"
            "(if (i32.eqz (local.get 0)) (then (call $look) (return (i32.const 1))))"
            "(global.set $g (call $f" +
            next +
            " (i32.sub (local.get 0) (i32.const 1))))"
            "(i32.add (global.get $g) (i32.load (i32.const 16))))";
  }
  // Called from a table as well, so that none is inlined into another for good.
  text += "(table funcref (elem";
  for (uint32_t i = 0; i < functions; ++i) text += " $f" + std::to_string(i);
  return text + ")))";
}

template <class T>
T expect(std::expected<T, Error> made) {
  if (!made) std::abort();
  return std::move(*made);
}

struct Look {
  benchmark::State* state;
  bool is_raw;
};

runtime::Outcome look(runtime::HostCall& call) {
  const auto& look = *static_cast<const Look*>(call.data);
  uint64_t frames = 0;
  for (auto _ : *look.state) {
    if (look.is_raw) {
      std::array<image::RawFrame, kDepth + 28> found;
      frames = image::capture(call.store, nullptr, found);
      benchmark::DoNotOptimize(found);
    } else {
      runtime::TraceSink& sink = call.store.trap.trace;
      sink.count = 0;
      call.store.activation->trace(call.store, *call.store.activation, sink);
      frames = sink.count;
      benchmark::DoNotOptimize(sink);
    }
  }
  look.state->counters["frames"] = static_cast<double>(frames);
  return runtime::Outcome::ok;
}

void measure(benchmark::State& state, bool is_raw) {
  auto module = text::parse_module(guest(static_cast<uint32_t>(state.range(0))));
  if (!module) std::abort();
  compile::initialize_targets();
  WaxCompileOptions words{};
  words.optimization = 2;
  const auto options = compile::read_options(words);
  const auto made =
      options ? compile::run_contained(module->bytes, FeatureSet::defaults(), *options, {})
              : std::unexpected(options.error());
  if (!made) {
    std::fprintf(stderr, "%s\n", made.error().text.c_str());
    std::abort();
  }
  runtime::Engine engine(platform::default_allocator(), {}, interp::backend());
  runtime::Store* const store = expect(runtime::Store::make(engine, {}));
  runtime::LoadedModule* const loaded = expect(image::load(engine, made->image));
  Look seen{&state, is_raw};
  runtime::Extern import;
  import.kind = ExternKind::func;
  import.func = expect(store->host_function(loaded->function_type(0), look, &seen));
  runtime::Outcome outcome{};
  runtime::Instance* const instance =
      expect(runtime::instantiate(*store, *loaded, {&import, 1}, outcome));
  runtime::Extern run;
  if (!instance->find_export("run", run)) std::abort();
  runtime::Cell cells[2]{};
  cells[0] = kDepth - 1;
  if (runtime::call(*store, run.func, cells) != runtime::Outcome::ok) std::abort();
  runtime::Store::destroy(store);
  loaded->release();
}

void walk(benchmark::State& state) { measure(state, false); }
void raw(benchmark::State& state) { measure(state, true); }
BENCHMARK(walk)->Name("Walk")->Arg(1)->Arg(20);
BENCHMARK(raw)->Name("Raw")->Arg(1)->Arg(20);

} // namespace

BENCHMARK_MAIN();
