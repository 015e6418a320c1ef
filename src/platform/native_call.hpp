// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The crossing between the runtime and compiled code that C++ has no words for: entering it so that
// it can be left from anywhere, calling back with its registers at hand, and going on at a landing
// pad (docs/abi.md, sections 5 to 7 and 12).
#pragma once

#include <cstddef>
#include <cstdint>

namespace waxwing::platform {

/// Where compiled code that was entered can be left to.
struct NativeBoundary {
  uintptr_t stack;
  /// The frame pointer of the code below the boundary's callee.
  uintptr_t frame;
};

/// What a running entry keeps for the assembly: at these places in the record that
/// `VmStore::activation` points to, counted in pointers.
struct NativeExit {
  NativeBoundary boundary;
  /// Return address and frame pointer of the code that has called a builtin.
  uintptr_t pc;
  uintptr_t fp;
  /// For builtins that save registers: those that calls preserve, as they were in the caller.
  const struct NativeRegisters* registers;
};
inline constexpr size_t kExitInActivation = 2 * sizeof(void*);

// Registers that calls preserve, frame pointer aside. `first` to `first + count` are the numbers
// that DWARF gives them; the saved ones lie in that order.
struct RegisterRun {
  uint32_t first;
  uint32_t count;
};
#if defined(__x86_64__)
inline constexpr RegisterRun kGeneralRuns[] = {{3, 1}, {12, 4}};
inline constexpr RegisterRun kFloatRuns[] = {{0, 0}};
inline constexpr uint32_t kGeneralSaved = 5;
inline constexpr uint32_t kFloatSaved = 0;
/// Words from the saved frame pointer to the return address.
inline constexpr int kReturnAddressAt = 1;
inline constexpr int kSavedFrameAt = 0;
#elif defined(__aarch64__)
inline constexpr RegisterRun kGeneralRuns[] = {{19, 10}};
inline constexpr RegisterRun kFloatRuns[] = {{72, 8}};
inline constexpr uint32_t kGeneralSaved = 10;
inline constexpr uint32_t kFloatSaved = 8;
inline constexpr int kReturnAddressAt = 1;
inline constexpr int kSavedFrameAt = 0;
#elif defined(__riscv)
inline constexpr RegisterRun kGeneralRuns[] = {{9, 1}, {18, 10}};
#ifdef __riscv_flen
inline constexpr RegisterRun kFloatRuns[] = {{40, 2}, {50, 10}};
inline constexpr uint32_t kFloatSaved = 12;
#else
inline constexpr RegisterRun kFloatRuns[] = {{0, 0}};
inline constexpr uint32_t kFloatSaved = 0;
#endif
inline constexpr uint32_t kGeneralSaved = 11;
inline constexpr int kReturnAddressAt = -1;
inline constexpr int kSavedFrameAt = -2;
#elif defined(__arm__)
inline constexpr RegisterRun kGeneralRuns[] = {{4, 8}};
#ifdef __ARM_FP
inline constexpr RegisterRun kFloatRuns[] = {{264, 8}};
inline constexpr uint32_t kFloatSaved = 8;
#else
inline constexpr RegisterRun kFloatRuns[] = {{0, 0}};
inline constexpr uint32_t kFloatSaved = 0;
#endif
inline constexpr uint32_t kGeneralSaved = 8;
inline constexpr int kReturnAddressAt = 1;
inline constexpr int kSavedFrameAt = 0;
#else
#error "Compiled code has no boundary for this target"
#endif
#if defined(__thumb__)
inline constexpr uintptr_t kCodeAddressBit = 1;
#else
inline constexpr uintptr_t kCodeAddressBit = 0;
#endif

/// As the assembly saves and restores them.
struct NativeRegisters {
  uint64_t floats[kFloatSaved == 0 ? 1 : kFloatSaved];
  uintptr_t general[kGeneralSaved];
};

/// What `wax_resume_native` sets.
struct NativeResume {
  NativeRegisters registers;
  uintptr_t fp;
  uintptr_t sp;
  uintptr_t pc;
  /// Put where the target's landing pads expect it.
  uintptr_t exception;
};

/// Builtins that there is room for.
inline constexpr uint32_t kBuiltinSlots = 64;
/// Where VmContext, VmStore and the table of builtins have what the assembly needs, in bytes.
inline constexpr size_t kBuiltinsInVm = 11 * sizeof(void*);
inline constexpr size_t kStackLimitInStore = 8;
/// The builtin that raises a trap, and the trap that the assembly raises by it.
inline constexpr uint32_t kTrapBuiltin = 0;
inline constexpr uint32_t kStackTrap = 20;
inline constexpr size_t kActivationInStore = sizeof(void*) == 8 ? 24 : 16;

extern "C" {
/// Calls `trampoline(vm, entry, cells)` with all registers that calls preserve saved; returns 0
/// when that returns, or what it was left with.
uint32_t wax_enter_native(NativeBoundary* boundary, const void* trampoline, void* vm,
                          const void* entry, void* cells);
/// Returns from the `wax_enter_native` that has filled in `boundary`, with `outcome`, whatever
/// runs.
[[noreturn]] void wax_leave_native(const NativeBoundary* boundary, uint32_t outcome);
[[noreturn]] void wax_resume_native(const NativeResume* state);
// NOLINTBEGIN(bugprone-dynamic-static-initializers): assembly defines them
/// The trap instruction that builtins run into when there is no stack left for them. Only where
/// code has gone far below the stack's limit, as it may where it relies on guard pages: a little
/// below it there is still enough to raise the trap by a call (`kTrapBuiltin`), which needs no
/// handler.
extern const char wax_native_stack_end[];
/// Entries of builtins, `kThunkBytes` apart. They find the VmContext in their first argument, note
/// where they were called from (`NativeExit`), and jump to slot `kBuiltinSlots + n` of its table.
extern const char wax_plain_thunks[];
/// The same for those that need `NativeExit::registers`.
extern const char wax_saving_thunks[];
// NOLINTEND(bugprone-dynamic-static-initializers)
}
inline constexpr size_t kThunkBytes = 16;

} // namespace waxwing::platform
