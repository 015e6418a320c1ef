// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace waxwing::text {

/// The offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7), or
/// `npos`.
[[nodiscard]] size_t find_malformed_utf8(std::string_view bytes);

/// Appends the encoding of a code point that is at most 0x10FFFF and no surrogate.
void append_utf8(std::string& text, uint32_t code_point);

} // namespace waxwing::text
