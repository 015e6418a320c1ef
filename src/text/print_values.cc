// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/print_values.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

namespace waxwing::text {

namespace {

constexpr char kDigits[] = "0123456789abcdef";

void append_escape(std::string& out, uint8_t byte) {
  out += '\\';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

// The code point at the front of well-formed UTF-8, and its length.
uint32_t front(std::string_view text, size_t& length) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto tail = [&](size_t i) { return static_cast<uint32_t>(byte(i) & 0x3F); };
  if (byte(0) < 0x80) return length = 1, byte(0);
  if (byte(0) < 0xE0) return length = 2, (byte(0) & 0x1Fu) << 6 | tail(1);
  if (byte(0) < 0xF0) return length = 3, (byte(0) & 0x0Fu) << 12 | tail(1) << 6 | tail(2);
  length = 4;
  return (byte(0) & 0x07u) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3);
}

// Controls, invisible characters and those that change the direction of writing: what would make
// the text look like something that it isn't.
bool is_deceptive(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFB) ||
         c >= 0xE0000;
}

template <class Float, class Bits>
void append_float(std::string& out, Bits bits, int mantissa_bits) {
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  const Bits mantissa = bits & ((Bits{1} << mantissa_bits) - 1);
  const Bits infinity = (kSign - 1) >> mantissa_bits << mantissa_bits;
  if ((bits & kSign) != 0) out += '-';
  bits &= ~kSign;
  if (bits == infinity) {
    out += "inf";
  } else if (bits > infinity) {
    out += "nan";
    if (mantissa != Bits{1} << (mantissa_bits - 1)) {
      out += ":";
      append_hex(out, mantissa);
    }
  } else {
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::bit_cast<Float>(bits));
    out.append(buffer, end.ptr);
  }
}

} // namespace

void append_unsigned(std::string& out, uint64_t value) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void append_signed(std::string& out, int64_t value) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void append_hex(std::string& out, uint64_t value) {
  char buffer[24];
  out += "0x";
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, 16).ptr);
}

void append_f32(std::string& out, uint32_t bits) { append_float<float, uint32_t>(out, bits, 23); }

void append_f64(std::string& out, uint64_t bits) { append_float<double, uint64_t>(out, bits, 52); }

void append_bytes(std::string& out, std::string_view bytes) {
  out += '"';
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7F) {
      append_escape(out, byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_name(std::string& out, std::string_view name) {
  out += '"';
  while (!name.empty()) {
    size_t length = 1;
    const uint32_t c = front(name, length);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += name[0];
    } else if (is_deceptive(c)) {
      for (size_t i = 0; i < length; ++i) append_escape(out, static_cast<uint8_t>(name[i]));
    } else {
      out += name.substr(0, length);
    }
    name.remove_prefix(length);
  }
  out += '"';
}

void append_id(std::string& out, std::string_view name) {
  constexpr std::string_view kIdCharacters = "0123456789abcdefghijklmnopqrstuvwxyz"
                                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+-./:<=>?@\\^_`|~";
  out += '$';
  if (std::all_of(name.begin(), name.end(),
                  [&](char c) { return kIdCharacters.find(c) != std::string_view::npos; }))
    out += name;
  else
    append_name(out, name);
}

} // namespace waxwing::text
