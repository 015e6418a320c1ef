// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

/// Interruption of a thread that runs guest code, and the bounds of native stacks.
///
/// The protocol: whoever wants guest code to stop sets the word of its `InterruptTarget` and sends
/// `interrupt_thread` again and again until the word is clear or the thread has left the guest. The
/// signal handler redirects the thread only while the word is set and its program counter is inside
/// the `RedirectRange`; whoever raises the trap clears the word first (the escape function, or
/// runtime code that reads the word when a host function returns). So a signal that comes late
/// finds a clear word, or none at all, and does nothing; and one that comes too early, while the
/// thread is in the host or in the runtime, is sent again.
///
/// What code inside the range must keep to: at each of its instructions, leaving for good must be
/// harmless. It takes no locks; what a guest can observe of several words at once is updated by
/// functions outside the range; and the record that the escape function finds its way out by is set
/// before the range is entered and taken down after it was left.
namespace waxwing::platform {

/// Lowest address that the current thread's native stack may use, with `reserve` bytes (at most
/// half of the stack) left for the host; 0 where that is unknown, as on a stack that the thread was
/// not started with.
[[nodiscard]] uintptr_t native_stack_limit(size_t reserve);

/// Code that may be left at any instruction: when an interruption finds the program counter in
/// [begin, end), the thread goes on in `escape`, which gets the target's `context`, has an aligned
/// stack below everything that the interrupted code has put there, and never returns to it.
struct RedirectRange {
  const void* begin;
  const void* end;
  void (*escape)(void* context);
};

/// What the general registers of the current thread held when it was redirected. For the escape
/// function, before anything else is redirected; empty where that is not known.
[[nodiscard]] std::span<const uintptr_t> interrupted_registers();

/// Registers of a stopped thread. `link` is the return address where the target has a register for
/// it, else 0.
struct MachineState {
  uintptr_t pc;
  uintptr_t sp;
  uintptr_t fp;
  uintptr_t link;
};

/// What a thread was stopped by, if not by an interruption.
struct Fault {
  enum class Kind : uint8_t { access, instruction } kind;
  /// The address that could not be accessed.
  uintptr_t address;
  /// What the system says of the thread.
  const void* context;
};

/// The most bytes that one instruction accesses.
inline constexpr uintptr_t kWidestAccess = 64;
/// Where the bytes begin that the instruction at `at.pc`, which must be readable, accesses:
/// `fault.address` or less, as some of them may lie before the one that faults. `fault.address`
/// where that isn't known. `bytes` is how many they are. For handlers of faults of kind `access`.
[[nodiscard]] uintptr_t accessed_address(const MachineState& at, const Fault& fault, size_t bytes);

/// Where a stopped thread goes on: in a function that finds its two arguments, a stack that may
/// have no room left, and never returns.
struct Continuation {
  const void* function;
  uintptr_t arguments[2];
};

/// What the current thread stops for: `word` is not 0 when it is asked to.
struct InterruptTarget {
  std::atomic<uint32_t>* word;
  void* context;
  /// Asked in a signal handler about code outside of the redirect range, if `word` is set or the
  /// thread has met with `fault` (else null): true if it goes on at `where`. May be null.
  bool (*resume)(void* context, const MachineState& at, const Fault* fault, Continuation& where);
};

/// True where `interrupt_thread` can redirect guest code; otherwise the interrupt word is polled.
[[nodiscard]] bool can_redirect();

/// Installs the handler of interruptions, which passes signals on that are not ours. System calls
/// of a thread that is interrupted outside the range end with EINTR, so that a host function that
/// waits can look at the word. Calls after the first do nothing. Thread-safe.
[[nodiscard]] bool install_interruption();

/// Does the same and names the process's one range. Fails where `can_redirect` is false.
[[nodiscard]] bool install_redirect(const RedirectRange& range);

/// Installs the handlers of faults, which ask the current thread's target, and pass on what it does
/// not know to the handlers that were there before. Calls after the first do nothing. Thread-safe.
/// False where there are none.
[[nodiscard]] bool install_fault_handlers();

/// Gives the current thread an alternate stack for handlers, unless it has one that is large
/// enough. Nothing is needed, and nothing done, while `install_fault_handlers` has not been called.
/// False where there is no memory for it.
[[nodiscard]] bool prepare_fault_stack();

/// Makes `target` the current thread's (null for none) and returns the one before. It must stay
/// valid until it is replaced.
const InterruptTarget* set_interrupt_target(const InterruptTarget* target);

/// A thread that can be interrupted; 0 is none.
using ThreadHandle = uintptr_t;
[[nodiscard]] ThreadHandle current_thread();

/// Sends the interruption to `thread`, which may have ended. Nothing happens before
/// `install_interruption`. May be called from a signal handler.
void interrupt_thread(ThreadHandle thread);

} // namespace waxwing::platform
