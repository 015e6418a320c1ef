// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For code that runs inside images: no library, no operating system, the target's C convention.
#pragma once

using u32 = unsigned int;
using i32 = int;
using u64 = unsigned long long;
using i64 = long long;
using usize = decltype(sizeof 0);

namespace waxwing::helpers {

/// Without a library function: that may be what is being compiled.
template <class T>
constexpr int leading_zeros(T value) {
  int zeros = 0;
  for (int half = sizeof(T) * 4; half != 0; half /= 2)
    if (value >> (static_cast<int>(sizeof(T)) * 8 - half) == 0) {
      zeros += half;
      value <<= half;
    }
  return zeros + (value >> (sizeof(T) * 8 - 1) == 0);
}

} // namespace waxwing::helpers
