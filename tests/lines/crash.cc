// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guest that traps in a function that was inlined twice, below a member of a template.
#include <cstdio>

namespace {

__attribute__((always_inline)) inline int peek(const volatile int* at) {
  return *at; // line 9
}

__attribute__((always_inline)) inline int middle(const volatile int* at) {
  return peek(at) + 1; // line 13
}

template <class T>
struct Reader {
  T offset;
  __attribute__((noinline)) int read(const volatile int* at, int deep) const {
    if (deep == 0) return middle(at + offset); // line 20
    return read(at, deep - 1) + 1;             // line 21
  }
};

} // namespace

int main(int count, char** words) {
  const Reader<int> reader{count};
  const auto* const beyond = reinterpret_cast<const volatile int*>(0x7FFFFFF0);
  return reader.read(beyond, static_cast<int>(words[0][0] != 0)); // line 30
}
