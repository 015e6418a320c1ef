// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>

namespace waxwing::platform {

enum class Clock : uint8_t { realtime, monotonic, process_cpu, thread_cpu };

/// Time in nanoseconds (since 1970 for `realtime`). False where the clock does not exist.
[[nodiscard]] bool clock_now(Clock clock, uint64_t& nanoseconds);
[[nodiscard]] bool clock_resolution(Clock clock, uint64_t& nanoseconds);

/// Fills `bytes` from the system's secure random source. False where that fails.
[[nodiscard]] bool random_bytes(void* bytes, size_t size);

/// A key for a hash table, which guests cannot guess. It costs no call of the system where that has
/// left random bytes at the process's start. Where there is no source, it is made of `key`'s
/// address.
void make_hash_key(uint64_t& key);

} // namespace waxwing::platform
