// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What stops compiled code from outside: faults and interruptions (docs/abi.md, sections 8 to 10).
// Everything here runs in signal handlers.
#include "image/native.hpp"
#include "image/sites.hpp"
#include "runtime/instance.hpp"

namespace waxwing::image {

using platform::Fault;
using platform::MachineState;
using runtime::Instance;
using runtime::Memory;
using runtime::Outcome;
using runtime::Store;

namespace {

/// How far from the stack pointer an access to the stack may be.
constexpr uintptr_t kStackReach = 64 * 1024;

/// Says which access to a memory has failed. False if the address is in no guarded memory.
bool note_memory(Store& store, const CompiledModule* code, const MachineState& at,
                 const Fault& fault) {
  const uint32_t pc = code->offset_of(at.pc);
  const uint32_t range = find_range(code->image(), pc);
  bool found = false;
  const Site site = range == kNoRange ? Site{} : find_site(code->image(), range, pc, false, found);
  found = found && site.kind == SiteKind::access;
  uintptr_t address = fault.address;
  const size_t length = found ? size_t{1} << site.shape.width_log2 : 1;
  if (found) address = platform::accessed_address(at, fault, length) - site.shape.before;
  // The memories of the faulting module first: another may be the same one under another number.
  for (const bool own : {true, false})
    for (Instance* instance : store.instances) {
      if ((instance->image == code) != own) continue;
      const auto count = static_cast<uint32_t>(instance->module().memories.size());
      const uint32_t likely = own && site.shape.memory < count ? site.shape.memory : 0;
      for (uint32_t turn = 0; turn < count; ++turn) {
        const uint32_t i = turn == 0 ? likely : turn == likely ? 0 : turn;
        const Memory* memory = instance->memories[i];
        if (memory == nullptr || !memory->is_guarded()) continue;
        const auto base = reinterpret_cast<uintptr_t>(memory->base.load(std::memory_order_relaxed));
        if (fault.address - base >= runtime::kGuardedBytes) continue;
        store.note_access(address - base, length, i, memory->byte_size());
        return true;
      }
    }
  return false;
}

bool is_stack_end(const Store& store, uintptr_t address, uintptr_t sp) {
  if (store.native_stack_limit != 0 && sp > store.native_stack_limit) return false;
  return address - (sp - kStackReach) < 2 * kStackReach;
}

/// Which trap a fault at a place of the text is, or `none`.
TrapKind trap_of(Store& store, const MachineState& at, const Fault& fault) {
  const auto* code = static_cast<const CompiledModule*>(store.code_at(at.pc));
  if (code == nullptr) return TrapKind::none;
  if (fault.kind == Fault::Kind::access) {
    if (note_memory(store, code, at, fault)) return TrapKind::out_of_bounds_memory_access;
    return is_stack_end(store, fault.address, at.sp) ? TrapKind::call_stack_exhausted
                                                     : TrapKind::none;
  }
  const uint32_t pc = code->offset_of(at.pc);
  const uint32_t range = find_range(code->image(), pc);
  if (range == kNoRange) return TrapKind::none;
  bool found = false;
  const Site site = find_site(code->image(), range, pc, false, found);
  if (!found || site.kind != SiteKind::trap || site.trap >= kTrapKinds) return TrapKind::none;
  return static_cast<TrapKind>(site.trap);
}

} // namespace

bool is_in_prologue(const Store& store, const MachineState& at, NativePlace& caller) {
  const auto* code = static_cast<const CompiledModule*>(store.code_at(at.pc));
  if (code == nullptr) return false;
  const uint32_t index = find_range(code->image(), code->offset_of(at.pc));
  if (index == kNoRange) return false;
  const CodeRange range = code->image().ranges[index];
  const uint32_t done = code->offset_of(at.pc) - range.offset;
  if (done >= range.prologue) return false;
  caller = {at.link, at.fp, true};
  if (at.link != 0) return true;
  // x86-64: `sub rsp, gap` (if there is a gap), `push rbp` (1 byte), `mov rbp, rsp` (3 bytes).
  constexpr uint32_t kMove = 3, kPush = 1;
  uintptr_t return_address = at.sp;
  if (done + kMove >= range.prologue)
    return_address += sizeof(uintptr_t) + range.gap;
  else if (done + kMove + kPush >= range.prologue)
    return_address += range.gap;
  caller.pc = *reinterpret_cast<const uintptr_t*>(return_address);
  return true;
}

bool resume(Store& store, const MachineState& at, const Fault* fault,
            platform::Continuation& where) {
  NativeActivation* activation = native_activation(store);
  if (activation == nullptr) return false;
  platform::NativeExit& exit = activation->exit;
  const bool in_builtin =
      (at.pc & ~uintptr_t{1}) ==
      (reinterpret_cast<uintptr_t>(platform::wax_native_stack_end) & ~uintptr_t{1});
  if (fault == nullptr) {
    if (store.raise_interrupt() == Outcome::ok) return false;
  } else {
    const TrapKind kind = in_builtin ? TrapKind::call_stack_exhausted : trap_of(store, at, *fault);
    if (kind == TrapKind::none) return false;
    (void)store.raise(kind);
  }
  if (in_builtin) {
    trace_from(store, {exit.pc, exit.fp, true}, store.trap.trace);
  } else {
    const NativePlace here{at.pc, at.fp, false};
    NativePlace caller{};
    if (is_in_prologue(store, at, caller)) {
      trace_at(store, here, store.trap.trace);
      trace_from(store, caller, store.trap.trace);
    } else {
      trace_from(store, here, store.trap.trace);
    }
  }
  where = {reinterpret_cast<const void*>(&platform::wax_leave_native),
           {reinterpret_cast<uintptr_t>(&exit.boundary), static_cast<uintptr_t>(Outcome::trap)}};
  return true;
}

} // namespace waxwing::image
