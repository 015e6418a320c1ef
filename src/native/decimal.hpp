// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace waxwing::native {

/// A binary format of floating-point numbers (IEEE 754): bits of the significand with the leading
/// one, and the exponent of the smallest normal number.
struct FloatFormat {
  unsigned significand;
  int least;
  unsigned bits;
};
inline constexpr FloatFormat kF32{24, -126, 32};
inline constexpr FloatFormat kF64{53, -1022, 64};

/// The bits of the number that a word means, rounded to nearest even: decimal digits or, behind 0x,
/// hexadecimal ones, with a point, an exponent (`e`, `p`) and underscores; `inf`, `nan`. Nothing
/// where it is none or out of range. Exact for any number of digits that fit in `kMostDigits`.
///
/// By the definition, with long numbers: the C library's functions for it are as large as all the
/// rest of a small program.
[[nodiscard]] std::optional<uint64_t> parse_float(std::string_view word, FloatFormat format);

} // namespace waxwing::native
