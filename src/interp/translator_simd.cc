// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vectors, wide arithmetic and atomic operators. Their operands are in slots, and so are results
// that are vectors or come in pairs; scalars that are taken out of a vector go to an accumulator.
#include "interp/simd.hpp"
#include "interp/translator.hpp"

namespace waxwing::interp {

namespace {

/// What makes canonical NaNs of those that an operator may have made, or `Id::count`.
constexpr Id canonical_after(Op op) {
  switch (op) {
  case Op::f32x4_ceil:
  case Op::f32x4_floor:
  case Op::f32x4_trunc:
  case Op::f32x4_nearest:
  case Op::f32x4_sqrt:
  case Op::f32x4_add:
  case Op::f32x4_sub:
  case Op::f32x4_mul:
  case Op::f32x4_div:
  case Op::f32x4_min:
  case Op::f32x4_max:
  case Op::f32x4_demote_f64x2_zero:
  case Op::f32x4_relaxed_madd:
  case Op::f32x4_relaxed_nmadd:
  case Op::f32x4_relaxed_min:
  case Op::f32x4_relaxed_max: return Id::f32x4_canonical;
  case Op::f64x2_ceil:
  case Op::f64x2_floor:
  case Op::f64x2_trunc:
  case Op::f64x2_nearest:
  case Op::f64x2_sqrt:
  case Op::f64x2_add:
  case Op::f64x2_sub:
  case Op::f64x2_mul:
  case Op::f64x2_div:
  case Op::f64x2_min:
  case Op::f64x2_max:
  case Op::f64x2_promote_low_f32x4:
  case Op::f64x2_relaxed_madd:
  case Op::f64x2_relaxed_nmadd:
  case Op::f64x2_relaxed_min:
  case Op::f64x2_relaxed_max: return Id::f64x2_canonical;
  default: return Id::count;
  }
}

} // namespace

/// Emits an instruction that puts one or two new stack entries into slots side by side.
template <class L>
Result<void> Translator::produce_slots(std::initializer_list<Type> types, Id id, L layout) {
  return append_to_slots(types, id, &layout, sizeof layout);
}

Result<void> Translator::append_to_slots(std::initializer_list<Type> types, Id id,
                                         void* instruction, size_t bytes) {
  uint32_t size = 0;
  for (const Type type : types) size += slot_size(type);
  const uint32_t home = height_;
  need(home + size);
  const bool far = home > kFarthest;
  if (far) too_far_ = true;
  uint32_t at = far ? scratch_ + (kScratchSlots - 1) * 16 : home;
  store_unaligned(static_cast<uint8_t*>(instruction) + offsetof(Dst, d), static_cast<uint16_t>(at));
  written(at, size);
  append(id, instruction, bytes);
  if (!far && size == size_of(Type::v128) && types.size() == 1) {
    last_.kind = Recent::Kind::vector;
    last_.slot = home;
  }
  for (const Type type : types) {
    if (far) copy(type, height_, at);
    at += slot_size(type);
    TRY(push({.kind = Entry::Kind::slot, .type = type}));
  }
  return {};
}

Result<void> Translator::vector(Op op) {
  const OpInfo& row = info(op);
  const Rule& r = rule(op);
  switch (row.immediate) {
  case Imm::v128: {
    DstVector constant{};
    std::memcpy(&constant.bits, at_, sizeof constant.bits);
    at_ += sizeof constant.bits;
    return produce_slots({Type::v128}, Id::v128_const, constant);
  }
  case Imm::shuffle: {
    ShuffleLanes operands{};
    std::memcpy(&operands.lanes, at_, sizeof operands.lanes);
    at_ += sizeof operands.lanes;
    Entry b = pop();
    Entry a = pop();
    operands.a = source(a, 0);
    operands.b = source(b, 1);
    return produce_slots({Type::v128}, r.base, operands);
  }
  case Imm::memarg: return vector_access(op);
  case Imm::memarg_lane: return lane_access(op);
  default: break;
  }
  uint16_t operands[3] = {};
  Entry entries[3];
  for (unsigned i = row.param_count; i-- > 0;) entries[i] = pop();
  for (unsigned i = 0; i < row.param_count; ++i) operands[i] = source(entries[i], i);
  // A lane is the last operand.
  const unsigned count = row.param_count + (row.immediate == Imm::lane ? 1u : 0u);
  if (row.immediate == Imm::lane) operands[kFullHandlers ? count - 1 : 2] = byte();
  const Type result = type_of_letter(row.results[0]);
  const auto put = [&](Id id, auto layout) {
    return result == Type::v128 ? produce_slots({Type::v128}, id, layout)
                                : produce(result, id, layout);
  };
  if (!kFullHandlers) {
    TRY(put(WAX_FIRST(VectorCall, vector), VectorCall{.a = operands[0],
                                                      .b = operands[1],
                                                      .c = operands[2],
                                                      .function = vector_function(op)}));
  } else {
    switch (count) {
    case 1: TRY(put(r.base, DstSrc{.a = operands[0]})); break;
    case 2: TRY(put(r.base, DstSrc2{.a = operands[0], .b = operands[1]})); break;
    default: TRY(put(r.base, DstSrc3{.a = operands[0], .b = operands[1], .c = operands[2]}));
    }
  }
  if (deterministic_ && canonical_after(op) != Id::count) {
    Entry value = pop();
    return produce_slots({Type::v128}, canonical_after(op), DstSrc{.a = source(value, 0)});
  }
  return {};
}

Result<void> Translator::vector_access(Op op) {
  if (!kFullHandlers) return access_call(op);
  const Rule& r = rule(op);
  const MemArg memarg = this->memarg();
  const auto low = static_cast<uint32_t>(memarg.offset);
  const auto high = static_cast<uint32_t>(memarg.offset >> 32);
  const bool near = is_near(memarg);
  if (op == Op::v128_store) {
    Entry value = pop();
    Entry address = pop();
    const uint16_t a = source(address, 0);
    const uint16_t b = source(value, 1);
    if (near)
      emit(r.base, StoreSlot{.b = b, .a = a, .offset = low});
    else
      emit(r.any_base, StoreAny{.b = b, .a = a, .memory = memarg.memory, .offset = {low, high}});
    return {};
  }
  Entry address = pop();
  const uint16_t a = source(address, 0);
  if (near) return produce_slots({Type::v128}, r.base, Access{.a = a, .offset = low});
  return produce_slots({Type::v128}, r.any_base,
                       AccessAny{.a = a, .memory = memarg.memory, .offset = {low, high}});
}

Result<void> Translator::lane_access(Op op) {
  if (!kFullHandlers) return access_call(op);
  const Rule& r = rule(op);
  const MemArg memarg = this->memarg();
  const uint16_t lane = byte();
  const auto low = static_cast<uint32_t>(memarg.offset);
  const auto high = static_cast<uint32_t>(memarg.offset >> 32);
  Entry vector = pop();
  Entry address = pop();
  const uint16_t a = source(address, 0);
  const uint16_t b = source(vector, 1);
  const AccessLane near{.a = a, .b = b, .lane = lane, .offset = low};
  const AccessLaneAny any{
      .a = a, .b = b, .lane = lane, .memory = memarg.memory, .offset = {low, high}};
  const bool is_near = this->is_near(memarg);
  if (info(op).result_count == 0) {
    if (is_near)
      emit(r.base, near);
    else
      emit(r.any_base, any);
    return {};
  }
  if (is_near) return produce_slots({Type::v128}, r.base, near);
  return produce_slots({Type::v128}, r.any_base, any);
}

Result<void> Translator::wide(Op op) {
  const Rule& r = rule(op);
  Entry entries[4];
  uint16_t operands[4] = {};
  const unsigned count = info(op).param_count;
  for (unsigned i = count; i-- > 0;) entries[i] = pop();
  for (unsigned i = 0; i < count; ++i) operands[i] = source(entries[i], i);
  if (count == 2)
    return produce_slots({Type::i64, Type::i64}, r.base,
                         DstSrc2{.a = operands[0], .b = operands[1]});
  return produce_slots(
      {Type::i64, Type::i64}, r.base,
      DstSrc4{.a = operands[0], .b = operands[1], .c = operands[2], .e = operands[3]});
}

Result<void> Translator::atomic(Op op) {
  if (op == Op::atomic_fence) {
    (void)byte();
    emit(Id::atomic_fence, Plain{});
    return {};
  }
  return access_call(op);
}

/// An operator on memory that is a function.
Result<void> Translator::access_call(Op op) {
  const OpInfo& row = info(op);
  const MemArg memarg = this->memarg();
  AccessCall call{
      .memory = memarg.memory,
      .offset = {static_cast<uint32_t>(memarg.offset), static_cast<uint32_t>(memarg.offset >> 32)}};
  call.function =
      row.feature == Feature::simd ? vector_access_function(op) : atomic_function(op, call.kind);
  if (row.immediate == Imm::memarg_lane) call.c = byte();
  Entry entries[3];
  uint16_t* const operands[3] = {&call.a, &call.b, &call.c};
  for (unsigned i = row.param_count; i-- > 0;) entries[i] = pop();
  for (unsigned i = 0; i < row.param_count; ++i) *operands[i] = source(entries[i], i);
  const Id id = op == Op::memory_atomic_wait32   ? Id::atomic_wait32
                : op == Op::memory_atomic_wait64 ? Id::atomic_wait64
                                                 : Id::access;
  if (row.result_count == 0) {
    emit(id, call);
    return {};
  }
  return produce_slots({type_of_letter(row.results[0])}, id, call);
}

} // namespace waxwing::interp
