// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/decimal.hpp"

namespace waxwing::native {

namespace {

constexpr int kMostDigits = 800;

/// A natural number of up to 6,400 bits.
class Natural {
 public:
  [[nodiscard]] bool is_zero() const { return size_ == 0; }
  [[nodiscard]] bool fits(unsigned more) const { return size_ + more / 32 + 2 < kWords; }

  void multiply_add(uint32_t by, uint32_t plus) {
    uint64_t carry = plus;
    for (unsigned i = 0; i < size_; ++i) {
      carry += uint64_t{words_[i]} * by;
      words_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) words_[size_++] = static_cast<uint32_t>(carry);
  }
  void shift(unsigned bits) {
    for (; bits >= 31; bits -= 31) multiply_add(1u << 31, 0);
    multiply_add(1u << bits, 0);
  }
  [[nodiscard]] int length() const {
    return size_ == 0 ? 0 : static_cast<int>(size_ * 32) - __builtin_clz(words_[size_ - 1]);
  }
  [[nodiscard]] int compare(const Natural& other) const {
    if (size_ != other.size_) return size_ < other.size_ ? -1 : 1;
    for (unsigned i = size_; i-- > 0;)
      if (words_[i] != other.words_[i]) return words_[i] < other.words_[i] ? -1 : 1;
    return 0;
  }
  /// Takes away one that is not larger.
  void subtract(const Natural& other) {
    uint64_t borrow = 0;
    for (unsigned i = 0; i < size_; ++i) {
      const uint64_t less = (i < other.size_ ? other.words_[i] : 0) + borrow;
      borrow = words_[i] < less ? 1 : 0;
      words_[i] = static_cast<uint32_t>(words_[i] - less);
    }
    while (size_ != 0 && words_[size_ - 1] == 0) --size_;
  }

 private:
  static constexpr unsigned kWords = 200;
  uint32_t words_[kWords];
  unsigned size_ = 0;
};

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/// The bits of `above` / `below`, which is not zero.
std::optional<uint64_t> quotient(Natural& above, Natural& below, FloatFormat format) {
  // 2^exponent <= above / below < 2^(exponent + 1)
  int exponent = above.length() - below.length();
  const auto scale = [](Natural& number, int by) {
    if (by > 0) number.shift(static_cast<unsigned>(by));
  };
  scale(below, exponent);
  scale(above, -exponent);
  if (above.compare(below) < 0) {
    above.shift(1);
    --exponent;
  }
  int digits = static_cast<int>(format.significand);
  if (exponent < format.least) digits -= format.least - exponent;
  uint64_t significand = 0;
  for (int i = 0; i < digits; ++i) {
    significand <<= 1;
    if (above.compare(below) >= 0) {
      above.subtract(below);
      significand |= 1;
    }
    above.shift(1);
  }
  if (digits >= 0) {
    const int rest = above.compare(below);
    // For less than half of the smallest, there is nothing to compare.
    if (rest > 0 || (rest == 0 && (significand & 1) != 0)) ++significand;
  }
  const int stored = (exponent < format.least ? format.least : exponent) - format.least;
  const uint64_t bits = (static_cast<uint64_t>(stored) << (format.significand - 1)) + significand;
  const uint64_t infinity = (uint64_t{1} << (format.bits - format.significand)) - 1;
  if (bits >> (format.significand - 1) >= infinity) return std::nullopt;
  return bits;
}

} // namespace

std::optional<uint64_t> parse_float(std::string_view word, FloatFormat format) {
  uint64_t sign = 0;
  if (word.starts_with('-') || word.starts_with('+')) {
    if (word.starts_with('-')) sign = uint64_t{1} << (format.bits - 1);
    word.remove_prefix(1);
  }
  const uint64_t infinity = ((uint64_t{1} << (format.bits - format.significand)) - 1)
                            << (format.significand - 1);
  if (word == "inf") return sign | infinity;
  if (word == "nan") return sign | infinity | uint64_t{1} << (format.significand - 2);

  const bool is_hex = word.starts_with("0x");
  if (is_hex) word.remove_prefix(2);
  const int base = is_hex ? 16 : 10;
  Natural above;
  int scale = 0;
  int digits = 0;
  bool has_point = false;
  size_t at = 0;
  for (; at < word.size(); ++at) {
    const char c = word[at];
    if (c == '_') continue;
    if (c == '.' && !has_point) {
      has_point = true;
      continue;
    }
    const int digit = digit_value(c);
    if (digit >= base) break;
    if (++digits > kMostDigits) return std::nullopt;
    above.multiply_add(static_cast<uint32_t>(base), static_cast<uint32_t>(digit));
    if (has_point) --scale;
  }
  if (digits == 0) return std::nullopt;
  int exponent = 0;
  if (at < word.size()) {
    if ((word[at] | 0x20) != (is_hex ? 'p' : 'e') || ++at == word.size()) return std::nullopt;
    const bool down = word[at] == '-';
    if (down || word[at] == '+') ++at;
    if (at == word.size()) return std::nullopt;
    constexpr int kMost = 5000;
    for (; at < word.size(); ++at) {
      const int digit = digit_value(word[at]);
      if (digit > 9) return std::nullopt;
      if (exponent < kMost) exponent = exponent * 10 + digit;
    }
    if (down) exponent = -exponent;
  }
  if (above.is_zero()) return sign;
  Natural below;
  below.multiply_add(1, 1);
  // Far beyond either end, whatever the digits are.
  constexpr int kFar = 1200;
  exponent = is_hex ? exponent + 4 * scale : exponent + scale;
  const int size = is_hex ? above.length() : above.length() * 3 / 10;
  if (exponent + size > kFar) return std::nullopt;
  if (exponent + size < -kFar) return sign;
  Natural& scaled = exponent > 0 ? above : below;
  for (int left = exponent > 0 ? exponent : -exponent; left > 0; --left) {
    if (!scaled.fits(0)) return std::nullopt;
    scaled.multiply_add(is_hex ? 2 : 10, 0);
  }
  if (!above.fits(static_cast<unsigned>(below.length())) ||
      !below.fits(static_cast<unsigned>(above.length())))
    return std::nullopt;
  const auto bits = quotient(above, below, format);
  return bits ? std::optional(sign | *bits) : std::nullopt;
}

} // namespace waxwing::native
