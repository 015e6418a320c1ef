// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the parts of the assembly behind native_call.hpp share, one file a processor. Each has
//   wax_enter_native    saves what calls preserve, notes its stack and frame, calls; .Lwax_left
//   leaves wax_leave_native    takes the stack back to there and goes to .Lwax_left
//   wax_resume_native   loads NativeResume
//   wax_plain_body      notes pc and fp in the activation, looks at the stack, jumps to the builtin
//   wax_saving_body     the same behind a frame of its own with NativeRegisters in it
// and says what a thunk is, `WAX_THUNK(h, l, body)`: it loads the builtin's number, h * 8 + l,
// times the size of a pointer, and goes to a body. `WAX_CODE` stands before each function.
#pragma once

#include "platform/native_call.hpp"

namespace waxwing::platform {

// As the assembly has them.
static_assert(kExitInActivation == 2 * sizeof(void*));
static_assert(offsetof(NativeExit, pc) == 2 * sizeof(void*));
static_assert(offsetof(NativeExit, fp) == 3 * sizeof(void*));
static_assert(offsetof(NativeExit, registers) == 4 * sizeof(void*));
static_assert(kBuiltinSlots == 64 && kThunkBytes == 16);
static_assert(kStackLimitInStore == 8);
static_assert(kBuiltinsInVm == (sizeof(void*) == 8 ? 88 : 44));
static_assert(kActivationInStore == (sizeof(void*) == 8 ? 24 : 16));

} // namespace waxwing::platform

#define WAX_SYMBOL(name, type)                                                                     \
  "  .globl " name "\n  .hidden " name "\n  .type " name ", %" type "\n"
#define WAX_FUNCTION(name) WAX_SYMBOL(name, "function") WAX_CODE name ":\n"
#define WAX_END(name) "  .size " name ", .-" name "\n\n"
#define WAX_OBJECT(name) WAX_SYMBOL(name, "object") name ":\n"

// Eight thunks whose numbers begin at h * 8.
#define WAX_THUNKS_8(h, body)                                                                      \
  WAX_THUNK(h, 0, body)                                                                            \
  WAX_THUNK(h, 1, body)                                                                            \
  WAX_THUNK(h, 2, body)                                                                            \
  WAX_THUNK(h, 3, body)                                                                            \
  WAX_THUNK(h, 4, body)                                                                            \
  WAX_THUNK(h, 5, body)                                                                            \
  WAX_THUNK(h, 6, body)                                                                            \
  WAX_THUNK(h, 7, body)
#define WAX_THUNKS(name, body)                                                                     \
  "  .balign 16\n" WAX_OBJECT(name) WAX_THUNKS_8(0, body) WAX_THUNKS_8(1, body)                    \
      WAX_THUNKS_8(2, body) WAX_THUNKS_8(3, body) WAX_THUNKS_8(4, body) WAX_THUNKS_8(5, body)      \
          WAX_THUNKS_8(6, body) WAX_THUNKS_8(7, body)
#define WAX_ALL_THUNKS                                                                             \
  WAX_THUNKS("wax_plain_thunks", "wax_plain_body")                                                 \
  WAX_THUNKS("wax_saving_thunks", "wax_saving_body")
