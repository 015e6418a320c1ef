// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The translator's operand stack, its moves between slots and accumulators, and its branches.
#include "interp/translator.hpp"

namespace waxwing::interp {

namespace {

constexpr Id kSet[] = {WAX_FIRST(FromAcc, i32_set), WAX_FIRST(FromAcc, i64_set),
                       WAX_FIRST(FromAcc, f32_set), WAX_FIRST(FromAcc, f64_set)};

/// The branch on an i32 being other than zero, or zero.
constexpr Id if_i32(bool sense, bool accumulator) {
  if (accumulator) return sense ? WAX_FIRST(FromAcc, if_i32_A) : WAX_FIRST(FromAcc, if_not_i32_A);
  return sense ? Id::if_i32_S : Id::if_not_i32_S;
}

} // namespace

void Translator::take_back() {
  Accumulator& accumulator = accumulators_[last_.which];
  accumulator.cached = last_.before.cached;
  accumulator.type = last_.before.type;
  code_.truncate(last_.position);
  last_ = previous_;
  previous_ = {};
}

void Translator::drop_to(uint32_t size) {
  while (stack_.size() > size) (void)pop();
}

Result<void> Translator::push_slot(Type type) {
  need(height_ + slot_size(type));
  if (height_ > kFarthest) too_far_ = true;
  return push({.kind = Entry::Kind::slot, .type = type});
}

/// Gives the instruction that `entry` comes from a slot as destination too.
void Translator::patch_destination(const Entry& entry, uint32_t slot) {
  if (failed_) return;
  uint8_t* instruction = code_.data() + entry.index;
  store_unaligned(instruction, handlers_[static_cast<size_t>(with_slot(entry.id))]);
  store_unaligned(instruction + offsetof(Dst, d), static_cast<uint16_t>(slot));
  if (entry.index == last_.position) last_.slot = slot;
  written(slot, size_of(entry.type));
  accumulators_[accumulator_of(entry.type)].cached = slot;
  accumulators_[accumulator_of(entry.type)].type = entry.type;
  if (entry.index == last_.position) pair_adds();
}

/// Writes the value that only the accumulator holds to its home too, at no cost: the instruction
/// that made it is changed. Its home has not been in use since.
void Translator::spill(unsigned accumulator) {
  const int32_t owner = accumulators_[accumulator].owner;
  if (owner < 0) return;
  accumulators_[accumulator].owner = -1;
  to_home(stack_[static_cast<size_t>(owner)]);
}

void Translator::spill_all() {
  for (unsigned i = 0; i < 3; ++i) spill(i);
}

/// Puts an entry's value into its home. A popped entry's home is free until the next push.
void Translator::to_home(Entry& entry) {
  switch (entry.kind) {
  case Entry::Kind::slot: return;
  case Entry::Kind::local: copy(entry.type, entry.home, locals_[entry.index].offset); break;
  case Entry::Kind::constant: constant(entry.type, entry.home, entry.bits); break;
  case Entry::Kind::acc: patch_destination(entry, entry.home); break;
  }
  entry.kind = Entry::Kind::slot;
  need(entry.home + slot_size(entry.type));
}

/// The narrow offset of a slot that holds a popped entry's value.
uint16_t Translator::source(Entry& entry, unsigned scratch) {
  const uint32_t offset = wide_source(entry);
  if (offset <= kFarthest) return static_cast<uint16_t>(offset);
  too_far_ = true;
  const uint32_t near = scratch_ + scratch * 16;
  copy(entry.type, near, offset);
  return static_cast<uint16_t>(near);
}

uint32_t Translator::wide_source(Entry& entry) {
  if (entry.kind == Entry::Kind::local) return locals_[entry.index].offset;
  // Without accumulators it was put there when it was made.
  if (kFullHandlers || entry.kind != Entry::Kind::acc) to_home(entry);
  return entry.home;
}

/// What the accumulators hold of the written bytes is out of date.
void Translator::written(uint32_t offset, uint32_t size) {
  for (Accumulator& accumulator : accumulators_)
    if (accumulator.cached != kNone && accumulator.cached < offset + size &&
        offset < accumulator.cached + size_of(accumulator.type))
      accumulator.cached = kNone;
}

void Translator::copy(Type type, uint32_t to, uint32_t from) {
  if (to == from) return;
  written(to, size_of(type));
  if (type == Type::v128) {
    emit(Id::copy_128, WideCopy{.d = to, .a = from});
    return;
  }
  const bool is64 = size_of(type) == 8;
  const bool near = to <= kFarthest && from <= kFarthest;
  if (near && last_.kind == Recent::Kind::copy) {
    const auto first = load_unaligned<WideCopy>(code_.data() + last_.position);
    const bool first64 = last_.op == Op::i64_load;
    constexpr Id kPairs[2][2] = {{Id::copy_32_32, Id::copy_32_64},
                                 {Id::copy_64_32, Id::copy_64_64}};
    // What the accumulators hold is as it is: a copy changes none of them.
    code_.truncate(last_.position);
    last_ = previous_;
    previous_ = {};
    emit(kPairs[first64][is64], CopyPair{.d = static_cast<uint16_t>(first.d),
                                         .a = static_cast<uint16_t>(first.a),
                                         .d2 = static_cast<uint16_t>(to),
                                         .a2 = static_cast<uint16_t>(from)});
    last_.kind = Recent::Kind::copies;
    return;
  }
  emit(is64 ? Id::copy_64 : Id::copy_32, WideCopy{.d = to, .a = from});
  if (near) {
    last_.kind = Recent::Kind::copy;
    last_.op = is64 ? Op::i64_load : Op::i32_load; // stands for the width
  }
}

void Translator::constant(Type type, uint32_t to, uint64_t bits) {
  written(to, size_of(type));
  const auto low = static_cast<uint32_t>(bits);
  if (size_of(type) == 4)
    emit(Id::const_32, WideConst{.d = to, .imm = static_cast<int32_t>(low)});
  else
    emit(Id::const_64, WideConst64{.d = to, .imm = {low, static_cast<uint32_t>(bits >> 32)}});
  last_.kind = Recent::Kind::constant;
}

/// Copies an entry's value to a slot that is not its home.
void Translator::place(Entry& entry, uint32_t to, bool may_patch) {
  need(to + slot_size(entry.type));
  switch (entry.kind) {
  case Entry::Kind::slot:
    if (may_patch && last_.kind == Recent::Kind::vector && last_.slot == entry.home &&
        to <= kFarthest && !failed_) {
      // The vector that was just made goes there at once.
      store_unaligned(code_.data() + last_.position + offsetof(Dst, d), static_cast<uint16_t>(to));
      last_.slot = to;
      written(to, size_of(entry.type));
      return;
    }
    copy(entry.type, to, entry.home);
    return;
  case Entry::Kind::local: copy(entry.type, to, locals_[entry.index].offset); return;
  case Entry::Kind::constant: constant(entry.type, to, entry.bits); return;
  case Entry::Kind::acc: break;
  }
  if (to == entry.home || (may_patch && to <= kFarthest && entry.index == last_.position)) {
    patch_destination(entry, to);
    // It has one destination: spilling it would take it home instead.
    if (to != entry.home) accumulators_[accumulator_of(entry.type)].owner = -1;
    return;
  }
  if (!kFullHandlers) {
    copy(entry.type, to, entry.home);
    return;
  }
  written(to, size_of(entry.type));
  emit(kSet[static_cast<size_t>(entry.type)], WideDst{.d = to});
}

/// Copies the topmost entries, which are of `types`, to consecutive slots from `to` on: at or below
/// their homes, or to the frame's start after `settle_results`.
void Translator::place_all(std::span<const ValType> types, uint32_t to, bool may_patch) {
  const size_t first = stack_.size() - types.size();
  for (size_t i = first; i < stack_.size(); ++i) {
    place(stack_[i], to, may_patch);
    to += slot_size(stack_[i].type);
  }
}

/// Copies what stands for locals to its homes: where control parts, locals may change on one way.
void Translator::flush_locals() {
  for (Entry& entry : stack_.span()) {
    if (entry.kind != Entry::Kind::local) continue;
    --locals_[entry.index].uses;
    to_home(entry);
  }
}

/// Copies stack entries that stand for a local which is about to change. `pending` is the new value
/// where it is still in the accumulator only.
void Translator::preserve(uint32_t index, Entry* pending) {
  uint8_t saved[64];
  size_t size = 0;
  Recent recent{};
  // The instruction that makes the new value may come to write the local itself: it goes behind the
  // copies.
  const bool is_last = pending != nullptr && pending->index == last_.position && !failed_;
  if (is_last && code_.size() - last_.position <= sizeof saved) {
    recent = last_;
    size = code_.size() - last_.position;
    std::memcpy(saved, code_.data() + last_.position, size);
    code_.truncate(last_.position);
    last_ = previous_;
    previous_ = {};
  }
  for (Entry& entry : stack_.span()) {
    if (entry.kind != Entry::Kind::local || entry.index != index) continue;
    --locals_[index].uses;
    to_home(entry);
  }
  if (size == 0) return;
  const auto position = static_cast<uint32_t>(code_.size());
  if (!code_.append({saved, size})) failed_ = true;
  if (position <= wanted_) found_ = operator_offset_;
  previous_ = last_;
  last_ = recent;
  last_.position = position;
  pending->index = position;
  accumulators_[accumulator_of(pending->type)].cached = kNone;
}

Result<void> Translator::set_local(uint32_t index, bool tee) {
  Entry entry = pop();
  const uint32_t slot = locals_[index].offset;
  if (!locals_[index].is_set) {
    locals_[index].is_set = true;
    TRY(set_.push(index));
  }
  const bool is_self = entry.kind == Entry::Kind::local && entry.index == index;
  if (!is_self) {
    if (locals_[index].uses != 0)
      preserve(index, entry.kind == Entry::Kind::acc ? &entry : nullptr);
    const bool from_accumulator = entry.kind == Entry::Kind::acc;
    place(entry, slot, true);
    if (from_accumulator) {
      // The value is in the accumulator still.
      Accumulator& accumulator = accumulators_[accumulator_of(entry.type)];
      accumulator.cached = slot;
      accumulator.type = entry.type;
    }
  }
  if (!tee) return {};
  ++locals_[index].uses;
  return push({.kind = Entry::Kind::local, .type = locals_[index].type, .index = index});
}

/// The accumulators hold nothing that is known here.
void Translator::forget() {
  for (Accumulator& accumulator : accumulators_) accumulator.cached = kNone;
  last_ = {};
  previous_ = {};
}

/// Makes the distance at `field` of the instruction at `base` lead to `label`.
void Translator::refer(Label& label, uint32_t field, uint32_t base) {
  if (failed_) return;
  if (label.position != kNone) {
    store_unaligned(code_.data() + field,
                    static_cast<int32_t>(label.position) - static_cast<int32_t>(base));
    return;
  }
  const auto index = static_cast<uint32_t>(fixups_.size());
  if (!fixups_.push({field, base, label.chain})) {
    failed_ = true;
    return;
  }
  label.chain = index;
}

void Translator::bind(Label& label) {
  label.position = static_cast<uint32_t>(code_.size());
  for (uint32_t i = label.chain; i != kNone && !failed_; i = fixups_[i].next)
    store_unaligned(code_.data() + fixups_[i].field,
                    static_cast<int32_t>(label.position - fixups_[i].base));
  label.chain = kNone;
  bind_catches(label);
  forget();
}

void Translator::jump(Label& label) {
  if (fuse_jump(label)) return;
  const uint32_t position = emit(Id::br, Jump{});
  refer(label, position + static_cast<uint32_t>(offsetof(Jump, rel)), position);
}

/// Branches to `label` if the popped `condition` is as `sense` says. A comparison that was just
/// made becomes part of the branch.
void Translator::branch_if(Entry& condition, bool sense, Label& label) {
  bool fresh = condition.kind == Entry::Kind::acc && condition.index == last_.position &&
               last_.slot == kNone && !failed_;
  if (fresh && last_.kind == Recent::Kind::unary && last_.op == Op::i32_eqz &&
      last_.form == Form::AS && previous_.kind == Recent::Kind::binary && previous_.slot == kNone &&
      previous_.which == 0) {
    // What is negated was made for that alone.
    take_back();
    sense = !sense;
  }
  if (fresh && last_.kind == Recent::Kind::binary) {
    const Op op = last_.op;
    const Rule& r = rule(op);
    const bool inverts = inverse(op) != kNoOp || r.if_not_base != Id{};
    if (r.if_base != Id{} && last_.form != Form::SA && (sense || inverts)) {
      const Form form = last_.form;
      DstSrcImm64 operands{};
      const size_t size = code_.size() - last_.position;
      std::memcpy(static_cast<void*>(&operands), code_.data() + last_.position,
                  size < sizeof operands ? size : sizeof operands);
      take_back();
      branch_compare(op, form, sense, operands, label);
      return;
    }
  }
  if (fresh && last_.kind == Recent::Kind::unary) {
    // eqz
    const bool is64 = last_.op == Op::i64_eqz;
    const bool accumulator = kFullHandlers && last_.form == Form::AS;
    const auto operands = load_unaligned<DstSrc>(code_.data() + last_.position);
    take_back();
    if (is64) {
      DstSrcImm64 zero{.a = operands.a};
      branch_compare(Op::i64_eq, accumulator ? Form::AI : Form::SI, sense, zero, label);
      return;
    }
    const uint32_t position = emit(if_i32(!sense, accumulator), Branch{.a = operands.a});
    refer(label, position + static_cast<uint32_t>(offsetof(Branch, rel)), position);
    return;
  }
  const bool accumulator = in_accumulator(condition);
  const uint16_t a = accumulator ? uint16_t{0} : source(condition, 0);
  // Counting down to zero: add, then a branch on the sum.
  const bool added = last_.kind == Recent::Kind::add_pair ||
                     (last_.kind == Recent::Kind::binary && last_.op == Op::i32_add);
  const bool loaded = condition.kind == Entry::Kind::acc && condition.type == Type::i32 &&
                      condition.index == last_.position && last_.kind == Recent::Kind::load;
  const bool is_sum = added && last_.slot != kNone;
  if (kFullHandlers ? accumulator && (is_sum || loaded) : is_sum && last_.slot == a) {
    branch_compare(Op::i32_ne, kFullHandlers ? Form::AI : Form::SI, sense, {.a = a}, label);
    return;
  }
  const uint32_t position = emit(if_i32(sense, accumulator), Branch{.a = a});
  refer(label, position + static_cast<uint32_t>(offsetof(Branch, rel)), position);
}

/// `operands` are those of the comparison as an instruction of its own.
void Translator::branch_compare(Op op, Form form, bool sense, const DstSrcImm64& operands,
                                Label& label) {
  const bool has_imm = form == Form::SI || form == Form::AI;
  const auto b =
      load_unaligned<uint16_t>(reinterpret_cast<const uint8_t*>(&operands) + offsetof(DstSrc2, b));
  if (!sense && inverse(op) != kNoOp) {
    op = inverse(op);
    sense = true;
  }
  if (sense && (fuse_if_load(op, form, operands, label) || fuse_loop(op, form, operands, label)))
    return;
  const Rule& r = rule(op);
  const auto imm = static_cast<int32_t>(operands.imm[0]);
  // A loop's end: the local that was just counted up is compared.
  const bool from_accumulator = form == Form::AS || form == Form::AI;
  const Op add = info(op).params[0] == Letter::i64 ? Op::i64_add : Op::i32_add;
  if (sense && (from_accumulator || !kFullHandlers) && r.loop_base != Id{} &&
      last_.kind == Recent::Kind::binary && last_.op == add && last_.form == Form::SI &&
      last_.slot != kNone && !failed_) {
    const auto sum = load_unaligned<DstSrcImm>(code_.data() + last_.position);
    if (sum.a == sum.d && (kFullHandlers || operands.a == sum.d) && (has_imm || b != sum.d) &&
        last_.slot == sum.d) {
      const uint32_t start = last_.position;
      code_.truncate(start);
      last_ = previous_;
      previous_ = {};
      uint32_t field = 0;
      if (has_imm) {
        emit(nth(r.loop_base, 1), LoopBranchImm{.d = sum.d, .step = sum.imm, .imm = imm});
        field = offsetof(LoopBranchImm, rel);
      } else {
        emit(r.loop_base, LoopBranch{.d = sum.d, .b = b, .step = sum.imm});
        field = offsetof(LoopBranch, rel);
      }
      refer(label, start + field, start);
      return;
    }
  }
  const Id base = sense ? r.if_base : r.if_not_base;
  if (has_imm && info(op).params[0] == Letter::f64) {
    const uint32_t position =
        emit(nth(base, index_of(form)),
             BranchImm64{.a = operands.a, .imm = {operands.imm[0], operands.imm[1]}});
    refer(label, position + static_cast<uint32_t>(offsetof(BranchImm64, rel)), position);
  } else if (has_imm) {
    const uint32_t position =
        emit(nth(base, index_of(form)), BranchImm{.a = operands.a, .imm = imm});
    refer(label, position + static_cast<uint32_t>(offsetof(BranchImm, rel)), position);
  } else {
    const uint32_t position = emit(nth(base, index_of(form)), Branch{.a = operands.a, .b = b});
    refer(label, position + static_cast<uint32_t>(offsetof(Branch, rel)), position);
  }
}

void Translator::branch_ref(Entry& reference, bool sense, Label& label) {
  const uint16_t a = source(reference, 0);
  const uint32_t position = emit(sense ? Id::if_ref_S : Id::if_not_ref_S, Branch{.a = a});
  refer(label, position + static_cast<uint32_t>(offsetof(Branch, rel)), position);
}

} // namespace waxwing::interp
