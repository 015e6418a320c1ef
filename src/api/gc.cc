// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structs and arrays in the hands of the host.
#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

using impl::StoreState;
using runtime::ArrayObject;
using runtime::Cell;
using runtime::Object;
using runtime::RuntimeType;
using runtime::StructObject;

namespace {

const RuntimeType& of(const ObjectType& type) {
  return *static_cast<const RuntimeType*>(type.word());
}

Object* object_of(const Value& reference) {
  return runtime::object_of(reference.raw().as<runtime::Ref>());
}
ArrayObject* array_of(const Value& reference) {
  return static_cast<ArrayObject*>(object_of(reference));
}

core::ValType reference_type(const RuntimeType& type) {
  return core::ValType::ref(HeapType::concrete(type.id), false);
}

/// A reference of the object's exact type, which keeps it alive.
Value reference_to(StoreState& state, const Object* object) {
  return impl::make_value(state, reference_type(*object->type),
                          RawValue::of(runtime::ref_of(object)));
}

/// The object that a value of any type refers to, checked to be of a kind.
Result<Object*> find(const Value& reference, ObjectKind kind, std::string_view noun) {
  StoreState* const state = reference.store_state();
  if (state == nullptr || reference.object_kind() != kind)
    return impl::refuse(ErrorKind::usage, fmt::format("{} is no {}", reference.text(), noun));
  // It belongs to the store that it says it does.
  if (Result<void> known = impl::check_reference(*state, reference.raw(), val::anyref); !known)
    return std::unexpected(std::move(known.error()));
  return object_of(reference);
}

FieldType to_public(StoreState& state, const core::FieldType& field) {
  FieldType out;
  out.type = impl::to_public(state.types(), field.storage.unpacked());
  if (field.storage.is_packed()) out.packed_bits = 8 * size_of(field.storage);
  out.is_mutable = field.mutable_;
  return out;
}

Value load(const Value& reference, core::ValType storage, const uint8_t* from,
           Extension extension) {
  RawValue raw;
  runtime::load_storage(raw.bytes.data(), storage, from, extension == Extension::sign);
  return impl::make_value(*reference.store_state(), storage.unpacked(), raw);
}

Result<void> store(const Value& reference, const core::FieldType& field, uint8_t* to,
                   const Value& value, std::string_view noun) {
  if (!field.mutable_)
    return impl::refuse(ErrorKind::usage, fmt::format("the {} cannot be changed", noun));
  if (Result<void> fits =
          impl::check_value(*reference.store_state(), value, field.storage.unpacked());
      !fits)
    return fits;
  runtime::store_storage(to, field.storage, value.raw().bytes.data());
  return {};
}

std::unexpected<Error> no_room() {
  return impl::refuse(core::Error{.code = core::ErrorCode::gc_heap_limit});
}

} // namespace

std::optional<ObjectType> ObjectType::of(const Store& store, const ValueType& type) {
  const core::ValType wanted = impl::to_core(type);
  if (!wanted.is_ref() || !wanted.heap_type().is_concrete()) return std::nullopt;
  // Numbers of types may come from anywhere: only those that somebody here holds are followed.
  StoreState& state = *store.state();
  for (const auto& module : state.modules)
    for (const RuntimeType* known : module->loaded->types())
      if (known->id == wanted.heap_type().index() &&
          (known->object == runtime::ObjectKind::struct_ ||
           known->object == runtime::ObjectKind::array))
        return ObjectType(&state, known);
  return std::nullopt;
}

ObjectKind ObjectType::kind() const {
  return v0::of(*this).object == runtime::ObjectKind::array ? ObjectKind::array
                                                            : ObjectKind::struct_;
}

std::vector<FieldType> ObjectType::fields() const {
  std::vector<FieldType> out;
  for (const core::FieldType& field : v0::of(*this).fields)
    out.push_back(to_public(*store_, field));
  return out;
}

ValueType ObjectType::reference() const {
  return impl::to_public(store_->types(), reference_type(v0::of(*this)));
}

bool ObjectType::is_subtype_of(const ObjectType& other) const {
  return runtime::is_subtype(&v0::of(*this), &v0::of(other));
}

Result<Struct> Struct::of(const Value& reference) {
  const Result<Object*> found = find(reference, ObjectKind::struct_, "struct");
  if (!found) return std::unexpected(found.error());
  return Struct(reference_to(*reference.store_state(), *found));
}

Result<Struct> Struct::make(const ObjectType& type, std::span<const Value> fields) {
  if (type.kind() != ObjectKind::struct_)
    return impl::refuse(ErrorKind::usage, "this is the type of an array");
  const RuntimeType& known = v0::of(type);
  StoreState& state = *type.store_state();
  if (fields.size() != known.fields.size())
    return impl::refuse(ErrorKind::usage, fmt::format("{} values for a struct of {} fields",
                                                      fields.size(), known.fields.size()));
  for (size_t i = 0; i < fields.size(); ++i)
    if (Result<void> fits = impl::check_value(state, fields[i], known.fields[i].storage.unpacked());
        !fits)
      return impl::refuse(ErrorKind::usage, fmt::format("field {}: {}", i, fits.error().message));
  StructObject* const made = state.store->heap().new_struct(known);
  if (made == nullptr) return no_room();
  for (size_t i = 0; i < fields.size(); ++i)
    runtime::store_storage(runtime::field_of(made, known.offsets[i]), known.fields[i].storage,
                           fields[i].raw().bytes.data());
  return Struct(reference_to(state, made));
}

