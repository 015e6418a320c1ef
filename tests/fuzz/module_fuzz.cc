// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes: decode and validate, with every feature and with the first version's. Beside the
// seeds, modules of the generator are what the fuzzer starts from.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>

#include "fuzz/generate.hpp"
#include "support/counting_allocator.hpp"
#include "wasm/module.hpp"

namespace {

// What a module may take before it runs, whatever its few kilobytes say.
constexpr uint64_t kMemoryLimit = uint64_t{64} << 20;

void check(std::span<const uint8_t> bytes, waxwing::FeatureSet features) {
  waxwing::testing::CountingAllocator counting;
  {
    waxwing::Module module(counting.allocator());
    if (waxwing::decode(bytes, features, module)) (void)waxwing::validate(module);
  }
  if (counting.bytes() != 0 || counting.peak() > kMemoryLimit) std::abort();
}

} // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  waxwing::fuzz::Choices choices({}, seed + 1ull);
  if (choices.one_in(16)) {
    const auto module = waxwing::fuzz::generate(choices, waxwing::FeatureSet::defaults());
    if (module.size() <= max_size) {
      std::memcpy(data, module.data(), module.size());
      size = module.size();
      if (choices.one_in(4)) return size;
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  check({data, size}, waxwing::FeatureSet::defaults());
  check({data, size}, waxwing::FeatureSet::version(1));
  return 0;
}
