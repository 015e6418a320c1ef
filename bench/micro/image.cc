// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a compiled image in a file to the first instruction of the guest, in process and by the
// public interface, as an embedder does it:
//
//   micro_image IMAGE [--benchmark_...]
//
// IMAGE exports a function `first` that takes and gives nothing, and imports nothing. The file is
// opened, mapped and checked, an instance made in a store of its own, and the function called, each
// time anew; ending them all is not counted.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include <waxwing/waxwing.hpp>

namespace {

using namespace waxwing;

template <class T>
T expect(Result<T> made) {
  if (!made) {
    std::fprintf(stderr, "micro_image: %s\n", made.error().message.c_str());
    std::exit(1);
  }
  return std::move(*made);
}

void load(benchmark::State& state, const std::string& path) {
  const Engine engine;
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    const Module module = expect(Module::from_image_file(engine, path));
    Store store = expect(Store::make(engine));
    Linker linker(store);
    const Instance instance = expect(linker.instantiate(module));
    const auto first = expect(instance.func<void()>("first"));
    if (!first()) std::abort();
    const auto end = std::chrono::steady_clock::now();
    state.SetIterationTime(std::chrono::duration<double>(end - begin).count());
  }
}

} // namespace

int main(int count, char** words) {
  if (count < 2 || words[1][0] == '-') {
    std::fprintf(stderr, "usage: micro_image IMAGE [--benchmark_...]\n");
    return 2;
  }
  const std::string path = words[1];
  words[1] = words[0];
  ++words;
  --count;
  benchmark::RegisterBenchmark("image_to_first_instruction",
                               [&](benchmark::State& state) { load(state, path); })
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
  benchmark::Initialize(&count, words);
  if (benchmark::ReportUnrecognizedArguments(count, words)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
