// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Moving and filling memory under the names of the ARM EABI (RTABI, section 4.3.4), which say what
// is known of the alignment.
#include "compile/helpers/helpers.hpp"

namespace {

void copy(void* to, const void* from, usize count) {
  volatile unsigned char* at = static_cast<unsigned char*>(to);
  for (const unsigned char* source = static_cast<const unsigned char*>(from); count != 0; --count)
    *at++ = *source++;
}

void move(void* to, const void* from, usize count) {
  if (reinterpret_cast<usize>(to) - reinterpret_cast<usize>(from) >= count)
    return copy(to, from, count);
  volatile unsigned char* const target = static_cast<unsigned char*>(to);
  while (count != 0) {
    --count;
    target[count] = static_cast<const unsigned char*>(from)[count];
  }
}

void fill(void* to, usize count, int value) {
  volatile unsigned char* at = static_cast<unsigned char*>(to);
  for (; count != 0; --count) *at++ = static_cast<unsigned char>(value);
}

} // namespace

#define FOR_ALIGNMENT(suffix)                                                                      \
  HELPER void __aeabi_memcpy##suffix(void* to, const void* from, usize count) {                    \
    copy(to, from, count);                                                                         \
  }                                                                                                \
  HELPER void __aeabi_memmove##suffix(void* to, const void* from, usize count) {                   \
    move(to, from, count);                                                                         \
  }                                                                                                \
  HELPER void __aeabi_memset##suffix(void* to, usize count, int value) { fill(to, count, value); } \
  HELPER void __aeabi_memclr##suffix(void* to, usize count) { fill(to, count, 0); }
FOR_ALIGNMENT()
FOR_ALIGNMENT(4)
FOR_ALIGNMENT(8)
#undef FOR_ALIGNMENT