ObjectType Struct::type() const { return {reference_.store_state(), object_of(reference_)->type}; }

size_t Struct::size() const { return object_of(reference_)->type->fields.size(); }

Result<Value> Struct::get(size_t field, Extension extension) const {
  Object* const object = object_of(reference_);
  if (field >= size())
    return impl::refuse(ErrorKind::usage,
                        fmt::format("field {} of a struct that has {}", field, size()));
  return load(reference_, object->type->fields[field].storage,
              runtime::field_of(object, object->type->offsets[field]), extension);
}

Result<void> Struct::set(size_t field, const Value& value) {
  Object* const object = object_of(reference_);
  if (field >= size())
    return impl::refuse(ErrorKind::usage,
                        fmt::format("field {} of a struct that has {}", field, size()));
  return store(reference_, object->type->fields[field],
               runtime::field_of(object, object->type->offsets[field]), value, "field");
}

Result<Array> Array::of(const Value& reference) {
  const Result<Object*> found = find(reference, ObjectKind::array, "array");
  if (!found) return std::unexpected(found.error());
  return Array(reference_to(*reference.store_state(), *found));
}

Result<Array> Array::make(const ObjectType& type, uint32_t size, const Value& init) {
  if (type.kind() != ObjectKind::array)
    return impl::refuse(ErrorKind::usage, "this is the type of a struct");
  const RuntimeType& known = v0::of(type);
  StoreState& state = *type.store_state();
  if (Result<void> fits = impl::check_value(state, init, known.fields[0].storage.unpacked()); !fits)
    return std::unexpected(std::move(fits.error()));
  const ArrayObject* const made =
      runtime::array_new(*state.store, known, init.raw().bytes.data(), size);
  if (made == nullptr) return no_room();
  return Array(reference_to(state, made));
}

ObjectType Array::type() const { return {reference_.store_state(), object_of(reference_)->type}; }

uint32_t Array::size() const { return array_of(reference_)->length; }

namespace {

std::unexpected<Error> no_element(uint64_t index, uint32_t size) {
  return impl::refuse(ErrorKind::usage,
                      fmt::format("element {} of an array that has {}", index, size));
}

/// Where `bytes` of elements from `index` on are.
Result<uint8_t*> find_elements(const Value& reference, uint32_t index, size_t bytes) {
  ArrayObject* const array = array_of(reference);
  if (array->type->fields[0].storage.is_ref())
    return impl::refuse(ErrorKind::usage, "the elements are references, which have no bytes");
  const size_t count = bytes >> array->type->element_log2;
  if (count << array->type->element_log2 != bytes)
    return impl::refuse(ErrorKind::usage,
                        fmt::format("{} bytes are no whole number of elements of {}", bytes,
                                    1U << array->type->element_log2));
  if (index > array->length || count > array->length - index)
    return no_element(uint64_t{index} + count - (count == 0 ? 0 : 1), array->length);
  return runtime::element_of(array, index);
}

} // namespace

Result<Value> Array::get(uint32_t index, Extension extension) const {
  ArrayObject* const array = array_of(reference_);
  if (index >= array->length) return no_element(index, array->length);
  return load(reference_, array->type->fields[0].storage, runtime::element_of(array, index),
              extension);
}

Result<void> Array::set(uint32_t index, const Value& value) {
  ArrayObject* const array = array_of(reference_);
  if (index >= array->length) return no_element(index, array->length);
  return store(reference_, array->type->fields[0], runtime::element_of(array, index), value,
               "element");
}

Result<void> Array::read(uint32_t index, std::span<std::byte> to) const {
  const Result<uint8_t*> from = find_elements(reference_, index, to.size());
  if (!from) return std::unexpected(from.error());
  if (!to.empty()) std::memcpy(to.data(), *from, to.size());
  return {};
}

Result<void> Array::write(uint32_t index, std::span<const std::byte> from) {
  const Result<uint8_t*> to = find_elements(reference_, index, from.size());
  if (!to) return std::unexpected(to.error());
  if (!object_of(reference_)->type->fields[0].mutable_)
    return impl::refuse(ErrorKind::usage, "the elements cannot be changed");
  if (!from.empty()) std::memcpy(*to, from.data(), from.size());
  return {};
}

Value make_i31(int32_t number) {
  return {ValueKind::anyref, RawValue::of(runtime::make_i31(static_cast<uint32_t>(number))),
          nullptr};
}

} // namespace waxwing::inline v0
