// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators by family: which handler, with which kinds of operands.
#include "interp/helpers.hpp"
#include "interp/translator.hpp"

namespace waxwing::interp {

namespace {

using Family = Rule::Family;

struct Rules {
  Rule rules[kOpCount];

  constexpr Rule& at(Op op) { return rules[static_cast<size_t>(op)]; }
  constexpr void set(Op op, Family family, Id base) {
    at(op).family = family;
    at(op).base = base;
  }

  constexpr Rules() {
#define WAX_RULE_Unary(op) set(Op::op, Family::unary, WAX_FIRST(Unary, op));
#define WAX_RULE_Commutative(op) set(Op::op, Family::commutative, WAX_FIRST(Commutative, op));
#define WAX_RULE_Binary(op) set(Op::op, Family::binary, WAX_FIRST(Binary, op));
#define WAX_RULE_FloatCompare(op) set(Op::op, Family::compare, WAX_FIRST(FloatCompare, op));
#define WAX_RULE_Load(op) set(Op::op, Family::load, WAX_FIRST(Load, op));
#define WAX_RULE_Store(op) set(Op::op, Family::store, WAX_FIRST(Store, op));
#define WAX_RULE_StoreFloat(op)                                                                    \
  set(Op::op, Family::store, WAX_FIRST(StoreFloat, op));                                           \
  at(Op::op).float_store = true;
#define WAX_RULE_If(op) at(Op::op).if_base = WAX_FIRST(If, op);
#define WAX_RULE_IfFloat(op) at(Op::op).if_base = WAX_FIRST(IfFloat, op);
#define WAX_RULE_IfNotFloat(op) at(Op::op).if_not_base = WAX_FIRST(IfNotFloat, op);
#define WAX_RULE_IfAnd(op) at(Op::op).if_base = WAX_FIRST(IfAnd, op);
#define WAX_RULE_IfNotAnd(op) at(Op::op).if_not_base = WAX_FIRST(IfNotAnd, op);
#define WAX_RULE_Loop(op) at(Op::op).loop_base = WAX_FIRST(Loop, op);
#define WAX_RULE_LoopLong(op) at(Op::op).loop_base = WAX_FIRST(LoopLong, op);
#define WAX_RULE_LoadSum(op) at(Op::op).sum_base = WAX_FIRST(LoadSum, op);
#define WAX_RULE_OtherLoad(op) at(Op::op).other_base = WAX_FIRST(OtherLoad, op);
#define WAX_RULE_OtherLoadSum(op) at(Op::op).other_sum_base = WAX_FIRST(OtherLoadSum, op);
#define WAX_RULE_LoadAny(op) at(Op::op).any_base = WAX_FIRST(LoadAny, op);
#define WAX_RULE_StoreSum(op) at(Op::op).sum_base = WAX_FIRST(StoreSum, op);
#define WAX_RULE_StoreSumFloat(op) at(Op::op).sum_base = WAX_FIRST(StoreSumFloat, op);
#define WAX_RULE_OtherStore(op) at(Op::op).other_base = WAX_FIRST(OtherStore, op);
#define WAX_RULE_OtherStoreFloat(op) at(Op::op).other_base = WAX_FIRST(OtherStoreFloat, op);
#define WAX_RULE_OtherStoreSum(op) at(Op::op).other_sum_base = WAX_FIRST(OtherStoreSum, op);
#define WAX_RULE_OtherStoreSumFloat(op)                                                            \
  at(Op::op).other_sum_base = WAX_FIRST(OtherStoreSumFloat, op);
#define WAX_RULE_StoreAny(op) at(Op::op).any_base = WAX_FIRST(StoreAny, op);
#define WAX_RULE_LoadField(op) at(Op::op).field_base = WAX_FIRST(LoadField, op);
#define WAX_RULE_StoreField(op) at(Op::op).field_base = WAX_FIRST(StoreField, op);
#define WAX_RULE_LoadElement(op) at(Op::op).element_base = WAX_FIRST(LoadElement, op);
#define WAX_RULE_StoreElement(op) at(Op::op).element_base = WAX_FIRST(StoreElement, op);
#define WAX_RULE_OnRef(op) at(Op::op).base = WAX_FIRST(OnRef, op);
#define WAX_RULE_Vector1(op) at(Op::op).base = WAX_FIRST(Vector1, op);
#define WAX_RULE_Vector2(op) at(Op::op).base = WAX_FIRST(Vector2, op);
#define WAX_RULE_Vector3(op) at(Op::op).base = WAX_FIRST(Vector3, op);
#define WAX_RULE_Shuffle(op) at(Op::op).base = WAX_FIRST(Shuffle, op);
#define WAX_RULE_ReplaceLane(op) at(Op::op).base = WAX_FIRST(ReplaceLane, op);
#define WAX_RULE_FromVector(op) at(Op::op).base = WAX_FIRST(FromVector, op);
#define WAX_RULE_ExtractLane(op) at(Op::op).base = WAX_FIRST(ExtractLane, op);
#define WAX_RULE_VectorLoad(op) at(Op::op).base = WAX_FIRST(VectorLoad, op);
#define WAX_RULE_VectorLoadAny(op) at(Op::op).any_base = WAX_FIRST(VectorLoadAny, op);
#define WAX_RULE_VectorStore(op) at(Op::op).base = WAX_FIRST(VectorStore, op);
#define WAX_RULE_VectorStoreAny(op) at(Op::op).any_base = WAX_FIRST(VectorStoreAny, op);
#define WAX_RULE_LaneLoad(op) at(Op::op).base = WAX_FIRST(LaneLoad, op);
#define WAX_RULE_LaneLoadAny(op) at(Op::op).any_base = WAX_FIRST(LaneLoadAny, op);
#define WAX_RULE_LaneStore(op) at(Op::op).base = WAX_FIRST(LaneStore, op);
#define WAX_RULE_LaneStoreAny(op) at(Op::op).any_base = WAX_FIRST(LaneStoreAny, op);
#define WAX_RULE_Wide2(op) at(Op::op).base = WAX_FIRST(Wide2, op);
#define WAX_RULE_Wide4(op) at(Op::op).base = WAX_FIRST(Wide4, op);
// Not one operator's own
#define WAX_RULE_Chain(...)
#define WAX_RULE_ChainFloat(...)
#define WAX_RULE_ChainBehind(...)
#define WAX_RULE_LoadThen(...)
#define WAX_RULE_LoadBehind(...)
#define WAX_RULE_ThenStore(...)
#define WAX_RULE_ThenStoreFloat(...)
#define WAX_RULE_SelectConstant(...)
#define WAX_RULE_TableLoad(...)
#define WAX_RULE_GlobalAdd(...)
#define WAX_RULE_ThenReturn(...)
#define WAX_RULE_ThenReturnFloat(...)
#define WAX_RULE_IfLoad(...)
#define WAX_RULE_LoadIndex(...)
#define WAX_RULE_Wide(...)
#define WAX_RULE_Reversed(...)
#define WAX_RULE_LoopPair(...)
#define WAX_RULE_LoopSum(...)
#define WAX_RULE_Fused(...)
#define WAX_RULE_Canonical(op)
#define WAX_RULE_Select(op)
#define WAX_RULE_Typed(op)
#define WAX_RULE_FromAcc(op)
#define WAX_RULE_Return(op)
#define WAX_RULE_Single(op)
#define WAX_RULE_VectorCall(op)
#define WAX_RULE(family, ...) WAX_RULE_##family(__VA_ARGS__)
#define WAX_RULES(group) group(WAX_RULE)
    WAX_GROUPS(WAX_RULES)
#undef WAX_RULES
#undef WAX_RULE
  }
};
constexpr Rules kAll;

/// Where a store finds its address and its value.
enum class Where : uint8_t { slot, accumulator, immediate };
/// Which form of a store, in the order of `forms_*.def`.
constexpr unsigned store_form(Where address, Where value, bool is_float) {
  if (!kFullHandlers) {
    if (address == Where::immediate) return is_float ? 1 : 2;
    return value == Where::immediate ? 1 : 0;
  }
  if (address == Where::immediate) return (is_float ? 4 : 5) + static_cast<unsigned>(value);
  const bool accumulator = address == Where::accumulator;
  if (value == Where::immediate) return accumulator ? 4 : 3;
  if (value == Where::accumulator) return accumulator ? 3 : 2;
  return accumulator ? 1 : 0;
}

/// An access to the memory in the registers as one to `memory`.
constexpr OtherAccess other_access(uint32_t memory, uint16_t slot, uint32_t high) {
  OtherAccess access;
  access.word[0] = slot | runtime::memory_place(memory) << 16;
  access.word[1] = high;
  return access;
}
constexpr uint32_t halves(uint16_t second, uint16_t offset) {
  return second | uint32_t{offset} << 16;
}
constexpr OtherAccess other_access(uint32_t memory, const Access& l) {
  return other_access(memory, l.a, l.offset);
}
constexpr OtherAccess other_access(uint32_t memory, const AccessSum& l) {
  return other_access(memory, l.a, halves(l.b, l.offset));
}
constexpr OtherAccess other_access(uint32_t memory, const AccessSumImm& l) {
  OtherAccess access = other_access(memory, l.a, l.offset);
  access.imm = l.imm;
  return access;
}
constexpr OtherAccess other_access(uint32_t memory, const StoreSlot& l) {
  OtherAccess access = other_access(memory, l.a, l.offset);
  access.b = l.b;
  return access;
}
constexpr OtherAccess other_access(uint32_t memory, const StoreImm& l) {
  OtherAccess access = other_access(memory, l.a, l.offset);
  access.imm = l.imm;
  return access;
}
constexpr OtherAccessSum other_access(uint32_t memory, const StoreSum& l) {
  OtherAccessSum access{other_access(memory, l.a, halves(l.a2, l.offset))};
  access.imm = l.imm;
  return access;
}
constexpr OtherAccessSum other_access(uint32_t memory, const StoreSumSlot& l) {
  OtherAccessSum access{other_access(memory, l.a, halves(l.a2, l.offset))};
  access.b = l.b;
  return access;
}
constexpr OtherAccessSum other_access(uint32_t memory, const StoreSumImm& l) {
  OtherAccessSum access{other_access(memory, l.a, l.offset), l.sum};
  access.b = l.b;
  access.imm = l.imm;
  return access;
}

/// The rules without the many that are empty, which come first: where each operator has its own.
consteval size_t count_rules() {
  size_t count = 1;
  for (const Rule& rule : kAll.rules)
    if (rule != Rule{}) ++count;
  return count;
}
struct Dense {
  uint16_t at[kOpCount] = {};
  Rule rules[count_rules()];
  constexpr Dense() {
    uint16_t next = 1;
    for (size_t i = 0; i < kOpCount; ++i)
      if (kAll.rules[i] != Rule{}) {
        rules[next] = kAll.rules[i];
        at[i] = next++;
      }
  }
};
constexpr Dense kDense;

/// The operator that gives the same with its operands swapped; `kNoOp` where there is none.
Op mirrored(Op op) {
  switch (op) {
  case Op::i32_lt_s: return Op::i32_gt_s;
  case Op::i32_lt_u: return Op::i32_gt_u;
  case Op::i32_gt_s: return Op::i32_lt_s;
  case Op::i32_gt_u: return Op::i32_lt_u;
  case Op::i32_le_s: return Op::i32_ge_s;
  case Op::i32_le_u: return Op::i32_ge_u;
  case Op::i32_ge_s: return Op::i32_le_s;
  case Op::i32_ge_u: return Op::i32_le_u;
  case Op::i64_lt_s: return Op::i64_gt_s;
  case Op::i64_lt_u: return Op::i64_gt_u;
  case Op::i64_gt_s: return Op::i64_lt_s;
  case Op::i64_gt_u: return Op::i64_lt_u;
  case Op::i64_le_s: return Op::i64_ge_s;
  case Op::i64_le_u: return Op::i64_ge_u;
  case Op::i64_ge_s: return Op::i64_le_s;
  case Op::i64_ge_u: return Op::i64_le_u;
  case Op::f32_lt: return Op::f32_gt;
  case Op::f32_gt: return Op::f32_lt;
  case Op::f32_le: return Op::f32_ge;
  case Op::f32_ge: return Op::f32_le;
  case Op::f64_lt: return Op::f64_gt;
  case Op::f64_gt: return Op::f64_lt;
  case Op::f64_le: return Op::f64_ge;
  case Op::f64_ge: return Op::f64_le;
  case Op::f32_eq:
  case Op::f32_ne:
  case Op::f64_eq:
  case Op::f64_ne: return op;
  default: return rule(op).family == Family::commutative ? op : kNoOp;
  }
}

/// Whether an immediate of 32 bits stands for the constant.
bool fits(Type type, uint64_t bits) {
  return type != Type::i64 ||
         static_cast<int64_t>(bits) == static_cast<int32_t>(static_cast<uint32_t>(bits));
}

/// Operators of floats whose result may be a NaN that depends on the machine.
bool makes_nan(Op op) {
  switch (op) {
  case Op::f32_abs:
  case Op::f32_neg:
  case Op::f32_copysign:
  case Op::f32_reinterpret_i32:
  case Op::f64_abs:
  case Op::f64_neg:
  case Op::f64_copysign:
  case Op::f64_reinterpret_i64: return false;
  default: return true;
  }
}

} // namespace

const Rule& rule(Op op) { return kDense.rules[kDense.at[static_cast<size_t>(op)]]; }

Result<void> Translator::canonicalise(Type type) {
  Entry value = pop();
  const Id base = type == Type::f32 ? WAX_FIRST(Canonical, f32) : WAX_FIRST(Canonical, f64);
  const bool accumulator = in_accumulator(value);
  return produce(type, with_one(base, accumulator),
                 DstSrc{.a = accumulator ? uint16_t{0} : source(value, 0)});
}

Result<void> Translator::unary(Op op) {
  const OpInfo& row = info(op);
  const Type result = type_of_letter(row.results[0]);
  const bool is_eqz = op == Op::i32_eqz || op == Op::i64_eqz;
  if (op == Op::i32_eqz) {
    // The negation of a comparison is another comparison.
    Entry& top = stack_.back();
    if (top.kind == Entry::Kind::acc && top.index == last_.position && last_.slot == kNone &&
        last_.kind == Recent::Kind::binary && inverse(last_.op) != kNoOp && !failed_) {
      last_.op = inverse(last_.op);
      top.id = with(rule(last_.op).base, last_.form);
      store_unaligned(code_.data() + top.index, handlers_[static_cast<size_t>(top.id)]);
      return {};
    }
  }
  Entry value = pop();
  const bool accumulator = in_accumulator(value);
  TRY(produce(result, with_one(rule(op).base, accumulator),
              DstSrc{.a = accumulator ? uint16_t{0} : source(value, 0)}));
  if (is_eqz) {
    last_.kind = Recent::Kind::unary;
    last_.op = op;
    // Whether it is about what the instruction before it made.
    last_.form = accumulator || value.kind == Entry::Kind::acc ? Form::AS : Form::SS;
  }
  return made(op, result);
}

Result<void> Translator::binary(Op op) {
  const OpInfo& row = info(op);
  const Type type = type_of_letter(row.params[0]);
  const Type result = type_of_letter(row.results[0]);
  Entry b = pop();
  Entry a = pop();
  const auto swap = [&] {
    const Entry other = a;
    a = b;
    b = other;
    op = mirrored(op);
  };
  const bool swappable = mirrored(op) != kNoOp;
  if (a.kind == Entry::Kind::constant && swappable) swap();
  if (a.kind == Entry::Kind::constant) {
    if (TRY(fuse_first_constant(op, a, b))) return made(op, result);
    to_home(a);
  }
  // What was popped first lies above what was popped second, but which is which may have changed:
  // homes are the entries' own.
  Form form = Form::SS;
  if (b.kind == Entry::Kind::constant && fits(type, b.bits)) {
    form = in_accumulator(a) ? Form::AI : Form::SI;
  } else {
    if (b.kind == Entry::Kind::constant && TRY(fuse_wide_constant(op, a, b)))
      return made(op, result);
    if (b.kind == Entry::Kind::constant) to_home(b);
    if (!kFullHandlers) {
      form = Form::SS;
    } else if (a.kind == Entry::Kind::acc) {
      form = Form::AS;
    } else if (b.kind == Entry::Kind::acc) {
      if (swappable) swap();
      form = swappable ? Form::AS : Form::SA;
    } else if (in_accumulator(a)) {
      form = Form::AS;
    } else if (in_accumulator(b)) {
      if (swappable) swap();
      form = swappable ? Form::AS : Form::SA;
    }
  }
  if (TRY(fuse_binary(op, form, a, b))) return made(op, result);
  if (form == Form::AI && TRY(fuse_global_add(op, a, b))) return {};
  const Id id = with(rule(op).base, form);
  if (form == Form::SI || form == Form::AI) {
    const uint16_t from = form == Form::SI ? source(a, 0) : uint16_t{0};
    const auto low = static_cast<uint32_t>(b.bits);
    if (type == Type::f64)
      TRY(produce(result, id,
                  DstSrcImm64{.a = from, .imm = {low, static_cast<uint32_t>(b.bits >> 32)}}));
    else
      TRY(produce(result, id, DstSrcImm{.a = from, .imm = static_cast<int32_t>(low)}));
  } else {
    DstSrc2 operands{};
    if (form != Form::AS) operands.a = source(a, 0);
    if (form != Form::SA) operands.b = source(b, 1);
    TRY(produce(result, id, operands));
  }
  if (stack_.back().kind == Entry::Kind::acc) {
    last_.kind = Recent::Kind::binary;
    last_.op = op;
    last_.form = form;
  }
  return made(op, result);
}

/// Behind an operator with a result of `type`.
Result<void> Translator::made(Op op, Type type) {
  if (deterministic_ && (type == Type::f32 || type == Type::f64) && makes_nan(op))
    return canonicalise(type);
  return {};
}

Type Translator::memory_address(uint32_t memory) const {
  return module_.memories[memory].limits.is64 ? Type::i64 : Type::i32;
}
Type Translator::table_address(uint32_t table) const {
  return module_.tables[table].type.limits.is64 ? Type::i64 : Type::i32;
}

Result<void> Translator::load(Op op, const MemArg& memarg) {
  const Rule& r = rule(op);
  const Type result = type_of_letter(info(op).results[0]);
  const auto offset = static_cast<uint32_t>(memarg.offset);
  Entry address = pop();
  if (!is_near(memarg) && (!kFullHandlers || memory_address(memarg.memory) == Type::i64)) {
    return produce(result, r.any_base,
                   AccessAny{.a = source(address, 0),
                             .memory = memarg.memory,
                             .offset = {offset, static_cast<uint32_t>(memarg.offset >> 32)}});
  }
  const bool is_other = kFullHandlers && !is_near(memarg);
  const Id base = is_other ? r.other_base : r.base;
  const Id sum_base = is_other ? r.other_sum_base : r.sum_base;
  const auto put = [&](Id id, auto layout) {
    if (is_other) return produce(result, id, other_access(memarg.memory, layout));
    return produce(result, id, layout);
  };
  const bool accumulator = in_accumulator(address);
  if (address.kind == Entry::Kind::constant && address.bits + offset <= UINT32_MAX)
    return put(nth(base, kDestinations * (kFullHandlers ? 2u : 1u)),
               Access{.offset = static_cast<uint32_t>(address.bits) + offset});
  const auto loaded = [&](Recent::Address from) -> Result<void> {
    if (!is_other && stack_.back().kind == Entry::Kind::acc) {
      last_.kind = Recent::Kind::load;
      last_.op = op;
      last_.address = from;
    }
    return {};
  };
  if (!is_other && TRY(fuse_load(op, address, offset))) return {};
  if (is_fresh_sum(address)) {
    // The sum is made by the load.
    const Form form = last_.form;
    const auto from = static_cast<Recent::Address>(static_cast<unsigned>(Recent::Address::SS) +
                                                   static_cast<unsigned>(form));
    if (form == Form::SI || form == Form::AI) {
      const auto sum = load_unaligned<DstSrcImm>(code_.data() + last_.position);
      take_back();
      TRY(put(with(sum_base, form), AccessSumImm{.a = sum.a, .imm = sum.imm, .offset = offset}));
      return loaded(from);
    }
    if (offset <= 0xFFFF) {
      const auto sum = load_unaligned<DstSrc2>(code_.data() + last_.position);
      take_back();
      TRY(put(with(sum_base, form),
              AccessSum{.a = sum.a, .b = sum.b, .offset = static_cast<uint16_t>(offset)}));
      return loaded(from);
    }
  }
  TRY(put(with_one(base, accumulator),
          Access{.a = accumulator ? uint16_t{0} : source(address, 0), .offset = offset}));
  return loaded(accumulator ? Recent::Address::A : Recent::Address::S);
}

Result<void> Translator::store(Op op, const MemArg& memarg) {
  const Rule& r = rule(op);
  const Type type = type_of_letter(info(op).params[1]);
  const auto offset = static_cast<uint32_t>(memarg.offset);
  Entry value = pop();
  Entry address = pop();
  if (!is_near(memarg) && (!kFullHandlers || memory_address(memarg.memory) == Type::i64)) {
    emit(r.any_base, StoreAny{.b = source(value, 0),
                              .a = source(address, 1),
                              .memory = memarg.memory,
                              .offset = {offset, static_cast<uint32_t>(memarg.offset >> 32)}});
    return {};
  }
  const bool is_other = kFullHandlers && !is_near(memarg);
  const Id base = is_other ? r.other_base : r.base;
  const auto put = [&](Id first, unsigned form, auto layout) {
    const Id id = nth(first, form);
    if (is_other)
      emit(id, other_access(memarg.memory, layout));
    else
      emit(id, layout);
  };
  const bool is_float = r.float_store;
  const bool fits_imm = value.kind == Entry::Kind::constant && !is_float && fits(type, value.bits);
  const auto imm = static_cast<int32_t>(static_cast<uint32_t>(value.bits));
  if (!is_other && fuse_store(op, address, value, offset)) return {};
  // With an immediate value only the full set has a sum, or an immediate address.
  const bool both_imm = kFullHandlers && fits_imm;
  const bool is_free =
      both_imm || value.kind == Entry::Kind::local || value.kind == Entry::Kind::slot;
  if (is_free && is_fresh_sum(address)) {
    // The sum is made by the store.
    const Form form = last_.form;
    const bool with_imm = form == Form::SI || form == Form::AI;
    if (with_imm || offset <= 0xFFFF) {
      const Id sum_base = is_other ? r.other_sum_base : r.sum_base;
      const unsigned which = index_of(form) + (both_imm ? 4u : 0u);
      DstSrcImm sum{};
      std::memcpy(static_cast<void*>(&sum), code_.data() + last_.position, sizeof sum);
      const auto second =
          load_unaligned<uint16_t>(code_.data() + last_.position + offsetof(DstSrc2, b));
      take_back();
      const uint16_t b = both_imm ? uint16_t{0} : source(value, 2);
      if (with_imm)
        put(sum_base, which,
            StoreSumImm{.b = b, .a = sum.a, .sum = sum.imm, .offset = offset, .imm = imm});
      else if (both_imm)
        put(sum_base, which,
            StoreSum{
                .a = sum.a, .a2 = second, .offset = static_cast<uint16_t>(offset), .imm = imm});
      else
        put(sum_base, which,
            StoreSumSlot{
                .b = b, .a = sum.a, .a2 = second, .offset = static_cast<uint16_t>(offset)});
      return {};
    }
  }
  if (address.kind == Entry::Kind::constant && address.bits + offset <= UINT32_MAX) {
    const uint32_t at = static_cast<uint32_t>(address.bits) + offset;
    if (both_imm) {
      put(base, store_form(Where::immediate, Where::immediate, false),
          StoreImm{.offset = at, .imm = imm});
    } else if (in_accumulator(value)) {
      put(base, store_form(Where::immediate, Where::accumulator, is_float),
          StoreSlot{.offset = at});
    } else {
      put(base, store_form(Where::immediate, Where::slot, is_float),
          StoreSlot{.b = source(value, 0), .offset = at});
    }
    return {};
  }
  const bool address_in = in_accumulator(address);
  if (fits_imm) {
    put(base, store_form(address_in ? Where::accumulator : Where::slot, Where::immediate, false),
        StoreImm{.a = address_in ? uint16_t{0} : source(address, 0), .offset = offset, .imm = imm});
    return {};
  }
  // Both can be in accumulators only if they are in different ones.
  const bool value_in = in_accumulator(value);
  const bool from_value = value_in && (is_float || value.kind == Entry::Kind::acc || !address_in);
  const bool from_address = address_in && (is_float || !from_value);
  const uint16_t a = from_address ? uint16_t{0} : source(address, 0);
  const uint16_t b = from_value ? uint16_t{0} : source(value, 1);
  put(base,
      store_form(from_address ? Where::accumulator : Where::slot,
                 from_value ? Where::accumulator : Where::slot, is_float),
      StoreSlot{.b = b, .a = a, .offset = offset});
  return {};
}

/// Whether a popped entry is what the last instruction made, and nothing else wants it.
bool Translator::is_fresh(const Entry& entry, Recent::Kind kind) const {
  return entry.kind == Entry::Kind::acc && entry.index == last_.position && last_.kind == kind &&
         last_.slot == kNone && !failed_;
}
bool Translator::is_fresh_sum(const Entry& entry) const {
  return is_fresh(entry, Recent::Kind::binary) && last_.op == Op::i32_add;
}

Result<void> Translator::select() {
  Entry condition = pop();
  Entry b = pop();
  Entry a = pop();
  if (a.type == Type::v128) {
    to_home(a);
    const uint32_t second = wide_source(b);
    Label over;
    branch_if(condition, true, over);
    copy(Type::v128, a.home, second);
    bind(over);
    return push_slot(Type::v128);
  }
  constexpr Id kSelects[] = {WAX_FIRST(Select, i32_select), WAX_FIRST(Select, i64_select),
                             WAX_FIRST(Select, f32_select), WAX_FIRST(Select, f64_select)};
  if (TRY(fuse_select(a, b, condition))) return {};
  const Id base = kSelects[static_cast<size_t>(a.type)];
  const uint16_t first = source(a, 0);
  const uint16_t second = source(b, 1);
  const bool accumulator = in_accumulator(condition);
  return produce(
      a.type, with_one(base, accumulator),
      DstSrc3{.a = first, .b = second, .c = accumulator ? uint16_t{0} : source(condition, 2)});
}

Result<void> Translator::global_get(uint32_t index) {
  const Type type = type_of(module_.globals[index].type.type);
  if (type == Type::v128) return helper(&help::global_get_v128, index, 0, {}, &type);
  constexpr Id kOwn[] = {WAX_FIRST(Typed, i32_global_get), WAX_FIRST(Typed, i64_global_get),
                         WAX_FIRST(Typed, f32_global_get), WAX_FIRST(Typed, f64_global_get)};
  constexpr Id kImported[] = {WAX_FIRST(Typed, i32_import_get), WAX_FIRST(Typed, i64_import_get),
                              WAX_FIRST(Typed, f32_import_get), WAX_FIRST(Typed, f64_import_get)};
  const auto which = static_cast<size_t>(type);
  if (index < module_.imported_globals)
    return produce(type, kImported[which], GlobalAccess{.global = index});
  const auto offset =
      static_cast<uint32_t>((index - module_.imported_globals) * sizeof(runtime::Global));
  return produce(type, kOwn[which], GlobalAccess{.global = offset});
}

Result<void> Translator::global_set(uint32_t index) {
  const Type type = type_of(module_.globals[index].type.type);
  if (type == Type::v128) {
    constexpr Type kParams[] = {Type::v128};
    return helper(&help::global_set_v128, index, 0, kParams, nullptr);
  }
  Entry value = pop();
  const bool is64 = size_of(type) == 8;
  if (index < module_.imported_globals) {
    emit(is64 ? Id::i64_import_set : Id::i32_import_set,
         GlobalAccess{.d = source(value, 0), .global = index});
    return {};
  }
  const auto offset =
      static_cast<uint32_t>((index - module_.imported_globals) * sizeof(runtime::Global));
  if (type == Type::i32 && fuse_global_set(value, offset)) return {};
  constexpr Id kFromAccumulator[] = {
      WAX_FIRST(FromAcc, i32_global_set_A), WAX_FIRST(FromAcc, i64_global_set_A),
      WAX_FIRST(FromAcc, f32_global_set_A), WAX_FIRST(FromAcc, f64_global_set_A)};
  if (in_accumulator(value))
    emit(kFromAccumulator[static_cast<size_t>(type)], GlobalAccess{.global = offset});
  else
    emit(is64 ? Id::i64_global_set : Id::i32_global_set,
         GlobalAccess{.d = source(value, 0), .global = offset});
  return {};
}

Result<void> Translator::is_null() { return unary(kPointerIs64 ? Op::i64_eqz : Op::i32_eqz); }

Result<void> Translator::as_non_null() {
  Entry& top = stack_.back();
  if (top.kind == Entry::Kind::local) --locals_[top.index].uses;
  if (top.kind == Entry::Kind::acc) accumulators_[0].owner = -1;
  to_home(top);
  Entry reference = top;
  Label over;
  branch_ref(reference, true, over);
  emit(Id::trap, Count{.count = static_cast<uint32_t>(TrapKind::null_reference)});
  bind(over);
  return {};
}

/// An operator that is a function's call away: its operands in slots, its result in a slot.
Result<void> Translator::helper(Helper function, uint32_t x, uint32_t y,
                                std::span<const Type> params, const Type* result) {
  HelperCall call{.x = x, .y = y, .helper = function};
  uint16_t* const fields[] = {&call.a, &call.b, &call.c};
  for (size_t i = params.size(); i-- > 0;) {
    Entry operand = pop();
    *fields[i] = source(operand, static_cast<unsigned>(i));
  }
  // Behind a helper the first memory is in the registers: it may have grown.
  if (result == nullptr) {
    emit(Id::helper, call);
    use_memory(main_memory_);
    return {};
  }
  need(height_ + slot_size(*result));
  const uint32_t home = height_;
  const bool far = home > kFarthest;
  if (far) too_far_ = true;
  call.d = static_cast<uint16_t>(far ? scratch_ + 3 * 16 : home);
  // A helper writes slots only: the accumulators keep what they hold, as far as it isn't that.
  written(far ? scratch_ + 3 * 16 : home, size_of(*result));
  emit(Id::helper, call);
  use_memory(main_memory_);
  if (far) copy(*result, home, scratch_ + 3 * 16);
  return push({.kind = Entry::Kind::slot, .type = *result});
}

Result<void> Translator::trap(TrapKind kind) {
  emit(Id::trap, Count{.count = static_cast<uint32_t>(kind)});
  die();
  return {};
}

/// Operators that are rare, or an engine of their own: bulk memory and tables by helpers, the rest
/// not at all yet.
Result<void> Translator::translate_rest(Op op) {
  constexpr Type i32 = Type::i32;
  const auto call = [&](Helper function, uint32_t x, uint32_t y, std::initializer_list<Type> params,
                        const Type* result = nullptr) {
    return helper(function, x, y, {params.begin(), params.size()}, result);
  };
  switch (op) {
  case Op::memory_size: {
    const uint32_t x = leb_u32();
    const Type address = memory_address(x);
    return call(address == i32 ? &help::memory_size : &help::memory_size_64, x, 0, {}, &address);
  }
  case Op::memory_grow: {
    const uint32_t x = leb_u32();
    const Type address = memory_address(x);
    return call(address == i32 ? &help::memory_grow : &help::memory_grow_64, x, 0, {address},
                &address);
  }
  case Op::memory_init: {
    const uint32_t x = leb_u32();
    const uint32_t y = leb_u32();
    const Type to = memory_address(y);
    return call(to == i32 ? &help::memory_init : &help::memory_init_64, x, y, {to, i32, i32});
  }
  case Op::data_drop: return call(&help::data_drop, leb_u32(), 0, {});
  case Op::memory_copy: {
    const uint32_t x = leb_u32();
    const uint32_t y = leb_u32();
    const Type to = memory_address(x);
    const Type from = memory_address(y);
    const Type count = to == i32 || from == i32 ? i32 : Type::i64;
    const Helper function = to == i32
                                ? (from == i32 ? &help::memory_copy : &help::memory_copy_32_64)
                                : (from == i32 ? &help::memory_copy_64_32 : &help::memory_copy_64);
    return call(function, x, y, {to, from, count});
  }
  case Op::memory_fill: {
    const uint32_t x = leb_u32();
    const Type to = memory_address(x);
    return call(to == i32 ? &help::memory_fill : &help::memory_fill_64, x, 0, {to, i32, to});
  }
  case Op::table_get: {
    const uint32_t x = leb_u32();
    const Type index = table_address(x);
    return call(index == i32 ? &help::table_get : &help::table_get_64, x, 0, {index}, &kRefType);
  }
  case Op::table_set: {
    const uint32_t x = leb_u32();
    const Type index = table_address(x);
    return call(index == i32 ? &help::table_set : &help::table_set_64, x, 0, {index, kRefType});
  }
  case Op::table_size: {
    const uint32_t x = leb_u32();
    const Type index = table_address(x);
    return call(index == i32 ? &help::table_size : &help::table_size_64, x, 0, {}, &index);
  }
  case Op::table_grow: {
    const uint32_t x = leb_u32();
    const Type index = table_address(x);
    return call(index == i32 ? &help::table_grow : &help::table_grow_64, x, 0, {kRefType, index},
                &index);
  }
  case Op::table_fill: {
    const uint32_t x = leb_u32();
    const Type index = table_address(x);
    return call(index == i32 ? &help::table_fill : &help::table_fill_64, x, 0,
                {index, kRefType, index});
  }
  case Op::table_init: {
    const uint32_t x = leb_u32();
    const uint32_t y = leb_u32();
    const Type to = table_address(y);
    return call(to == i32 ? &help::table_init : &help::table_init_64, x, y, {to, i32, i32});
  }
  case Op::elem_drop: return call(&help::elem_drop, leb_u32(), 0, {});
  case Op::table_copy: {
    const uint32_t x = leb_u32();
    const uint32_t y = leb_u32();
    const Type to = table_address(x);
    const Type from = table_address(y);
    const Type count = to == i32 || from == i32 ? i32 : Type::i64;
    const Helper function = to == i32
                                ? (from == i32 ? &help::table_copy : &help::table_copy_32_64)
                                : (from == i32 ? &help::table_copy_64_32 : &help::table_copy_64);
    return call(function, x, y, {to, from, count});
  }
  case Op::ref_func: return push_reference(leb_u32());
  case Op::ref_eq: return binary(kPointerIs64 ? Op::i64_eq : Op::i32_eq);
  default: break;
  }
  switch (info(op).feature) {
  case Feature::simd:
  case Feature::relaxed_simd: return vector(op);
  case Feature::wide_arithmetic: return wide(op);
  case Feature::threads: return atomic(op);
  case Feature::gc: return object(op);
  default: {
    // Read once more, so that its immediates are behind us.
    const auto start = operator_offset_ - body_offset_;
    ByteReader reader({body_ + start, static_cast<size_t>(end_ - body_) - start});
    Instruction instruction;
    TRY(read_instruction(reader, module_.features, instruction));
    at_ = reader.position();
    return trap(TrapKind::unsupported);
  }
  }
}

Result<void> Translator::push_reference(uint32_t function) {
  return helper(&help::ref_func, function, 0, {}, &kRefType);
}

} // namespace waxwing::interp
