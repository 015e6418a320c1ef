// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/fixed_inputs.hpp"

#include <algorithm>
#include <cstring>

namespace waxwing::tool {

namespace {

constexpr uint64_t kYear2000 = 946'684'800'000'000'000;
constexpr uint64_t kStep = 1000;

/// Element `index` of the sequence: SplitMix64 (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014).
uint64_t number_at(uint64_t index) {
  uint64_t word = (index + 1) * 0x9E3779B97F4A7C15;
  word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9;
  word = (word ^ word >> 27) * 0x94D049BB133111EB;
  return word ^ word >> 31;
}

} // namespace

uint64_t FixedInputs::read_clock(ClockId clock) {
  const uint64_t time = readings_.fetch_add(1, std::memory_order_relaxed) * kStep;
  return clock == ClockId::realtime ? time + kYear2000 : time;
}

void FixedInputs::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const uint64_t word = number_at(words_.fetch_add(1, std::memory_order_relaxed));
    const size_t count = std::min(bytes.size(), sizeof word);
    std::memcpy(bytes.data(), &word, count);
    bytes = bytes.subspan(count);
  }
}

} // namespace waxwing::tool
