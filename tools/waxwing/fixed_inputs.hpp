// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <waxwing/wasi.hpp>

namespace waxwing::tool {

/// What `--deterministic` gives a program in place of the system's clocks and random numbers: time
/// that begins with the year 2000 (monotonic and processor time with 0) and goes on by a
/// microsecond at each reading, and numbers that are the same in every run. Has to outlive the
/// guest, whose threads may all use it.
class FixedInputs {
 public:
  FixedInputs() = default;
  FixedInputs(const FixedInputs&) = delete;

  [[nodiscard]] uint64_t read_clock(ClockId clock);
  void fill(std::span<std::byte> bytes);

 private:
  std::atomic<uint64_t> readings_{0};
  std::atomic<uint64_t> words_{0};
};

} // namespace waxwing::tool
