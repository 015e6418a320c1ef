// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operand stack and the index spaces, as the other parts of body validation use them.
#include "wasm/limits.hpp"
#include "wasm/matching.hpp"
#include "wasm/validate.hpp"

namespace waxwing {

std::unexpected<Error> FunctionValidator::error(ErrorCode code, uint32_t a, uint32_t b) const {
  return fail(code, at_.offset, a, b, static_cast<uint16_t>(at_.op));
}

Result<void> FunctionValidator::push(std::span<const ValType> types) {
  // One byte of a body can push a thousand operands.
  if (types.size() > 1 && operands_.size() + types.size() > kMaxOperands)
    return error(ErrorCode::limit_exceeded, kMaxOperands);
  return operands_.append(types);
}

Result<ValType> FunctionValidator::pop_any() {
  const Control& frame = controls_.back();
  if (operands_.size() > frame.height) return operands_.pop();
  if (frame.unreachable) return val::bottom;
  return mismatch(val::bottom, val::bottom);
}

Result<void> FunctionValidator::pop_other(ValType expected) {
  const Control& frame = controls_.back();
  if (operands_.size() == frame.height) {
    if (frame.unreachable) return {};
    return mismatch(expected, val::bottom);
  }
  const ValType found = operands_.back();
  if (!matches(*module_, found, expected)) return mismatch(expected, found);
  operands_.truncate(operands_.size() - 1);
  return {};
}

Result<void> FunctionValidator::pop(std::span<const ValType> types) {
  for (size_t i = types.size(); i-- > 0;) TRY(pop(types[i]));
  return {};
}

Result<void> FunctionValidator::check_top(std::span<const ValType> types) {
  const Control& frame = controls_.back();
  const size_t available = operands_.size() - frame.height;
  for (size_t i = 0; i < types.size(); ++i) {
    const ValType expected = types[types.size() - 1 - i];
    if (i == available) {
      if (frame.unreachable) return {};
      return mismatch(expected, val::bottom);
    }
    const ValType found = operands_[operands_.size() - 1 - i];
    if (found != expected && !matches(*module_, found, expected)) return mismatch(expected, found);
  }
  return {};
}

Result<const DefType*> FunctionValidator::type_at(uint32_t index) const {
  if (index >= module_->types.size())
    return error(ErrorCode::unknown_type, index, static_cast<uint32_t>(module_->types.size()));
  return &module_->types[index];
}

Result<const DefType*> FunctionValidator::func_type_at(uint32_t index) const {
  const DefType* type = TRY(type_at(index));
  if (type->kind != TypeKind::func) return error(ErrorCode::not_a_function_type, index);
  return type;
}

Result<const DefType*> FunctionValidator::struct_type_at(uint32_t index) const {
  const DefType* type = TRY(type_at(index));
  if (type->kind != TypeKind::struct_) return error(ErrorCode::not_a_struct_type, index);
  return type;
}

Result<const DefType*> FunctionValidator::array_type_at(uint32_t index) const {
  const DefType* type = TRY(type_at(index));
  if (type->kind != TypeKind::array) return error(ErrorCode::not_an_array_type, index);
  return type;
}

Result<const TableType*> FunctionValidator::table_at(uint32_t index) const {
  if (index >= module_->tables.size())
    return error(ErrorCode::unknown_table, index, static_cast<uint32_t>(module_->tables.size()));
  return &module_->tables[index].type;
}

Result<ValType> FunctionValidator::memory_address(uint32_t index) const {
  if (index >= module_->memories.size())
    return error(ErrorCode::unknown_memory, index, static_cast<uint32_t>(module_->memories.size()));
  return module_->memories[index].limits.is64 ? val::i64 : val::i32;
}

Result<const DefType*> FunctionValidator::tag_type_at(uint32_t index) const {
  if (index >= module_->tags.size())
    return error(ErrorCode::unknown_tag, index, static_cast<uint32_t>(module_->tags.size()));
  return &module_->types[module_->tags[index].type];
}

Result<void> FunctionValidator::check_data_index(uint32_t index) const {
  // The code comes before the data, so a one-pass reader has to be told how many there are.
  if (!module_->has_data_count) return error(ErrorCode::data_count_required);
  if (index >= module_->data_count)
    return error(ErrorCode::unknown_data_segment, index, module_->data_count);
  return {};
}

Result<void> FunctionValidator::check_elem_index(uint32_t index) const {
  if (index >= module_->elements.size())
    return error(ErrorCode::unknown_elem_segment, index,
                 static_cast<uint32_t>(module_->elements.size()));
  return {};
}

Result<void> FunctionValidator::check_type(HeapType type) const {
  if (type.is_concrete()) TRY(type_at(type.index()));
  return {};
}

Result<void> FunctionValidator::check_type(ValType type) const {
  return type.is_ref() ? check_type(type.heap_type()) : Result<void>();
}

std::span<const ValType> FunctionValidator::params(const Control& control) const {
  if (control.kind == BlockType::Kind::index) return module_->types[control.index].params;
  return {};
}

std::span<const ValType> FunctionValidator::results(const Control& control) const {
  switch (control.kind) {
  case BlockType::Kind::empty: return {};
  case BlockType::Kind::value: return {&control.value, 1};
  default: return module_->types[control.index].results;
  }
}

std::span<const ValType> FunctionValidator::label_types(const Control& control) const {
  return control.op == Op::loop ? params(control) : results(control);
}

} // namespace waxwing
