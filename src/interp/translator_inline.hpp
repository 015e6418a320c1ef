// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pieces of the translator that all of its files use and that should be inlined where there is
// room for that.
#pragma once

#include "interp/translator.hpp"

namespace waxwing::interp {

constexpr Type type_of_letter(Letter letter) {
  switch (letter) {
  case Letter::i64: return Type::i64;
  case Letter::f32: return Type::f32;
  case Letter::f64: return Type::f64;
  case Letter::v128: return Type::v128;
  default: return Type::i32;
  }
}

/// The comparison that holds exactly if `op` does not; `kNoOp` where there is none.
constexpr Op inverse(Op op) {
  switch (op) {
  case Op::i32_eq: return Op::i32_ne;
  case Op::i32_ne: return Op::i32_eq;
  case Op::i32_lt_s: return Op::i32_ge_s;
  case Op::i32_lt_u: return Op::i32_ge_u;
  case Op::i32_gt_s: return Op::i32_le_s;
  case Op::i32_gt_u: return Op::i32_le_u;
  case Op::i32_le_s: return Op::i32_gt_s;
  case Op::i32_le_u: return Op::i32_gt_u;
  case Op::i32_ge_s: return Op::i32_lt_s;
  case Op::i32_ge_u: return Op::i32_lt_u;
  case Op::i64_eq: return Op::i64_ne;
  case Op::i64_ne: return Op::i64_eq;
  case Op::i64_lt_s: return Op::i64_ge_s;
  case Op::i64_lt_u: return Op::i64_ge_u;
  case Op::i64_gt_s: return Op::i64_le_s;
  case Op::i64_gt_u: return Op::i64_le_u;
  case Op::i64_le_s: return Op::i64_gt_s;
  case Op::i64_le_u: return Op::i64_gt_u;
  case Op::i64_ge_s: return Op::i64_lt_s;
  case Op::i64_ge_u: return Op::i64_lt_u;
  case Op::f32_eq: return Op::f32_ne;
  case Op::f32_ne: return Op::f32_eq;
  case Op::f64_eq: return Op::f64_ne;
  case Op::f64_ne: return Op::f64_eq;
  default: return kNoOp;
  }
}

WAX_INLINE_IF_FULL uint32_t Translator::append(Id id, void* instruction, size_t size) {
  const auto position = static_cast<uint32_t>(code_.size());
  store_unaligned(instruction, handlers_[static_cast<size_t>(id)]);
  if (position > INT32_MAX || !code_.append({static_cast<const uint8_t*>(instruction), size}))
      [[unlikely]] {
    // Goes on without sense until the operator is done.
    failed_ = true;
    code_.clear();
  }
  previous_ = last_;
  last_ = Recent{
      .kind = Recent::Kind::other, .id = id, .origin = operator_offset_, .position = position};
  if (position <= wanted_) found_ = operator_offset_;
  return position;
}

template <class L>
uint32_t Translator::emit(Id id, L layout) {
  return append(id, &layout, sizeof layout);
}

WAX_INLINE_IF_FULL Result<void> Translator::push(Entry entry) {
  entry.home = height_;
  height_ += slot_size(entry.type);
  return stack_.push(entry);
}

WAX_INLINE_IF_FULL Translator::Entry Translator::pop() {
  const Entry entry = stack_.pop();
  height_ = entry.home;
  if (entry.kind == Entry::Kind::local)
    --locals_[entry.index].uses;
  else if (entry.kind == Entry::Kind::acc)
    accumulators_[accumulator_of(entry.type)].owner = -1;
  return entry;
}

inline bool Translator::in_accumulator(const Entry& entry) const {
  if constexpr (!kFullHandlers) return false;
  if (entry.kind == Entry::Kind::acc) return true;
  if (entry.kind == Entry::Kind::constant || entry.type == Type::v128) return false;
  const uint32_t slot = entry.kind == Entry::Kind::local ? locals_[entry.index].offset : entry.home;
  const Accumulator& accumulator = accumulators_[accumulator_of(entry.type)];
  return accumulator.cached == slot && accumulator.type == entry.type;
}

/// Emits an instruction that puts a new stack entry of `type` into the accumulator; `id` is its
/// form with destination A.
template <class L>
Result<void> Translator::produce(Type type, Id id, L layout) {
  return append_producer(type, id, &layout, sizeof layout);
}

WAX_INLINE_IF_FULL Result<void> Translator::append_producer(Type type, Id id, void* instruction,
                                                            size_t size) {
  const auto which = static_cast<unsigned>(accumulator_of(type));
  spill(which);
  const Accumulator before = accumulators_[which];
  need(height_ + slot_size(type));
  uint8_t* const destination = static_cast<uint8_t*>(instruction) + offsetof(Dst, d);
  if (height_ > kFarthest) [[unlikely]] {
    too_far_ = true;
    store_unaligned(destination, static_cast<uint16_t>(scratch_));
    append(with_slot(id), instruction, size);
    accumulators_[which] = {};
    const uint32_t home = height_;
    TRY(push({.kind = Entry::Kind::slot, .type = type}));
    copy(type, home, scratch_);
    return {};
  }
  store_unaligned(destination, static_cast<uint16_t>(height_));
  const uint32_t position = append(id, instruction, size);
  last_.before = before;
  last_.which = static_cast<uint8_t>(which);
  accumulators_[which] = {.owner = static_cast<int32_t>(stack_.size())};
  return push({.kind = Entry::Kind::acc, .type = type, .id = id, .index = position});
}

inline uint32_t Translator::leb_u32() {
  uint32_t value = *at_++;
  if (value < 0x80) [[likely]]
    return value;
  value &= 0x7F;
  for (unsigned shift = 7;; shift += 7) {
    const uint32_t next = *at_++;
    value |= (next & 0x7F) << shift;
    if (next < 0x80) return value;
  }
}

inline uint64_t Translator::leb_u64() {
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const uint64_t next = *at_++;
    value |= (next & 0x7F) << shift;
    if (next < 0x80) return value;
  }
}

inline int64_t Translator::leb_s64() {
  uint64_t value = 0;
  for (unsigned shift = 0;;) {
    const uint64_t next = *at_++;
    value |= (next & 0x7F) << shift;
    shift += 7;
    if (next < 0x80) {
      if (shift < 64 && (next & 0x40) != 0) value |= ~uint64_t{0} << shift;
      return static_cast<int64_t>(value);
    }
  }
}

inline MemArg Translator::memarg() {
  MemArg memarg;
  memarg.align = leb_u32();
  if (memarg.align >= 64) {
    memarg.align -= 64;
    memarg.memory = leb_u32();
  }
  memarg.offset = leb_u64();
  return memarg;
}

} // namespace waxwing::interp
