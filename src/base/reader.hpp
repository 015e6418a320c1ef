// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "base/error.hpp"

namespace waxwing {

/// Reads a range of bytes front to back and never past its end. Offsets in errors are counted from
/// the start of the whole module: `base` is the offset of the range's first byte in it. Does not
/// own the bytes.
class ByteReader {
 public:
  ByteReader(std::span<const uint8_t> bytes, uint32_t base = 0,
             ErrorCode end_error = ErrorCode::unexpected_end)
      : start_(bytes.data()), at_(bytes.data()), end_(bytes.data() + bytes.size()), base_(base),
        end_error_(end_error) {}

  [[nodiscard]] uint32_t offset() const { return base_ + static_cast<uint32_t>(at_ - start_); }
  [[nodiscard]] size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  [[nodiscard]] const uint8_t* position() const { return at_; }
  void seek(const uint8_t* position) { at_ = position; }

  [[nodiscard]] Result<uint8_t> u8() {
    if (at_ == end_) [[unlikely]]
      return fail(end_error_, offset());
    return *at_++;
  }
  [[nodiscard]] Result<uint8_t> peek() const {
    if (at_ == end_) [[unlikely]]
      return fail(end_error_, offset());
    return *at_;
  }
  [[nodiscard]] Result<std::span<const uint8_t>> bytes(size_t count) {
    if (count > remaining()) [[unlikely]]
      return fail(end_error_, offset());
    std::span<const uint8_t> taken{at_, count};
    at_ += count;
    return taken;
  }
  /// The error of reading on where the range has ended.
  [[nodiscard]] std::unexpected<Error> past_end() const { return fail(end_error_, offset()); }
  /// The length of a vector whose elements take at least `least` bytes each. More elements than
  /// fit into what remains are an error here, before anybody makes room for them.
  [[nodiscard]] Result<uint32_t> leb_count(uint32_t least = 1) {
    const uint32_t start = offset();
    auto count = leb_u32();
    if (count.has_value() && *count > remaining() / least) [[unlikely]]
      return fail(end_error_, start, *count);
    return count;
  }
  template <class T>
  [[nodiscard]] Result<T> fixed() {
    if (sizeof(T) > remaining()) [[unlikely]]
      return fail(end_error_, offset());
    T value;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  // LEB128, spec section 5.2.2: at most ceil(N/7) bytes, unused bits of the last byte are zero
  // (or, for signed numbers, copies of the sign).
  [[nodiscard]] Result<uint32_t> leb_u32() {
    if (at_ != end_ && *at_ < 0x80) [[likely]]
      return *at_++;
    return leb_unsigned<uint32_t, 32>();
  }
  [[nodiscard]] Result<uint64_t> leb_u64() {
    if (at_ != end_ && *at_ < 0x80) [[likely]]
      return *at_++;
    return leb_unsigned<uint64_t, 64>();
  }
  /// Reads the kind of number that an error of these functions carries in `detail` where the range
  /// ended inside one; `a` is then how many of its bytes were there.
  [[nodiscard]] Result<uint64_t> leb_again(uint16_t kind) {
    switch (kind) {
    case 32: return leb_u32();
    case 64: return leb_u64();
    default: {
      const auto number = kind == kSigned + 32   ? leb_signed<int64_t, 32>()
                          : kind == kSigned + 33 ? leb_signed<int64_t, 33>()
                                                 : leb_signed<int64_t, 64>();
      if (!number.has_value()) return std::unexpected(number.error());
      return static_cast<uint64_t>(*number);
    }
    }
  }
  [[nodiscard]] Result<int32_t> leb_s32() { return leb_signed<int32_t, 32>(); }
  [[nodiscard]] Result<int64_t> leb_s33() { return leb_signed<int64_t, 33>(); }
  [[nodiscard]] Result<int64_t> leb_s64() { return leb_signed<int64_t, 64>(); }

 private:
  static constexpr uint16_t kSigned = 100;

  [[nodiscard]] std::unexpected<Error> cut_off(uint32_t start, uint16_t kind) const {
    const uint32_t taken = offset() - start;
    return fail(end_error_, offset(), taken, 0, taken == 0 ? uint16_t{0} : kind);
  }

  template <class T, unsigned Bits>
  [[nodiscard]] Result<T> leb_unsigned() {
    constexpr unsigned kLast = (Bits - 1) / 7 * 7;
    const uint32_t start = offset();
    T value = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (at_ == end_) [[unlikely]]
        return cut_off(start, Bits);
      const uint8_t byte = *at_++;
      value |= static_cast<T>(byte & 0x7F) << shift;
      if (shift == kLast) [[unlikely]] {
        if ((byte & 0x80) != 0) return fail(ErrorCode::integer_representation_too_long, start);
        if ((byte >> (Bits - kLast)) != 0) return fail(ErrorCode::integer_too_large, start);
        return value;
      }
      if ((byte & 0x80) == 0) return value;
    }
  }

  template <class T, unsigned Bits>
  [[nodiscard]] Result<T> leb_signed() {
    constexpr unsigned kLast = (Bits - 1) / 7 * 7;
    const uint32_t start = offset();
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (at_ == end_) [[unlikely]]
        return cut_off(start, kSigned + Bits);
      const uint8_t byte = *at_++;
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (shift == kLast) [[unlikely]] {
        if ((byte & 0x80) != 0) return fail(ErrorCode::integer_representation_too_long, start);
        // The bits above the number's sign bit, and the sign bit itself, must all be equal.
        constexpr unsigned kUsed = Bits - kLast;
        const uint8_t upper = static_cast<uint8_t>((byte & 0x7F) >> (kUsed - 1));
        if (upper != 0 && upper != (0x7F >> (kUsed - 1)))
          return fail(ErrorCode::integer_too_large, start);
        return sign_extend<T, Bits>(value);
      }
      if ((byte & 0x80) == 0) {
        if ((byte & 0x40) != 0) value |= ~uint64_t{0} << (shift + 7);
        return static_cast<T>(static_cast<int64_t>(value));
      }
    }
  }

  template <class T, unsigned Bits>
  static T sign_extend(uint64_t value) {
    constexpr unsigned kShift = 64 - Bits;
    return static_cast<T>(static_cast<int64_t>(value << kShift) >> kShift);
  }

  const uint8_t* start_;
  const uint8_t* at_;
  const uint8_t* end_;
  uint32_t base_;
  ErrorCode end_error_;
};

} // namespace waxwing
