// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References, tables, structures and arrays (spec sections 3.4.3 to 3.4.6).
#include "wasm/limits.hpp"
#include "wasm/matching.hpp"
#include "wasm/validate.hpp"

namespace waxwing {

namespace {

constexpr ValType reference(HeapType type, bool nullable = true) {
  return ValType::ref(type, nullable);
}

ValType address_of(const TableType& table) { return table.limits.is64 ? val::i64 : val::i32; }

/// What remains of `type` when a cast to `target` has failed (spec section 3.4.2, difference).
ValType difference(ValType type, ValType target) {
  return target.is_nullable() ? reference(type.heap_type(), false) : type;
}

} // namespace

/// Takes a reference of any kind; a bottom operand becomes a reference that matches all others.
Result<ValType> FunctionValidator::pop_ref() {
  const ValType type = TRY(pop_any());
  if (type.is_bottom()) return reference(heap::bottom, false);
  if (!type.is_ref()) return mismatch(val::anyref, type);
  return type;
}

Result<void> FunctionValidator::check_br_on_null() {
  if (at_.op == Op::br_on_null) {
    const ValType operand = TRY(pop_ref());
    const auto types = label_types(*TRY(label(at_.x)));
    TRY(pop(types));
    TRY(push(types));
    return push(reference(operand.heap_type(), false));
  }
  const auto types = label_types(*TRY(label(at_.x)));
  if (types.empty() || !types.back().is_ref())
    return mismatch(val::anyref, types.empty() ? val::bottom : types.back());
  TRY(pop(reference(types.back().heap_type())));
  const auto others = types.first(types.size() - 1);
  TRY(pop(others));
  return push(others);
}

Result<void> FunctionValidator::check_br_on_cast() {
  TRY(check_type(at_.cast.type));
  TRY(check_type(at_.cast.type2));
  const ValType from = reference(at_.cast.type, at_.cast.nullable);
  const ValType to = reference(at_.cast.type2, at_.cast.nullable2);
  if (!matches(*module_, to, from)) return mismatch(from, to);
  const bool on_success = at_.op == Op::br_on_cast;
  const ValType taken = on_success ? to : difference(from, to);
  const ValType left = on_success ? difference(from, to) : to;
  const auto types = label_types(*TRY(label(at_.x)));
  if (types.empty()) return mismatch(val::bottom, taken);
  if (!matches(*module_, taken, types.back())) return mismatch(types.back(), taken);
  TRY(pop(from));
  const auto others = types.first(types.size() - 1);
  TRY(pop(others));
  TRY(push(others));
  return push(left);
}

Result<void> FunctionValidator::check_cast() {
  TRY(check_type(at_.cast.type));
  TRY(pop(reference(top_of(*module_, at_.cast.type))));
  const bool is_test = at_.op == Op::ref_test || at_.op == Op::ref_test_null;
  return push(is_test ? val::i32 : reference(at_.cast.type, at_.cast.nullable));
}

Result<void> FunctionValidator::check_reference() {
  switch (at_.op) {
  case Op::ref_null: TRY(check_type(at_.cast.type)); return push(reference(at_.cast.type));
  case Op::ref_is_null: TRY(pop_ref()); return push(val::i32);
  case Op::ref_func:
    if (at_.x >= module_->functions.size())
      return error(ErrorCode::unknown_function, at_.x,
                   static_cast<uint32_t>(module_->functions.size()));
    if (!is_constant_) {
      if (!module_->is_declared(at_.x))
        return error(ErrorCode::undeclared_function_reference, at_.x);
    } else if (!declared_.empty()) {
      declared_[at_.x / 8] |= static_cast<uint8_t>(1u << (at_.x % 8));
    }
    return push(reference(HeapType::concrete(module_->functions[at_.x].type), false));
  case Op::ref_eq:
    TRY(pop(reference(heap::eq)));
    TRY(pop(reference(heap::eq)));
    return push(val::i32);
  case Op::ref_as_non_null: return push(reference(TRY(pop_ref()).heap_type(), false));
  case Op::br_on_null:
  case Op::br_on_non_null: return check_br_on_null();
  case Op::ref_i31: TRY(pop(val::i32)); return push(reference(heap::i31, false));
  case Op::i31_get_s:
  case Op::i31_get_u: TRY(pop(reference(heap::i31))); return push(val::i32);
  case Op::any_convert_extern:
  case Op::extern_convert_any: {
    const bool to_any = at_.op == Op::any_convert_extern;
    const ValType operand = TRY(pop_ref());
    const ValType wanted = to_any ? val::externref : val::anyref;
    if (!matches(*module_, operand, wanted)) return mismatch(wanted, operand);
    return push(reference(to_any ? heap::any : heap::extern_, operand.is_nullable()));
  }
  case Op::br_on_cast:
  case Op::br_on_cast_fail: return check_br_on_cast();
  default: return check_cast();
  }
}

Result<void> FunctionValidator::check_table_copy() {
  const TableType& to = *TRY(table_at(at_.x));
  const TableType& from = *TRY(table_at(at_.y));
  if (!matches(*module_, from.element, to.element)) return mismatch(to.element, from.element);
  // The length is an address of both tables.
  TRY(pop(to.limits.is64 && from.limits.is64 ? val::i64 : val::i32));
  TRY(pop(address_of(from)));
  return pop(address_of(to));
}

Result<void> FunctionValidator::check_table() {
  switch (at_.op) {
  case Op::table_copy: return check_table_copy();
  case Op::table_init: {
    const TableType& table = *TRY(table_at(at_.y));
    TRY(check_elem_index(at_.x));
    const ValType element = module_->elements[at_.x].type;
    if (!matches(*module_, element, table.element)) return mismatch(table.element, element);
    TRY(pop(val::i32));
    TRY(pop(val::i32));
    return pop(address_of(table));
  }
  default: break;
  }
  const TableType& table = *TRY(table_at(at_.x));
  const ValType address = address_of(table);
  switch (at_.op) {
  case Op::table_get: TRY(pop(address)); return push(table.element);
  case Op::table_set: TRY(pop(table.element)); return pop(address);
  case Op::table_grow:
    TRY(pop(address));
    TRY(pop(table.element));
    return push(address);
  case Op::table_size: return push(address);
  default: // table.fill
    TRY(pop(address));
    TRY(pop(table.element));
    return pop(address);
  }
}

Result<void> FunctionValidator::check_struct() {
  const DefType& type = *TRY(struct_type_at(at_.x));
  const ValType self = reference(HeapType::concrete(at_.x));
  if (at_.op == Op::struct_new) {
    for (size_t i = type.fields.size(); i-- > 0;) TRY(pop(type.fields[i].storage.unpacked()));
    return push(reference(HeapType::concrete(at_.x), false));
  }
  if (at_.op == Op::struct_new_default) {
    for (const FieldType& field : type.fields)
      if (!field.storage.is_defaultable())
        return error(ErrorCode::field_not_defaultable, at_.x, field.storage.bits());
    return push(reference(HeapType::concrete(at_.x), false));
  }
  if (at_.y >= type.fields.size())
    return error(ErrorCode::unknown_field, at_.y, static_cast<uint32_t>(type.fields.size()));
  const FieldType& field = type.fields[at_.y];
  if (at_.op == Op::struct_set) {
    if (!field.mutable_) return error(ErrorCode::immutable_field, at_.x, at_.y);
    TRY(pop(field.storage.unpacked()));
    return pop(self);
  }
  if (field.storage.is_packed() != (at_.op != Op::struct_get))
    return error(field.storage.is_packed() ? ErrorCode::field_is_packed
                                           : ErrorCode::field_not_packed,
                 at_.x, at_.y);
  TRY(pop(self));
  return push(field.storage.unpacked());
}

Result<void> FunctionValidator::check_array_new() {
  const DefType& type = *TRY(array_type_at(at_.x));
  const FieldType& element = type.fields[0];
  switch (at_.op) {
  case Op::array_new:
    TRY(pop(val::i32));
    TRY(pop(element.storage.unpacked()));
    break;
  case Op::array_new_default:
    if (!element.storage.is_defaultable())
      return error(ErrorCode::field_not_defaultable, at_.x, element.storage.bits());
    TRY(pop(val::i32));
    break;
  case Op::array_new_fixed:
    // In unreachable code the operands need not be there, so nothing else bounds their number.
    if (at_.y > kMaxFixedElements)
      return error(ErrorCode::limit_exceeded, kMaxFixedElements, at_.y);
    for (uint32_t i = 0; i < at_.y; ++i) TRY(pop(element.storage.unpacked()));
    break;
  default: // array.new_data, array.new_elem
    TRY(check_array_segment(element));
    TRY(pop(val::i32));
    TRY(pop(val::i32));
    break;
  }
  return push(reference(HeapType::concrete(at_.x), false));
}

/// That the segment `y` can fill an array of `element`s.
Result<void> FunctionValidator::check_array_segment(const FieldType& element) {
  if (at_.op == Op::array_new_data || at_.op == Op::array_init_data) {
    if (element.storage.is_ref()) return error(ErrorCode::array_not_numeric_or_vector, at_.x);
    return check_data_index(at_.y);
  }
  TRY(check_elem_index(at_.y));
  const ValType given = module_->elements[at_.y].type;
  if (!matches(*module_, given, element.storage)) return mismatch(element.storage, given);
  return {};
}

Result<void> FunctionValidator::check_array() {
  if (at_.op == Op::array_len) {
    TRY(pop(reference(heap::array)));
    return push(val::i32);
  }
  const DefType& type = *TRY(array_type_at(at_.x));
  const FieldType& element = type.fields[0];
  const ValType self = reference(HeapType::concrete(at_.x));
  const bool writes =
      at_.op != Op::array_get && at_.op != Op::array_get_s && at_.op != Op::array_get_u;
  if (writes && !element.mutable_) return error(ErrorCode::immutable_array, at_.x);
  switch (at_.op) {
  case Op::array_get:
  case Op::array_get_s:
  case Op::array_get_u:
    if (element.storage.is_packed() != (at_.op != Op::array_get))
      return error(element.storage.is_packed() ? ErrorCode::field_is_packed
                                               : ErrorCode::field_not_packed,
                   at_.x);
    TRY(pop(val::i32));
    TRY(pop(self));
    return push(element.storage.unpacked());
  case Op::array_set:
    TRY(pop(element.storage.unpacked()));
    TRY(pop(val::i32));
    return pop(self);
  case Op::array_fill:
    TRY(pop(val::i32));
    TRY(pop(element.storage.unpacked()));
    TRY(pop(val::i32));
    return pop(self);
  case Op::array_copy: {
    const DefType& from = *TRY(array_type_at(at_.y));
    if (!matches(*module_, from.fields[0].storage, element.storage))
      return error(ErrorCode::array_types_do_not_match, at_.x, at_.y);
    TRY(pop(val::i32));
    TRY(pop(val::i32));
    TRY(pop(reference(HeapType::concrete(at_.y))));
    TRY(pop(val::i32));
    return pop(self);
  }
  default: // array.init_data, array.init_elem
    TRY(check_array_segment(element));
    TRY(pop(val::i32));
    TRY(pop(val::i32));
    TRY(pop(val::i32));
    return pop(self);
  }
}

} // namespace waxwing
