// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/gc/aggregate.hpp"

#include <cstddef>
#include <cstring>

#include "base/bits.hpp"
#include "runtime/instance.hpp"
#include "runtime/store.hpp"

namespace waxwing::runtime {

namespace {

ValType element_type(const RuntimeType& type) { return type.fields[0].storage; }

ArrayObject* array_of(Ref ref) { return static_cast<ArrayObject*>(object_of(ref)); }

/// Writes `count` elements of one value.
void fill(uint8_t* to, unsigned log2, const void* value, uint32_t count) {
  if (count == 0) return;
  const size_t size = size_t{1} << log2;
  if (log2 == 0) {
    std::memset(to, *static_cast<const uint8_t*>(value), count);
    return;
  }
  std::memcpy(to, value, size);
  // What is written already is copied behind itself.
  const size_t bytes = size_t{count} << log2;
  for (size_t done = size; done < bytes;) {
    const size_t next = done < bytes - done ? done : bytes - done;
    std::memcpy(to + done, to, next);
    done += next;
  }
}

/// `count` elements from `start` on.
TrapKind check(Store& store, const ArrayObject* array, uint32_t start, uint32_t count) {
  if (array == nullptr) return TrapKind::null_array_reference;
  if (count <= array->length && start <= array->length - count) return TrapKind::none;
  store.note_access(start, count, 0, array->length);
  return TrapKind::out_of_bounds_array_access;
}

/// The bytes of `count` elements in a data segment.
TrapKind find_data(Instance& instance, const RuntimeType& type, uint32_t segment, uint32_t from,
                   uint32_t count, const uint8_t*& out) {
  const std::span<const uint8_t> bytes = instance.data(segment);
  const uint64_t size = uint64_t{count} << type.element_log2;
  if (size > bytes.size() || from > bytes.size() - size) {
    instance.owner().note_access(from, size, segment, bytes.size());
    return TrapKind::out_of_bounds_memory_access;
  }
  out = bytes.data() + from;
  return TrapKind::none;
}

TrapKind check_elements(Instance& instance, uint32_t segment, uint32_t from, uint32_t count) {
  const uint32_t available = instance.element_count(segment);
  if (count <= available && from <= available - count) return TrapKind::none;
  instance.owner().note_access(from, count, segment, available);
  return TrapKind::out_of_bounds_table_access;
}

void copy_elements(Instance& instance, ArrayObject* array, uint32_t to, uint32_t segment,
                   uint32_t from, uint32_t count) {
  uint8_t* at = element_of(array, to);
  for (uint32_t i = 0; i < count; ++i, at += sizeof(Ref))
    store_unaligned(at, instance.element(segment, from + i));
}

} // namespace

void store_storage(uint8_t* to, ValType storage, const void* value) {
  switch (size_of(storage)) {
  case 1: std::memcpy(to, value, 1); return;
  case 2: std::memcpy(to, value, 2); return;
  case 4: std::memcpy(to, value, 4); return;
  case 8: std::memcpy(to, value, 8); return;
  default: std::memcpy(to, value, 16); return;
  }
}

void load_storage(void* value, ValType storage, const uint8_t* from, bool is_signed) {
  if (!storage.is_packed()) {
    std::memcpy(value, from, size_of(storage));
    return;
  }
  const bool is_byte = size_of(storage) == 1;
  uint32_t wide = is_byte ? *from : load_unaligned<uint16_t>(from);
  if (is_signed)
    wide = static_cast<uint32_t>(is_byte ? static_cast<int8_t>(wide) : static_cast<int16_t>(wide));
  store_unaligned(value, wide);
}

StructObject* struct_new(Store& store, const RuntimeType& type, const Cell* fields) {
  StructObject* made = store.heap().new_struct(type);
  if (made == nullptr) return nullptr;
  for (size_t i = 0; i < type.fields.size(); ++i) {
    const ValType storage = type.fields[i].storage;
    store_storage(field_of(made, type.offsets[i]), storage, fields);
    fields += cells_of(storage);
  }
  return made;
}

ArrayObject* array_new(Store& store, const RuntimeType& type, const void* value, uint32_t length) {
  ArrayObject* made = store.heap().new_array(type, length);
  if (made != nullptr) fill(element_of(made, 0), type.element_log2, value, length);
  return made;
}

ArrayObject* array_new_fixed(Store& store, const RuntimeType& type, const Cell* values,
                             uint32_t length) {
  ArrayObject* made = store.heap().new_array(type, length);
  if (made == nullptr) return nullptr;
  const ValType storage = element_type(type);
  for (uint32_t i = 0; i < length; ++i) {
    store_storage(element_of(made, i), storage, values);
    values += cells_of(storage);
  }
  return made;
}

TrapKind array_new_data(Instance& instance, const RuntimeType& type, uint32_t segment,
                        uint32_t from, uint32_t length, Ref& out) {
  const uint8_t* bytes = nullptr;
  const TrapKind trap = find_data(instance, type, segment, from, length, bytes);
  if (trap != TrapKind::none) return trap;
  ArrayObject* made = instance.owner().heap().new_array(type, length);
  if (made == nullptr) return TrapKind::gc_heap_exhausted;
  if (length != 0) std::memcpy(element_of(made, 0), bytes, size_t{length} << type.element_log2);
  out = ref_of(made);
  return TrapKind::none;
}

TrapKind array_new_elem(Instance& instance, const RuntimeType& type, uint32_t segment,
                        uint32_t from, uint32_t length, Ref& out) {
  const TrapKind trap = check_elements(instance, segment, from, length);
  if (trap != TrapKind::none) return trap;
  ArrayObject* made = instance.owner().heap().new_array(type, length);
  if (made == nullptr) return TrapKind::gc_heap_exhausted;
  copy_elements(instance, made, 0, segment, from, length);
  out = ref_of(made);
  return TrapKind::none;
}

TrapKind array_fill(Store& store, Ref ref, uint32_t to, const void* value, uint32_t count) {
  ArrayObject* array = array_of(ref);
  const TrapKind trap = check(store, array, to, count);
  if (trap == TrapKind::none) fill(element_of(array, to), array->type->element_log2, value, count);
  return trap;
}

TrapKind array_copy(Store& store, Ref ref, uint32_t to, Ref source_ref, uint32_t from,
                    uint32_t count) {
  ArrayObject* array = array_of(ref);
  ArrayObject* source = array_of(source_ref);
  if (array == nullptr || source == nullptr) return TrapKind::null_array_reference;
  if (const TrapKind trap = check(store, array, to, count); trap != TrapKind::none) return trap;
  if (const TrapKind trap = check(store, source, from, count); trap != TrapKind::none) return trap;
  if (count != 0)
    std::memmove(element_of(array, to), element_of(source, from),
                 size_t{count} << array->type->element_log2);
  return TrapKind::none;
}

TrapKind array_init_data(Instance& instance, Ref ref, uint32_t to, uint32_t segment, uint32_t from,
                         uint32_t count) {
  ArrayObject* array = array_of(ref);
  if (const TrapKind trap = check(instance.owner(), array, to, count); trap != TrapKind::none)
    return trap;
  const uint8_t* bytes = nullptr;
  const TrapKind trap = find_data(instance, *array->type, segment, from, count, bytes);
  if (trap == TrapKind::none && count != 0)
    std::memcpy(element_of(array, to), bytes, size_t{count} << array->type->element_log2);
  return trap;
}

TrapKind array_init_elem(Instance& instance, Ref ref, uint32_t to, uint32_t segment, uint32_t from,
                         uint32_t count) {
  ArrayObject* array = array_of(ref);
  if (const TrapKind trap = check(instance.owner(), array, to, count); trap != TrapKind::none)
    return trap;
  const TrapKind trap = check_elements(instance, segment, from, count);
  if (trap == TrapKind::none) copy_elements(instance, array, to, segment, from, count);
  return trap;
}

CastTarget cast_target(HeapType type, bool nullable, std::span<const RuntimeType* const> types) {
  CastTarget target;
  target.nullable = nullable;
  if (type.is_concrete()) {
    target.type = types[type.index()];
    target.type_offset = target.type->kind == TypeKind::func
                             ? static_cast<uint16_t>(offsetof(FuncRef, type))
                             : static_cast<uint16_t>(offsetof(Object, type));
    return target;
  }
  constexpr auto kStruct = static_cast<uint8_t>(1u << static_cast<unsigned>(ObjectKind::struct_));
  constexpr auto kArray = static_cast<uint8_t>(1u << static_cast<unsigned>(ObjectKind::array));
  switch (type.code()) {
  case heap::func.code():
  case heap::extern_.code():
  case heap::exn.code():
  case heap::any.code(): target.kinds = CastTarget::kAll; break;
  case heap::eq.code(): target.kinds = kStruct | kArray | CastTarget::kI31; break;
  case heap::i31.code(): target.kinds = CastTarget::kI31; break;
  case heap::struct_.code(): target.kinds = kStruct; break;
  case heap::array.code(): target.kinds = kArray; break;
  default: break; // the bottom of a hierarchy
  }
  return target;
}

} // namespace waxwing::runtime
