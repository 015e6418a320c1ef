// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The assembly behind native_call.hpp, one part a target. All parts hold the same:
//   wax_enter_native    saves what calls preserve, notes its stack and frame, calls; label 1 leaves
//   wax_leave_native    takes the stack back to there and goes to label 1
//   wax_resume_native   loads NativeResume
//   wax_plain_body      notes pc and fp in the activation, looks at the stack, jumps to the builtin
//   wax_saving_body     the same behind a frame of its own with NativeRegisters in it
//   thunks              load the builtin's number, times the size of a pointer, and go to a body
#include "platform/native_call.hpp"

namespace waxwing::platform {

static_assert(kExitInActivation == 2 * sizeof(void*));
static_assert(offsetof(NativeExit, pc) == 2 * sizeof(void*));
static_assert(offsetof(NativeExit, fp) == 3 * sizeof(void*));
static_assert(offsetof(NativeExit, registers) == 4 * sizeof(void*));
static_assert(kBuiltinSlots == 64);
static_assert(kStackLimitInStore == 8);

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
#define WAX_THUNKS(body)                                                                           \
  WAX_THUNKS_8(0, body)                                                                            \
  WAX_THUNKS_8(1, body)                                                                            \
  WAX_THUNKS_8(2, body)                                                                            \
  WAX_THUNKS_8(3, body)                                                                            \
  WAX_THUNKS_8(4, body)                                                                            \
  WAX_THUNKS_8(5, body)                                                                            \
  WAX_THUNKS_8(6, body)                                                                            \
  WAX_THUNKS_8(7, body)

#if defined(__x86_64__)

static_assert(sizeof(NativeRegisters) == 48 && offsetof(NativeResume, fp) == 48);
static_assert(kBuiltinsInVm == 88 && kActivationInStore == 24);

#define WAX_THUNK(h, l, body) ".balign 16\n movl $((" #h "*8+" #l ")*8), %eax\n jmp " body "\n"

asm(R"(
  .text
  .balign 16
  .globl wax_enter_native
  .hidden wax_enter_native
  .type wax_enter_native, @function
wax_enter_native:
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $8, %rsp
  stmxcsr (%rsp)
  fnstcw 4(%rsp)
  movq %rsp, (%rdi)
  movq %rbp, 8(%rdi)
  movq %rsi, %rax
  movq %rdx, %rdi
  movq %rcx, %rsi
  movq %r8, %rdx
  callq *%rax
  xorl %eax, %eax
.Lwax_left:
  ldmxcsr (%rsp)
  fldcw 4(%rsp)
  addq $8, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  .cfi_def_cfa %rsp, 8
  retq
  .cfi_endproc
  .size wax_enter_native, .-wax_enter_native

  .globl wax_leave_native
  .hidden wax_leave_native
  .type wax_leave_native, @function
wax_leave_native:
  cld
  movl %esi, %eax
  movq (%rdi), %rsp
  movq 8(%rdi), %rbp
  jmp .Lwax_left
  .size wax_leave_native, .-wax_leave_native

  .globl wax_resume_native
  .hidden wax_resume_native
  .type wax_resume_native, @function
wax_resume_native:
  movq 8(%rdi), %rbx
  movq 16(%rdi), %r12
  movq 24(%rdi), %r13
  movq 32(%rdi), %r14
  movq 40(%rdi), %r15
  movq 48(%rdi), %rbp
  movq 56(%rdi), %rsp
  movq 64(%rdi), %rcx
  movq 72(%rdi), %rax
  jmpq *%rcx
  .size wax_resume_native, .-wax_resume_native

  .globl wax_native_stack_end
  .hidden wax_native_stack_end
wax_native_stack_end:
  ud2

wax_plain_body:
  movq (%rdi), %r10
  movq 24(%r10), %r11
  movq %rbp, 40(%r11)
  cmpq 8(%r10), %rsp
  movq (%rsp), %r10
  movq %r10, 32(%r11)
  jb wax_native_stack_end
  movq 88(%rdi), %r10
  jmpq *512(%r10,%rax)

wax_saving_body:
  pushq %rbp
  movq %rsp, %rbp
  subq $48, %rsp
  movq %rbx, 8(%rsp)
  movq %r12, 16(%rsp)
  movq %r13, 24(%rsp)
  movq %r14, 32(%rsp)
  movq %r15, 40(%rsp)
  movq (%rdi), %r10
  movq 24(%r10), %r11
  movq %rsp, 48(%r11)
  cmpq 8(%r10), %rsp
  movq (%rbp), %r10
  movq %r10, 40(%r11)
  movq 8(%rbp), %r10
  movq %r10, 32(%r11)
  jb wax_native_stack_end
  movq 88(%rdi), %r10
  callq *512(%r10,%rax)
  leaveq
  retq

  .globl wax_plain_thunks
  .hidden wax_plain_thunks
  .balign 16
wax_plain_thunks:
)" WAX_THUNKS("wax_plain_body") R"(
  .globl wax_saving_thunks
  .hidden wax_saving_thunks
  .balign 16
wax_saving_thunks:
)" WAX_THUNKS("wax_saving_body"));

#elif defined(__aarch64__)

static_assert(sizeof(NativeRegisters) == 144 && offsetof(NativeResume, fp) == 144);
static_assert(kBuiltinsInVm == 88 && kActivationInStore == 24);

#define WAX_THUNK(h, l, body) ".balign 16\n mov w16, #((" #h "*8+" #l ")*8)\n b " body "\n"

asm(R"(
  .text
  .balign 16
  .globl wax_enter_native
  .hidden wax_enter_native
  .type wax_enter_native, %function
wax_enter_native:
  .cfi_startproc
  stp x29, x30, [sp, #-176]!
  .cfi_def_cfa_offset 176
  .cfi_offset 29, -176
  .cfi_offset 30, -168
  mov x29, sp
  stp d8, d9, [sp, #16]
  stp d10, d11, [sp, #32]
  stp d12, d13, [sp, #48]
  stp d14, d15, [sp, #64]
  stp x19, x20, [sp, #80]
  stp x21, x22, [sp, #96]
  stp x23, x24, [sp, #112]
  stp x25, x26, [sp, #128]
  stp x27, x28, [sp, #144]
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
  ldp d8, d9, [sp, #16]
  ldp d10, d11, [sp, #32]
  ldp d12, d13, [sp, #48]
  ldp d14, d15, [sp, #64]
  ldp x19, x20, [sp, #80]
  ldp x21, x22, [sp, #96]
  ldp x23, x24, [sp, #112]
  ldp x25, x26, [sp, #128]
  ldp x27, x28, [sp, #144]
  ldp x29, x30, [sp], #176
  ret
  .cfi_endproc
  .size wax_enter_native, .-wax_enter_native

  .globl wax_leave_native
  .hidden wax_leave_native
  .type wax_leave_native, %function
wax_leave_native:
  ldr x9, [x0]
  mov sp, x9
  ldr x29, [x0, #8]
  mov w0, w1
  b .Lwax_left
  .size wax_leave_native, .-wax_leave_native

  .globl wax_resume_native
  .hidden wax_resume_native
  .type wax_resume_native, %function
wax_resume_native:
  ldp d8, d9, [x0]
  ldp d10, d11, [x0, #16]
  ldp d12, d13, [x0, #32]
  ldp d14, d15, [x0, #48]
  ldp x19, x20, [x0, #64]
  ldp x21, x22, [x0, #80]
  ldp x23, x24, [x0, #96]
  ldp x25, x26, [x0, #112]
  ldp x27, x28, [x0, #128]
  ldr x29, [x0, #144]
  ldr x9, [x0, #152]
  mov sp, x9
  ldr x10, [x0, #160]
  ldr x0, [x0, #168]
  br x10
  .size wax_resume_native, .-wax_resume_native

  .globl wax_native_stack_end
  .hidden wax_native_stack_end
wax_native_stack_end:
  brk #1

wax_plain_body:
  ldr x17, [x0]
  ldr x9, [x17, #24]
  str x29, [x9, #40]
  str x30, [x9, #32]
  ldr x17, [x17, #8]
  cmp sp, x17
  b.lo wax_native_stack_end
  ldr x17, [x0, #88]
  add x17, x17, #512
  ldr x17, [x17, x16]
  br x17

wax_saving_body:
  stp x29, x30, [sp, #-160]!
  mov x29, sp
  stp d8, d9, [sp, #16]
  stp d10, d11, [sp, #32]
  stp d12, d13, [sp, #48]
  stp d14, d15, [sp, #64]
  stp x19, x20, [sp, #80]
  stp x21, x22, [sp, #96]
  stp x23, x24, [sp, #112]
  stp x25, x26, [sp, #128]
  stp x27, x28, [sp, #144]
  ldr x17, [x0]
  ldr x9, [x17, #24]
  add x10, sp, #16
  str x10, [x9, #48]
  ldp x10, x11, [x29]
  str x10, [x9, #40]
  str x11, [x9, #32]
  ldr x17, [x17, #8]
  cmp sp, x17
  b.lo wax_native_stack_end
  ldr x17, [x0, #88]
  add x17, x17, #512
  ldr x17, [x17, x16]
  blr x17
  ldp x29, x30, [sp], #160
  ret

  .globl wax_plain_thunks
  .hidden wax_plain_thunks
  .balign 16
wax_plain_thunks:
)" WAX_THUNKS("wax_plain_body") R"(
  .globl wax_saving_thunks
  .hidden wax_saving_thunks
  .balign 16
wax_saving_thunks:
)" WAX_THUNKS("wax_saving_body"));

#elif defined(__riscv) && __riscv_xlen == 64 && __riscv_flen == 64

static_assert(sizeof(NativeRegisters) == 184 && offsetof(NativeResume, fp) == 184);
static_assert(kBuiltinsInVm == 88 && kActivationInStore == 24);

#define WAX_THUNK(h, l, body) ".balign 16\n li t0, ((" #h "*8+" #l ")*8)\n j " body "\n"
#define WAX_SAVED_REGISTERS(integer, real, base)                                                   \
  real " fs0, 0(" base ")\n" real " fs1, 8(" base ")\n" real " fs2, 16(" base ")\n" real           \
       " fs3, 24(" base ")\n" real " fs4, 32(" base ")\n" real " fs5, 40(" base ")\n" real         \
       " fs6, 48(" base ")\n" real " fs7, 56(" base ")\n" real " fs8, 64(" base ")\n" real         \
       " fs9, 72(" base ")\n" real " fs10, 80(" base ")\n" real " fs11, 88(" base ")\n" integer    \
       " s1, 96(" base ")\n" integer " s2, 104(" base ")\n" integer " s3, 112(" base ")\n" integer \
       " s4, 120(" base ")\n" integer " s5, 128(" base ")\n" integer " s6, 136(" base              \
       ")\n" integer " s7, 144(" base ")\n" integer " s8, 152(" base ")\n" integer                 \
       " s9, 160(" base ")\n" integer " s10, 168(" base ")\n" integer " s11, 176(" base ")\n"

asm(R"(
  .text
  .balign 16
  .globl wax_enter_native
  .hidden wax_enter_native
  .type wax_enter_native, @function
wax_enter_native:
  .cfi_startproc
  addi sp, sp, -208
  sd ra, 200(sp)
  sd s0, 192(sp)
  addi s0, sp, 208
  .cfi_def_cfa s0, 0
  .cfi_offset ra, -8
  .cfi_offset s0, -16
)" WAX_SAVED_REGISTERS("sd", "fsd", "sp") R"(
  frcsr t0
  sd t0, 184(sp)
  sd sp, 0(a0)
  sd s0, 8(a0)
  mv t0, a1
  mv a0, a2
  mv a1, a3
  mv a2, a4
  jalr t0
  li a0, 0
.Lwax_left:
  ld t0, 184(sp)
  fscsr t0
)" WAX_SAVED_REGISTERS("ld", "fld", "sp") R"(
  ld ra, 200(sp)
  ld s0, 192(sp)
  addi sp, sp, 208
  ret
  .cfi_endproc
  .size wax_enter_native, .-wax_enter_native

  .globl wax_leave_native
  .hidden wax_leave_native
  .type wax_leave_native, @function
wax_leave_native:
  ld sp, 0(a0)
  ld s0, 8(a0)
  mv a0, a1
  j .Lwax_left
  .size wax_leave_native, .-wax_leave_native

  .globl wax_resume_native
  .hidden wax_resume_native
  .type wax_resume_native, @function
wax_resume_native:
)" WAX_SAVED_REGISTERS("ld", "fld", "a0") R"(
  ld s0, 184(a0)
  ld sp, 192(a0)
  ld t0, 200(a0)
  ld a0, 208(a0)
  jr t0
  .size wax_resume_native, .-wax_resume_native

  .globl wax_native_stack_end
  .hidden wax_native_stack_end
wax_native_stack_end:
  unimp

wax_plain_body:
  ld t1, 0(a0)
  ld t2, 24(t1)
  sd s0, 40(t2)
  sd ra, 32(t2)
  ld t1, 8(t1)
  bltu sp, t1, wax_native_stack_end
  ld t1, 88(a0)
  add t1, t1, t0
  ld t1, 512(t1)
  jr t1

wax_saving_body:
  addi sp, sp, -208
  sd ra, 200(sp)
  sd s0, 192(sp)
  addi s0, sp, 208
)" WAX_SAVED_REGISTERS("sd", "fsd", "sp") R"(
  ld t1, 0(a0)
  ld t2, 24(t1)
  sd sp, 48(t2)
  ld t3, 192(sp)
  sd t3, 40(t2)
  sd ra, 32(t2)
  ld t1, 8(t1)
  bltu sp, t1, wax_native_stack_end
  ld t1, 88(a0)
  add t1, t1, t0
  ld t1, 512(t1)
  jalr t1
  ld ra, 200(sp)
  ld s0, 192(sp)
  addi sp, sp, 208
  ret

  .globl wax_plain_thunks
  .hidden wax_plain_thunks
  .balign 16
wax_plain_thunks:
)" WAX_THUNKS("wax_plain_body") R"(
  .globl wax_saving_thunks
  .hidden wax_saving_thunks
  .balign 16
wax_saving_thunks:
)" WAX_THUNKS("wax_saving_body"));

#elif defined(__arm__) && defined(__ARM_FP)

static_assert(sizeof(NativeRegisters) == 96 && offsetof(NativeResume, fp) == 96);
static_assert(kBuiltinsInVm == 44 && kActivationInStore == 16);

#if defined(__thumb__)
#define WAX_ARM_MODE ".thumb\n"
#define WAX_ARM_FUNCTION ".thumb_func\n"
#else
#define WAX_ARM_MODE ".arm\n"
#define WAX_ARM_FUNCTION ""
#endif
#define WAX_THUNK(h, l, body)                                                                      \
  ".balign 16\n" WAX_ARM_FUNCTION "movw r12, #((" #h "*8+" #l ")*4)\n b " body "\n"

asm(".syntax unified\n" WAX_ARM_MODE R"(
  .text
  .balign 16
  .globl wax_enter_native
  .hidden wax_enter_native
  .type wax_enter_native, %function
)" WAX_ARM_FUNCTION R"(
wax_enter_native:
  push {r4-r11, lr}
  add r11, sp, #28
  vpush {d8-d15}
  vmrs r12, fpscr
  push {r12}
  mov r12, sp
  str r12, [r0]
  str r11, [r0, #4]
  mov r12, r1
  mov r0, r2
  mov r1, r3
  ldr r2, [sp, #104]
  blx r12
  mov r0, #0
.Lwax_left:
  pop {r12}
  vmsr fpscr, r12
  vpop {d8-d15}
  pop {r4-r11, pc}
  .size wax_enter_native, .-wax_enter_native

  .globl wax_leave_native
  .hidden wax_leave_native
  .type wax_leave_native, %function
)" WAX_ARM_FUNCTION R"(
wax_leave_native:
  ldr r2, [r0]
  ldr r11, [r0, #4]
  mov sp, r2
  mov r0, r1
  b .Lwax_left
  .size wax_leave_native, .-wax_leave_native

  .globl wax_resume_native
  .hidden wax_resume_native
  .type wax_resume_native, %function
)" WAX_ARM_FUNCTION R"(
wax_resume_native:
  vldmia r0, {d8-d15}
  add r1, r0, #64
  ldmia r1, {r4-r11}
  ldr r2, [r0, #100]
  mov sp, r2
  ldr r3, [r0, #104]
  ldr r11, [r0, #96]
  ldr r0, [r0, #108]
  bx r3
  .size wax_resume_native, .-wax_resume_native

  .globl wax_native_stack_end
  .hidden wax_native_stack_end
  .type wax_native_stack_end, %object
wax_native_stack_end:
  udf #0

wax_plain_body:
  push {r4, r5}
  ldr r4, [r0]
  ldr r5, [r4, #16]
  str r11, [r5, #20]
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
  push {r11, lr}
  sub sp, sp, #96
  vstmia sp, {d8-d15}
  add r3, sp, #64
  stmia r3, {r4-r11}
  ldr r4, [r0]
  ldr r5, [r4, #16]
  mov r6, sp
  str r6, [r5, #24]
  str r11, [r5, #20]
  str lr, [r5, #16]
  ldr r4, [r4, #8]
  cmp sp, r4
  blo wax_native_stack_end
  ldr r4, [r0, #44]
  add r4, r4, r12
  ldr r4, [r4, #256]
  blx r4
  add r3, sp, #64
  ldmia r3, {r4-r11}
  add sp, sp, #96
  pop {r11, pc}

  .globl wax_plain_thunks
  .hidden wax_plain_thunks
  .type wax_plain_thunks, %object
  .balign 16
wax_plain_thunks:
)" WAX_THUNKS("wax_plain_body") R"(
  .globl wax_saving_thunks
  .hidden wax_saving_thunks
  .type wax_saving_thunks, %object
  .balign 16
wax_saving_thunks:
)" WAX_THUNKS("wax_saving_body"));

#else
#error "Compiled code has no boundary for this target"
#endif

} // namespace waxwing::platform
