// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes: decode and validate, with every feature and with the first version's.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

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

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  check({data, size}, waxwing::FeatureSet::defaults());
  check({data, size}, waxwing::FeatureSet::version(1));
  return 0;
}
