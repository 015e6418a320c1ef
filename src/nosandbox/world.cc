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

/// The calling thread's memory; compile/direct_frames.cc knows its fields.
platform::ThreadRoom* waxwing_nosandbox_stack(uint64_t bytes) {
  platform::ThreadRoom* const room = platform::thread_room(bytes);
  if (room != nullptr) return room;
  std::fprintf(stderr, "error: there is no memory for a thread's variables (%llu bytes)\n",
               static_cast<unsigned long long>(bytes));
  std::abort();
}

[[noreturn]] void waxwing_nosandbox_stack_is_full() {
  std::fflush(stdout);
  std::fputs("error: a thread has no room left for variables whose size is decided at run time; "
             "--stack-size of 'waxwing native' makes more\n",
             stderr);
  std::abort();
}

} // extern "C"

} // namespace waxwing::nosandbox
