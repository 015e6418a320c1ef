// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/number.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace waxwing::text {

namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// Moves `at` behind digits of `base` that single underscores may separate; false without any.
bool skip_digits(std::string_view word, size_t& at, int base) {
  const size_t start = at;
  while (at < word.size()) {
    if (digit_value(word[at]) < base) {
      ++at;
    } else if (word[at] == '_' && at > start && at + 1 < word.size() &&
               digit_value(word[at + 1]) < base) {
      at += 2;
    } else {
      break;
    }
  }
  return at > start;
}

bool skip_sign(std::string_view word, size_t& at) {
  if (at < word.size() && (word[at] == '+' || word[at] == '-')) {
    ++at;
    return true;
  }
  return false;
}

bool is_hex(std::string_view word) { return word.starts_with("0x"); }

struct Format {
  int mantissa_bits; // without the hidden one
  int min_exponent;  // of the smallest normal number
  int max_exponent;
};
constexpr Format kF32{23, -126, 127};
constexpr Format kF64{52, -1022, 1023};

// A hexadecimal float without sign. Keeps 62 bits of the significand and whether anything is lost
// below them, then rounds once.
std::optional<uint64_t> parse_hex_float(std::string_view word, Format format) {
  uint64_t significand = 0;
  int64_t exponent = 0;
  bool sticky = false;
  bool fraction = false;
  size_t at = 2;
  for (; at < word.size() && word[at] != 'p' && word[at] != 'P'; ++at) {
    if (word[at] == '_') continue;
    if (word[at] == '.') {
      fraction = true;
      continue;
    }
    const auto digit = static_cast<uint64_t>(digit_value(word[at]));
    if (significand >> 58 != 0) {
      sticky = sticky || digit != 0;
      if (!fraction) exponent += 4;
    } else {
      significand = significand << 4 | digit;
      if (fraction) exponent -= 4;
    }
  }
  if (at < word.size()) {
    ++at;
    bool negative = false;
    if (word[at] == '+' || word[at] == '-') negative = word[at++] == '-';
    int64_t written = 0;
    for (; at < word.size(); ++at)
      if (word[at] != '_' && written < (int64_t{1} << 40))
        written = written * 10 + (word[at] - '0');
    exponent += negative ? -written : written;
  }
  if (significand == 0) return 0;

  // significand * 2^exponent = 1.xxx * 2^(exponent + width - 1)
  const auto width = static_cast<int>(std::bit_width(significand));
  const int64_t top = exponent + width - 1;
  if (top > format.max_exponent) return {};
  // The place value of the last bit that the format has for this magnitude.
  const int64_t last =
      (top < format.min_exponent ? format.min_exponent : top) - format.mantissa_bits;
  uint64_t rounded;
  if (const int64_t drop = last - exponent; drop <= 0) {
    rounded = significand << -drop;
  } else if (drop > 63) {
    rounded = 0;
  } else {
    rounded = significand >> drop;
    const uint64_t half = uint64_t{1} << (drop - 1);
    const uint64_t rest = significand & (half * 2 - 1);
    if (rest > half || (rest == half && (sticky || (rounded & 1) != 0))) ++rounded;
  }
  // A carry out of the significand or out of the subnormal range lands in the exponent field.
  const int64_t field = top < format.min_exponent ? 0 : top - format.min_exponent;
  const uint64_t bits = (static_cast<uint64_t>(field) << format.mantissa_bits) + rounded;
  const uint64_t infinity = static_cast<uint64_t>(format.max_exponent - format.min_exponent + 2)
                            << format.mantissa_bits;
  if (bits >= infinity) return {};
  return bits;
}

// Whether a decimal number that from_chars finds out of range is too small rather than too large.
bool is_tiny(std::string_view digits) {
  int64_t point = 0;
  bool fraction = false;
  bool leading = true;
  size_t at = 0;
  for (; at < digits.size() && digits[at] != 'e' && digits[at] != 'E'; ++at) {
    if (digits[at] == '.') {
      fraction = true;
    } else if (leading && digits[at] == '0') {
      if (fraction) --point;
    } else {
      leading = false;
      if (!fraction) ++point;
    }
  }
  if (leading) return true;
  int64_t exponent = 0;
  if (at < digits.size()) {
    ++at;
    const bool negative = digits[at] == '-';
    if (digits[at] == '-' || digits[at] == '+') ++at;
    for (; at < digits.size(); ++at)
      if (exponent < (int64_t{1} << 40)) exponent = exponent * 10 + (digits[at] - '0');
    if (negative) exponent = -exponent;
  }
  return point + exponent < 0;
}

