// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Choices of the generator: what is made of them must validate, and do the same whatever the way in
// which the interpreter runs it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

#include "fuzz/execute.hpp"
#include "fuzz/generate.hpp"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

/// Beside what the fuzzer does to bytes, new choices from some place on: those are what makes a
/// module longer.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  waxwing::fuzz::Choices choices({}, seed + 1ull);
  if (!choices.one_in(3)) return LLVMFuzzerMutate(data, size, max_size);
  size_t at = size == 0 ? 0 : choices.below(static_cast<uint32_t>(size));
  const size_t end = at + 1 + choices.below(1024);
  for (; at < end && at < max_size; ++at) data[at] = choices.byte();
  return at < size ? size : at;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waxwing;
  fuzz::Choices choices({data, size});
  const std::vector<uint8_t> module = fuzz::generate(choices, FeatureSet::defaults());
  runtime::EngineConfig plain;
  runtime::EngineConfig metering;
  metering.metering = true;
  runtime::EngineConfig polling;
  polling.polling = true;
  runtime::EngineConfig lazy;
  lazy.lazy_validation_bytes = 1;
  lazy.deterministic = true;
  const std::string expected = fuzz::execute(module, plain);
  bool same = expected[0] == '.';
  for (const runtime::EngineConfig& config : {metering, polling, lazy}) {
    const std::string found = fuzz::execute(module, config);
    same = same && found == expected;
    if (!same) std::fprintf(stderr, "expected %s\nfound    %s\n", expected.c_str(), found.c_str());
  }
  if (!same) std::abort();
  return 0;
}
