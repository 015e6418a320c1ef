// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Atomic operators on memory (threads proposal, section "Atomic memory accesses").
#include "runtime/atomics.hpp"

#include "interp/simd.hpp"

namespace waxwing::interp {

namespace {

/// The bytes that an atomic operator is about.
TrapKind resolve_atomic(VmContext* vm, const uint8_t* fp, const AtomicCall& call, size_t width,
                        uint8_t*& at) {
  const bool is64 = vm->memories[call.memory]->type().limits.is64;
  const uint64_t base = is64 ? slot<uint64_t>(fp, call.a) : slot<uint32_t>(fp, call.a);
  const auto offset = load_unaligned<uint64_t>(&call.offset);
  // Neither depends on carries out of the sum's lower bits.
  if (((base + offset) & (width - 1)) != 0) return TrapKind::unaligned_atomic;
  at = resolve_any(vm, fp, call, width);
  if (at != nullptr) return TrapKind::none;
  vm->store->note_access(base + offset, width, call.memory, vm->memories[call.memory]->byte_size());
  return TrapKind::out_of_bounds_memory_access;
}

template <Op O>
TrapKind atomic_operator(VmContext* vm, uint8_t* fp, const AtomicCall& call) {
  // Codes come in groups of seven, one a width: loads, stores, then the read-modify-write kinds.
  constexpr OpInfo kInfo = info(O);
  constexpr unsigned kGroup = (kInfo.code - 0x10u) / 7;
  using T = BytesOf<O>;
  uint8_t* at = nullptr;
  if (const TrapKind kind = resolve_atomic(vm, fp, call, sizeof(T), at); kind != TrapKind::none)
    return kind;
  if constexpr (kGroup == 1) {
    using Value = typename OpTypes<O>::B;
    runtime::atomic_store<T>(at, static_cast<T>(slot<Value>(fp, call.b)));
  } else {
    using Value = typename OpTypes<O>::Result;
    T result;
    if constexpr (kGroup == 0)
      result = runtime::atomic_load<T>(at);
    else if constexpr (kGroup == 8)
      result = runtime::atomic_cmpxchg<T>(at, static_cast<T>(slot<Value>(fp, call.b)),
                                          static_cast<T>(slot<Value>(fp, call.c)));
    else
      result = runtime::atomic_rmw<static_cast<runtime::Rmw>(kGroup - 2), T>(
          at, static_cast<T>(slot<Value>(fp, call.b)));
    set_slot<Value>(fp, call.d, result);
  }
  return TrapKind::none;
}

TrapKind notify(VmContext* vm, uint8_t* fp, const AtomicCall& call) {
  uint8_t* at = nullptr;
  if (const TrapKind kind = resolve_atomic(vm, fp, call, sizeof(uint32_t), at);
      kind != TrapKind::none)
    return kind;
  // Nobody can wait in a memory that is not shared.
  const uint32_t woken = vm->memories[call.memory]->is_shared()
                             ? runtime::atomic_notify(at, slot<uint32_t>(fp, call.b))
                             : 0;
  set_slot<uint32_t>(fp, call.d, woken);
  return TrapKind::none;
}

template <Op O>
constexpr AtomicFunction function_of() {
  if constexpr (info(O).prefix != 0xFE || O == Op::atomic_fence || O == Op::memory_atomic_wait32 ||
                O == Op::memory_atomic_wait64)
    return nullptr;
  else if constexpr (O == Op::memory_atomic_notify)
    return &notify;
  else
    return &atomic_operator<O>;
}

constexpr AtomicFunction kFunctions[] = {
#define WAX_OP(prefix, code, name, text, immediate, width, signature, feature)                     \
  function_of<Op::name>(),
#include "wasm/op.def"
#undef WAX_OP
};

} // namespace

AtomicFunction atomic_function(Op op) { return kFunctions[static_cast<size_t>(op)]; }

template <class T>
Outcome wait_in_memory(const uint8_t* ip, uint8_t* fp, VmContext* vm, const AtomicCall& call) {
  uint8_t* at = nullptr;
  TrapKind kind = resolve_atomic(vm, fp, call, sizeof(T), at);
  if (kind == TrapKind::none && !vm->memories[call.memory]->is_shared())
    kind = TrapKind::expected_shared_memory;
  if (kind != TrapKind::none) return stop(ip, fp, vm, kind);
  // Where the guest is found if it is interrupted meanwhile.
  Activation& activation = activation_of(vm);
  activation.ip = ip;
  activation.fp = fp;
  activation.vm = vm;
  activation.is_call = false;
  const auto timeout = static_cast<int64_t>(slot<uint64_t>(fp, call.c));
  runtime::WaitResult result{};
  const Outcome outcome =
      runtime::atomic_wait<T>(*vm->store, at, slot<T>(fp, call.b), timeout, result);
  if (outcome == Outcome::ok) set_slot<uint32_t>(fp, call.d, static_cast<uint32_t>(result));
  return outcome;
}

template Outcome wait_in_memory<uint32_t>(const uint8_t*, uint8_t*, VmContext*, const AtomicCall&);
template Outcome wait_in_memory<uint64_t>(const uint8_t*, uint8_t*, VmContext*, const AtomicCall&);

} // namespace waxwing::interp
