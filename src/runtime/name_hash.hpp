// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string_view>

namespace waxwing::runtime {

/// A hash of names for the tables of this room; `seed` chains several.
[[nodiscard]] inline uint32_t hash_name(std::string_view name, uint32_t seed = 0x811C9DC5u) {
  uint32_t hash = seed;
  for (char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 0x01000193u;
  // FNV-1a leaves the low bits, which pick the slot, weaker than the high ones.
  return hash ^ hash >> 15;
}

/// Slots (a power of two) of an open-addressed table for `count` names, at most half full.
[[nodiscard]] inline size_t slots_for(size_t count) {
  size_t slots = 8;
  while (slots < count * 2) slots *= 2;
  return slots;
}

} // namespace waxwing::runtime
