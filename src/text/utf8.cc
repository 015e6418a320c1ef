// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text/utf8.hpp"

#include "base/utf8.hpp"

namespace waxwing::text {

size_t find_malformed_utf8(std::string_view bytes) {
  const size_t valid =
      utf8_valid_prefix({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  return valid == bytes.size() ? std::string_view::npos : valid;
}

void append_utf8(std::string& text, uint32_t code_point) {
  const auto put = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

} // namespace waxwing::text
