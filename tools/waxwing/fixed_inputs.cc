// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/fixed_inputs.hpp"

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

bool FixedInputs::read_clock(void* self, platform::Clock clock, uint64_t& nanoseconds) {
  auto& inputs = *static_cast<FixedInputs*>(self);
  nanoseconds = inputs.readings_.fetch_add(1, std::memory_order_relaxed) * kStep;
  if (clock == platform::Clock::realtime) nanoseconds += kYear2000;
  return true;
}

bool FixedInputs::fill(void* self, void* bytes, size_t size) {
  auto& inputs = *static_cast<FixedInputs*>(self);
  auto* to = static_cast<uint8_t*>(bytes);
  while (size != 0) {
    const uint64_t word = number_at(inputs.words_.fetch_add(1, std::memory_order_relaxed));
    const size_t count = size < sizeof word ? size : sizeof word;
    std::memcpy(to, &word, count);
    to += count;
    size -= count;
  }
  return true;
}

} // namespace waxwing::tool
