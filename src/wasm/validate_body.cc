// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The walk over a body or a constant expression, operators that the table describes fully, and
// those on locals, globals and memories (spec sections 3.4.7 to 3.4.11).
#include "wasm/decode.hpp"
#include "wasm/limits.hpp"
#include "wasm/matching.hpp"
#include "wasm/validate.hpp"

namespace waxwing {

namespace {

constexpr ValType kLetterTypes[] = {val::bottom, val::i32,  val::i64,   val::f32,
                                    val::f64,    val::v128, val::bottom};

} // namespace

Result<void> FunctionValidator::check_body(const Module& module, FuncIndex function) {
  module_ = &module;
  type_ = &module.type_of(function);
  is_constant_ = false;
  operands_.clear();
  controls_.clear();
  const ByteRange body = module.functions[function].body;
  ByteReader reader(module.slice(body), body.offset, ErrorCode::unexpected_end_of_section);
  at_.offset = body.offset;
  TRY(read_locals(*type_, reader));
  Control frame;
  frame.op = Op::block;
  frame.kind = BlockType::Kind::index;
  frame.index = module.functions[function].type;
  TRY(controls_.push(frame));
  return check_instructions(reader);
}

Result<void> FunctionValidator::read_locals(const DefType& type, ByteReader& reader) {
  runs_.clear();
  locals_.clear();
  set_.clear();
  // What a body can name is bounded by its length, so only that many locals are worth a table.
  const size_t most = type.params.size() + reader.remaining();
  TRY(locals_.append(type.params));
  uint32_t count = static_cast<uint32_t>(type.params.size());
  tracks_locals_ = false;
  const uint32_t groups = TRY(reader.leb_count(2));
  for (uint32_t i = 0; i < groups; ++i) {
    const uint32_t offset = reader.offset();
    const uint32_t more = TRY(reader.leb_u32());
    if (more > kMaxLocals - count) return fail(ErrorCode::too_many_locals, offset, kMaxLocals);
    at_.offset = reader.offset();
    const ValType local = TRY(read_val_type(reader, module_->features));
    TRY(check_type(local));
    tracks_locals_ |= more != 0 && !local.is_defaultable();
    count += more;
    TRY(runs_.push({count, local}));
    if (locals_.size() < most) TRY(locals_.resize(count < most ? count : most, local));
  }
  local_count_ = count;
  if (tracks_locals_) {
    is_set_.clear();
    TRY(is_set_.resize(count / 8 + 1));
    for (size_t i = 0; i < type.params.size(); ++i)
      is_set_[i / 8] |= static_cast<uint8_t>(1u << (i % 8));
  }
  return {};
}

Result<ValType> FunctionValidator::local_type(uint32_t index) const {
  if (index < locals_.size()) return locals_[index];
  if (index >= local_count_) return error(ErrorCode::unknown_local, index, local_count_);
  size_t low = 0;
  size_t high = runs_.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (runs_[middle].end <= index)
      low = middle + 1;
    else
      high = middle;
  }
  return runs_[low].type;
}

/// A body that stops without its `end`: the bytes behind it show whether its length is wrong.
Result<void> FunctionValidator::missing_end(const ByteReader& reader) const {
  const uint32_t offset = reader.offset();
  if (offset >= module_->bytes.size()) return fail(ErrorCode::unexpected_end_of_section, offset);
  return fail(module_->bytes[offset] == info(Op::end).code ? ErrorCode::section_size_mismatch
                                                           : ErrorCode::end_opcode_expected,
              offset);
}

Result<void> FunctionValidator::check_instructions(ByteReader& reader) {
  const FeatureSet features = module_->features;
  const uint8_t* const end = reader.position() + reader.remaining();
  for (;;) {
    reader.seek(check_quick(reader.position(), end));
    if (reader.at_end()) return missing_end(reader);
    TRY(read_instruction(reader, features, at_));
    const OpInfo& row = info(at_.op);
    if (!row.special) {
      TRY(check_simple(row));
      continue;
    }
    if (at_.vector != nullptr) {
      vector_ = reader;
      vector_.seek(at_.vector);
      at_.vector = nullptr;
    }
    TRY(check_special());
    if (controls_.empty())
      return reader.at_end() ? Result<void>()
                             : fail(ErrorCode::section_size_mismatch, reader.offset());
  }
}

