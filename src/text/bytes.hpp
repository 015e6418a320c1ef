// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/op.hpp"

namespace waxwing::text {

/// A piece of a binary module that is being written.
class Bytes {
 public:
  [[nodiscard]] size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::string_view view(size_t from = 0) const {
    return std::string_view(bytes_).substr(from);
  }
  void clear() { bytes_.clear(); }
  void truncate(size_t size) { bytes_.resize(size); }

  void u8(uint32_t byte) { bytes_.push_back(static_cast<char>(byte)); }
  void raw(std::string_view bytes) { bytes_.append(bytes); }
  void raw(const Bytes& bytes) { bytes_.append(bytes.bytes_); }

  /// LEB128, spec section 5.2.2.
  void unsigned_leb(uint64_t value) {
    while (value >= 0x80) {
      u8(static_cast<uint32_t>(value & 0x7F) | 0x80);
      value >>= 7;
    }
    u8(static_cast<uint32_t>(value));
  }
  void signed_leb(int64_t value) {
    for (;;) {
      const auto low = static_cast<uint32_t>(value & 0x7F);
      value >>= 7;
      if ((value == 0 && (low & 0x40) == 0) || (value == -1 && (low & 0x40) != 0)) {
        u8(low);
        return;
      }
      u8(low | 0x80);
    }
  }
  /// `size` bytes, little endian.
  void fixed(uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) u8(static_cast<uint8_t>(value >> (8 * i)));
  }
  /// A length and the bytes.
  void vector(std::string_view bytes) {
    unsigned_leb(bytes.size());
    raw(bytes);
  }
  void op(Op op) {
    const OpInfo& row = info(op);
    if (row.prefix != 0) {
      u8(row.prefix);
      unsigned_leb(row.code);
    } else {
      u8(row.code);
    }
  }

 private:
  std::string bytes_;
};

} // namespace waxwing::text
