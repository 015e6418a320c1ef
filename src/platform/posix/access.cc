// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which address a stopped instruction accesses. The system names a byte that could not be reached,
// which is not the first where the others lie on a page before it. Runs in signal handlers.
#include <ucontext.h>

#include <cstring>

#include "base/bits.hpp"
#include "platform/signal.hpp"

namespace waxwing::platform {

namespace {

[[maybe_unused]] constexpr int64_t sign_extend(uint64_t value, unsigned bits) {
  return static_cast<int64_t>(value << (64 - bits)) >> (64 - bits);
}

#if defined(__x86_64__)

uintptr_t register_of(const ucontext_t& context, unsigned number) {
  constexpr int kPlaces[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                             REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                             REG_R12, REG_R13, REG_R14, REG_R15};
  return static_cast<uintptr_t>(context.uc_mcontext.gregs[kPlaces[number]]);
}

/// The operand in memory of an instruction (Intel SDM volume 2, chapter 2), or 0: encodings that
/// compiled code has no use for there. `bytes` of the operand.
uintptr_t operand_address(const ucontext_t& context, uintptr_t pc, size_t bytes) {
  const auto* at = reinterpret_cast<const uint8_t*>(pc);
  while (*at == 0x66 || *at == 0xF0 || *at == 0xF2 || *at == 0xF3) ++at;
  unsigned index_high = 0, base_high = 0;
  uintptr_t unit = 1;         // of a short displacement
  if ((*at & 0xF0) == 0x40) { // REX
    index_high = (*at & 2u) << 2;
    base_high = (*at & 1u) << 3;
    ++at;
  }
  switch (*at) {
  case 0xC4: // VEX of three bytes: the register bits are inverted
    index_high = (at[1] & 0x40u) == 0 ? 8 : 0;
    base_high = (at[1] & 0x20u) == 0 ? 8 : 0;
    at += 3;
    break;
  case 0xC5: at += 2; break;
  case 0x62: // EVEX
    index_high = (at[1] & 0x40u) == 0 ? 8 : 0;
    base_high = (at[1] & 0x20u) == 0 ? 8 : 0;
    at += 4;
    unit = bytes;
    break;
  case 0x0F:
    ++at;
    if (*at == 0x38 || *at == 0x3A) ++at;
    break;
  case 0x64:
  case 0x65:
  case 0x67: return 0; // segments, addresses of 32 bits
  default: break;
  }
  ++at; // the opcode
  const unsigned mode = *at >> 6, low = *at & 7u;
  ++at;
  if (mode == 3 || (mode == 0 && low == 5)) return 0; // a register, relative to pc
  uintptr_t address = 0;
  bool has_base = true;
  unsigned base = low;
  if (low == 4) { // SIB
    const unsigned index = (*at >> 3 & 7u) | index_high;
    base = *at & 7u;
    has_base = mode != 0 || base != 5;
    if (index != 4) address = register_of(context, index) << (*at >> 6);
    ++at;
  }
  if (has_base) address += register_of(context, base | base_high);
  if (mode == 1) {
    address += static_cast<uintptr_t>(sign_extend(*at, 8)) * unit;
  } else if (mode == 2 || !has_base) {
    address += static_cast<uintptr_t>(sign_extend(load_unaligned<uint32_t>(at), 32));
  }
  return address;
}

#elif defined(__aarch64__)

/// Of a load or store (Arm ARM, section C4.1, "Loads and Stores"), or 0.
uintptr_t operand_address(const ucontext_t& context, uintptr_t pc, size_t) {
  const auto& registers = context.uc_mcontext;
  const auto word = load_unaligned<uint32_t>(reinterpret_cast<const void*>(pc));
  const unsigned n = word >> 5 & 31, size = word >> 30;
  const uintptr_t base = n == 31 ? registers.sp : registers.regs[n];
  const bool is_vector = (word >> 26 & 1) != 0;
  const unsigned scale = is_vector && (word >> 23 & 1) != 0 ? 4 : size;
  if ((word & 0x3B000000) == 0x39000000) // scaled, unsigned
    return base + (uintptr_t{word >> 10 & 0xFFF} << scale);
  if ((word & 0x3B200000) == 0x38000000) { // unscaled, or written back before or behind
    const bool is_behind = (word >> 10 & 3) == 1;
    return is_behind ? base : base + static_cast<uintptr_t>(sign_extend(word >> 12 & 0x1FF, 9));
  }
  if ((word & 0x3B200C00) == 0x38200800) { // a register, extended
    const unsigned m = word >> 16 & 31, option = word >> 13 & 7;
    const uint64_t value = m == 31 ? 0 : registers.regs[m];
    const uint64_t offset = option == 2   ? static_cast<uint32_t>(value)
                            : option == 6 ? static_cast<uint64_t>(sign_extend(value, 32))
                                          : value;
    return base + (offset << ((word >> 12 & 1) != 0 ? scale : 0));
  }
  if ((word & 0x3A000000) == 0x28000000) { // pairs
    const unsigned pair_scale = is_vector ? 2 + size : 2 + (size >> 1);
    const bool is_behind = (word >> 23 & 3) == 1;
    const auto offset = static_cast<uintptr_t>(sign_extend(word >> 15 & 0x7F, 7)) << pair_scale;
    return is_behind ? base : base + offset;
  }
  const bool is_atomic = (word & 0x3B200C00) == 0x38200000 || (word & 0x3F000000) == 0x08000000;
  const bool is_structure = (word & 0xBE000000) == 0x0C000000;
  return is_atomic || is_structure ? base : 0;
}

#elif defined(__riscv) && __riscv_xlen == 64

uintptr_t register_of(const ucontext_t& context, unsigned number) {
  return number == 0 ? 0 : context.uc_mcontext.__gregs[number];
}

/// Of a load or store (RISC-V unprivileged ISA, chapters 2, "A", "C", "V"), or 0.
uintptr_t operand_address(const ucontext_t& context, uintptr_t pc, size_t) {
  const auto half = load_unaligned<uint16_t>(reinterpret_cast<const void*>(pc));
  const auto bits = [half](unsigned from, unsigned count) {
    return static_cast<uintptr_t>(half >> from & ((1u << count) - 1));
  };
  if ((half & 3) == 0) { // of 16 bits, with a register of 8 to 15
    const uintptr_t base = register_of(context, 8 + static_cast<unsigned>(bits(7, 3)));
    switch (half >> 13) {
    case 2: // c.lw, c.sw
    case 6: return base + (bits(10, 3) << 3 | bits(6, 1) << 2 | bits(5, 1) << 6);
    case 1: // c.fld, c.ld, c.fsd, c.sd
    case 3:
    case 5:
    case 7: return base + (bits(10, 3) << 3 | bits(5, 2) << 6);
    default: return 0;
    }
  }
  if ((half & 3) != 3) return 0;
  const auto word = load_unaligned<uint32_t>(reinterpret_cast<const void*>(pc));
  const uintptr_t base = register_of(context, word >> 15 & 31);
  const unsigned width = word >> 12 & 7;
  const bool is_vector = width == 0 || width >= 5;
  switch (word & 0x7F) {
  case 0x07:
    if (is_vector) return base;
    [[fallthrough]];
  case 0x03: return base + static_cast<uintptr_t>(sign_extend(word >> 20, 12));
  case 0x27:
    if (is_vector) return base;
    [[fallthrough]];
  case 0x23:
    return base + static_cast<uintptr_t>(sign_extend((word >> 25) << 5 | (word >> 7 & 31), 12));
  case 0x2F: return base;
  default: return 0;
  }
}

#else

uintptr_t operand_address(const ucontext_t&, uintptr_t, size_t) { return 0; }

#endif

} // namespace

uintptr_t accessed_address(const MachineState& at, const Fault& fault, size_t bytes) {
  const uintptr_t first =
      operand_address(*static_cast<const ucontext_t*>(fault.context), at.pc, bytes);
  // What can't be meant is not believed.
  return fault.address - first < kWidestAccess ? first : fault.address;
}

} // namespace waxwing::platform
