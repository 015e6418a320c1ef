// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

namespace waxwing::compile {

/// Bytes in the order of the target, which is little-endian as this machine's.
class ByteWriter {
 public:
  std::vector<uint8_t> bytes;

  [[nodiscard]] size_t size() const { return bytes.size(); }

  template <class T>
    requires std::is_trivially_copyable_v<T>
  void add(const T& value) {
    const auto* const from = reinterpret_cast<const uint8_t*>(&value);
    bytes.insert(bytes.end(), from, from + sizeof value);
  }
  void add_bytes(const std::vector<uint8_t>& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  void add_text(std::string_view text) { bytes.insert(bytes.end(), text.begin(), text.end()); }
  void align(size_t alignment) {
    while (bytes.size() % alignment != 0) bytes.push_back(0);
  }
  void uleb(uint64_t value) {
    do {
      const auto low = static_cast<uint8_t>(value & 0x7F);
      value >>= 7;
      bytes.push_back(static_cast<uint8_t>(value != 0 ? low | 0x80 : low));
    } while (value != 0);
  }
  void sleb(int64_t value) {
    for (;;) {
      const auto low = static_cast<uint8_t>(value & 0x7F);
      value >>= 7;
      const bool done = (value == 0 && (low & 0x40) == 0) || (value == -1 && (low & 0x40) != 0);
      bytes.push_back(static_cast<uint8_t>(done ? low : low | 0x80));
      if (done) return;
    }
  }
};

/// What `image::BitReader` reads.
class BitWriter {
 public:
  std::vector<uint8_t> bytes;

  /// The lowest `count` bits of `value`.
  void add(uint64_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      if (used_ == 0) bytes.push_back(0);
      bytes.back() = static_cast<uint8_t>(bytes.back() | (value >> i & 1) << used_);
      used_ = (used_ + 1) % 8;
    }
  }
  void number(uint64_t value, unsigned order) {
    value += uint64_t{1} << order;
    const auto bits = static_cast<unsigned>(std::bit_width(value)) - 1;
    add(0, bits - order);
    add(1, 1);
    add(value, bits);
  }
  /// What follows begins with a byte.
  void align() { used_ = 0; }

 private:
  /// Bits of the last byte; 0 where there is none left.
  unsigned used_ = 0;
};

} // namespace waxwing::compile
