// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// 64-bit RISC-V with floats in registers (lp64d).
#include "platform/native/boundary.hpp"

#if defined(__riscv) && __riscv_xlen == 64 && __riscv_flen == 64

#define WAX_CODE ""

namespace waxwing::platform {

static_assert(sizeof(NativeRegisters) == 184 && offsetof(NativeResume, fp) == 184);

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
)" WAX_FUNCTION("wax_enter_native") R"(
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
)" WAX_END("wax_enter_native") WAX_FUNCTION("wax_leave_native") R"(
  ld sp, 0(a0)
  ld s0, 8(a0)
  mv a0, a1
  j .Lwax_left
)" WAX_END("wax_leave_native") WAX_FUNCTION("wax_resume_native")
        WAX_SAVED_REGISTERS("ld", "fld", "a0") R"(
  ld s0, 184(a0)
  ld sp, 192(a0)
  ld t0, 200(a0)
  ld a0, 208(a0)
  jr t0
)" WAX_END("wax_resume_native") WAX_OBJECT("wax_native_stack_end") R"(
  unimp

wax_low_stack:
  lui t1, 16
  add t1, t1, sp
  ld t2, 0(a0)
  ld t2, 8(t2)
  bltu t1, t2, wax_native_stack_end
  ld t1, 88(a0)
  ld t1, 512(t1)
  li a1, 20
  jr t1

wax_plain_body:
  ld t1, 0(a0)
  ld t2, 24(t1)
  sd s0, 40(t2)
  sd ra, 32(t2)
  ld t1, 8(t1)
  bltu sp, t1, wax_low_stack
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
  bltu sp, t1, wax_low_stack
  ld t1, 88(a0)
  add t1, t1, t0
  ld t1, 512(t1)
  jalr t1
  ld ra, 200(sp)
  ld s0, 192(sp)
  addi sp, sp, 208
  ret

)" WAX_ALL_THUNKS);

} // namespace waxwing::platform

#endif
