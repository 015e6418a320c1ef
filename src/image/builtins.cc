// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of the runtime that compiled code calls (runtime/builtins.def). None has anything
// alive that needs a destructor when it leaves for good.
#include <cstring>

#include "image/layout.hpp"
#include "image/native.hpp"
#include "runtime/atomics.hpp"
#include "runtime/exception.hpp"
#include "runtime/gc/aggregate.hpp"
#include "runtime/instance.hpp"

namespace waxwing::image {

using runtime::Cell;
using runtime::FuncRef;
using runtime::Instance;
using runtime::Memory;
using runtime::Outcome;
using runtime::Ref;
using runtime::Store;
using runtime::TailCall;
using runtime::VmContext;

static_assert(platform::kTrapBuiltin == static_cast<uint32_t>(Builtin::trap));
static_assert(platform::kStackTrap == static_cast<uint32_t>(TrapKind::call_stack_exhausted));

namespace {

[[noreturn]] void raise(VmContext* vm, TrapKind kind) {
  (void)vm->store->raise(kind);
  leave_with_trap(*vm->store);
}

void raise_if(VmContext* vm, TrapKind kind) {
  if (kind != TrapKind::none) raise(vm, kind);
}

/// Goes on after an outcome other than `ok`.
[[noreturn]] void leave(Store& store, Outcome outcome) {
  if (outcome == Outcome::exception) unwind(store, Unwinding::thrown);
  leave_with_trap(store);
}

namespace builtin {

[[noreturn]] void trap(VmContext* vm, uint32_t kind) { raise(vm, static_cast<TrapKind>(kind)); }

/// Calls `callee`, and what it calls in its place.
void call_foreign(VmContext* vm, const FuncRef* callee, Cell* cells) {
  Store& store = *vm->store;
  runtime::Activation* const own = store.activation;
  Cell* const top = store.stack_top;
  Outcome outcome = callee->uniform(callee, vm, cells);
  if (outcome == Outcome::tail_call) outcome = finish_tail_calls(store, cells);
  store.stack_top = top;
  if (outcome == Outcome::ok) {
    store.activation = own;
    return;
  }
  if (callee->vmctx == nullptr) store.trap.trace.add(runtime::host_frame(vm, callee));
  // Frames that the other engine has left to be reported.
  if (store.activation != own) store.activation->trace(store, *store.activation, store.trap.trace);
  store.activation = own;
  leave(store, outcome);
}

void call(VmContext* vm, Cell* cells) { call_foreign(vm, vm->callee, cells); }

void tail_call(VmContext* vm, Cell* cells) {
  Store& store = *vm->store;
  const FuncRef* callee = vm->callee;
  const platform::NativeExit& exit = native_activation(store)->exit;
  // From the adapter to its function, to what has called that, to the boundary?
  constexpr auto kWord = static_cast<intptr_t>(sizeof(uintptr_t));
  uintptr_t frame = exit.fp;
  for (int level = 0; level < 3 && frame != exit.boundary.frame; ++level)
    frame = *reinterpret_cast<const uintptr_t*>(
        frame + static_cast<uintptr_t>(platform::kSavedFrameAt * kWord));
  if (frame != exit.boundary.frame) {
    call_foreign(vm, callee, cells);
    return;
  }
  const runtime::RuntimeType& type = *callee->type;
  if (type.call_cells > static_cast<size_t>(store.stack_limit - store.stack_top))
    raise(vm, TrapKind::call_stack_exhausted);
  if (type.param_cells != 0) std::memcpy(store.stack_top, cells, type.param_cells * sizeof(Cell));
  store.pending = TailCall{callee, vm, store.stack_top};
  platform::wax_leave_native(&exit.boundary, static_cast<uint32_t>(Outcome::tail_call));
}

void interrupted(VmContext* vm) {
  if (vm->store->raise_interrupt() != Outcome::ok) leave_with_trap(*vm->store);
}

FuncRef* ref_func(VmContext* vm, uint32_t function) { return Instance::of(vm)->func_ref(function); }

int64_t memory_grow(VmContext* vm, uint32_t memory, uint64_t pages) {
  return vm->memories[memory]->grow(pages);
}
void memory_init(VmContext* vm, uint32_t memory, uint32_t segment, uint64_t to, uint32_t from,
                 uint32_t count) {
  raise_if(vm, Instance::of(vm)->memory_init(memory, segment, to, from, count));
}
void data_drop(VmContext* vm, uint32_t segment) { Instance::of(vm)->data_drop(segment); }
void memory_copy(VmContext* vm, uint32_t to_memory, uint32_t from_memory, uint64_t to,
                 uint64_t from, uint64_t count) {
  raise_if(vm, Instance::of(vm)->memory_copy(to_memory, from_memory, to, from, count));
}
void memory_fill(VmContext* vm, uint32_t memory, uint64_t to, uint32_t value, uint64_t count) {
  raise_if(vm, Instance::of(vm)->memory_fill(memory, to, static_cast<uint8_t>(value), count));
}

int64_t table_grow(VmContext* vm, uint32_t table, uint64_t count, Ref init) {
  return vm->tables[table]->grow(count, init);
}
void table_fill(VmContext* vm, uint32_t table, uint64_t start, Ref value, uint64_t count) {
  runtime::Table& target = *vm->tables[table];
  if (target.fill(start, count, value)) return;
  vm->store->note_access(start, count, table, target.size);
  raise(vm, TrapKind::out_of_bounds_table_access);
}
void table_init(VmContext* vm, uint32_t table, uint32_t segment, uint64_t to, uint32_t from,
                uint32_t count) {
  raise_if(vm, Instance::of(vm)->table_init(table, segment, to, from, count));
}
void elem_drop(VmContext* vm, uint32_t segment) { Instance::of(vm)->elem_drop(segment); }
void table_copy(VmContext* vm, uint32_t to_table, uint32_t from_table, uint64_t to, uint64_t from,
                uint64_t count) {
  raise_if(vm, Instance::of(vm)->table_copy(to_table, from_table, to, from, count));
}

[[noreturn]] void throw_(VmContext* vm, uint32_t tag, const Cell* cells) {
  leave(*vm->store, runtime::throw_exception(*vm->store, *vm->tags[tag], cells));
}
[[noreturn]] void throw_ref(VmContext* vm, Ref exception) {
  leave(*vm->store, runtime::rethrow_exception(*vm->store, exception));
}
[[noreturn]] void pass_on(VmContext* vm, Ref exception) {
  vm->store->exception = exception;
  unwind(*vm->store, Unwinding::passed_on);
}
uint32_t exception_is(VmContext* vm, Ref exception, uint32_t tag) {
  return runtime::exception_of(exception).tag == vm->tags[tag] ? 1 : 0;
}
void exception_values(VmContext*, Ref exception, Cell* cells) {
  const auto values = runtime::values_of(runtime::exception_of(exception));
  if (!values.empty()) std::memcpy(cells, values.data(), values.size_bytes());
}

/// The bytes that an atomic operator is about.
uint8_t* atomic_address(VmContext* vm, uint32_t memory, uint64_t address, uint64_t width) {
  const Memory& target = *vm->memories[memory];
  if (address % width != 0) raise(vm, TrapKind::unaligned_atomic);
  uint8_t* at = target.resolve(address, width);
  if (at == nullptr) {
    vm->store->note_access(address, width, memory, target.byte_size());
    raise(vm, TrapKind::out_of_bounds_memory_access);
  }
  return at;
}

uint32_t atomic_notify(VmContext* vm, uint32_t memory, uint64_t address, uint32_t count) {
  const uint8_t* at = atomic_address(vm, memory, address, sizeof(uint32_t));
  return vm->memories[memory]->is_shared() ? runtime::atomic_notify(at, count) : 0;
}

template <class T>
uint32_t atomic_wait(VmContext* vm, uint32_t memory, uint64_t address, T expected,
                     int64_t timeout) {
  uint8_t* at = atomic_address(vm, memory, address, sizeof(T));
  if (!vm->memories[memory]->is_shared()) raise(vm, TrapKind::expected_shared_memory);
  runtime::WaitResult result{};
  if (runtime::atomic_wait<T>(*vm->store, at, expected, timeout, result) != Outcome::ok)
    leave_with_trap(*vm->store);
  return static_cast<uint32_t>(result);
}
uint32_t atomic_wait32(VmContext* vm, uint32_t memory, uint64_t address, uint32_t expected,
                       int64_t timeout) {
  return atomic_wait<uint32_t>(vm, memory, address, expected, timeout);
}
uint32_t atomic_wait64(VmContext* vm, uint32_t memory, uint64_t address, uint64_t expected,
                       int64_t timeout) {
  return atomic_wait<uint64_t>(vm, memory, address, expected, timeout);
}

uint64_t atomic_64(VmContext*, uint32_t operation, uint8_t* address, uint64_t operand,
                   uint64_t expected) {
  using runtime::Atomic64;
  using runtime::Rmw;
  switch (static_cast<Atomic64>(operation)) {
  case Atomic64::load: return runtime::atomic_load<uint64_t>(address);
  case Atomic64::store: runtime::atomic_store<uint64_t>(address, operand); return 0;
  case Atomic64::add: return runtime::atomic_rmw<Rmw::add, uint64_t>(address, operand);
  case Atomic64::sub: return runtime::atomic_rmw<Rmw::sub, uint64_t>(address, operand);
  case Atomic64::and_: return runtime::atomic_rmw<Rmw::and_, uint64_t>(address, operand);
  case Atomic64::or_: return runtime::atomic_rmw<Rmw::or_, uint64_t>(address, operand);
  case Atomic64::xor_: return runtime::atomic_rmw<Rmw::xor_, uint64_t>(address, operand);
  case Atomic64::xchg: return runtime::atomic_rmw<Rmw::xchg, uint64_t>(address, operand);
  case Atomic64::cmpxchg: return runtime::atomic_cmpxchg<uint64_t>(address, expected, operand);
  }
  return 0;
}

/// The reference to an object that was to be made.
Ref made(VmContext* vm, const runtime::Object* object) {
  if (object == nullptr) raise(vm, TrapKind::gc_heap_exhausted);
  return runtime::ref_of(object);
}

Ref struct_new(VmContext* vm, uint32_t type) {
  return made(vm, vm->store->heap().new_struct(*vm->types[type]));
}
Ref array_new(VmContext* vm, uint32_t type, const Cell* value, uint32_t length) {
  Store& store = *vm->store;
  return made(vm, value == nullptr ? store.heap().new_array(*vm->types[type], length)
                                   : runtime::array_new(store, *vm->types[type], value, length));
}
Ref array_new_data(VmContext* vm, uint32_t type, uint32_t segment, uint32_t from, uint32_t length) {
  Ref array = 0;
  raise_if(vm, runtime::array_new_data(*Instance::of(vm), *vm->types[type], segment, from, length,
                                       array));
  return array;
}
Ref array_new_elem(VmContext* vm, uint32_t type, uint32_t segment, uint32_t from, uint32_t length) {
  Ref array = 0;
  raise_if(vm, runtime::array_new_elem(*Instance::of(vm), *vm->types[type], segment, from, length,
                                       array));
  return array;
}
void array_fill(VmContext* vm, Ref array, uint32_t to, const Cell* value, uint32_t count) {
  raise_if(vm, runtime::array_fill(*vm->store, array, to, value, count));
}
void array_copy(VmContext* vm, Ref array, uint32_t to, Ref source, uint32_t from, uint32_t count) {
  raise_if(vm, runtime::array_copy(*vm->store, array, to, source, from, count));
}
void array_init_data(VmContext* vm, Ref array, uint32_t segment, uint32_t to, uint32_t from,
                     uint32_t count) {
  raise_if(vm, runtime::array_init_data(*Instance::of(vm), array, to, segment, from, count));
}
void array_init_elem(VmContext* vm, Ref array, uint32_t segment, uint32_t to, uint32_t from,
                     uint32_t count) {
  raise_if(vm, runtime::array_init_elem(*Instance::of(vm), array, to, segment, from, count));
}

} // namespace builtin

constexpr bool saves_registers(Builtin number) {
  return number == Builtin::call || number == Builtin::tail_call || number == Builtin::throw_ ||
         number == Builtin::throw_ref || number == Builtin::pass_on;
}

constexpr const char* entry_of(Builtin number) {
  return (saves_registers(number) ? platform::wax_saving_thunks : platform::wax_plain_thunks) +
         static_cast<uint32_t>(number) * platform::kThunkBytes + platform::kCodeAddressBit;
}

/// Filled by the linker: an instance costs nothing to make for it.
struct Table {
  const void* entries[platform::kBuiltinSlots];
  /// What they jump to.
  const void* builtins[platform::kBuiltinSlots];
};

const Table table{
    .entries =
        {
#define WAX_BUILTIN(name, result, parameters, returns) entry_of(Builtin::name),
#include "runtime/builtins.def"
#undef WAX_BUILTIN
        },
    .builtins =
        {
#define WAX_BUILTIN(name, result, parameters, returns)                                             \
  reinterpret_cast<const void*>(&builtin::name),
#include "runtime/builtins.def"
#undef WAX_BUILTIN
        },
};

} // namespace

const void* const* builtins() { return table.entries; }

} // namespace waxwing::image
