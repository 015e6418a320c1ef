// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Argument lists of C (va_list) that are made at run time.
#pragma once

#include <cstdarg>
#include <cstdint>
#include <cstring>

namespace waxwing::platform {

/// Makes `list` one of arguments that all lie in memory: `words` is aligned to 16 bytes and holds
/// integers, pointers and doubles in 8 bytes each and a long double in 16 that are aligned as much.
/// The words outlive the list, which is not ended by `va_end`. (System V ABI for x86-64, section
/// 3.5.7; AAPCS64, appendix B; RISC-V calling convention, "va_list".)
inline void make_argument_list(va_list& list, const uint64_t* words) {
#if defined(__x86_64__)
  // Behind the ends of what was in registers.
  const struct {
    uint32_t general = 48;
    uint32_t vector = 304;
    const void* overflow;
    const void* saved = nullptr;
  } made{.overflow = words};
#elif defined(__aarch64__)
  const struct {
    const void* stack;
    const void* general = nullptr;
    const void* vector = nullptr;
    int32_t general_offset = 0;
    int32_t vector_offset = 0;
  } made{.stack = words};
#else
  const void* const made = words;
#endif
  static_assert(sizeof made == sizeof list);
  std::memcpy(&list, &made, sizeof made);
}

} // namespace waxwing::platform
