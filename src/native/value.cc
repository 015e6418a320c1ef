// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/value.hpp"

#include <bit>
#include <cstdio>

#include "native/decimal.hpp"

namespace waxwing::native {

namespace {

using runtime::load_cell;
using runtime::store_cell;

/// Exponents that are written without one.
constexpr int kLeastPlain = -4;
constexpr int kMostPlain = 15;

template <class Bits, class Float>
void add_finite(Text& text, Bits bits) {
  constexpr FloatFormat kFormat = sizeof(Bits) == 4 ? kF32 : kF64;
  const auto value = static_cast<double>(std::bit_cast<Float>(bits));
  // The longest has a sign, a digit, the point, digits, and an exponent of a sign and three digits.
  char words[40];
  for (int digits = 0; digits <= 17; ++digits) {
    std::snprintf(words, sizeof words, "%.*e", digits, value);
    if (parse_float(words, kFormat) == bits) break;
  }
  std::string_view rest(words);
  if (rest.front() == '-') {
    text.add('-');
    rest.remove_prefix(1);
  }
  const size_t e = rest.find('e');
  int exponent = 0;
  for (const char c : rest.substr(e + 2)) exponent = exponent * 10 + (c - '0');
  if (rest[e + 1] == '-') exponent = -exponent;
  char digits[24];
  int count = 0;
  for (const char c : rest.substr(0, e))
    if (c != '.') digits[count++] = c;
  while (count > 1 && digits[count - 1] == '0') --count;
  const auto part = [&](int from, int to) {
    text.add(std::string_view(digits + from, static_cast<size_t>(to - from)));
  };
  if (exponent < kLeastPlain || exponent > kMostPlain) {
    part(0, 1);
    if (count > 1) text.add('.');
    part(1, count);
    text.add(rest.substr(e));
  } else if (exponent < 0) {
    text.add("0.");
    for (int i = exponent + 1; i < 0; ++i) text.add('0');
    part(0, count);
  } else {
    for (int i = 0; i <= exponent; ++i) text.add(i < count ? digits[i] : '0');
    if (count > exponent + 1) {
      text.add('.');
      part(exponent + 1, count);
    }
  }
}

template <class Bits, class Float>
void add_float(Text& text, Bits bits) {
  constexpr unsigned kMantissa = sizeof(Bits) == 4 ? 23 : 52;
  constexpr Bits kMask = (Bits{1} << kMantissa) - 1;
  constexpr Bits kExponent = (~Bits{0} >> 1) & ~kMask;
  if ((bits & kExponent) != kExponent) {
    add_finite<Bits, Float>(text, bits);
    return;
  }
  if ((bits >> (sizeof(Bits) * 8 - 1)) != 0) text.add('-');
  const Bits payload = bits & kMask;
  if (payload == 0)
    text.add("inf");
  else if (payload == Bits{1} << (kMantissa - 1))
    text.add("nan");
  else
    text.add("nan:").add_hex(payload);
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/// A number without a sign.
bool parse_natural(std::string_view word, uint64_t& value) {
  unsigned base = 10;
  if (word.starts_with("0x")) {
    base = 16;
    word.remove_prefix(2);
  }
  if (word.empty()) return false;
  value = 0;
  for (const char c : word) {
    if (c == '_') continue;
    const auto digit = static_cast<unsigned>(digit_value(c));
    if (digit >= base || value > (UINT64_MAX - digit) / base) return false;
    value = value * base + digit;
  }
  return true;
}

/// Read as unsigned, or as signed if it has a sign (spec section 6.3.1).
bool parse_integer(std::string_view word, unsigned bits, uint64_t& value) {
  const bool negative = word.starts_with('-');
  const bool is_signed = negative || word.starts_with('+');
  if (is_signed) word.remove_prefix(1);
  if (!parse_natural(word, value)) return false;
  const uint64_t most = UINT64_MAX >> (64 - bits);
  if (is_signed ? value > most / 2 + (negative ? 1 : 0) : value > most) return false;
  if (negative) value = (0 - value) & most;
  return true;
}

bool parse_float(std::string_view word, FloatFormat format, uint64_t& bits) {
  const auto parsed = native::parse_float(word, format);
  bits = parsed.value_or(0);
  return parsed.has_value();
}

} // namespace

std::string_view type_name(ValType type) {
  switch (type.code()) {
  case val::i32.code(): return "i32";
  case val::i64.code(): return "i64";
  case val::f32.code(): return "f32";
  case val::f64.code(): return "f64";
  case val::v128.code(): return "v128";
  default: return "reference";
  }
}

void add_value(Text& text, ValType type, const runtime::Cell* cells) {
  switch (type.code()) {
  case val::i32.code(): text.add_signed(load_cell<int32_t>(cells)); break;
  case val::i64.code(): text.add_signed(load_cell<int64_t>(cells)); break;
  case val::f32.code(): add_float<uint32_t, float>(text, load_cell<uint32_t>(cells)); break;
  case val::f64.code(): add_float<uint64_t, double>(text, load_cell<uint64_t>(cells)); break;
  case val::v128.code():
    text.add("i32x4");
    for (size_t i = 0; i < 4; ++i)
      text.add(' ').add_hex(
          load_unaligned<uint32_t>(reinterpret_cast<const uint8_t*>(cells) + 4 * i), 8);
    break;
  default: text.add(load_cell<uintptr_t>(cells) == 0 ? "null" : "(reference)"); break;
  }
}

bool parse_value(std::string_view word, ValType type, runtime::Cell* cells) {
  uint64_t bits = 0;
  switch (type.code()) {
  case val::i32.code():
    if (!parse_integer(word, 32, bits)) return false;
    store_cell(cells, static_cast<uint32_t>(bits));
    return true;
  case val::i64.code():
    if (!parse_integer(word, 64, bits)) return false;
    store_cell(cells, bits);
    return true;
  case val::f32.code():
    if (!parse_float(word, kF32, bits)) return false;
    store_cell(cells, static_cast<uint32_t>(bits));
    return true;
  case val::f64.code():
    if (!parse_float(word, kF64, bits)) return false;
    store_cell(cells, bits);
    return true;
  default:
    if (!type.is_ref() || !type.is_nullable() || word != "null") return false;
    store_cell(cells, uintptr_t{0});
    return true;
  }
}

bool parse_count(std::string_view word, uint64_t& count) {
  return !word.starts_with("0x") && parse_natural(word, count) && count <= INT64_MAX;
}

bool parse_size(std::string_view word, uint64_t& size) {
  size_t digits = 0;
  while (digits < word.size() && digit_value(word[digits]) < 10) ++digits;
  const std::string_view unit = word.substr(digits);
  unsigned shift = 64;
  if (unit.empty() || unit == "B") shift = 0;
  if (unit == "K" || unit == "k" || unit == "KiB" || unit == "KB") shift = 10;
  if (unit == "M" || unit == "MiB" || unit == "MB") shift = 20;
  if (unit == "G" || unit == "GiB" || unit == "GB") shift = 30;
  if (unit == "T" || unit == "TiB" || unit == "TB") shift = 40;
  if (shift == 64 || !parse_natural(word.substr(0, digits), size) || size > UINT64_MAX >> shift)
    return false;
  size <<= shift;
  return true;
}

bool parse_duration(std::string_view word, uint64_t& milliseconds) {
  size_t digits = 0;
  while (digits < word.size() && (digit_value(word[digits]) < 10 || word[digits] == '.')) ++digits;
  const std::string_view unit = word.substr(digits);
  double factor = 0;
  if (unit.empty() || unit == "ms") factor = 1;
  if (unit == "s") factor = 1000;
  if (unit == "m" || unit == "min") factor = 60'000;
  uint64_t bits = 0;
  if (factor == 0 || !parse_float(word.substr(0, digits), kF64, bits)) return false;
  const double value = std::bit_cast<double>(bits) * factor;
  if (value < 1 || value > 1e12) return false;
  milliseconds = static_cast<uint64_t>(value);
  return true;
}

} // namespace waxwing::native
