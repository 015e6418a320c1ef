// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// There is no clock and no source of randomness until a port provides them: these are weak.
#include "platform/clock.hpp"

namespace waxwing::platform {

[[gnu::weak]] bool clock_now(Clock, uint64_t&) { return false; }
[[gnu::weak]] bool clock_resolution(Clock, uint64_t&) { return false; }
[[gnu::weak]] bool random_bytes(void*, size_t) { return false; }

void make_hash_key(uint64_t& key) {
  key = reinterpret_cast<uintptr_t>(&key);
  (void)random_bytes(&key, sizeof key);
}

} // namespace waxwing::platform
