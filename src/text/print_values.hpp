// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Internal to the room: numbers, strings and identifiers as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waxwing::text {

void append_unsigned(std::string& out, uint64_t value);
void append_signed(std::string& out, int64_t value);
void append_hex(std::string& out, uint64_t value);
/// The shortest text that reads back as the same bits.
void append_f32(std::string& out, uint32_t bits);
void append_f64(std::string& out, uint64_t bits);
/// Arbitrary bytes as a string literal.
void append_bytes(std::string& out, std::string_view bytes);
/// UTF-8 as a string literal that shows what can safely be shown.
void append_name(std::string& out, std::string_view name);
/// "$" and the name, quoted where it has to be; `name` is not empty and well-formed.
void append_id(std::string& out, std::string_view name);

} // namespace waxwing::text
