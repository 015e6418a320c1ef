// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "interp/objects.hpp"

#include "runtime/instance.hpp"
#include "runtime/store.hpp"

namespace waxwing::interp::objects {

namespace {

using runtime::ArrayObject;
using runtime::Instance;
using runtime::Object;

/// Reads operands from consecutive slots.
class Operands {
 public:
  Operands(uint8_t* fp, const ObjectCall& call) : at_(fp + call.at) {}

  template <class T>
  [[nodiscard]] T take() {
    const T value = load_unaligned<T>(at_);
    at_ += align_up(sizeof(T), sizeof(Cell));
    return value;
  }
  /// A value of so many cells.
  [[nodiscard]] const Cell* take_cells(uint32_t count) {
    const Cell* cells = reinterpret_cast<const Cell*>(at_);
    at_ += count * sizeof(Cell);
    return cells;
  }

 private:
  uint8_t* at_;
};

/// Lets a collection see the whole operand stack.
class Allocation {
 public:
  Allocation(VmContext* vm, uint8_t* fp, const ObjectCall& call)
      : store_(*vm->store), top_(store_.stack_top) {
    store_.stack_top = reinterpret_cast<Cell*>(fp + call.top);
  }
  ~Allocation() { store_.stack_top = top_; }
  Allocation(const Allocation&) = delete;

  [[nodiscard]] Store& store() const { return store_; }

