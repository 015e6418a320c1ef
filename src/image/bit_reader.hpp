// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers of any number of bits, one after the other, the lowest bit first.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

namespace waxwing::image {

/// Reads bits of bytes that nobody has checked: behind their end are zeros, and `failed` is set.
class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> bytes, uint64_t at = 0) : bytes_(bytes), at_(at) {}

  [[nodiscard]] uint64_t left() const {
    const uint64_t end = bytes_.size() * uint64_t{8};
    return at_ < end ? end - at_ : 0;
  }
  [[nodiscard]] bool failed() const { return at_ > bytes_.size() * uint64_t{8}; }

  /// The next `count` bits, at most 56.
  [[nodiscard]] uint64_t take(unsigned count) {
    const uint64_t value = window() & ((uint64_t{1} << count) - 1);
    at_ += count;
    return value;
  }

  /// An exponential Golomb code of order `order`: as many zeros as the number plus 2^`order` has
  /// bits more than `order` + 1, a one, and those bits but for the highest.
  [[nodiscard]] uint64_t number(unsigned order) {
    const auto zeros = static_cast<unsigned>(std::countr_zero(window() | uint64_t{1} << kZeros));
    at_ += zeros + 1;
    return (uint64_t{1} << (zeros + order)) + take(zeros + order) - (uint64_t{1} << order);
  }

 private:
  /// No number that is written has more.
  static constexpr unsigned kZeros = 48;

  /// At least the next 57 bits.
  [[nodiscard]] uint64_t window() const {
    const uint64_t byte = at_ / 8;
    uint64_t bits = 0;
    if (byte + sizeof bits <= bytes_.size())
      std::memcpy(&bits, bytes_.data() + byte, sizeof bits);
    else if (byte < bytes_.size())
      std::memcpy(&bits, bytes_.data() + byte, bytes_.size() - static_cast<size_t>(byte));
    return bits >> (at_ % 8);
  }

  std::span<const uint8_t> bytes_;
  uint64_t at_;
};

} // namespace waxwing::image
