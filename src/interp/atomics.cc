// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Atomic operators on memory (threads proposal, section "Atomic memory accesses").
#include "runtime/atomics.hpp"

#include <array>
#include <utility>

#include "interp/simd.hpp"

namespace waxwing::interp {

TrapKind resolve_call(VmContext* vm, const uint8_t* fp, const AccessCall& call, size_t width,
                      size_t alignment, uint8_t*& at) {
  const bool is64 = vm->memories[call.memory]->type().limits.is64;
  const uint64_t base = is64 ? slot<uint64_t>(fp, call.a) : slot<uint32_t>(fp, call.a);
  const auto offset = load_unaligned<uint64_t>(&call.offset);
  // Neither depends on carries out of the sum's lower bits.
  if (((base + offset) & (alignment - 1)) != 0) return TrapKind::unaligned_atomic;
  at = resolve64(vm, call, base, width);
  if (at != nullptr) return TrapKind::none;
  vm->store->note_access(base + offset, width, call.memory, vm->memories[call.memory]->byte_size());
  return TrapKind::out_of_bounds_memory_access;
}

namespace {

// Codes come in groups of seven, one a width: loads, stores, then the read-modify-write kinds.
constexpr unsigned kLoad = 0, kStore = 1, kFirstRmw = 2, kExchange = 8;
constexpr unsigned group_of(const OpInfo& row) { return (row.code - 0x10u) / 7; }

/// An atomic operator of a group, on memory of type `T`, whose operands and result are of `Value`.
template <class T, class Value>
WAX_ALWAYS_INLINE TrapKind operate(VmContext* vm, uint8_t* fp, const AccessCall& call,
                                   unsigned group) {
  using runtime::Rmw;
  uint8_t* at = nullptr;
  if (const TrapKind kind = resolve_call(vm, fp, call, sizeof(T), sizeof(T), at);
      kind != TrapKind::none)
    return kind;
  const auto b = static_cast<T>(slot<Value>(fp, call.b));
  T result{};
  switch (group) {
  case kLoad: result = runtime::atomic_load<T>(at); break;
  case kStore: runtime::atomic_store<T>(at, b); return TrapKind::none;
  case kExchange:
    result = runtime::atomic_cmpxchg<T>(at, b, static_cast<T>(slot<Value>(fp, call.c)));
    break;
#define WAX_RMW(kind)                                                                              \
  case kFirstRmw + static_cast<unsigned>(Rmw::kind):                                               \
    result = runtime::atomic_rmw<Rmw::kind, T>(at, b);                                             \
    break;
    WAX_RMW(add)
    WAX_RMW(sub)
    WAX_RMW(and_)
    WAX_RMW(or_)
    WAX_RMW(xor_)
    WAX_RMW(xchg)
#undef WAX_RMW
  default: break;
  }
  set_slot<Value>(fp, call.d, result);
  return TrapKind::none;
}

/// One operator, or all that are about the same types.
template <Op O, class Value>
TrapKind atomic_operator(VmContext* vm, uint8_t* fp, const AccessCall& call) {
  return operate<BytesOf<O>, Value>(vm, fp, call, group_of(info(O)));
}
template <class T, class Value>
TrapKind any_operator(VmContext* vm, uint8_t* fp, const AccessCall& call) {
  return operate<T, Value>(vm, fp, call, call.kind);
}

TrapKind notify(VmContext* vm, uint8_t* fp, const AccessCall& call) {
  uint8_t* at = nullptr;
  if (const TrapKind kind = resolve_call(vm, fp, call, sizeof(uint32_t), sizeof(uint32_t), at);
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
constexpr AccessFunction function_of() {
  if constexpr (O == Op::memory_atomic_notify) {
    return &notify;
  } else if constexpr (info(O).code < 0x10) {
    return nullptr;
  } else {
    using Types = OpTypes<O>;
    using Value =
        std::conditional_t<group_of(info(O)) == kStore, typename Types::B, typename Types::Result>;
    if constexpr (kFullHandlers)
      return &atomic_operator<O, Value>;
    else
      return &any_operator<BytesOf<O>, Value>;
  }
}

// The operators of the prefix 0xFE lie side by side.
constexpr size_t kFirst = static_cast<size_t>(Op::memory_atomic_notify);
template <size_t... I>
constexpr auto functions_of(std::index_sequence<I...>) {
  return std::array{function_of<static_cast<Op>(kFirst + I)>()...};
}
constexpr size_t kLast = static_cast<size_t>(Op::i64_atomic_rmw32_cmpxchg_u);
constexpr auto kFunctions = functions_of(std::make_index_sequence<kLast - kFirst + 1>());

} // namespace

AccessFunction atomic_function(Op op, uint32_t& kind) {
  kind = group_of(info(op));
  return kFunctions[static_cast<size_t>(op) - kFirst];
}

Outcome wait_in_memory(const uint8_t* ip, uint8_t* fp, VmContext* vm, const AccessCall& call,
                       size_t width) {
  uint8_t* at = nullptr;
  TrapKind kind = resolve_call(vm, fp, call, width, width, at);
  if (kind == TrapKind::none && !vm->memories[call.memory]->is_shared())
    kind = TrapKind::expected_shared_memory;
  if (kind != TrapKind::none) return stop(ip, fp, vm, kind);
  // Where the guest is found if it is interrupted meanwhile.
  Activation& activation = activation_of(vm);
  activation.ip = ip;
  activation.fp = fp;
  activation.vm = vm;
  activation.is_call = false;
  const uint64_t expected =
      width == sizeof(uint64_t) ? slot<uint64_t>(fp, call.b) : slot<uint32_t>(fp, call.b);
  const auto timeout = static_cast<int64_t>(slot<uint64_t>(fp, call.c));
  runtime::WaitResult result{};
  const Outcome outcome =
      runtime::atomic_wait_for(*vm->store, at, expected, width, timeout, result);
  if (outcome == Outcome::ok) set_slot<uint32_t>(fp, call.d, static_cast<uint32_t>(result));
  return outcome;
}

} // namespace waxwing::interp
