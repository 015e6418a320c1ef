// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What takes microseconds, measured in process: making and resetting instances, and how fast
// modules are read.
//
//   micro [MODULE] [--benchmark_...]
//
// Without MODULE a small one, made here, is all there is.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "interp/interp.hpp"
#include "interp/module_code.hpp"
#include "interp/translator.hpp"
#include "platform/memory.hpp"
#include "runtime/instance.hpp"
#include "text/parse.hpp"
#include "wasm/decode.hpp"
#include "wasm/validate.hpp"

namespace {

using namespace waxwing;

/// A memory, a table, globals, data, elements and a few functions, as a small program has them.
constexpr const char* kSmall = R"((module
  (memory (export "memory") 1)
  (table 8 funcref)
  (global $stack (mut i32) (i32.const 65536))
  (global $count (mut i64) (i64.const 0))
  (data (i32.const 1024) "some text that the program prints")
  (elem (i32.const 1) $one $two $sum)
  (func $one (result i32) (i32.const 1))
  (func $two (result i32) (i32.const 2))
  (func $sum (export "sum") (param i32 i32) (result i32)
    (i32.store (i32.const 64) (local.get 0))
    (global.set $count (i64.add (global.get $count) (i64.const 1)))
    (i32.add (local.get 0) (local.get 1)))
  (func (export "_start"))))";

std::vector<uint8_t> given;

std::vector<uint8_t> small_module() {
  auto parsed = text::parse_module(kSmall);
  if (!parsed) std::abort();
  return std::move(parsed->bytes);
}

/// An engine, a store and the small module, made ready.
struct World {
  World()
      : bytes(small_module()), engine(platform::default_allocator(), {}, interp::backend()),
        store(*runtime::Store::make(engine, {})),
        module(*runtime::LoadedModule::load(engine, bytes)) {}
  ~World() {
    runtime::Store::destroy(store);
    module->release();
  }
  World(const World&) = delete;

  std::vector<uint8_t> bytes;
  runtime::Engine engine;
  runtime::Store* store;
  runtime::LoadedModule* module;
};

/// A store of its own and one instance in it, both ended again.
void instantiate_and_end(benchmark::State& state) {
  World world;
  for (auto _ : state) {
    auto* store = *runtime::Store::make(world.engine, {});
    runtime::Outcome outcome{};
    benchmark::DoNotOptimize(*runtime::instantiate(*store, *world.module, {}, outcome));
    runtime::Store::destroy(store);
  }
}
BENCHMARK(instantiate_and_end);

/// Instances of one store, which ends them all together.
void instantiate(benchmark::State& state) {
  World world;
  constexpr int kBatch = 500;
  runtime::Store* store = nullptr;
  int left = 0;
  for (auto _ : state) {
    if (left == 0) {
      state.PauseTiming();
      runtime::Store::destroy(store);
      store = *runtime::Store::make(world.engine, {});
      left = kBatch;
      state.ResumeTiming();
    }
    --left;
    runtime::Outcome outcome{};
    benchmark::DoNotOptimize(*runtime::instantiate(*store, *world.module, {}, outcome));
  }
  runtime::Store::destroy(store);
}
BENCHMARK(instantiate);

/// An instance that was used is reset.
void reset(benchmark::State& state) {
  World world;
  runtime::Outcome outcome{};
  runtime::Instance& instance = **runtime::instantiate(*world.store, *world.module, {}, outcome);
  runtime::Extern sum;
  if (!instance.find_export("sum", sum)) std::abort();
  for (auto _ : state) {
    runtime::Cell cells[2] = {};
    benchmark::DoNotOptimize(runtime::call(*world.store, sum.func, cells));
    benchmark::DoNotOptimize(runtime::reset(instance, outcome).has_value());
  }
}
BENCHMARK(reset);

/// A call from the host that does nearly nothing.
void call(benchmark::State& state) {
  World world;
  runtime::Outcome outcome{};
  runtime::Instance& instance = **runtime::instantiate(*world.store, *world.module, {}, outcome);
  runtime::Extern sum;
  if (!instance.find_export("sum", sum)) std::abort();
  for (auto _ : state) {
    runtime::Cell cells[2] = {};
    benchmark::DoNotOptimize(runtime::call(*world.store, sum.func, cells));
  }
}
BENCHMARK(call);

