// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// 32-bit ARM and Thumb. What runs in the images of a processor of the M profile is Thumb code that
// keeps its frame in r7 and no float in a register; else it is ARM code with its frame in r11. This
// file is whatever the runtime is compiled as.
#include "platform/native/boundary.hpp"

#if defined(__arm__)

#if defined(__thumb__)
#define WAX_ARM_MODE "  .thumb\n"
#define WAX_CODE "  .thumb_func\n"
#else
#define WAX_ARM_MODE "  .arm\n"
#define WAX_CODE ""
#endif
#define WAX_THUNK(h, l, body)                                                                      \
  "  .balign 16\n" WAX_CODE "  movw r12, #((" #h "*8+" #l ")*4)\n  b " body "\n"

// FRAME_AT: where `push {r4-r11, lr}` has put the register.
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#define WAX_FP "r7"
#define WAX_FRAME_AT "12"
#else
#define WAX_FP "r11"
#define WAX_FRAME_AT "28"
#endif

// The runtime's own floats, where it has any in registers. FLOAT_BYTES: of
// `NativeRegisters::floats`. ENTERED: what `wax_enter_native` has put on the stack.
#if defined(__ARM_FP)
#define WAX_IF_FLOATS(code) code
#define WAX_FLOAT_BYTES "64"
#define WAX_ENTERED "104"
#else
#define WAX_IF_FLOATS(code)
#define WAX_FLOAT_BYTES "8"
#define WAX_ENTERED "40"
#endif

namespace waxwing::platform {

static_assert(sizeof(NativeRegisters) == (kFloatSaved == 0 ? 40 : 96));
static_assert(offsetof(NativeResume, fp) == sizeof(NativeRegisters));

asm("  .syntax unified\n" WAX_ARM_MODE R"(
  .text
  .balign 16
)" WAX_FUNCTION("wax_enter_native") R"(
  push {r4-r11, lr}
  add )" WAX_FP ", sp, #" WAX_FRAME_AT
                                    "\n" WAX_IF_FLOATS("  vpush {d8-d15}\n  vmrs r12, fpscr\n") R"(
  push {r12}
  mov r12, sp
  str r12, [r0]
  str )" WAX_FP R"(, [r0, #4]
  mov r12, r1
  mov r0, r2
  mov r1, r3
  ldr r2, [sp, #)" WAX_ENTERED R"(]
  blx r12
  mov r0, #0
.Lwax_left:
  pop {r12}
)" WAX_IF_FLOATS("  vmsr fpscr, r12\n  vpop {d8-d15}\n") R"(
  pop {r4-r11, pc}
)" WAX_END("wax_enter_native") WAX_FUNCTION("wax_leave_native") R"(
  ldr r2, [r0]
  ldr )" WAX_FP R"(, [r0, #4]
  mov sp, r2
  mov r0, r1
  b .Lwax_left
)" WAX_END("wax_leave_native") WAX_FUNCTION("wax_resume_native")
                                        WAX_IF_FLOATS("  vldmia r0, {d8-d15}\n") R"(
  add r1, r0, #)" WAX_FLOAT_BYTES R"(
  ldmia r1!, {r4-r11}
  ldmia r1, {r1, r2, r3, r12}
  mov sp, r2
  mov )" WAX_FP R"(, r1
  mov r0, r12
  bx r3
)" WAX_END("wax_resume_native") WAX_OBJECT("wax_native_stack_end") R"(
  ldr r12, [r0, #44]
  ldr r12, [r12, #256 + 4 * 0]
  movs r1, #20
  bx r12

wax_plain_body:
  push {r4, r5}
  ldr r4, [r0]
  ldr r5, [r4, #16]
  str )" WAX_FP R"(, [r5, #20]
  str lr, [r5, #16]
  ldr r4, [r4, #8]
  cmp sp, r4
  blo wax_native_stack_end
  ldr r4, [r0, #44]
  add r4, r4, r12
  ldr r12, [r4, #256]
  pop {r4, r5}
  bx r12

wax_saving_body:
  push {)" WAX_FP R"(, lr}
  sub sp, sp, #32 + )" WAX_FLOAT_BYTES "\n" WAX_IF_FLOATS("  vstmia sp, {d8-d15}\n") R"(
  add r3, sp, #)" WAX_FLOAT_BYTES R"(
  stmia r3, {r4-r11}
  ldr r4, [r0]
  ldr r5, [r4, #16]
  mov r6, sp
  str r6, [r5, #24]
  str )" WAX_FP R"(, [r5, #20]
  str lr, [r5, #16]
  ldr r4, [r4, #8]
  cmp sp, r4
  blo wax_native_stack_end
  ldr r4, [r0, #44]
  add r4, r4, r12
  ldr r4, [r4, #256]
  blx r4
  add r3, sp, #)" WAX_FLOAT_BYTES R"(
  ldmia r3, {r4-r11}
  add sp, sp, #32 + )" WAX_FLOAT_BYTES R"(
  pop {)" WAX_FP R"(, pc}

)" WAX_ALL_THUNKS);

} // namespace waxwing::platform

#endif