template <class Float>
std::optional<Float> parse_decimal(std::string_view word) {
  std::string stripped;
  if (word.find('_') != std::string_view::npos) {
    for (const char c : word)
      if (c != '_') stripped.push_back(c);
    word = stripped;
  }
  Float value = 0;
  const auto result = std::from_chars(word.data(), word.data() + word.size(), value);
  if (result.ec == std::errc::result_out_of_range)
    return is_tiny(word) ? std::optional<Float>(Float{0}) : std::nullopt;
  if (result.ec != std::errc() || !std::isfinite(value)) return {};
  return value;
}

template <class Float, class Bits>
std::optional<Bits> parse_float(std::string_view word, Format format) {
  size_t at = 0;
  const bool negative = word[0] == '-';
  if (skip_sign(word, at)) word.remove_prefix(1);
  const Bits sign = negative ? Bits{1} << (sizeof(Bits) * 8 - 1) : 0;
  const Bits infinity = std::bit_cast<Bits>(std::numeric_limits<Float>::infinity());
  if (word == "inf") return sign | infinity;
  if (word.starts_with("nan")) {
    if (word.size() == 3) return sign | infinity | Bits{1} << (format.mantissa_bits - 1);
    const auto payload = parse_integer(word.substr(4), 64);
    if (!payload || *payload == 0 || *payload >> format.mantissa_bits != 0) return {};
    return sign | infinity | static_cast<Bits>(*payload);
  }
  if (is_hex(word)) {
    const auto bits = parse_hex_float(word, format);
    if (!bits) return {};
    return sign | static_cast<Bits>(*bits);
  }
  const auto value = parse_decimal<Float>(word);
  if (!value) return {};
  return sign | std::bit_cast<Bits>(*value);
}

} // namespace

TokenKind classify_number(std::string_view word) {
  size_t at = 0;
  const bool sign = skip_sign(word, at);
  const std::string_view rest = word.substr(at);
  if (rest.empty()) return TokenKind::reserved;
  if (rest == "inf" || rest == "nan") return TokenKind::floating;
  const bool hex = is_hex(rest);
  if (rest.starts_with("nan:0x")) {
    at += 6;
    return skip_digits(word, at, 16) && at == word.size() ? TokenKind::floating
                                                          : TokenKind::reserved;
  }
  if (hex) at += 2;
  if (!skip_digits(word, at, hex ? 16 : 10)) return TokenKind::reserved;
  bool floating = false;
  if (at < word.size() && word[at] == '.') {
    floating = true;
    ++at;
    skip_digits(word, at, hex ? 16 : 10);
  }
  if (at < word.size() &&
      (hex ? word[at] == 'p' || word[at] == 'P' : word[at] == 'e' || word[at] == 'E')) {
    floating = true;
    ++at;
    skip_sign(word, at);
    if (!skip_digits(word, at, 10)) return TokenKind::reserved;
  }
  if (at != word.size()) return TokenKind::reserved;
  return floating ? TokenKind::floating : sign ? TokenKind::integer : TokenKind::nat;
}

std::optional<uint64_t> parse_integer(std::string_view word, unsigned bits) {
  size_t at = 0;
  const bool negative = word[0] == '-';
  const bool sign = skip_sign(word, at);
  const bool hex = is_hex(word.substr(at));
  if (hex) at += 2;
  const uint64_t base = hex ? 16 : 10;
  const uint64_t all = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  const uint64_t limit = !sign ? all : negative ? all / 2 + 1 : all / 2;
  uint64_t value = 0;
  for (; at < word.size(); ++at) {
    if (word[at] == '_') continue;
    const auto digit = static_cast<uint64_t>(digit_value(word[at]));
    if (digit >= base) return {};
    if (value > (limit - digit) / base) return {};
    value = value * base + digit;
  }
  return negative ? (~value + 1) & all : value;
}

std::optional<uint32_t> parse_f32(std::string_view word) {
  return parse_float<float, uint32_t>(word, kF32);
}

std::optional<uint64_t> parse_f64(std::string_view word) {
  return parse_float<double, uint64_t>(word, kF64);
}

} // namespace waxwing::text
