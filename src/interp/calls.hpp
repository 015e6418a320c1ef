// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How functions enter, call and leave each other: records, frames, and what handlers leave to the
// runtime.
#pragma once

#include <atomic>
#include <csetjmp>

#include "interp/catches.hpp"
#include "interp/code.hpp"
#include "runtime/instance.hpp"
#include "runtime/store.hpp"
#include "runtime/type_registry.hpp"

namespace waxwing::interp {

/// What is known of one function of a module; shared by all its instances. Translated at its first
/// call, after which `entry` leads to its code; until then it leads to `translate` below.
struct Function {
  std::atomic<const uint8_t*> entry;
  /// Bytes from the frame's start that the function may touch, the headers of its calls included.
  /// Published before `entry`.
  std::atomic<uint32_t> frame_bytes;
  /// Where the frame's header is.
  uint32_t header;
  Plain translate;
  FuncIndex index;
  // The code, once `entry` leads to it.
  uint32_t code_size;
  const uint8_t* code;
  /// Null if nothing is caught.
  const CatchTable* catches;
};

/// The state that changes when the runtime makes a call for a handler.
struct Registers {
  const uint8_t* ip;
  uint8_t* fp;
  uint8_t* mem;
  size_t size;
  VmContext* vm;
  // The first result, in every accumulator that it may belong to.
  uint64_t ia;
  float fs;
  double fd;
};

/// A running guest entry. It lies on the value stack, below the frames that it covers, and stays in
/// place after a trap until the boundary has taken the trace.
struct Activation : runtime::Activation {
  /// Where the guest is when it has left its handlers: at the instruction that trapped or, if
  /// `is_call`, behind the one that called. Null if that is not known.
  const uint8_t* ip;
  uint8_t* fp;
  VmContext* vm;
  bool is_call;
  /// The place is a good guess only.
  bool is_near;
  /// What the outermost frame returns to.
  const uint8_t* leave;
  // What a handler has found out of bounds.
  uint64_t fault_address;
  uint64_t fault_length;
  /// Of the memory, `runtime::memory_place`.
  uint32_t fault_place;
  /// The same of the memory whose base and size are in the registers.
  uint32_t register_place;
  Registers registers;
  /// The way out for an interruption that finds the guest in a handler.
  std::jmp_buf escape;
};

inline constexpr size_t kFrameAlignment = 16;
/// The frame of the function that was entered follows.
inline constexpr size_t kActivationBytes = align_up(sizeof(Activation), kFrameAlignment);

/// Calls to another instance leave this below the callee's arguments, so that its frame can have
/// the same form as any other: where to go on, in which frame and instance, and how many bytes of
/// results to move down.
struct Bridge {
  const uint8_t* ip;
  uint8_t* fp;
  VmContext* vm;
  uint32_t result_bytes;
};
inline constexpr uint32_t kBridgeBytes = align_up(uint32_t{sizeof(Bridge)}, uint32_t{8});

/// `runtime::Activation::trace` of the interpreter.
void trace(Store& store, const runtime::Activation& activation, runtime::TraceSink& sink);

/// The uniform entry of every interpreted function.
[[nodiscard]] Outcome enter(const FuncRef* self, VmContext* caller, Cell* cells);

// What handlers leave to the runtime. None of these lies in the handlers' section, so an
// interruption waits until they are done.

/// Records a trap at `ip`.
[[nodiscard]] Outcome stop(const uint8_t* ip, uint8_t* fp, VmContext* vm, TrapKind kind);
/// The same for the access that `note_fault` has noted.
[[nodiscard]] Outcome stop_fault(const uint8_t* ip, uint8_t* fp, VmContext* vm);
/// The same for the table element that `note_fault` has noted: its index, and the table's.
[[nodiscard]] Outcome stop_element(const uint8_t* ip, uint8_t* fp, VmContext* vm, TrapKind kind);
/// The same for the array element that `note_fault` has noted: its index, and the array's length.
[[nodiscard]] Outcome stop_array(const uint8_t* ip, uint8_t* fp, VmContext* vm);
/// Records the trap that the interrupt word asks for; `ok` if it no longer does.
[[nodiscard]] Outcome stop_interrupted(const uint8_t* ip, uint8_t* fp, VmContext* vm);
/// Calls a function of the host, of another instance or of another engine; `r.ip` is behind the
/// call. Either the call has been made, or its callee is what `r` goes on with.
[[nodiscard]] Outcome call_foreign(Registers& r, const FuncRef* callee);
/// The same in place of the frame at `r.fp`.
[[nodiscard]] Outcome tail_call_foreign(Registers& r, const FuncRef* callee,
                                        const TailCallImport& call);
/// Throws an exception of a tag, or one that was caught before. Either it is caught and `r` goes on
/// there, or it leaves the guest as an outcome.
[[nodiscard]] Outcome throw_tag(Registers& r, const Throw& instruction);
[[nodiscard]] Outcome throw_ref(Registers& r, const Throw& instruction);
/// The same for the exception that a call has ended with; `r.ip` is behind it.
[[nodiscard]] Outcome unwind_call(Registers& r);
/// The same for the tail call at `r.ip`.
[[nodiscard]] Outcome unwind_tail_call(Registers& r);
/// Returns through the bridge at `r.fp`.
void switch_back(Registers& r);
/// Translates the function whose stub is at `r.ip` and goes on in its code.
[[nodiscard]] Outcome translate_at_first_call(Registers& r);
/// Moves the arguments of a tail call.
void move_arguments(uint8_t* to, const uint8_t* from, size_t bytes);

/// Says where the guest is: at `ip`, or behind the call that ends there.
void note_position(const uint8_t* ip, uint8_t* fp, VmContext* vm, bool is_call);
/// Takes the memory of `r.vm` into the registers.
void reload_memory(Registers& r);

[[nodiscard]] WAX_ALWAYS_INLINE Activation& activation_of(VmContext* vm) {
  return *static_cast<Activation*>(vm->store->activation);
}

WAX_ALWAYS_INLINE void note_fault(VmContext* vm, uint64_t address, size_t length,
                                  uint32_t place = runtime::memory_place(0)) {
  Activation& activation = activation_of(vm);
  activation.fault_address = address;
  activation.fault_length = length;
  activation.fault_place = place;
}

[[nodiscard]] WAX_ALWAYS_INLINE uint8_t* memory_base(const VmContext* vm) {
  return vm->memory0 == nullptr ? nullptr : vm->memory0->base.load(std::memory_order_relaxed);
}
/// Read after nothing but before the base of a memory that can move, which only its own store
/// grows.
[[nodiscard]] WAX_ALWAYS_INLINE size_t memory_size(const VmContext* vm) {
  return vm->memory0 == nullptr ? 0 : vm->memory0->size.load(std::memory_order_acquire);
}

/// The memory that the instance has at `place`.
[[nodiscard]] WAX_ALWAYS_INLINE const runtime::Memory& memory_at(const VmContext* vm,
                                                                 uint32_t place) {
  return **reinterpret_cast<runtime::Memory* const*>(reinterpret_cast<const uint8_t*>(vm) + place);
}

[[nodiscard]] WAX_ALWAYS_INLINE const CallEnd& call_end(const uint8_t* behind) {
  // NOLINTNEXTLINE(clang-analyzer-core.NullPointerArithm): there is a call before it
  return *reinterpret_cast<const CallEnd*>(behind - sizeof(CallEnd));
}

[[nodiscard]] WAX_ALWAYS_INLINE bool lacks_room(VmContext* vm, const uint8_t* frame,
                                                uint32_t bytes) {
  // Compared as numbers: a frame of any size is added to an address inside the stack.
  return WAX_UNLIKELY(reinterpret_cast<uintptr_t>(frame) + bytes >
                      reinterpret_cast<uintptr_t>(vm->store->stack_limit));
}

/// Whether `ref` is a function of the instance `vm` itself.
[[nodiscard]] WAX_ALWAYS_INLINE bool is_local(const FuncRef* ref, const VmContext* vm) {
  return ref->vmctx == vm && ref->uniform == &enter;
}

[[nodiscard]] WAX_ALWAYS_INLINE uint8_t* own_global(VmContext* vm, uint32_t offset) {
  return reinterpret_cast<uint8_t*>(vm->own_globals) + offset;
}

[[nodiscard]] WAX_ALWAYS_INLINE bool is_interrupted(VmContext* vm) {
  return vm->store->interrupt_word.load(std::memory_order_relaxed) != 0;
}

/// Takes `units` from the fuel; false when it has run out.
[[nodiscard]] WAX_ALWAYS_INLINE bool pay(VmContext* vm, uint32_t units) {
  return (vm->store->fuel -= units) >= 0;
}

/// The bytes that an access with a 64-bit address is about, or null, and then it is noted.
template <class I>
[[nodiscard]] WAX_ALWAYS_INLINE uint8_t* resolve64(VmContext* vm, const I& i, uint64_t base,
                                                   size_t width) {
  const auto offset = load_unaligned<uint64_t>(&i.offset);
  const uint64_t address = base + offset;
  uint8_t* at = address < base ? nullptr : vm->memories[i.memory]->resolve(address, width);
  if (at == nullptr) [[unlikely]]
    note_fault(vm, address, width, runtime::memory_place(i.memory));
  return at;
}

/// The `width` bytes that `i` accesses, whose address is in slot `i.a` and as wide as the addresses
/// of memory `i.memory`; null if they are out of bounds, which is noted then.
template <class I>
[[nodiscard]] WAX_ALWAYS_INLINE uint8_t* resolve_any(VmContext* vm, const uint8_t* fp, const I& i,
                                                     size_t width) {
  const bool is64 = vm->memories[i.memory]->type().limits.is64;
  return resolve64(vm, i, is64 ? slot<uint64_t>(fp, i.a) : slot<uint32_t>(fp, i.a), width);
}
/// The same as a call, for `AccessAny` and `StoreAny`, which have these operands alike.
[[nodiscard]] uint8_t* resolve_access(VmContext* vm, const uint8_t* fp, const AccessAny& i,
                                      size_t width);

/// What the accesses to any memory access: in the full set that is one with 64-bit addresses.
template <class I>
[[nodiscard]] WAX_ALWAYS_INLINE uint8_t* any_at(VmContext* vm, const uint8_t* fp, const I& i,
                                                size_t width) {
  if constexpr (kFullHandlers)
    return resolve64(vm, i, slot<uint64_t>(fp, i.a), width);
  else
    return resolve_access(vm, fp, reinterpret_cast<const AccessAny&>(i), width);
}

/// A byte of what a reference that isn't null refers to.
[[nodiscard]] WAX_ALWAYS_INLINE uint8_t* field_at(Ref ref, size_t offset) {
  return reinterpret_cast<uint8_t*>(ref) + offset;
}
[[nodiscard]] WAX_ALWAYS_INLINE const runtime::ArrayObject* array_at(Ref ref) {
  return reinterpret_cast<const runtime::ArrayObject*>(ref);
}

/// A NaN as its canonical self.
[[nodiscard]] WAX_ALWAYS_INLINE float canonical(float v) {
  return v == v ? v : std::bit_cast<float>(0x7FC00000u);
}
[[nodiscard]] WAX_ALWAYS_INLINE double canonical(double v) {
  return v == v ? v : std::bit_cast<double>(uint64_t{0x7FF8000000000000u});
}

} // namespace waxwing::interp
