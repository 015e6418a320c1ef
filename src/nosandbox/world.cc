// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What C has as variables and macros, as functions for guests without a sandbox, and the memory of
// those of their functions that decide at run time how much they need.
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "platform/thread_room.hpp"

namespace waxwing::nosandbox {

extern "C" {

FILE* waxwing_nosandbox_stdin() { return stdin; }
FILE* waxwing_nosandbox_stdout() { return stdout; }
FILE* waxwing_nosandbox_stderr() { return stderr; }
int* waxwing_nosandbox_errno() { return &errno; }

[[noreturn]] void waxwing_nosandbox_assert(const char* what, const char* file, int line,
                                           const char* function) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s:%d: %s: assertion '%s' failed\n", file, line, function, what);
  std::abort();
}

/// Where the calling thread's stack pointer into that memory lies.
uint64_t* waxwing_nosandbox_stack(uint64_t bytes) {
  const platform::ThreadRoom room = platform::thread_room(bytes);
  if (room.word == nullptr) {
    std::fprintf(stderr, "error: there is no memory for a thread's variables (%llu bytes)\n",
                 static_cast<unsigned long long>(bytes));
    std::abort();
  }
  if (*room.word == 0) *room.word = reinterpret_cast<size_t>(room.end);
  return reinterpret_cast<uint64_t*>(room.word);
}

} // extern "C"

} // namespace waxwing::nosandbox
