// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>

/// Interruption of a thread that runs guest code, and the bounds of native stacks.
namespace waxwing::platform {

/// Lowest address that the current thread's native stack may use, with `reserve` bytes left for the
/// host; 0 where that is unknown.
[[nodiscard]] uintptr_t native_stack_limit(size_t reserve);

/// Code that may be left at any instruction: the program counter is redirected to `escape` when an
/// interruption finds it in [begin, end). Nothing is registered where signals are not available.
struct RedirectRange {
  const void* begin;
  const void* end;
  void (*escape)();
};

/// True where `interrupt_thread` can redirect guest code; otherwise the interrupt word is polled.
[[nodiscard]] bool can_redirect();

/// Names the range; called once, before the first `interrupt_thread`. Installs the handler, which
/// passes signals on that are not ours.
[[nodiscard]] bool install_redirect(const RedirectRange& range);

/// A thread that can be interrupted.
struct ThreadHandle {
  uintptr_t value[2];
};
[[nodiscard]] ThreadHandle current_thread();

/// Sends the interruption to `thread`. The caller repeats it until the guest has acknowledged,
/// since the thread may be outside the range.
void interrupt_thread(const ThreadHandle& thread);

} // namespace waxwing::platform
