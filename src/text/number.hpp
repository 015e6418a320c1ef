// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "text/lexer.hpp"

namespace waxwing::text {

/// What number a word is (spec section 6.3.1, 6.3.2): `nat`, `integer`, `floating`, or `reserved`
/// where it is none.
[[nodiscard]] TokenKind classify_number(std::string_view word);

/// The value of a nat or integer token as the bits of an integer of `bits` (8 to 64) bits, or
/// nothing where it does not fit: a number is read as unsigned, or as signed if it has a sign.
[[nodiscard]] std::optional<uint64_t> parse_integer(std::string_view word, unsigned bits);

/// The bits of the floating-point number that a nat, integer or floating token means, rounded to
/// nearest even, or nothing where it is out of range.
[[nodiscard]] std::optional<uint32_t> parse_f32(std::string_view word);
[[nodiscard]] std::optional<uint64_t> parse_f64(std::string_view word);

} // namespace waxwing::text
