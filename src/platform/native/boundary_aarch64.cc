// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// 64-bit ARM (AAPCS64).
#include "platform/native/boundary.hpp"

#if defined(__aarch64__)

#define WAX_CODE ""

namespace waxwing::platform {

static_assert(sizeof(NativeRegisters) == 144 && offsetof(NativeResume, fp) == 144);

#define WAX_THUNK(h, l, body) ".balign 16\n mov w16, #((" #h "*8+" #l ")*8)\n b " body "\n"

/// NativeRegisters at a distance from a register.
#define WAX_SAVED(op, base, at)                                                                    \
  "  " op " d8, d9, [" base ", #" at "+0]\n"                                                       \
  "  " op " d10, d11, [" base ", #" at "+16]\n"                                                    \
  "  " op " d12, d13, [" base ", #" at "+32]\n"                                                    \
  "  " op " d14, d15, [" base ", #" at "+48]\n"                                                    \
  "  " op " x19, x20, [" base ", #" at "+64]\n"                                                    \
  "  " op " x21, x22, [" base ", #" at "+80]\n"                                                    \
  "  " op " x23, x24, [" base ", #" at "+96]\n"                                                    \
  "  " op " x25, x26, [" base ", #" at "+112]\n"                                                   \
  "  " op " x27, x28, [" base ", #" at "+128]\n"

asm(R"(
  .text
  .balign 16
)" WAX_FUNCTION("wax_enter_native") R"(
  .cfi_startproc
  stp x29, x30, [sp, #-176]!
  .cfi_def_cfa_offset 176
  .cfi_offset 29, -176
  .cfi_offset 30, -168
  mov x29, sp
)" WAX_SAVED("stp", "sp", "16") R"(
  mrs x9, fpcr
  str x9, [sp, #160]
  mov x9, sp
  str x9, [x0]
  str x29, [x0, #8]
  mov x9, x1
  mov x0, x2
  mov x1, x3
  mov x2, x4
  blr x9
  mov w0, #0
.Lwax_left:
  ldr x9, [sp, #160]
  msr fpcr, x9
)" WAX_SAVED("ldp", "sp", "16") R"(
  ldp x29, x30, [sp], #176
  ret
  .cfi_endproc
)" WAX_END("wax_enter_native") WAX_FUNCTION("wax_leave_native") R"(
  ldr x9, [x0]
  mov sp, x9
  ldr x29, [x0, #8]
  mov w0, w1
  b .Lwax_left
)" WAX_END("wax_leave_native") WAX_FUNCTION("wax_resume_native") WAX_SAVED("ldp", "x0", "0") R"(
  ldr x29, [x0, #144]
  ldr x9, [x0, #152]
  mov sp, x9
  ldr x10, [x0, #160]
  ldr x0, [x0, #168]
  br x10
)" WAX_END("wax_resume_native") WAX_OBJECT("wax_native_stack_end") R"(
  brk #1

wax_low_stack:
  add x17, sp, #16, lsl #12
  ldr x9, [x0]
  ldr x9, [x9, #8]
  cmp x17, x9
  b.lo wax_native_stack_end
  ldr x17, [x0, #88]
  ldr x17, [x17, #512]
  mov w1, #20
  br x17

wax_plain_body:
  ldr x17, [x0]
  ldr x9, [x17, #24]
  str x29, [x9, #40]
  str x30, [x9, #32]
  ldr x17, [x17, #8]
  cmp sp, x17
  b.lo wax_low_stack
  ldr x17, [x0, #88]
  add x17, x17, #512
  ldr x17, [x17, x16]
  br x17

wax_saving_body:
  stp x29, x30, [sp, #-160]!
  mov x29, sp
)" WAX_SAVED("stp", "sp", "16") R"(
  ldr x17, [x0]
  ldr x9, [x17, #24]
  add x10, sp, #16
  str x10, [x9, #48]
  ldp x10, x11, [x29]
  str x10, [x9, #40]
  str x11, [x9, #32]
  ldr x17, [x17, #8]
  cmp sp, x17
  b.lo wax_low_stack
  ldr x17, [x0, #88]
  add x17, x17, #512
  ldr x17, [x17, x16]
  blr x17
  ldp x29, x30, [sp], #160
  ret

)" WAX_ALL_THUNKS);

} // namespace waxwing::platform

#endif
