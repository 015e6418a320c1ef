// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string>

#include "runtime/func_ref.hpp"

/// Values in the words of the text format.
namespace waxwing::describe {

/// With the fewest digits that give the same number back; a NaN with its payload where it is not
/// the canonical one. `bits` are those of the number.
[[nodiscard]] std::string f32_text(uint32_t bits);
[[nodiscard]] std::string f64_text(uint64_t bits);
/// By 32-bit lanes, `i32x4 0x00000001 ...`, of 16 bytes, lowest first.
[[nodiscard]] std::string v128_text(const uint8_t* bytes);
/// `ref.func 3`, by the function's index in its module; `ref.func (host)`.
[[nodiscard]] std::string function_text(const runtime::FuncRef& function);

} // namespace waxwing::describe
