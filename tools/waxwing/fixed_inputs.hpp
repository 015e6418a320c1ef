// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstdint>

#include "wasi/host.hpp"

namespace waxwing::tool {

/// What `--deterministic` gives a program in place of the system's clocks and random numbers: time
/// that begins with the year 2000 (monotonic and processor time with 0) and goes on by a
/// microsecond at each reading, and numbers that are the same in every run. Has to outlive the
/// guest, whose threads may all use it.
class FixedInputs {
 public:
  FixedInputs() = default;
  FixedInputs(const FixedInputs&) = delete;

  [[nodiscard]] wasi::HostClock clock() { return {&read_clock, this}; }
  [[nodiscard]] wasi::HostRandom random() { return {&fill, this}; }

 private:
  static bool read_clock(void* self, platform::Clock clock, uint64_t& nanoseconds);
  static bool fill(void* self, void* bytes, size_t size);

  std::atomic<uint64_t> readings_{0};
  std::atomic<uint64_t> words_{0};
};

} // namespace waxwing::tool
