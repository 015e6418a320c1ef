// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string_view>

#include "native/text.hpp"
#include "runtime/cell.hpp"

/// Values in the words of the text format, as `waxwing run --invoke` reads and prints them.
namespace waxwing::native {

/// `i32` and so on; references are just that.
[[nodiscard]] std::string_view type_name(ValType type);
/// With the fewest digits that give the same number back.
void add_value(Text& text, ValType type, const runtime::Cell* cells);
/// Reads a number, or null. False where the word is none, or not in the range of the type.
[[nodiscard]] bool parse_value(std::string_view word, ValType type, runtime::Cell* cells);
/// Digits, with `K`, `M` or `G` behind them for powers of 1024.
[[nodiscard]] bool parse_size(std::string_view word, uint64_t& size);
/// Milliseconds: `500ms`, `2s`, `3m`, or a bare number.
[[nodiscard]] bool parse_duration(std::string_view word, uint64_t& milliseconds);
[[nodiscard]] bool parse_count(std::string_view word, uint64_t& count);

} // namespace waxwing::native
