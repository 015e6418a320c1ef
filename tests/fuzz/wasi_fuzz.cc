// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes as calls of WASI functions with whatever arguments: no crash, no hang, and nothing outside
// of the guest's folder is touched. The first byte says how paths are followed.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "support/wasi_calls.hpp"

using waxwing::wasi_test::must;
using waxwing::wasi_test::RandomCalls;

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  waxwing::wasi_test::keep_folders_in_memory();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static RandomCalls automatic(waxwing::wasi::PathSearch::automatic);
  static RandomCalls walk(waxwing::wasi::PathSearch::walk);
  if (size == 0) return 0;
  RandomCalls& calls = data[0] % 2 == 0 ? automatic : walk;
  calls.renew();
  size_t at = 1;
  // Three bytes a decision, spread so that both the low and the high ones matter.
  const auto next = [&]() -> uint64_t {
    uint64_t bits = 0;
    for (int i = 0; i < 3; ++i) bits = bits << 8 | (at < size ? data[at++] : 0);
    return bits | bits << 40;
  };
  while (at < size) (void)calls.call(next);
  must(calls.outside_untouched(), "something outside of the guest's folder was touched");
  return 0;
}