Result<void> FunctionValidator::check_simple(const OpInfo& row) {
  ValType address = val::i32;
  if (row.immediate != Imm::none) TRY(check_immediate(row, address));
  const auto type_of = [&](Letter letter) {
    return letter == Letter::address ? address : kLetterTypes[static_cast<size_t>(letter)];
  };
  for (size_t i = row.param_count; i-- > 0;) TRY(pop(type_of(row.params[i])));
  for (size_t i = 0; i < row.result_count; ++i) TRY(push(type_of(row.results[i])));
  return {};
}

Result<void> FunctionValidator::check_memarg(const OpInfo& row, ValType& address) {
  address = TRY(memory_address(at_.memarg.memory));
  if (at_.memarg.align > row.width)
    return error(ErrorCode::alignment_too_large, row.width, at_.memarg.align);
  if (row.immediate == Imm::atomic_memarg && at_.memarg.align != row.width)
    return error(ErrorCode::alignment_not_natural, row.width, at_.memarg.align);
  if (address == val::i32 && at_.memarg.offset > UINT32_MAX)
    return error(ErrorCode::offset_out_of_range);
  return {};
}

/// Checks the immediate of an operator whose types are in the table; `address` becomes the address
/// type of the memory that it names.
Result<void> FunctionValidator::check_immediate(const OpInfo& row, ValType& address) {
  switch (row.immediate) {
  case Imm::memarg:
  case Imm::atomic_memarg: return check_memarg(row, address);
  case Imm::memarg_lane:
    TRY(check_memarg(row, address));
    // The width of a memory operator is that of the bytes accessed, of which a vector has 16.
    if (at_.lane >= 16u >> row.width)
      return error(ErrorCode::invalid_lane_index, at_.lane, 16u >> row.width);
    return {};
  case Imm::lane:
    if (at_.x >= 1u << row.width)
      return error(ErrorCode::invalid_lane_index, at_.x, 1u << row.width);
    return {};
  case Imm::shuffle:
    for (const uint8_t lane : at_.v128.bytes)
      if (lane >= 32) return error(ErrorCode::invalid_lane_index, lane, 32);
    return {};
  case Imm::memory: address = TRY(memory_address(at_.x)); return {};
  case Imm::data: return check_data_index(at_.x);
  case Imm::elem: return check_elem_index(at_.x);
  default: return {};
  }
}

Result<void> FunctionValidator::check_local() {
  const uint32_t index = at_.x;
  const ValType type = TRY(local_type(index));
  const uint8_t bit = static_cast<uint8_t>(1u << (index % 8));
  if (at_.op == Op::local_get) {
    if (tracks_locals_ && !type.is_defaultable() && (is_set_[index / 8] & bit) == 0)
      return error(ErrorCode::uninitialized_local, index);
    return push(type);
  }
  TRY(pop(type));
  if (tracks_locals_ && !type.is_defaultable() && (is_set_[index / 8] & bit) == 0) {
    is_set_[index / 8] |= bit;
    TRY(set_.push(index));
  }
  return at_.op == Op::local_tee ? push(type) : Result<void>();
}

Result<void> FunctionValidator::check_global() {
  if (at_.x >= module_->globals.size())
    return error(ErrorCode::unknown_global, at_.x, static_cast<uint32_t>(module_->globals.size()));
  const GlobalType& global = module_->globals[at_.x].type;
  if (at_.op == Op::global_get) return push(global.type);
  if (!global.mutable_) return error(ErrorCode::immutable_global, at_.x);
  return pop(global.type);
}

Result<void> FunctionValidator::check_select() {
  TRY(pop(val::i32));
  const ValType second = TRY(pop_any());
  const ValType first = TRY(pop_any());
  if (first.is_ref() || second.is_ref())
    return mismatch(val::bottom, first.is_ref() ? first : second);
  if (first != second && !first.is_bottom() && !second.is_bottom()) return mismatch(first, second);
  return push(first.is_bottom() ? second : first);
}

Result<void> FunctionValidator::check_typed_select() {
  if (at_.count != 1) return error(ErrorCode::invalid_result_arity, 1, at_.count);
  const ValType type = TRY(read_val_type(vector_, module_->features));
  TRY(check_type(type));
  TRY(pop(val::i32));
  TRY(pop(type));
  TRY(pop(type));
  return push(type);
}

Result<void> FunctionValidator::check_bulk_memory() {
  if (at_.op == Op::memory_init) {
    const ValType address = TRY(memory_address(at_.y));
    TRY(check_data_index(at_.x));
    TRY(pop(val::i32));
    TRY(pop(val::i32));
    return pop(address);
  }
  const ValType to = TRY(memory_address(at_.x));
  const ValType from = TRY(memory_address(at_.y));
  // The length is an address of both memories.
  TRY(pop(to == from ? to : val::i32));
  TRY(pop(from));
  return pop(to);
}