/// Two memories, and loops that read one and write one: `copy00` reads and writes memory 0,
/// `copy01` reads memory 0 and writes memory 1 ...; `sum0` and `sum1` only read. 8 KiB of each, so
/// that the first-level cache holds both: otherwise a loop over two would be measured by its
/// misses.
std::string two_memories() {
  std::string text = "(module (memory 1) (memory 1)";
  const auto loop = [&](const std::string& name, const std::string& step) {
    text += "(func (export \"" + name + R"(") (result i32) (local $i i32) (local $sum i32)
      (loop $next )" +
            step + R"( (local.set $i (i32.add (local.get $i) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $i) (i32.const 8192))))
      (local.get $sum)))";
  };
  for (const char* const from : {"0", "1"}) {
    const std::string load = std::string("(i32.load ") + from + " (local.get $i))";
    loop(std::string("sum") + from, "(local.set $sum (i32.add (local.get $sum) " + load + "))");
    for (const char* const to : {"0", "1"})
      loop(std::string("copy") + from + to,
           std::string("(i32.store ") + to + " (local.get $i) " + load + ")");
  }
  return text + ")";
}

/// One of its loops; an access to memory 1 is to cost what one to memory 0 costs.
void memories(benchmark::State& state, const char* name) {
  auto parsed = text::parse_module(two_memories());
  if (!parsed) return state.SkipWithError("malformed");
  runtime::Engine engine(platform::default_allocator(), {}, interp::backend());
  runtime::Store* const store = *runtime::Store::make(engine, {});
  runtime::LoadedModule* const module = *runtime::LoadedModule::load(engine, parsed->bytes);
  runtime::Outcome outcome{};
  runtime::Instance& instance = **runtime::instantiate(*store, *module, {}, outcome);
  runtime::Extern loop;
  if (!instance.find_export(name, loop)) std::abort();
  for (auto _ : state) {
    runtime::Cell cells[1] = {};
    benchmark::DoNotOptimize(runtime::call(*store, loop.func, cells));
  }
  runtime::Store::destroy(store);
  module->release();
}
BENCHMARK_CAPTURE(memories, sum0, "sum0");
BENCHMARK_CAPTURE(memories, sum1, "sum1");
BENCHMARK_CAPTURE(memories, copy00, "copy00");
BENCHMARK_CAPTURE(memories, copy01, "copy01");
BENCHMARK_CAPTURE(memories, copy10, "copy10");
BENCHMARK_CAPTURE(memories, copy11, "copy11");

void count_bytes(benchmark::State& state, uint64_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(bytes) * state.iterations());
}

void decode_module(benchmark::State& state) {
  for (auto _ : state) {
    Module module(platform::default_allocator());
    if (!decode(given, FeatureSet::defaults(), module)) return state.SkipWithError("malformed");
  }
  count_bytes(state, given.size());
}

void decode_and_validate(benchmark::State& state) {
  for (auto _ : state) {
    Module module(platform::default_allocator());
    if (!decode(given, FeatureSet::defaults(), module) || !validate(module))
      return state.SkipWithError("invalid");
  }
  count_bytes(state, given.size());
}

/// All bodies, checked before; bytes are those of the code section.
void translate(benchmark::State& state) {
  runtime::EngineConfig config;
  config.lazy_validation_bytes = 1;
  runtime::Engine engine(platform::default_allocator(), config, interp::backend());
  auto loaded = runtime::LoadedModule::load(engine, given);
  if (!loaded) return state.SkipWithError("invalid");
  const Module& module = (*loaded)->module();
  auto& code = *static_cast<interp::ModuleCode*>((*loaded)->backend_data);
  {
    interp::Translator translator(code, platform::default_allocator());
    for (auto _ : state)
      for (FuncIndex i = module.imported_functions; i < module.functions.size(); ++i)
        benchmark::DoNotOptimize(translator.translate(code.function(i)).has_value());
  }
  count_bytes(state, module.code_section.size);
  (*loaded)->release();
}

} // namespace

int main(int count, char** words) {
  std::string module;
  if (count > 1 && words[1][0] != '-') {
    module = words[1];
    std::ifstream file(module, std::ios::binary);
    given.assign(std::istreambuf_iterator<char>(file), {});
    if (given.empty()) {
      std::fprintf(stderr, "micro: %s cannot be read\n", module.c_str());
      return 1;
    }
    words[1] = words[0];
    ++words;
    --count;
    benchmark::RegisterBenchmark("decode", decode_module)->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark("decode_and_validate", decode_and_validate)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark("translate", translate)->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&count, words);
  if (benchmark::ReportUnrecognizedArguments(count, words)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
