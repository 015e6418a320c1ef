// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as a module in the text format; what it gives is decoded and validated, so that the
// fuzzer reaches validation with modules that are nearly right.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "support/counting_allocator.hpp"
#include "text/parse.hpp"
#include "wasm/module.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto binary = waxwing::text::parse_module(source);
  if (!binary) return 0;
  waxwing::testing::CountingAllocator counting;
  {
    waxwing::Module module(counting.allocator());
    const auto features = waxwing::FeatureSet::defaults();
    if (waxwing::decode(binary->bytes, features, module)) (void)waxwing::validate(module);
  }
  if (counting.bytes() != 0) std::abort();
  return 0;
}
