// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What LLVM calls by name to move and fill memory of its own, such as large frames.
#include "compile/helpers/helpers.hpp"

HELPER void* memset(void* to, int value, usize count) {
  volatile unsigned char* at = static_cast<unsigned char*>(to);
  for (; count != 0; --count) *at++ = static_cast<unsigned char>(value);
  return to;
}

HELPER void* memcpy(void* to, const void* from, usize count) {
  volatile unsigned char* at = static_cast<unsigned char*>(to);
  for (const unsigned char* source = static_cast<const unsigned char*>(from); count != 0; --count)
    *at++ = *source++;
  return to;
}

HELPER void* memmove(void* to, const void* from, usize count) {
  volatile unsigned char* const target = static_cast<unsigned char*>(to);
  const unsigned char* const source = static_cast<const unsigned char*>(from);
  if (reinterpret_cast<usize>(to) - reinterpret_cast<usize>(from) >= count)
    return memcpy(to, from, count);
  while (count != 0) {
    --count;
    target[count] = source[count];
  }
  return to;
}
