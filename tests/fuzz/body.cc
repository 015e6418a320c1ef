// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Function bodies: expressions and statements, each made to fit where it stands.
#include "fuzz/body.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <string_view>

namespace waxwing::fuzz {

namespace {

[[nodiscard]] Type type_of(Letter letter) {
  switch (letter) {
  case Letter::i64: return Type::i64;
  case Letter::f32: return Type::f32;
  case Letter::f64: return Type::f64;
  case Letter::v128: return Type::v128;
  default: return Type::i32;
  }
}

[[nodiscard]] bool takes_part(Op op) {
  const OpInfo& row = info(op);
  if (row.special || row.feature == Feature::relaxed_simd) return false;
  switch (op) {
  // Their results have the type of an address.
  case Op::memory_size:
  case Op::memory_grow:
  // They may wait, and outside of shared memories hosts disagree about how they fail.
  case Op::memory_atomic_wait32:
  case Op::memory_atomic_wait64: return false;
  default: return true;
  }
}

[[nodiscard]] Operators all_operators() {
  Operators all;
  for (size_t i = 0; i < kOpCount; ++i) {
    const auto op = static_cast<Op>(i);
    if (!takes_part(op)) continue;
    const OpInfo& row = info(op);
    if (row.result_count == 0)
      all.effects.push_back(op);
    else
      all.by_result[static_cast<size_t>(type_of(row.results[0]))].push_back(op);
  }
  return all;
}

/// Whether the bits of a NaN that the operator makes are left to the engine.
[[nodiscard]] bool makes_nans(Op op) {
  const OpInfo& row = info(op);
  if (row.immediate != Imm::none) return false;
  const std::string_view name = op_name(op);
  const size_t dot = name.find('.');
  const std::string_view type = name.substr(0, dot);
  const std::string_view what = name.substr(dot + 1);
  if (type != "f32" && type != "f64" && type != "f32x4" && type != "f64x2") return false;
  constexpr std::string_view kExact[] = {"abs", "neg", "copysign", "pmin", "pmax", "splat",
                                         "eq",  "ne",  "lt",       "gt",   "le",   "ge"};
  return std::ranges::find(kExact, what) == std::end(kExact) && !what.starts_with("reinterpret");
}

} // namespace

const Operators Body::kOperators = all_operators();

Bytes Body::random(uint32_t index) {
  const FunctionType& type = plan_.type_of(index);
  own_results_ = &type.results;
  add_locals(type.params, 1 + choices_.below(6));
  labels_.push_back(type.results);
  step();
  const uint32_t statements = 1 + choices_.below(5);
  for (uint32_t i = 0; i < statements; ++i) statement(4);
  for (const Type result : type.results) expression(result, 5);
  return finish();
}

Bytes Body::exported(uint32_t index) {
  const FunctionType& type = plan_.type_of(index);
  add_locals({}, 0);
  out_.i32_const(Plan::kSteps);
  global_set(Plan::kCounter);
  for (const Type param : type.params) constant(out_, choices_, param);
  op(Op::call);
  out_.u32(index);
  for (size_t i = type.results.size(); i-- > 0;) mix(type.results[i]);
  return finish();
}

Bytes Body::dump() {
  add_locals({}, 0);
  for (uint32_t i = Plan::kFirstFree; i < plan_.globals.size(); ++i) {
    global_get(i);
    mix(plan_.globals[i]);
  }
  for (uint32_t i = 0; i < plan_.tables && has(Feature::reference_types); ++i) {
    op(Op::table_size);
    out_.u32(i);
    mix(Type::i32);
    for (uint32_t at = 0; at < Plan::kTableSize; ++at) {
      out_.i32_const(static_cast<int32_t>(at));
      op(Op::table_get);
      out_.u32(i);
      mix(Type::funcref);
    }
  }
  return finish();
}

void Body::add_locals(const std::vector<Type>& params, uint32_t count) {
  locals_ = params;
  params_ = static_cast<uint32_t>(params.size());
  for (unsigned i = 0; i < kTypes; ++i) {
    if (!exists(static_cast<Type>(i))) continue;
    scratch_[i] = static_cast<uint32_t>(locals_.size());
    locals_.push_back(static_cast<Type>(i));
  }
  first_free_ = static_cast<uint32_t>(locals_.size());
  for (uint32_t i = 0; i < count; ++i) locals_.push_back(plan_.any_type(choices_));
}

Bytes Body::finish() {
  op(Op::end);
  Bytes body;
  body.u32(static_cast<uint32_t>(locals_.size()) - params_);
  for (size_t i = params_; i < locals_.size(); ++i) {
    body.u32(1);
    body.type(locals_[i]);
  }
  body.append(out_);
  return body;
}

void Body::op(Op op) {
  const OpInfo& row = info(op);
  if (row.prefix == 0) {
    out_.byte(static_cast<uint8_t>(row.code));
    return;
  }
  out_.byte(row.prefix);
  out_.u32(row.code);
}

void Body::step() {
  global_get(Plan::kCounter);
  op(Op::i32_eqz);
  begin(Op::if_);
  op(Op::unreachable);
  op(Op::end);
  global_get(Plan::kCounter);
  out_.i32_const(1);
  op(Op::i32_sub);
  global_set(Plan::kCounter);
}

void Body::mix(Type type) {
  switch (type) {
  case Type::i32: op(Op::i64_extend_i32_u); break;
  case Type::i64: break;
  case Type::f32:
    op(Op::i32_reinterpret_f32);
    op(Op::i64_extend_i32_u);
    break;
  case Type::f64: op(Op::i64_reinterpret_f64); break;
  case Type::v128:
    op(Op::local_tee, scratch(Type::v128));
    op(Op::i64x2_extract_lane);
    out_.byte(0);
    mix(Type::i64);
    op(Op::local_get, scratch(Type::v128));
    op(Op::i64x2_extract_lane);
    out_.byte(1);
    break;
  case Type::anyref:
  case Type::object: return op(Op::call, plan_.show());
  case Type::funcref:
  case Type::exnref: return mix_null();
  }
  global_get(Plan::kHash);
  op(Op::i64_const);
  out_.s64(7);
  op(Op::i64_rotl);
  op(Op::i64_xor);
  global_set(Plan::kHash);
}

void Body::canonicalise(Op what, Type type) {
  if (!makes_nans(what)) return;
  const uint32_t local = scratch(type);
  const bool is64 = type == Type::f64 || op_name(what).starts_with("f64");
  op(Op::local_tee, local);
  if (type == Type::v128) {
    op(Op::v128_const);
    for (unsigned i = 0; i < (is64 ? 2u : 4u); ++i)
      out_.raw(is64 ? 0x7FF8000000000000u : 0x7FC00000u, is64 ? 8 : 4);
  } else {
    op(is64 ? Op::f64_const : Op::f32_const);
    out_.raw(is64 ? 0x7FF8000000000000u : 0x7FC00000u, is64 ? 8 : 4);
  }
  op(Op::local_get, local);
  op(Op::local_get, local);
  if (type == Type::v128) {
    op(is64 ? Op::f64x2_eq : Op::f32x4_eq);
    op(Op::v128_bitselect);
  } else {
    op(is64 ? Op::f64_eq : Op::f32_eq);
    op(Op::select_);
  }
}

void Body::settle(const std::vector<Type>& types, Type wanted) {
  size_t kept = types.size();
  while (kept > 0 && types[kept - 1] != wanted) --kept;
  for (size_t i = types.size(); i > kept; --i) op(Op::drop);
  if (kept == 0) {
    leaf(wanted);
    return;
  }
  if (kept == 1) return;
  op(Op::local_set, scratch(wanted));
  for (size_t i = kept - 1; i > 0; --i) op(Op::drop);
  op(Op::local_get, scratch(wanted));
}

void Body::drop_all(const std::vector<Type>& types) {
  for (const Type type : types) {
    (void)type;
    op(Op::drop);
  }
}

void Body::masked(Type type, uint32_t mask, int depth) {
  expression(type, depth);
  if (type == Type::i64) {
    op(Op::i64_const);
    out_.s64(mask);
    op(Op::i64_and);
  } else {
    out_.i32_const(static_cast<int32_t>(mask));
    op(Op::i32_and);
  }
}

void Body::address(uint32_t memory, unsigned align, int depth) {
  const Type type = address_type(memory);
  if (choices_.one_in(24))
    expression(type, depth);
  else
    masked(type, 0xFFFFu & ~((1u << align) - 1), depth);
}

void Body::length(Type type, int depth) {
  if (choices_.one_in(24))
    expression(type, depth);
  else
    masked(type, 0x3F, depth);
}

void Body::memarg(uint32_t memory, unsigned width, bool natural) {
  const unsigned align = natural ? width : choices_.below(width + 1);
  out_.u32(align | (memory != 0 ? 0x40u : 0u));
  if (memory != 0) out_.u32(memory);
  uint64_t offset = choices_.below(64);
  if (choices_.one_in(16)) offset = choices_.below(0x20000);
  if (choices_.one_in(64)) offset = static_cast<uint32_t>(choices_.bits());
  if (natural) offset &= ~((uint64_t{1} << width) - 1);
  out_.u64(offset);
}

void Body::by_row(Op what, int depth) {
  const OpInfo& row = info(what);
  const uint32_t memory = some_memory();
  const bool atomic = row.immediate == Imm::atomic_memarg;
  for (unsigned i = 0; i < row.param_count; ++i) {
    if (row.params[i] == Letter::address && i == 0)
      address(memory, atomic ? row.width : 0, depth - 1);
    else if (row.params[i] == Letter::address)
      length(address_type(memory), depth - 1);
    else
      expression(type_of(row.params[i]), depth - 1);
  }
  op(what);
  switch (row.immediate) {
  case Imm::memory: out_.u32(memory); break;
  case Imm::memarg: memarg(memory, row.width, false); break;
  case Imm::atomic_memarg: memarg(memory, row.width, true); break;
  case Imm::memarg_lane:
    memarg(memory, row.width, false);
    out_.byte(static_cast<uint8_t>(choices_.below(16u >> row.width)));
    break;
  case Imm::i32:
  case Imm::i64: out_.s64(static_cast<int32_t>(choices_.bits())); break;
  case Imm::f32: out_.raw(choices_.bits(), 4); break;
  case Imm::f64: out_.raw(choices_.bits(), 8); break;
  case Imm::v128:
    out_.raw(choices_.bits(), 8);
    out_.raw(choices_.bits(), 8);
    break;
  case Imm::lane: out_.byte(static_cast<uint8_t>(choices_.below(1u << row.width))); break;
  case Imm::shuffle:
    for (int i = 0; i < 16; ++i) out_.byte(static_cast<uint8_t>(choices_.below(32)));
    break;
  case Imm::fence: out_.byte(0); break;
  case Imm::data: out_.u32(1 + choices_.below(plan_.data_segments)); break;
  case Imm::elem: out_.u32(1 + choices_.below(plan_.element_segments)); break;
  default: break;
  }
  if (row.result_count != 0) canonicalise(what, type_of(row.results[0]));
  if (row.result_count == 2) op(choices_.one_in(2) ? Op::drop : Op::i64_xor);
}

Op Body::pick(const std::vector<Op>& from) {
  for (;;) {
    const Op op = from[choices_.below(static_cast<uint32_t>(from.size()))];
    const bool segment = info(op).immediate == Imm::data || info(op).immediate == Imm::elem;
    if (has(info(op).feature) && (!segment || plan_.data_segments != 0)) return op;
  }
}

bool Body::some_local(Type type, uint32_t& index) {
  std::vector<uint32_t> fitting;
  for (uint32_t i = 0; i < locals_.size(); ++i)
    if (locals_[i] == type && (i < params_ || i >= first_free_)) fitting.push_back(i);
  if (fitting.empty()) return false;
  index = fitting[choices_.below(static_cast<uint32_t>(fitting.size()))];
  return true;
}

bool Body::some_global(Type type, uint32_t& index) {
  std::vector<uint32_t> fitting;
  for (uint32_t i = Plan::kFirstFree; i < plan_.globals.size(); ++i)
    if (plan_.globals[i] == type) fitting.push_back(i);
  if (fitting.empty()) return false;
  index = fitting[choices_.below(static_cast<uint32_t>(fitting.size()))];
  return true;
}

void Body::leaf(Type type) {
  uint32_t index = 0;
  const uint32_t kind = choices_.below(8);
  if (kind < 4 && some_local(type, index)) return op(Op::local_get, index);
  if (kind < 5 && some_global(type, index)) return global_get(index);
  if (type == Type::funcref && kind < 7) return op(Op::ref_func, choices_.below(plan_.bodies));
  if (type == Type::anyref && kind < 7) return leaf(Type::object);
  constant(out_, choices_, type);
}

void Body::expression(Type type, int depth) {
  if (depth <= 0 || budget_ == 0 || choices_.exhausted()) return leaf(type);
  --budget_;
  uint32_t index = 0;
  switch (choices_.below(24)) {
  case 0:
  case 1:
  case 2: return leaf(type);
  case 3:
    if (!some_local(type, index)) break;
    expression(type, depth - 1);
    return op(Op::local_tee, index);
  case 4: // a choice
    expression(type, depth - 1);
    expression(type, depth - 1);
    expression(Type::i32, depth - 1);
    if (!is_reference(type) && choices_.one_in(2)) return op(Op::select_);
    if (!has(Feature::reference_types)) return op(Op::select_);
    op(Op::select_t);
    return out_.types({type});
  case 5: return block_value(type, depth);
  case 6: return if_value(type, depth);
  case 7: {
    const std::vector<Type>& results = call(depth);
    return settle(results, type);
  }
  case 8: {
    const uint32_t label = some_label();
    const std::vector<Type> types = label_types(label);
    for (const Type one : types) expression(one, depth - 2);
    expression(Type::i32, depth - 1);
    op(Op::br_if, label);
    return settle(types, type);
  }
  case 9:
    if (type == Type::i32) return number_of_something(depth);
    break;
  case 10:
    if (type == Type::funcref) return read_table(depth);
    break;
  case 11:
  case 12:
    if (read_field(type, depth)) return;
    break;
  case 13:
    if (type == Type::i32 && has(Feature::gc)) return ask_of_reference(depth);
    break;
  case 14:
    if (has(Feature::exceptions)) return try_value(type, depth);
    break;
  default: break;
  }
  if (type == Type::anyref) return any_reference(depth);
  if (type == Type::object) return object(0, depth);
  const std::vector<Op>& operators = kOperators.by_result[static_cast<size_t>(type)];
  if (operators.empty()) return type == Type::funcref ? read_table(depth) : leaf(type);
  by_row(pick(operators), depth);
}

void Body::number_of_something(int depth) {
  const uint32_t memory = some_memory();
  const uint32_t kind = choices_.below(has(Feature::reference_types) ? 5 : 2);
  switch (kind) {
  case 0: op(Op::memory_size, memory); break;
  case 1:
    masked(address_type(memory), 1, depth - 1);
    op(Op::memory_grow, memory);
    break;
  case 2: return op(Op::table_size, choices_.below(plan_.tables));
  case 3:
    expression(Type::funcref, depth - 1);
    masked(Type::i32, 1, depth - 1);
    return op(Op::table_grow, choices_.below(plan_.tables));
  default:
    expression(choices_.one_in(2) && has(Feature::gc) ? Type::anyref : Type::funcref, depth - 1);
    return op(Op::ref_is_null);
  }
  if (plan_.memories[memory].is64) op(Op::i32_wrap_i64);
}

void Body::block_value(Type type, int depth) {
  if (has(Feature::multi_value) && choices_.one_in(2)) {
    const uint32_t index = choices_.below(plan_.free_types);
    const FunctionType& whole = plan_.types[index];
    for (const Type param : whole.params) expression(param, depth - 2);
    op(Op::block);
    out_.s64(plan_.type_index(index));
    for (size_t i = whole.params.size(); i-- > 0;) store_or_drop(whole.params[i]);
    inside(whole.results, depth);
    return settle(whole.results, type);
  }
  const bool loops = choices_.one_in(3);
  begin(loops ? Op::loop : Op::block, type);
  if (loops) {
    labels_.push_back({});
    step();
    body_of_block({type}, depth);
    labels_.pop_back();
    op(Op::end);
  } else {
    inside({type}, depth);
  }
}

void Body::inside(const std::vector<Type>& results, int depth) {
  labels_.push_back(results);
  body_of_block(results, depth);
  labels_.pop_back();
  op(Op::end);
}

void Body::store_or_drop(Type type) {
  uint32_t index = 0;
  if (some_local(type, index))
    op(Op::local_set, index);
  else
    op(Op::drop);
}

void Body::if_value(Type type, int depth) {
  expression(Type::i32, depth - 1);
  begin(Op::if_, type);
  labels_.push_back({type});
  body_of_block({type}, depth);
  op(Op::else_);
  body_of_block({type}, depth);
  labels_.pop_back();
  op(Op::end);
}

const std::vector<Type>& Body::call(int depth) {
  const uint32_t callee = choices_.below(plan_.bodies);
  const uint32_t type_index = plan_.functions[callee];
  const FunctionType& type = plan_.types[type_index];
  arguments(type, depth);
  switch (choices_.below(4)) {
  case 0:
    table_index(callee, depth);
    op(Op::call_indirect, plan_.type_index(type_index));
    out_.u32(0);
    break;
  case 1:
    if (has(Feature::function_references)) {
      if (choices_.one_in(12))
        op(Op::ref_null, plan_.type_index(type_index));
      else
        op(Op::ref_func, callee);
      op(Op::call_ref, plan_.type_index(type_index));
      break;
    }
    [[fallthrough]];
  default: op(Op::call, callee); break;
  }
  return type.results;
}

void Body::table_index(uint32_t callee, int depth) {
  if (choices_.one_in(6))
    masked(Type::i32, Plan::kTableSize * 2 - 1, depth - 1);
  else
    out_.i32_const(static_cast<int32_t>(1 + callee));
}

void Body::tail_call(int depth) {
  std::vector<uint32_t> fitting;
  for (uint32_t i = 0; i < plan_.bodies; ++i)
    if (plan_.types[plan_.functions[i]].results == *own_results_) fitting.push_back(i);
  const uint32_t callee = fitting[choices_.below(static_cast<uint32_t>(fitting.size()))];
  const uint32_t type = plan_.functions[callee];
  arguments(plan_.types[type], depth);
  if (choices_.one_in(3)) {
    table_index(callee, depth);
    op(Op::return_call_indirect, plan_.type_index(type));
    out_.u32(0);
  } else {
    op(Op::return_call, callee);
  }
}

void Body::statement(int depth) {
  if (depth <= 0 || budget_ == 0 || choices_.exhausted()) return op(Op::nop);
  --budget_;
  uint32_t index = 0;
  switch (choices_.below(20)) {
  case 0:
  case 1:
  case 2: {
    const Type type = plan_.any_type(choices_);
    if (!some_local(type, index)) break;
    expression(type, depth);
    return op(Op::local_set, index);
  }
  case 3:
  case 4: {
    index = Plan::kFirstFree +
            choices_.below(static_cast<uint32_t>(plan_.globals.size()) - Plan::kFirstFree);
    expression(plan_.globals[index], depth);
    return global_set(index);
  }
  case 5:
  case 6: return loop(depth);
  case 7: return guarded(depth);
  case 8: return drop_all(call(depth));
  case 9: return table_statement(depth);
  case 10: return memory_statement(depth);
  case 11: {
    const uint32_t label = some_label();
    const std::vector<Type> types = label_types(label);
    for (const Type type : types) expression(type, depth - 2);
    expression(Type::i32, depth - 1);
    op(Op::br_if, label);
    return drop_all(types);
  }
  case 12: {
    expression(plan_.any_type(choices_), depth);
    return op(Op::drop);
  }
  case 13: return reference_statement(depth);
  case 14:
  case 15:
    if (has(Feature::gc)) return object_statement(depth);
    break;
  case 16:
    if (has(Feature::exceptions)) return try_statement(depth);
    break;
  default: break;
  }
  by_row(pick(kOperators.effects), depth);
}

void Body::loop(int depth) {
  begin(Op::block);
  labels_.push_back({});
  begin(Op::loop);
  labels_.push_back({});
  step();
  const uint32_t statements = 1 + choices_.below(3);
  for (uint32_t i = 0; i < statements; ++i) statement(depth - 1);
  // About one turn in eight is the last.
  masked(Type::i32, 7, depth - 1);
  op(Op::br_if, 0);
  labels_.pop_back();
  op(Op::end);
  labels_.pop_back();
  op(Op::end);
}

void Body::guarded(int depth) {
  expression(Type::i32, depth - 1);
  begin(Op::if_);
  labels_.push_back({});
  if (choices_.one_in(2)) statement(depth - 1);
  switch (choices_.below(8)) {
  case 0: op(Op::unreachable); break;
  case 1:
    for (const Type type : *own_results_) expression(type, depth - 2);
    op(Op::return_);
    break;
  case 2:
    if (has(Feature::tail_call)) tail_call(depth);
    break;
  case 3: branch_table(depth); break;
  case 4: {
    const uint32_t label = some_label();
    const std::vector<Type> types = label_types(label);
    for (const Type type : types) expression(type, depth - 2);
    op(Op::br, label);
    break;
  }
  case 5:
    if (has(Feature::exceptions)) throw_some(depth);
    break;
  default: statement(depth - 1); break;
  }
  labels_.pop_back();
  op(Op::end);
}

void Body::branch_table(int depth) {
  const uint32_t last = some_label();
  const std::vector<Type> types = label_types(last);
  std::vector<uint32_t> fitting;
  for (uint32_t i = 0; i < labels_.size(); ++i)
    if (label_types(i) == types) fitting.push_back(i);
  for (const Type type : types) expression(type, depth - 2);
  masked(Type::i32, 7, depth - 1);
  op(Op::br_table);
  const uint32_t count = choices_.below(5);
  out_.u32(count);
  for (uint32_t i = 0; i < count; ++i)
    out_.u32(fitting[choices_.below(static_cast<uint32_t>(fitting.size()))]);
  out_.u32(last);
}

void Body::table_statement(int depth) {
  if (!has(Feature::reference_types)) return op(Op::nop);
  const uint32_t table = choices_.below(plan_.tables);
  const uint32_t mask = Plan::kTableSize * 2 - 1;
  switch (choices_.below(5)) {
  case 0:
    masked(Type::i32, mask, depth - 1);
    expression(Type::funcref, depth - 1);
    return op(Op::table_set, table);
  case 1:
    masked(Type::i32, mask, depth - 1);
    expression(Type::funcref, depth - 1);
    masked(Type::i32, 3, depth - 1);
    return op(Op::table_fill, table);
  case 2:
    for (int i = 0; i < 3; ++i) masked(Type::i32, 3, depth - 1);
    op(Op::table_copy, table);
    out_.u32(choices_.below(plan_.tables));
    return;
  case 3:
    if (plan_.element_segments == 0) return op(Op::nop);
    for (int i = 0; i < 3; ++i) masked(Type::i32, 3, depth - 1);
    op(Op::table_init, 1);
    out_.u32(table);
    return;
  default:
    expression(Type::funcref, depth - 1);
    masked(Type::i32, 1, depth - 1);
    op(Op::table_grow, table);
    return op(Op::drop);
  }
}

void Body::memory_statement(int depth) {
  if (!has(Feature::bulk_memory)) return op(Op::nop);
  const uint32_t to = some_memory();
  const uint32_t from = some_memory();
  address(to, 0, depth - 1);
  if (choices_.one_in(2)) {
    address(from, 0, depth - 1);
    const bool both64 = plan_.memories[to].is64 && plan_.memories[from].is64;
    length(both64 ? Type::i64 : Type::i32, depth - 1);
    op(Op::memory_copy, to);
    out_.u32(from);
  } else {
    masked(Type::i32, 15, depth - 1);
    masked(Type::i32, 15, depth - 1);
    op(Op::memory_init, 1 + choices_.below(plan_.data_segments));
    out_.u32(to);
  }
}

void Body::reference_statement(int depth) {
  if (!has(Feature::function_references)) return op(Op::nop);
  const Type reference = choices_.one_in(2) && has(Feature::gc) ? Type::anyref : Type::funcref;
  if (choices_.one_in(4)) {
    expression(reference, depth - 1);
    op(Op::ref_as_non_null);
    return op(Op::drop);
  }
  const uint32_t label = some_label();
  const std::vector<Type> types = label_types(label);
  for (const Type type : types) expression(type, depth - 2);
  expression(reference, depth - 1);
  op(Op::br_on_null, label);
  op(Op::drop);
  drop_all(types);
}

void Body::mix_null() {
  op(Op::ref_is_null);
  mix(Type::i32);
}

void constant(Bytes& out, Choices& choices, Type type) {
  constexpr int64_t kNumbers[] = {0,         1,        2,    -1,   7,          31,
                                  32,        64,       127,  -128, 255,        0x7FFF,
                                  65535,     65536,    -100, 4096, 0x7FFFFFFF, -0x80000000ll,
                                  INT64_MAX, INT64_MIN};
  constexpr double kFloats[] = {0.0,   -0.0,         1.0,          -1.5,  0.5,    1e10,
                                -1e30, 4294967296.0, 2147483648.0, 1e300, 3e-310, 9.2e18};
  const bool any = choices.one_in(5);
  const int64_t number = any ? static_cast<int64_t>(choices.bits())
                             : kNumbers[choices.below(static_cast<uint32_t>(std::size(kNumbers)))];
  const double floating = kFloats[choices.below(static_cast<uint32_t>(std::size(kFloats)))];
  uint64_t bits = 0;
  switch (type) {
  case Type::i32: out.i32_const(static_cast<int32_t>(number)); return;
  case Type::i64:
    out.byte(0x42);
    out.s64(number);
    return;
  case Type::f32: {
    const auto narrow = static_cast<float>(floating);
    bits = any ? static_cast<uint64_t>(number) : std::bit_cast<uint32_t>(narrow);
    out.byte(0x43);
    out.raw(bits, 4);
    return;
  }
  case Type::f64:
    bits = any ? static_cast<uint64_t>(number) : std::bit_cast<uint64_t>(floating);
    out.byte(0x44);
    out.raw(bits, 8);
    return;
  case Type::v128:
    out.byte(0xFD);
    out.byte(0x0C);
    out.raw(static_cast<uint64_t>(number), 8);
    out.raw(any ? choices.bits() : static_cast<uint64_t>(number), 8);
    return;
  case Type::anyref:
    if (choices.one_in(3)) break;
    out.i32_const(static_cast<int32_t>(number));
    out.byte(0xFB);
    out.byte(0x1C); // ref.i31
    return;
  case Type::object:
    if (choices.one_in(4)) break;
    out.byte(0xFB);
    out.byte(0x01); // struct.new_default
    out.byte(0);
    return;
  case Type::funcref:
  case Type::exnref: break;
  }
  out.byte(0xD0); // ref.null
  out.byte(heap_code(type));
}

Bytes make_body(Choices& choices, const Plan& plan, uint32_t index) {
  return Body(choices, plan).random(index);
}
Bytes make_exported(Choices& choices, const Plan& plan, uint32_t index) {
  return Body(choices, plan).exported(index);
}
Bytes make_dump(const Plan& plan) {
  Choices none({});
  return Body(none, plan).dump();
}
Bytes make_show(const Plan& plan) {
  Choices none({});
  return Body(none, plan).show();
}

} // namespace waxwing::fuzz
