// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/text.hpp"

#include "platform/file.hpp"
#include "platform/memory.hpp"

namespace waxwing::native {

Text::Text() : bytes_(platform::default_allocator()) {}

Text& Text::add(std::string_view words) {
  (void)bytes_.append({words.data(), words.size()});
  return *this;
}

namespace {

constexpr char kDigits[] = "0123456789abcdef";

/// The digits of `number`, at the end of `buffer`.
template <size_t kSize>
std::string_view digits_of(char (&buffer)[kSize], uint64_t number, unsigned base, size_t least) {
  size_t at = kSize;
  do {
    buffer[--at] = kDigits[number % base];
    number /= base;
  } while (number != 0 || kSize - at < least);
  return {buffer + at, kSize - at};
}

} // namespace

Text& Text::add_number(uint64_t number) {
  char buffer[20];
  return add(digits_of(buffer, number, 10, 1));
}

Text& Text::add_signed(int64_t number) {
  if (number >= 0) return add_number(static_cast<uint64_t>(number));
  return add('-').add_number(0 - static_cast<uint64_t>(number));
}

Text& Text::add_hex(uint64_t number, unsigned digits) {
  char buffer[16];
  return add("0x").add(digits_of(buffer, number, 16, digits));
}

Text& Text::add_spaces(size_t count) {
  for (size_t i = 0; i < count; ++i) add(' ');
  return *this;
}

Text& Text::add_foreign(std::string_view words) {
  for (size_t i = 0; i < words.size(); ++i) {
    const auto c = static_cast<unsigned char>(words[i]);
    // C1 controls are two bytes in UTF-8, the second below 0xA0.
    const bool c1 =
        c == 0xC2 && i + 1 < words.size() && static_cast<unsigned char>(words[i + 1]) < 0xA0;
    if ((c < 0x20 && c != '\n') || c == 0x7F || c1)
      add("\\x").add(kDigits[c >> 4]).add(kDigits[c & 15]);
    else
      add(words[i]);
  }
  return *this;
}

const char* Text::c_str() {
  if (!bytes_.push('\0')) return "out of memory";
  (void)bytes_.resize(bytes_.size() - 1);
  return bytes_.data();
}

Text decimal(uint64_t number) {
  Text text;
  text.add_number(number);
  return text;
}

void print(unsigned stream, std::string_view words) {
  while (!words.empty()) {
    const platform::IoBuffer buffer{const_cast<char*>(words.data()), words.size()};
    const auto written = platform::write_stream(platform::standard_stream(stream), {&buffer, 1});
    if (!written && written.error() == platform::FileError::intr) continue;
    if (!written || *written == 0) return;
    words.remove_prefix(*written);
  }
}

void print_labelled(std::string_view label, std::string_view words) {
  Text line;
  line.add("waxwing: ").add(label).add(": ").add_foreign(words).add('\n');
  print(2, line.view());
}

} // namespace waxwing::native
