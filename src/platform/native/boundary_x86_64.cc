// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// x86-64 under the System V convention.
#include "platform/native/boundary.hpp"

#if defined(__x86_64__)

#define WAX_CODE ""

namespace waxwing::platform {

static_assert(sizeof(NativeRegisters) == 48 && offsetof(NativeResume, fp) == 48);

#define WAX_THUNK(h, l, body) ".balign 16\n movl $((" #h "*8+" #l ")*8), %eax\n jmp " body "\n"

asm(R"(
  .text
  .balign 16
)" WAX_FUNCTION("wax_enter_native") R"(
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
)" WAX_END("wax_enter_native") WAX_FUNCTION("wax_leave_native") R"(
  cld
  movl %esi, %eax
  movq (%rdi), %rsp
  movq 8(%rdi), %rbp
  jmp .Lwax_left
)" WAX_END("wax_leave_native") WAX_FUNCTION("wax_resume_native") R"(
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
)" WAX_END("wax_resume_native") WAX_OBJECT("wax_native_stack_end") R"(
  ud2

wax_low_stack:
  movq (%rdi), %r11
  leaq 65536(%rsp), %r10
  cmpq 8(%r11), %r10
  jb wax_native_stack_end
  movq 88(%rdi), %r10
  movl $20, %esi
  andq $-16, %rsp
  callq *512(%r10)
  ud2

wax_plain_body:
  movq (%rdi), %r10
  movq 24(%r10), %r11
  movq %rbp, 40(%r11)
  cmpq 8(%r10), %rsp
  movq (%rsp), %r10
  movq %r10, 32(%r11)
  jb wax_low_stack
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
  jb wax_low_stack
  movq 88(%rdi), %r10
  callq *512(%r10,%rax)
  leaveq
  retq

)" WAX_ALL_THUNKS);

} // namespace waxwing::platform

#endif
