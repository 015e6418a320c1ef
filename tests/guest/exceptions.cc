// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++ exceptions: destructors on the way, what is caught and thrown again, and how deep.
// FLAGS: -fexceptions -fwasm-exceptions -mllvm -wasm-use-legacy-eh=false
#include <cstdio>
#include <cstdlib>

#ifdef __wasm__
// The C++ library for WASI is built without exceptions, so the program brings the few functions
// that its handlers, which catch everything, need.
__asm__(".globl __cpp_exception\n"
        ".tagtype __cpp_exception i32\n"
        "__cpp_exception:\n");

namespace {
struct Header {
  Header* below;
  int handlers;
  bool again;
};
Header* caught = nullptr;
} // namespace

extern "C" {
void* __cxa_allocate_exception(size_t size) noexcept {
  auto* header = static_cast<Header*>(std::calloc(1, sizeof(Header) + size));
  return header + 1;
}
[[noreturn]] void __cxa_throw(void* object, void*, void* (*)(void*)) {
  __builtin_wasm_throw(0, object);
}
void* __cxa_begin_catch(void* object) noexcept {
  Header* header = static_cast<Header*>(object) - 1;
  if (header->handlers++ == 0 || header->again) {
    if (caught != header) header->below = caught;
    caught = header;
    header->again = false;
  }
  return object;
}
void __cxa_end_catch() {
  Header* header = caught;
  if (--header->handlers != 0) return;
  caught = header->below;
  if (!header->again) std::free(header);
}
[[noreturn]] void __cxa_rethrow() {
  caught->again = true;
  __builtin_wasm_throw(0, caught + 1);
}
}
#endif

namespace {

int alive = 0;

struct Guard {
  const char* name;
  explicit Guard(const char* of) : name(of) { ++alive; }
  ~Guard() {
    --alive;
    if (name != nullptr) std::printf("~%s\n", name);
  }
};

[[gnu::noinline]] int fail_at(int depth) {
  Guard guard(nullptr);
  if (depth == 0) throw depth;
  return fail_at(depth - 1) + 1;
}

[[gnu::noinline]] int middle(int way) {
  Guard outer("outer");
  try {
    Guard inner("inner");
    if (way == 0) return 1;
    fail_at(way);
  } catch (...) {
    std::printf("caught at %d, %d alive\n", way, alive);
    if (way > 2) throw;
    return 2;
  }
  return 3;
}

} // namespace

int main() {
  for (int way = 0; way < 5; ++way) {
    try {
      std::printf("middle(%d) = %d\n", way, middle(way));
    } catch (...) {
      std::printf("middle(%d) threw, %d alive\n", way, alive);
    }
  }
  long sum = 0;
  for (int i = 0; i < 20000; ++i) {
    try {
      sum += fail_at(i % 40);
    } catch (...) {
      sum += i;
    }
  }
  std::printf("%ld, %d alive\n", sum, alive);
  return 0;
}
