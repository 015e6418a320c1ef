// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Long doubles of guests, which have the 128 bits of IEEE 754, and the host's.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>

namespace waxwing::nosandbox {

struct GuestLongDouble {
  uint64_t low;
  uint64_t high;
};

/// Rounds to the nearest one, ties to even.
[[nodiscard]] inline long double to_host(GuestLongDouble from) {
  long double made = 0;
  if constexpr (std::numeric_limits<long double>::digits == 113) {
    std::memcpy(&made, &from, sizeof from);
  } else {
    // The x87's: the same exponent, then 64 bits of which the first is not implied.
    constexpr uint64_t kFirst = uint64_t{1} << 63;
    auto exponent = static_cast<uint16_t>(from.high >> 48);
    uint64_t bits = (from.high << 16 >> 1) | from.low >> 49;
    const uint64_t rest = from.low << 15;
    if ((exponent & 0x7FFF) != 0) bits |= kFirst;
    const bool is_number = (exponent & 0x7FFF) != 0x7FFF;
    if (is_number && (rest > kFirst || (rest == kFirst && (bits & 1) != 0))) {
      ++bits;
      if (bits == 0) { // the next power of two
        bits = kFirst;
        ++exponent;
      }
    }
    std::memcpy(&made, &bits, sizeof bits);
    std::memcpy(reinterpret_cast<char*>(&made) + sizeof bits, &exponent, sizeof exponent);
  }
  return made;
}

[[nodiscard]] inline GuestLongDouble to_guest(long double from) {
  GuestLongDouble made{};
  if constexpr (std::numeric_limits<long double>::digits == 113) {
    std::memcpy(&made, &from, sizeof made);
  } else {
    uint64_t bits = 0;
    uint16_t exponent = 0;
    std::memcpy(&bits, &from, sizeof bits);
    std::memcpy(&exponent, reinterpret_cast<char*>(&from) + sizeof bits, sizeof exponent);
    made.low = bits << 49;
    made.high = uint64_t{exponent} << 48 | bits << 1 >> 16;
  }
  return made;
}

} // namespace waxwing::nosandbox
