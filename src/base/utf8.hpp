// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bits.hpp"

namespace waxwing {

/// Bytes of the longest valid UTF-8 prefix of `bytes` that ends between two characters, in the
/// strict sense of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. Equal to
/// `bytes.size()` exactly if all of it is valid.
[[nodiscard]] inline size_t utf8_valid_prefix(std::span<const uint8_t> bytes) {
  const uint8_t* const data = bytes.data();
  const size_t size = bytes.size();
  size_t at = 0;
  while (at < size) {
    if (size - at >= 8 && (load_unaligned<uint64_t>(data + at) & 0x8080808080808080u) == 0) {
      at += 8;
      continue;
    }
    const uint8_t first = data[at];
    if (first < 0x80) {
      ++at;
      continue;
    }
    // The second byte's range depends on the first; all later ones are 0x80 to 0xBF.
    size_t length = 0;
    uint8_t low = 0x80;
    uint8_t high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
      length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
      length = 3;
      if (first == 0xE0) low = 0xA0;
      if (first == 0xED) high = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
      length = 4;
      if (first == 0xF0) low = 0x90;
      if (first == 0xF4) high = 0x8F;
    } else {
      return at;
    }
    if (size - at < length || data[at + 1] < low || data[at + 1] > high) return at;
    for (size_t i = 2; i < length; ++i)
      if ((data[at + i] & 0xC0) != 0x80) return at;
    at += length;
  }
  return at;
}

[[nodiscard]] inline bool is_valid_utf8(std::span<const uint8_t> bytes) {
  return utf8_valid_prefix(bytes) == bytes.size();
}

} // namespace waxwing
