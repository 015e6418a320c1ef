// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structs and arrays (spec sections 4.6.4 and 4.6.5): accesses in line, the rest by builtins. What
// the program stores is volatile, as a trap leaves it to be seen (docs/abi.md, section 11).
#include "compile/function_lowering.hpp"
#include "wasm/object_layout.hpp"

namespace waxwing::compile {

using image::Builtin;

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;

uint32_t pointer_bytes(F& f) { return f.m.layout().pointer; }

/// A field or an element in memory.
struct Place {
  ValType storage;
  llvm::Value* address;
};

llvm::Type* storage_type(F& f, ValType storage) {
  if (!storage.is_packed()) return f.m.type(storage);
  return f.ir.getIntNTy(size_of(storage) * 8);
}

llvm::Align alignment(F& f, ValType storage) {
  return llvm::Align(storage_alignment(storage, pointer_bytes(f)));
}

void store(F& f, const Place& place, llvm::Value* value) {
  if (place.storage.is_packed()) value = f.ir.CreateTrunc(value, storage_type(f, place.storage));
  f.ir.CreateAlignedStore(value, place.address, alignment(f, place.storage), true);
}

enum class Extension : uint8_t { none, sign, zero };

template <Extension How>
llvm::Value* load(F& f, const Place& place) {
  llvm::Value* const value = f.ir.CreateAlignedLoad(storage_type(f, place.storage), place.address,
                                                    alignment(f, place.storage));
  if constexpr (How == Extension::sign) return f.ir.CreateSExt(value, f.ir.getInt32Ty());
  if constexpr (How == Extension::zero) return f.ir.CreateZExt(value, f.ir.getInt32Ty());
  return value;
}

// Structs

/// Field `index` of a struct that isn't null.
Place field(F& f, TypeIndex type, uint32_t index, llvm::Value* object) {
  return {f.wasm.types[type].fields[index].storage, f.at(object, f.m.field_offsets(type)[index])};
}

Place checked_field(F& f, At at, llvm::Value* object) {
  f.trap_if(f.ir.CreateIsNull(object), TrapKind::null_structure_reference);
  return field(f, at.x, at.y, object);
}

void struct_new(F& f, At at) {
  const Values values = f.pop(f.wasm.types[at.x].fields.size());
  llvm::Value* const object = f.builtin(Builtin::struct_new, {f.i32(at.x)});
  for (uint32_t i = 0; i < values.size(); ++i) store(f, field(f, at.x, i, object), values[i]);
  f.push(object);
}

void struct_new_default(F& f, At at) { f.push(f.builtin(Builtin::struct_new, {f.i32(at.x)})); }

template <Extension How>
void struct_get(F& f, At at) {
  f.push(load<How>(f, checked_field(f, at, f.pop())));
}

void struct_set(F& f, At at) {
  llvm::Value* const value = f.pop();
  store(f, checked_field(f, at, f.pop()), value);
}

// Arrays

ValType element_type(F& f, TypeIndex type) { return f.wasm.types[type].fields[0].storage; }

/// Element `index` of an array, within its length.
Place element(F& f, TypeIndex type, llvm::Value* array, llvm::Value* index) {
  const ValType storage = element_type(f, type);
  llvm::Value* const first = f.at(array, array_elements_offset(storage, pointer_bytes(f)));
  llvm::Value* const wide = f.ir.CreateZExt(index, f.m.word());
  return {storage, f.ir.CreateGEP(storage_type(f, storage), first, wide)};
}

llvm::Value* checked_length(F& f, llvm::Value* array) {
  f.trap_if(f.ir.CreateIsNull(array), TrapKind::null_array_reference);
  return f.ir.CreateAlignedLoad(f.ir.getInt32Ty(),
                                f.at(array, array_length_offset(pointer_bytes(f))), llvm::Align(4));
}

Place checked_element(F& f, TypeIndex type, llvm::Value* array, llvm::Value* index) {
  llvm::Value* const length = checked_length(f, array);
  f.trap_if(f.ir.CreateICmpUGE(index, length), TrapKind::out_of_bounds_array_access);
  return element(f, type, array, index);
}

/// The value of an element as cells, for a builtin.
llvm::Value* in_cells(F& f, TypeIndex type, llvm::Value* value) {
  const Kind kind = kind_of(element_type(f, type).unpacked());
  llvm::Value* const cells = f.scratch(cell_bytes(kind, pointer_bytes(f)));
  f.m.store_cell(f.ir, kind, value, cells, 0);
  return cells;
}

llvm::Value* new_array(F& f, TypeIndex type, llvm::Value* cells, llvm::Value* length) {
  return f.builtin(Builtin::array_new, {f.i32(type), cells, length});
}

llvm::Value* no_cells(F& f) { return llvm::ConstantPointerNull::get(f.m.pointer()); }

void array_new(F& f, At at) {
  llvm::Value* const length = f.pop();
  f.push(new_array(f, at.x, in_cells(f, at.x, f.pop()), length));
}

void array_new_default(F& f, At at) { f.push(new_array(f, at.x, no_cells(f), f.pop())); }

void array_new_fixed(F& f, At at) {
  const Values values = f.pop(at.y);
  llvm::Value* const array = new_array(f, at.x, no_cells(f), f.i32(at.y));
  for (uint32_t i = 0; i < values.size(); ++i)
    store(f, element(f, at.x, array, f.i32(i)), values[i]);
  f.push(array);
}

template <Builtin Which>
void array_new_from(F& f, At at) {
  const Values v = f.pop(2); // from, length
  f.push(f.builtin(Which, {f.i32(at.x), f.i32(at.y), v[0], v[1]}));
}

template <Extension How>
void array_get(F& f, At at) {
  llvm::Value* const index = f.pop();
  f.push(load<How>(f, checked_element(f, at.x, f.pop(), index)));
}

void array_set(F& f, At at) {
  const Values v = f.pop(3); // array, index, value
  store(f, checked_element(f, at.x, v[0], v[1]), v[2]);
}

void array_len(F& f, At) { f.push(checked_length(f, f.pop())); }

void array_fill(F& f, At at) {
  const Values v = f.pop(4); // array, to, value, count
  f.builtin(Builtin::array_fill, {v[0], v[1], in_cells(f, at.x, v[2]), v[3]});
}

void array_copy(F& f, At) {
  f.builtin(Builtin::array_copy, f.pop(5)); // array, to, source, from, count
}

template <Builtin Which>
void array_init(F& f, At at) {
  const Values v = f.pop(4); // array, to, from, count
  f.builtin(Which, {v[0], f.i32(at.y), v[1], v[2], v[3]});
}

constexpr Rule kRules[] = {
    {Op::struct_new, struct_new},
    {Op::struct_new_default, struct_new_default},
    {Op::struct_get, struct_get<Extension::none>},
    {Op::struct_get_s, struct_get<Extension::sign>},
    {Op::struct_get_u, struct_get<Extension::zero>},
    {Op::struct_set, struct_set},
    {Op::array_new, array_new},
    {Op::array_new_default, array_new_default},
    {Op::array_new_fixed, array_new_fixed},
    {Op::array_new_data, array_new_from<Builtin::array_new_data>},
    {Op::array_new_elem, array_new_from<Builtin::array_new_elem>},
    {Op::array_get, array_get<Extension::none>},
    {Op::array_get_s, array_get<Extension::sign>},
    {Op::array_get_u, array_get<Extension::zero>},
    {Op::array_set, array_set},
    {Op::array_len, array_len},
    {Op::array_fill, array_fill},
    {Op::array_copy, array_copy},
    {Op::array_init_data, array_init<Builtin::array_init_data>},
    {Op::array_init_elem, array_init<Builtin::array_init_elem>},
};

} // namespace

std::span<const Rule> object_rules() { return kRules; }

} // namespace waxwing::compile
