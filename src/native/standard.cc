// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the C++ library would throw, for programs that are linked without it: inline functions of
// its headers check what has been checked before. Weak, so that a program in C++ has its own.
#include <string_view>
#include <system_error>

namespace std {

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl58-cpp): the names are the library's.
[[gnu::weak]] void __throw_out_of_range_fmt(const char*, ...) { __builtin_trap(); }
[[gnu::weak]] void __throw_system_error(int) { __builtin_trap(); }
// NOLINTEND(bugprone-reserved-identifier,cert-dcl58-cpp)

} // namespace std