 private:
  Store& store_;
  Cell* top_;
};

TrapKind finish(uint8_t* fp, const ObjectCall& call, const Object* made) {
  if (made == nullptr) return TrapKind::gc_heap_exhausted;
  set_slot<Ref>(fp, call.at, runtime::ref_of(made));
  return TrapKind::none;
}

/// The bytes of an array's element that are to be accessed.
TrapKind find_element(VmContext* vm, Ref ref, uint32_t index, uint8_t*& out) {
  auto* array = static_cast<ArrayObject*>(runtime::object_of(ref));
  if (array == nullptr) return TrapKind::null_array_reference;
  if (index >= array->length) {
    vm->store->note_access(index, 1, 0, array->length);
    return TrapKind::out_of_bounds_array_access;
  }
  out = runtime::element_of(array, index);
  return TrapKind::none;
}

} // namespace

TrapKind struct_new(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  const Allocation allocation(vm, fp, call);
  const Cell* fields = reinterpret_cast<const Cell*>(fp + call.at);
  return finish(fp, call, runtime::struct_new(allocation.store(), *call.type, fields));
}

TrapKind struct_new_of_slots(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  const Allocation allocation(vm, fp, call);
  Object* made = allocation.store().heap().new_struct(*call.type);
  if (made == nullptr) return TrapKind::gc_heap_exhausted;
  const uint8_t* from = fp + call.at;
  auto* to = reinterpret_cast<uint8_t*>(made + 1);
  for (size_t size = call.top - call.at; size != 0;
       size -= sizeof(Cell), from += sizeof(Cell), to += sizeof(Cell))
    store_unaligned(to, load_unaligned<Cell>(from));
  return finish(fp, call, made);
}

TrapKind struct_new_default(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  const Allocation allocation(vm, fp, call);
  return finish(fp, call, allocation.store().heap().new_struct(*call.type));
}

TrapKind array_new(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  const Allocation allocation(vm, fp, call);
  Operands operands(fp, call);
  const Cell* value = operands.take_cells(call.x);
  const auto length = operands.take<uint32_t>();
  return finish(fp, call, runtime::array_new(allocation.store(), *call.type, value, length));
}

TrapKind array_new_default(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  const Allocation allocation(vm, fp, call);
  const auto length = slot<uint32_t>(fp, call.at);
  return finish(fp, call, allocation.store().heap().new_array(*call.type, length));
}

TrapKind array_new_fixed(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  const Allocation allocation(vm, fp, call);
  const Cell* values = reinterpret_cast<const Cell*>(fp + call.at);
  return finish(fp, call, runtime::array_new_fixed(allocation.store(), *call.type, values, call.y));
}

TrapKind array_new_data(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  const Allocation allocation(vm, fp, call);
  Operands operands(fp, call);
  const auto from = operands.take<uint32_t>();
  const auto length = operands.take<uint32_t>();
  Ref made = 0;
  const TrapKind trap =
      runtime::array_new_data(*Instance::of(vm), *call.type, call.y, from, length, made);
  if (trap == TrapKind::none) set_slot<Ref>(fp, call.at, made);
  return trap;
}

TrapKind array_new_elem(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  const Allocation allocation(vm, fp, call);
  Operands operands(fp, call);
  const auto from = operands.take<uint32_t>();
  const auto length = operands.take<uint32_t>();
  Ref made = 0;
  const TrapKind trap =
      runtime::array_new_elem(*Instance::of(vm), *call.type, call.y, from, length, made);
  if (trap == TrapKind::none) set_slot<Ref>(fp, call.at, made);
  return trap;
}

TrapKind array_fill(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  Operands operands(fp, call);
  const auto array = operands.take<Ref>();
  const auto to = operands.take<uint32_t>();
  const Cell* value = operands.take_cells(call.x);
  return runtime::array_fill(*vm->store, array, to, value, operands.take<uint32_t>());
}

TrapKind array_copy(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  Operands operands(fp, call);
  const auto array = operands.take<Ref>();
  const auto to = operands.take<uint32_t>();
  const auto source = operands.take<Ref>();
  const auto from = operands.take<uint32_t>();
  return runtime::array_copy(*vm->store, array, to, source, from, operands.take<uint32_t>());
}

TrapKind array_init_data(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  Operands operands(fp, call);
  const auto array = operands.take<Ref>();
  const auto to = operands.take<uint32_t>();
  const auto from = operands.take<uint32_t>();
  return runtime::array_init_data(*Instance::of(vm), array, to, call.y, from,
                                  operands.take<uint32_t>());
}

TrapKind array_init_elem(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  Operands operands(fp, call);
  const auto array = operands.take<Ref>();
  const auto to = operands.take<uint32_t>();
  const auto from = operands.take<uint32_t>();
  return runtime::array_init_elem(*Instance::of(vm), array, to, call.y, from,
                                  operands.take<uint32_t>());
}

TrapKind get_field_v128(VmContext*, uint8_t* fp, const ObjectCall& call) {
  Object* object = runtime::object_of(slot<Ref>(fp, call.at));
  if (object == nullptr) return TrapKind::null_structure_reference;
  set_slot<V128>(fp, call.at, load_unaligned<V128>(runtime::field_of(object, call.x)));
  return TrapKind::none;
}

TrapKind set_field_v128(VmContext*, uint8_t* fp, const ObjectCall& call) {
  Operands operands(fp, call);
  Object* object = runtime::object_of(operands.take<Ref>());
  if (object == nullptr) return TrapKind::null_structure_reference;
  store_unaligned(runtime::field_of(object, call.x), operands.take<V128>());
  return TrapKind::none;
}

TrapKind get_element_v128(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  Operands operands(fp, call);
  const auto array = operands.take<Ref>();
  uint8_t* element = nullptr;
  const TrapKind trap = find_element(vm, array, operands.take<uint32_t>(), element);
  if (trap == TrapKind::none) set_slot<V128>(fp, call.at, load_unaligned<V128>(element));
  return trap;
}

TrapKind set_element_v128(VmContext* vm, uint8_t* fp, const ObjectCall& call) {
  Operands operands(fp, call);
  const auto array = operands.take<Ref>();
  uint8_t* element = nullptr;
  const TrapKind trap = find_element(vm, array, operands.take<uint32_t>(), element);
  if (trap == TrapKind::none) store_unaligned(element, operands.take<V128>());
  return trap;
}

} // namespace waxwing::interp::objects