Result<void> FunctionValidator::check_special() {
  switch (at_.op) {
  case Op::local_get:
  case Op::local_set:
  case Op::local_tee: return check_local();
  case Op::global_get:
  case Op::global_set: return check_global();
  case Op::drop: TRY(pop_any()); return {};
  case Op::select_: return check_select();
  case Op::select_t: return check_typed_select();
  case Op::memory_init:
  case Op::memory_copy: return check_bulk_memory();
  case Op::table_get:
  case Op::table_set:
  case Op::table_init:
  case Op::table_copy:
  case Op::table_grow:
  case Op::table_size:
  case Op::table_fill: return check_table();
  case Op::struct_new:
  case Op::struct_new_default:
  case Op::struct_get:
  case Op::struct_get_s:
  case Op::struct_get_u:
  case Op::struct_set: return check_struct();
  case Op::array_new:
  case Op::array_new_default:
  case Op::array_new_fixed:
  case Op::array_new_data:
  case Op::array_new_elem: return check_array_new();
  case Op::array_get:
  case Op::array_get_s:
  case Op::array_get_u:
  case Op::array_set:
  case Op::array_len:
  case Op::array_fill:
  case Op::array_copy:
  case Op::array_init_data:
  case Op::array_init_elem: return check_array();
  case Op::ref_null:
  case Op::ref_is_null:
  case Op::ref_func:
  case Op::ref_eq:
  case Op::ref_as_non_null:
  case Op::br_on_null:
  case Op::br_on_non_null:
  case Op::ref_test:
  case Op::ref_test_null:
  case Op::ref_cast:
  case Op::ref_cast_null:
  case Op::br_on_cast:
  case Op::br_on_cast_fail:
  case Op::any_convert_extern:
  case Op::extern_convert_any:
  case Op::ref_i31:
  case Op::i31_get_s:
  case Op::i31_get_u: return check_reference();
  default: return check_control();
  }
}

Result<void> FunctionValidator::check_constant_operator(uint32_t visible_globals) const {
  switch (at_.op) {
  case Op::end:
  case Op::i32_const:
  case Op::i64_const:
  case Op::f32_const:
  case Op::f64_const:
  case Op::v128_const:
  case Op::ref_null:
  case Op::ref_func:
  case Op::ref_i31:
  case Op::struct_new:
  case Op::struct_new_default:
  case Op::array_new:
  case Op::array_new_default:
  case Op::array_new_fixed:
  case Op::any_convert_extern:
  case Op::extern_convert_any: return {};
  case Op::i32_add:
  case Op::i32_sub:
  case Op::i32_mul:
  case Op::i64_add:
  case Op::i64_sub:
  case Op::i64_mul:
    if (module_->features.has(Feature::extended_const)) return {};
    return error(ErrorCode::constant_expression_required);
  case Op::global_get:
    if (at_.x >= visible_globals) return error(ErrorCode::unknown_global, at_.x, visible_globals);
    if (module_->globals[at_.x].type.mutable_)
      return error(ErrorCode::constant_expression_required);
    return {};
  default: return error(ErrorCode::constant_expression_required);
  }
}

Result<void> FunctionValidator::check_constant(const Module& module, ConstExpr expression,
                                               ValType expected, uint32_t visible_globals,
                                               std::span<uint8_t> declared) {
  module_ = &module;
  type_ = nullptr;
  is_constant_ = true;
  declared_ = declared;
  operands_.clear();
  controls_.clear();
  set_.clear();
  tracks_locals_ = false;
  Control frame;
  frame.op = Op::block;
  frame.kind = BlockType::Kind::value;
  frame.value = expected;
  TRY(controls_.push(frame));
  ByteReader reader(module.slice(expression), expression.offset,
                    ErrorCode::unexpected_end_of_section);
  while (!controls_.empty()) {
    TRY(read_instruction(reader, module.features, at_));
    TRY(check_constant_operator(visible_globals));
    const OpInfo& row = info(at_.op);
    if (row.special)
      TRY(check_special());
    else
      TRY(check_simple(row));
  }
  return {};
}

Result<void> validate_function(const Module& module, FuncIndex function,
                               FunctionValidator& validator) {
  const Result<void> result = validator.check_body(module, function);
  if (!result.has_value())
    return std::unexpected(classify_cut_number(module.bytes, result.error()));
  return {};
}

} // namespace waxwing
