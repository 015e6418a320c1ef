// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/target.hpp"

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

namespace waxwing::compile {

namespace {

using namespace llvm::ELF;

constexpr uint32_t kX86[] = {R_X86_64_PC32, R_X86_64_PLT32, R_X86_64_PC64,
                             R_X86_64_PC16, R_X86_64_PC8,   0};
constexpr uint32_t kAarch64[] = {R_AARCH64_ADR_PREL_PG_HI21,
                                 R_AARCH64_ADR_PREL_PG_HI21_NC,
                                 R_AARCH64_ADR_PREL_LO21,
                                 R_AARCH64_ADD_ABS_LO12_NC,
                                 R_AARCH64_LDST8_ABS_LO12_NC,
                                 R_AARCH64_LDST16_ABS_LO12_NC,
                                 R_AARCH64_LDST32_ABS_LO12_NC,
                                 R_AARCH64_LDST64_ABS_LO12_NC,
                                 R_AARCH64_LDST128_ABS_LO12_NC,
                                 R_AARCH64_LD_PREL_LO19,
                                 R_AARCH64_CALL26,
                                 R_AARCH64_JUMP26,
                                 R_AARCH64_CONDBR19,
                                 R_AARCH64_TSTBR14,
                                 R_AARCH64_PREL32,
                                 R_AARCH64_PREL64,
                                 R_AARCH64_PREL16,
                                 R_AARCH64_PLT32,
                                 0};
// The pairs of ADD and SUB in jump tables are distances.
constexpr uint32_t kRiscv[] = {R_RISCV_BRANCH,       R_RISCV_JAL,        R_RISCV_CALL,
                               R_RISCV_CALL_PLT,     R_RISCV_PCREL_HI20, R_RISCV_PCREL_LO12_I,
                               R_RISCV_PCREL_LO12_S, R_RISCV_ADD8,       R_RISCV_ADD16,
                               R_RISCV_ADD32,        R_RISCV_ADD64,      R_RISCV_SUB8,
                               R_RISCV_SUB16,        R_RISCV_SUB32,      R_RISCV_SUB64,
                               R_RISCV_SET6,         R_RISCV_SUB6,       R_RISCV_SET8,
                               R_RISCV_SET16,        R_RISCV_SET32,      R_RISCV_RVC_BRANCH,
                               R_RISCV_RVC_JUMP,     R_RISCV_ALIGN,      R_RISCV_RELAX,
                               R_RISCV_32_PCREL,     R_RISCV_PLT32,      0};
constexpr uint32_t kArm[] = {R_ARM_REL32,         R_ARM_CALL,
                             R_ARM_JUMP24,        R_ARM_PC24,
                             R_ARM_PREL31,        R_ARM_MOVW_PREL_NC,
                             R_ARM_MOVT_PREL,     R_ARM_LDR_PC_G0,
                             R_ARM_ALU_PC_G0,     R_ARM_THM_CALL,
                             R_ARM_THM_JUMP24,    R_ARM_THM_JUMP19,
                             R_ARM_THM_JUMP11,    R_ARM_THM_JUMP8,
                             R_ARM_THM_JUMP6,     R_ARM_THM_MOVW_PREL_NC,
                             R_ARM_THM_MOVT_PREL, R_ARM_THM_PC8,
                             R_ARM_THM_PC12,      R_ARM_THM_ALU_PREL_11_0,
                             R_ARM_V4BX,          0};

constexpr ByteShuffle kShuffleX86{"+ssse3", llvm::Intrinsic::x86_ssse3_pshuf_b_128, false, true};
constexpr ByteShuffle kShuffleAarch64{"", llvm::Intrinsic::aarch64_neon_tbl1, true, false};
constexpr ByteShuffle kNoShuffle{};

constexpr Capabilities kCapabilities[] = {
    // target, tail entry, vector arguments, torn stores, min_max, musttail is broken, atomic_64,
    // fast selection, jump tables are shared, bases differ, code lines, trap, frame record,
    // rounding, byte shuffle, features, relocations, that of addresses
    {Target::x86_64, TailEntry::tailcc, true, false, false, true, true, true, true, true, true,
     "TRAP", 16, "+sse4.1", kShuffleX86, "", kX86, R_X86_64_64},
    {Target::aarch64, TailEntry::tailcc, true, true, true, false, true, true, false, false, false,
     "BRK", 0, "", kShuffleAarch64, "", kAarch64, R_AARCH64_ABS64},
    {Target::riscv64, TailEntry::memory, false, true, true, false, true, true, true, false, false,
     "UNIMP", 0, nullptr, kNoShuffle, "+unaligned-scalar-mem,-relax", kRiscv, R_RISCV_64},
    {Target::armv7, TailEntry::tailcc, false, false, false, false, true, false, false, false, false,
     "TRAP", 0, nullptr, kNoShuffle, "", kArm, R_ARM_ABS32},
    {Target::thumbv7em, TailEntry::tailcc, false, false, false, false, false, false, false, false,
     false, "tTRAP", 0, nullptr, kNoShuffle, "", kArm, R_ARM_ABS32},
    {Target::thumbv8m_main, TailEntry::tailcc, false, false, false, false, false, false, false,
     false, false, "tTRAP", 0, nullptr, kNoShuffle, "", kArm, R_ARM_ABS32},
    {Target::riscv32, TailEntry::memory, false, false, false, false, false, true, true, false,
     false, "UNIMP", 0, nullptr, kNoShuffle, "-relax", kRiscv, R_RISCV_32},
};
static_assert(sizeof kCapabilities / sizeof kCapabilities[0] ==
              sizeof image::kTargets / sizeof image::kTargets[0]);

} // namespace

const Capabilities& capabilities(Target target) {
  return kCapabilities[static_cast<uint32_t>(target) - 1];
}

const image::TargetInfo& target_info(Target target) {
  return image::kTargets[static_cast<uint32_t>(target) - 1];
}

const image::TargetInfo* find_target(std::string_view name) {
  if (name == "thumbv8m.main") name = "thumbv8m_main";
  for (const image::TargetInfo& info : image::kTargets)
    if (name == info.name) return &info;
  return nullptr;
}

const image::TargetInfo* host_target() {
  const llvm::Triple host(llvm::sys::getProcessTriple());
  switch (host.getArch()) {
  case llvm::Triple::x86_64: return &target_info(Target::x86_64);
  case llvm::Triple::aarch64: return &target_info(Target::aarch64);
  case llvm::Triple::riscv64: return &target_info(Target::riscv64);
  case llvm::Triple::arm:
  case llvm::Triple::thumb: return &target_info(Target::armv7);
  default: return nullptr;
  }
}

} // namespace waxwing::compile
