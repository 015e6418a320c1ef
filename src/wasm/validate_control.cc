// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocks, branches, calls and exceptions (spec section 3.4.2).
#include "wasm/matching.hpp"
#include "wasm/validate.hpp"

namespace waxwing {

void FunctionValidator::set_unreachable() {
  Control& frame = controls_.back();
  operands_.truncate(frame.height);
  frame.unreachable = true;
}

Result<FunctionValidator::Control*> FunctionValidator::label(uint32_t depth) {
  if (depth >= controls_.size())
    return error(ErrorCode::unknown_label, depth, static_cast<uint32_t>(controls_.size()));
  return &controls_[controls_.size() - 1 - depth];
}

Result<void> FunctionValidator::check_block_type(const BlockType& type) const {
  if (type.kind == BlockType::Kind::value) return check_type(type.value);
  if (type.kind == BlockType::Kind::index) TRY(func_type_at(type.index));
  return {};
}

Result<void> FunctionValidator::push_control(Op op, const BlockType& type) {
  Control frame;
  frame.op = op;
  frame.kind = type.kind;
  frame.value = type.value;
  frame.index = type.index;
  frame.height = static_cast<uint32_t>(operands_.size());
  frame.set_height = static_cast<uint32_t>(set_.size());
  const std::span<const ValType> start = params(frame);
  TRY(controls_.push(frame));
  return push(start);
}

Result<FunctionValidator::Control> FunctionValidator::pop_control() {
  const Control frame = controls_.back();
  TRY(pop(results(frame)));
  if (operands_.size() != frame.height) return mismatch(val::bottom, operands_.back());
  // What the block has set is set only inside it: whether it ran to its end isn't known.
  while (set_.size() > frame.set_height) {
    const uint32_t local = set_.pop();
    is_set_[local / 8] &= static_cast<uint8_t>(~(1u << (local % 8)));
  }
  controls_.truncate(controls_.size() - 1);
  return frame;
}

Result<void> FunctionValidator::check_end() {
  const Control frame = TRY(pop_control());
  // An `if` without `else` does nothing when its condition is false: it gives what it was given.
  if (frame.op == Op::if_) {
    const auto start = params(frame);
    const auto finish = results(frame);
    if (!matches(*module_, start, finish))
      return mismatch(finish.empty() ? val::bottom : finish.back(),
                      start.empty() ? val::bottom : start.back());
  }
  // The outermost frame's results are the function's, and nothing comes after it.
  return controls_.empty() ? Result<void>() : push(results(frame));
}

Result<void> FunctionValidator::check_else() {
  if (controls_.back().op != Op::if_) return error(ErrorCode::misplaced_operator);
  const Control frame = TRY(pop_control());
  return push_control(Op::else_, {frame.kind, frame.value, frame.index});
}

Result<void> FunctionValidator::check_catch_clause(const CatchClause& clause) const {
  // The label is one around the block itself, which is not on the stack yet.
  if (clause.label >= controls_.size())
    return error(ErrorCode::unknown_label, clause.label, static_cast<uint32_t>(controls_.size()));
  const Control& target = controls_[controls_.size() - 1 - clause.label];
  std::span<const ValType> wanted = label_types(target);
  if (clause.kind == CatchKind::catch_ref || clause.kind == CatchKind::catch_all_ref) {
    const ValType given = ValType::ref(heap::exn, false);
    if (wanted.empty()) return mismatch(val::bottom, given);
    if (!matches(*module_, given, wanted.back())) return mismatch(wanted.back(), given);
    wanted = wanted.first(wanted.size() - 1);
  }
  std::span<const ValType> given;
  if (clause.kind == CatchKind::catch_ || clause.kind == CatchKind::catch_ref)
    given = TRY(tag_type_at(clause.tag))
  ->params;
  if (!matches(*module_, given, wanted))
    return mismatch(wanted.empty() ? val::bottom : wanted.back(),
                    given.empty() ? val::bottom : given.back());
  return {};
}

Result<void> FunctionValidator::check_try_table() {
  TRY(check_block_type(at_.block));
  Control frame;
  frame.kind = at_.block.kind;
  frame.index = at_.block.index;
  TRY(pop(params(frame)));
  for (uint32_t i = 0; i < at_.count; ++i) TRY(check_catch_clause(TRY(read_catch(vector_))));
  return push_control(Op::try_table, at_.block);
}

/// The older form of exception handling: `catch` and `catch_all` end the part before them and
/// begin one that starts with the exception's values.
Result<void> FunctionValidator::check_legacy_catch() {
  const Op open = controls_.back().op;
  if (open != Op::try_ && open != Op::catch_) return error(ErrorCode::misplaced_operator);
  const Control frame = TRY(pop_control());
  Control handler = frame;
  handler.op = at_.op;
  handler.unreachable = false;
  TRY(controls_.push(handler));
  if (at_.op == Op::catch_) return push(TRY(tag_type_at(at_.x))->params);
  return {};
}

Result<void> FunctionValidator::check_br_table() {
  TRY(pop(val::i32));
  ByteReader labels = vector_;
  for (uint32_t i = 0; i < at_.count; ++i) TRY(labels.leb_u32());
  const auto arity = label_types(*TRY(label(TRY(labels.leb_u32())))).size();
  const Control* last = nullptr;
  for (uint32_t i = 0; i <= at_.count; ++i) {
    const Control* target = TRY(label(TRY(vector_.leb_u32())));
    // Tables go to the same label many times in a row.
    if (target == last) continue;
    last = target;
    const std::span<const ValType> types = label_types(*target);
    if (types.size() != arity)
      return error(ErrorCode::type_mismatch, 0, types.empty() ? 0 : types.back().bits());
    TRY(check_top(types));
  }
  set_unreachable();
  return {};
}

Result<void> FunctionValidator::apply(const DefType& type, bool is_tail) {
  TRY(pop(type.params));
  if (!is_tail) return push(type.results);
  if (!matches(*module_, type.results, type_->results))
    return mismatch(type_->results.empty() ? val::bottom : type_->results.back(),
                    type.results.empty() ? val::bottom : type.results.back());
  set_unreachable();
  return {};
}

Result<void> FunctionValidator::check_call() {
  if (at_.x >= module_->functions.size())
    return error(ErrorCode::unknown_function, at_.x,
                 static_cast<uint32_t>(module_->functions.size()));
  return apply(module_->type_of(at_.x), at_.op == Op::return_call);
}

Result<void> FunctionValidator::check_call_indirect(bool is_tail) {
  const TableType& table = *TRY(table_at(at_.y));
  const DefType& type = *TRY(func_type_at(at_.x));
  if (!matches(*module_, table.element, val::funcref)) return mismatch(val::funcref, table.element);
  TRY(pop(table.limits.is64 ? val::i64 : val::i32));
  return apply(type, is_tail);
}

Result<void> FunctionValidator::check_call_ref(bool is_tail) {
  const DefType& type = *TRY(func_type_at(at_.x));
  TRY(pop(ValType::ref(HeapType::concrete(at_.x), true)));
  return apply(type, is_tail);
}

Result<void> FunctionValidator::check_control() {
  switch (at_.op) {
  case Op::unreachable: set_unreachable(); return {};
  case Op::nop: return {};
  case Op::block:
  case Op::loop:
  case Op::try_:
  case Op::if_: {
    TRY(check_block_type(at_.block));
    if (at_.op == Op::if_) TRY(pop(val::i32));
    Control frame;
    frame.kind = at_.block.kind;
    frame.index = at_.block.index;
    TRY(pop(params(frame)));
    return push_control(at_.op, at_.block);
  }
  case Op::else_: return check_else();
  case Op::end: return check_end();
  case Op::try_table: return check_try_table();
  case Op::catch_:
  case Op::catch_all: return check_legacy_catch();
  case Op::delegate: {
    if (controls_.back().op != Op::try_) return error(ErrorCode::misplaced_operator);
    const Control frame = TRY(pop_control());
    if (controls_.empty()) return error(ErrorCode::misplaced_operator);
    TRY(label(at_.x));
    return push(results(frame));
  }
  case Op::rethrow: {
    const Op target = TRY(label(at_.x))
    ->op;
    if (target != Op::catch_ && target != Op::catch_all)
      return error(ErrorCode::invalid_rethrow_label, at_.x);
    set_unreachable();
    return {};
  }
  case Op::throw_:
    TRY(pop(TRY(tag_type_at(at_.x))->params));
    set_unreachable();
    return {};
  case Op::throw_ref:
    TRY(pop(val::exnref));
    set_unreachable();
    return {};
  case Op::br:
    TRY(pop(label_types(*TRY(label(at_.x)))));
    set_unreachable();
    return {};
  case Op::br_if: {
    TRY(pop(val::i32));
    const auto types = label_types(*TRY(label(at_.x)));
    TRY(pop(types));
    return push(types);
  }
  case Op::br_table: return check_br_table();
  case Op::return_:
    TRY(pop(type_->results));
    set_unreachable();
    return {};
  case Op::call:
  case Op::return_call: return check_call();
  case Op::call_indirect: return check_call_indirect(false);
  case Op::return_call_indirect: return check_call_indirect(true);
  case Op::call_ref: return check_call_ref(false);
  default: return check_call_ref(true);
  }
}

} // namespace waxwing
