// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "interp/helpers.hpp"

#include "runtime/instance.hpp"

namespace waxwing::interp::help {

namespace {

using runtime::Instance;
using runtime::Memory;
using runtime::Table;

// Templates over the width of addresses and indices; a count is as wide as the narrower of two.

template <class T>
TrapKind size_of_memory(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  set_slot<T>(fp, call.d, static_cast<T>(vm->memories[call.x]->pages()));
  return TrapKind::none;
}

template <class T>
TrapKind grow_memory(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const int64_t before = vm->memories[call.x]->grow(slot<T>(fp, call.a));
  set_slot<T>(fp, call.d, static_cast<T>(before));
  return TrapKind::none;
}

/// Says what was out of bounds, if something was.
TrapKind note_memory(VmContext* vm, TrapKind kind, uint32_t memory, uint64_t address,
                     uint64_t count) {
  const Memory& m = *vm->memories[memory];
  if (kind == TrapKind::out_of_bounds_memory_access && m.resolve(address, count) == nullptr)
    vm->store->note_access(address, count, memory, m.byte_size());
  return kind;
}

template <class T>
TrapKind init_memory(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const uint64_t to = slot<T>(fp, call.a);
  const auto count = slot<uint32_t>(fp, call.c);
  return note_memory(
      vm, Instance::of(vm)->memory_init(call.y, call.x, to, slot<uint32_t>(fp, call.b), count),
      call.y, to, count);
}

template <class To, class From, class N>
TrapKind copy_memory(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const uint64_t to = slot<To>(fp, call.a);
  const uint64_t from = slot<From>(fp, call.b);
  const uint64_t count = slot<N>(fp, call.c);
  const TrapKind kind = Instance::of(vm)->memory_copy(call.x, call.y, to, from, count);
  if (kind == TrapKind::none) return kind;
  if (vm->memories[call.y]->resolve(from, count) == nullptr)
    return note_memory(vm, kind, call.y, from, count);
  return note_memory(vm, kind, call.x, to, count);
}

template <class T>
TrapKind fill_memory(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const uint64_t to = slot<T>(fp, call.a);
  const uint64_t count = slot<T>(fp, call.c);
  return note_memory(vm,
                     Instance::of(vm)->memory_fill(
                         call.x, to, static_cast<uint8_t>(slot<uint32_t>(fp, call.b)), count),
                     call.x, to, count);
}

TrapKind table_trap(VmContext* vm, uint32_t table, uint64_t index, uint64_t count) {
  vm->store->note_access(index, count, table, vm->tables[table]->size);
  return TrapKind::out_of_bounds_table_access;
}

template <class T>
TrapKind get_element(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const Table& table = *vm->tables[call.x];
  const uint64_t index = slot<T>(fp, call.a);
  if (index >= table.size) return table_trap(vm, call.x, index, 1);
  Ref value = table.elements[index];
  set_slot<Ref>(fp, call.d, value);
  return TrapKind::none;
}

template <class T>
TrapKind set_element(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const Table& table = *vm->tables[call.x];
  const uint64_t index = slot<T>(fp, call.a);
  if (index >= table.size) return table_trap(vm, call.x, index, 1);
  table.elements[index] = slot<Ref>(fp, call.b);
  return TrapKind::none;
}

template <class T>
TrapKind size_of_table(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  set_slot<T>(fp, call.d, static_cast<T>(vm->tables[call.x]->size));
  return TrapKind::none;
}

template <class T>
TrapKind grow_table(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const int64_t before = vm->tables[call.x]->grow(slot<T>(fp, call.b), slot<Ref>(fp, call.a));
  set_slot<T>(fp, call.d, static_cast<T>(before));
  return TrapKind::none;
}

template <class T>
TrapKind fill_table(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const uint64_t index = slot<T>(fp, call.a);
  const uint64_t count = slot<T>(fp, call.c);
  if (!vm->tables[call.x]->fill(index, count, slot<Ref>(fp, call.b)))
    return table_trap(vm, call.x, index, count);
  return TrapKind::none;
}

/// Says what was out of bounds, if something was.
TrapKind note_table(VmContext* vm, TrapKind kind, uint32_t table, uint64_t index, uint64_t count) {
  const uint64_t size = vm->tables[table]->size;
  if (kind == TrapKind::out_of_bounds_table_access && (index > size || count > size - index))
    vm->store->note_access(index, count, table, size);
  return kind;
}

template <class T>
TrapKind init_table(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const uint64_t to = slot<T>(fp, call.a);
  const auto count = slot<uint32_t>(fp, call.c);
  return note_table(
      vm, Instance::of(vm)->table_init(call.y, call.x, to, slot<uint32_t>(fp, call.b), count),
      call.y, to, count);
}

template <class To, class From, class N>
TrapKind copy_table(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const uint64_t to = slot<To>(fp, call.a);
  const uint64_t from = slot<From>(fp, call.b);
  const uint64_t count = slot<N>(fp, call.c);
  const TrapKind kind = Instance::of(vm)->table_copy(call.x, call.y, to, from, count);
  const uint64_t size = vm->tables[call.y]->size;
  if (from > size || count > size - from) return note_table(vm, kind, call.y, from, count);
  return note_table(vm, kind, call.x, to, count);
}

} // namespace

#define WAX_HELPER(name, ...)                                                                      \
  TrapKind name(VmContext* vm, uint8_t* fp, const HelperCall& call) {                              \
    return __VA_ARGS__(vm, fp, call);                                                              \
  }
WAX_HELPER(memory_size, size_of_memory<uint32_t>)
WAX_HELPER(memory_size_64, size_of_memory<uint64_t>)
WAX_HELPER(memory_grow, grow_memory<uint32_t>)
WAX_HELPER(memory_grow_64, grow_memory<uint64_t>)
WAX_HELPER(memory_init, init_memory<uint32_t>)
WAX_HELPER(memory_init_64, init_memory<uint64_t>)
WAX_HELPER(memory_copy, copy_memory<uint32_t, uint32_t, uint32_t>)
WAX_HELPER(memory_copy_32_64, copy_memory<uint32_t, uint64_t, uint32_t>)
WAX_HELPER(memory_copy_64_32, copy_memory<uint64_t, uint32_t, uint32_t>)
WAX_HELPER(memory_copy_64, copy_memory<uint64_t, uint64_t, uint64_t>)
WAX_HELPER(memory_fill, fill_memory<uint32_t>)
WAX_HELPER(memory_fill_64, fill_memory<uint64_t>)
WAX_HELPER(table_get, get_element<uint32_t>)
WAX_HELPER(table_get_64, get_element<uint64_t>)
WAX_HELPER(table_set, set_element<uint32_t>)
WAX_HELPER(table_set_64, set_element<uint64_t>)
WAX_HELPER(table_size, size_of_table<uint32_t>)
WAX_HELPER(table_size_64, size_of_table<uint64_t>)
WAX_HELPER(table_grow, grow_table<uint32_t>)
WAX_HELPER(table_grow_64, grow_table<uint64_t>)
WAX_HELPER(table_fill, fill_table<uint32_t>)
WAX_HELPER(table_fill_64, fill_table<uint64_t>)
WAX_HELPER(table_init, init_table<uint32_t>)
WAX_HELPER(table_init_64, init_table<uint64_t>)
WAX_HELPER(table_copy, copy_table<uint32_t, uint32_t, uint32_t>)
WAX_HELPER(table_copy_32_64, copy_table<uint32_t, uint64_t, uint32_t>)
WAX_HELPER(table_copy_64_32, copy_table<uint64_t, uint32_t, uint32_t>)
WAX_HELPER(table_copy_64, copy_table<uint64_t, uint64_t, uint64_t>)
#undef WAX_HELPER

TrapKind data_drop(VmContext* vm, uint8_t*, const HelperCall& call) {
  Instance::of(vm)->data_drop(call.x);
  return TrapKind::none;
}

TrapKind elem_drop(VmContext* vm, uint8_t*, const HelperCall& call) {
  Instance::of(vm)->elem_drop(call.x);
  return TrapKind::none;
}

TrapKind ref_func(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  const FuncRef* ref = Instance::of(vm)->func_ref(call.x);
  if (ref == nullptr) return TrapKind::out_of_memory;
  set_slot<Ref>(fp, call.d, reinterpret_cast<Ref>(ref));
  return TrapKind::none;
}

TrapKind global_get_v128(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  set_slot<V128>(fp, call.d, load_unaligned<V128>(vm->globals[call.x]->value));
  return TrapKind::none;
}

TrapKind global_set_v128(VmContext* vm, uint8_t* fp, const HelperCall& call) {
  store_unaligned(vm->globals[call.x]->value, slot<V128>(fp, call.a));
  return TrapKind::none;
}

} // namespace waxwing::interp::help
