// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fusing: the last instruction is taken back where one that does its work and the next operator's
// exists (handlers_fused.def).
#include "interp/translator.hpp"

namespace waxwing::interp {

namespace {

#define WAX_COUNT(...) +1
constexpr bool kHasFusedHandlers =
    (0 WAX_HANDLERS_chain_i32(WAX_COUNT) WAX_HANDLERS_fused_access(WAX_COUNT)) != 0;
#undef WAX_COUNT
/// Where nothing is fused the tables take no room, and what asks them is no code.
constexpr size_t kOperators = kHasFusedHandlers ? kOpCount : 1;

/// Which handlers exist for pairs of operators.
class Pairs {
 public:
  constexpr void add(Op first, Op second, Id base) {
    base_[row(first_, rows_, first)][row(second_, columns_, second)] = base;
  }
  /// The first form, or `Id::count`.
  [[nodiscard]] WAX_ALWAYS_INLINE constexpr Id find(Op first, Op second) const {
    if (!kHasFusedHandlers) return Id::count;
    const uint8_t r = first_[static_cast<size_t>(first)];
    const uint8_t c = second_[static_cast<size_t>(second)];
    return r == 0 || c == 0 || base_[r][c] == Id{} ? Id::count : base_[r][c];
  }

 private:
  static constexpr size_t kMost = kHasFusedHandlers ? 40 : 1;
  static constexpr uint8_t row(uint8_t* rows, uint8_t& count, Op op) {
    uint8_t& r = rows[static_cast<size_t>(op)];
    if (r == 0) r = ++count;
    return r;
  }

  uint8_t first_[kOperators] = {};
  uint8_t second_[kOperators] = {};
  uint8_t rows_ = 0;
  uint8_t columns_ = 0;
  Id base_[kMost][kMost] = {};
};

/// Which handlers exist for one operator.
class Singles {
 public:
  constexpr void add(Op op, Id base) { base_[static_cast<size_t>(op)] = base; }
  [[nodiscard]] WAX_ALWAYS_INLINE constexpr Id find(Op op) const {
    if (!kHasFusedHandlers) return Id::count;
    const Id base = base_[static_cast<size_t>(op)];
    return base == Id{} ? Id::count : base;
  }

 private:
  Id base_[kOperators] = {};
};

enum class Fused : uint8_t {
  add_pair,
  copy_32_br,
  copy_64_br,
  const_32_br,
  add_br,
  i32_add_global,
  copy_32_call,
  copy_64_call,
  copy_32_32_call,
  copy_32_64_call,
  copy_64_32_call,
  copy_64_64_call,
  count,
};

struct Fusions {
  Pairs chain, chain_behind, load_then, load_behind, then_store, if_load;
  Singles load_index, wide, reversed, then_return, select_constant, table_load, global_add,
      loop_pair, loop_sum;
  Id others[static_cast<size_t>(Fused::count)] = {};

  constexpr Fusions() {
#define WAX_FUSE_Chain(p, q) chain.add(Op::p, Op::q, Id::p##_##q##_ASSS);
#define WAX_FUSE_ChainFloat(p, q) chain.add(Op::p, Op::q, Id::p##_##q##_ASSS);
#define WAX_FUSE_ChainBehind(p, q) chain_behind.add(Op::p, Op::q, Id::p##_behind_##q##_ASSS);
#define WAX_FUSE_LoadThen(p, q) load_then.add(Op::p, Op::q, Id::p##_##q##_ASN);
#define WAX_FUSE_LoadBehind(p, q) load_behind.add(Op::p, Op::q, Id::p##_behind_##q##_ASN);
#define WAX_FUSE_ThenStore(p, q) then_store.add(Op::p, Op::q, Id::p##_##q##_SSS);
#define WAX_FUSE_ThenStoreFloat(p, q) then_store.add(Op::p, Op::q, Id::p##_##q##_SSS);
#define WAX_FUSE_IfLoad(p, q) if_load.add(Op::p, Op::q, Id::if_##p##_##q##_SS);
#define WAX_FUSE_LoadIndex(op) load_index.add(Op::op, Id::op##_index_ASN);
#define WAX_FUSE_Wide(op) wide.add(Op::op, Id::op##_wide_AS);
#define WAX_FUSE_Reversed(op) reversed.add(Op::op, Id::op##_reversed_AS);
#define WAX_FUSE_SelectConstant(op) select_constant.add(Op::select_, Id::op##_ASII);
#define WAX_FUSE_TableLoad(op) table_load.add(Op::op, Id::br_table_##op##_S);
#define WAX_FUSE_GlobalAdd(op) global_add.add(Op::global_get, Id::op##_A);
#define WAX_FUSE_ThenReturn(op) then_return.add(Op::op, Id::op##_return_SS);
#define WAX_FUSE_ThenReturnFloat(op) then_return.add(Op::op, Id::op##_return_SS);
#define WAX_FUSE_LoopPair(op) loop_pair.add(Op::op, Id::loop_pair_##op##_S);
#define WAX_FUSE_LoopSum(op) loop_sum.add(Op::op, Id::loop_sum_##op##_S);
#define WAX_FUSE_Fused(op) others[static_cast<size_t>(Fused::op)] = Id::op;
#define WAX_FUSE(family, ...) WAX_FUSE_##family(__VA_ARGS__)
    WAX_HANDLERS_chain_i32(WAX_FUSE) WAX_HANDLERS_chain_i64(WAX_FUSE)
        WAX_HANDLERS_chain_float(WAX_FUSE) WAX_HANDLERS_fused_access(WAX_FUSE)
            WAX_HANDLERS_fused_branch(WAX_FUSE)
#undef WAX_FUSE
  }

  [[nodiscard]] WAX_ALWAYS_INLINE constexpr Id find(Fused which) const {
    if (!kHasFusedHandlers) return Id::count;
    const Id id = others[static_cast<size_t>(which)];
    return id == Id{} ? Id::count : id;
  }
};
constexpr Fusions kFusions;

constexpr bool has_imm(Form form) { return form == Form::SI || form == Form::AI; }
constexpr bool is_float(Op op) {
  const Letter letter = info(op).params[0];
  return letter == Letter::f32 || letter == Letter::f64;
}

constexpr Type type_of_result(Op op) {
  switch (info(op).results[0]) {
  case Letter::i64: return Type::i64;
  case Letter::f32: return Type::f32;
  case Letter::f64: return Type::f64;
  default: return Type::i32;
  }
}

} // namespace

/// Where the load that was emitted last finds its address.
Translator::Address Translator::address_of_last() const {
  const uint8_t* at = code_.data() + last_.position;
  switch (last_.address) {
  case Recent::Address::SS:
  case Recent::Address::AS: {
    const auto sum = load_unaligned<AccessSum>(at);
    return {.a = sum.a, .b = sum.b, .offset = sum.offset};
  }
  case Recent::Address::SI:
  case Recent::Address::AI: {
    const auto sum = load_unaligned<AccessSumImm>(at);
    return {.a = sum.a, .offset = sum.offset, .imm = sum.imm};
  }
  default: {
    const auto access = load_unaligned<Access>(at);
    return {.a = access.a, .offset = access.offset};
  }
  }
}

/// An operator with an operand that was just made by another operator, or loaded. `form` says
/// which.
Result<bool> Translator::fuse_binary(Op op, Form form, Entry& a, Entry& b) {
  const bool behind = form == Form::SA;
  Entry& fresh = behind ? b : a;
  Entry& other = behind ? a : b;
  const bool chains = is_fresh(fresh, Recent::Kind::binary) && last_.form != Form::SA;
  const bool loads =
      is_fresh(fresh, Recent::Kind::load) && last_.address != Recent::Address::constant;
  if (form == Form::SS || form == Form::SI || (!chains && !loads)) return false;
  if (is_float(op) && (form == Form::AI || (chains && has_imm(last_.form)))) return false;
  if (loads && form == Form::AI) return false;
  const Id base = loads ? (behind ? kFusions.load_behind : kFusions.load_then).find(last_.op, op)
                        : (behind ? kFusions.chain_behind : kFusions.chain).find(last_.op, op);
  if (base == Id::count) return false;
  // Int chains exist with immediates only where the second operand is behind the first.
  if (behind && chains && has_imm(last_.form)) return false;

  uint16_t c = 0;
  const bool second_imm = form == Form::AI;
  if (!second_imm) {
    c = source(other, 1);
    if (fresh.index != last_.position) return false;
  }
  const Type result = type_of_result(op);
  const uint32_t at = operator_offset_;
  if (loads) {
    const Address address = address_of_last();
    const auto which = static_cast<unsigned>(last_.address);
    // A trap is the load's.
    operator_offset_ = last_.origin;
    take_back();
    const auto made = produce(
        result, nth(base, which * 2),
        AccessThen{
            .a = address.a, .b = address.b, .c = c, .offset = address.offset, .imm = address.imm});
    operator_offset_ = at;
    TRY(made);
    return true;
  }
  const Form first_form = last_.form;
  const Op first = last_.op;
  DstSrcImm sum{};
  std::memcpy(static_cast<void*>(&sum), code_.data() + last_.position, sizeof sum);
  const auto second =
      load_unaligned<uint16_t>(code_.data() + last_.position + offsetof(DstSrc2, b));
  take_back();
  const Id id = nth(base, (static_cast<unsigned>(first_form) + (second_imm ? 4u : 0u)) * 2u);
  if (!has_imm(first_form) && !second_imm) {
    TRY(produce(result, id, DstSrc3{.a = sum.a, .b = second, .c = c}));
  } else {
    const bool first_imm = has_imm(first_form);
    TRY(produce(result, id,
                Chain{.a = sum.a,
                      .b = first_imm ? uint16_t{0} : second,
                      .c = c,
                      .imm = first_imm ? sum.imm : 0,
                      .imm2 = static_cast<int32_t>(static_cast<uint32_t>(b.bits))}));
  }
  if (stack_.back().kind == Entry::Kind::acc) {
    last_.kind = Recent::Kind::chain;
    last_.first = first;
    last_.op = op;
    last_.form = first_form;
    last_.address = second_imm ? Recent::Address::SI : Recent::Address::SS;
  }
  return true;
}

/// An operator whose first operand is a constant and whose operands can't be swapped.
Result<bool> Translator::fuse_first_constant(Op op, const Entry& a, Entry& b) {
  const Id base = kFusions.reversed.find(op);
  if (base == Id::count || b.kind == Entry::Kind::constant) return false;
  if (a.type == Type::i64 &&
      static_cast<int64_t>(a.bits) != static_cast<int32_t>(static_cast<uint32_t>(a.bits)))
    return false;
  const bool accumulator = in_accumulator(b);
  const Id id = nth(base, accumulator ? 2u : 0u);
  const uint16_t from = accumulator ? uint16_t{0} : source(b, 1);
  const auto low = static_cast<uint32_t>(a.bits);
  if (a.type == Type::f64)
    TRY(produce(a.type, id,
                DstSrcImm64{.a = from, .imm = {low, static_cast<uint32_t>(a.bits >> 32)}}));
  else
    TRY(produce(a.type, id, DstSrcImm{.a = from, .imm = static_cast<int32_t>(low)}));
  return true;
}

/// An operator on i64 whose second operand is a constant that 32 bits can't say.
Result<bool> Translator::fuse_wide_constant(Op op, Entry& a, const Entry& b) {
  const Id base = kFusions.wide.find(op);
  if (base == Id::count) return false;
  const bool accumulator = in_accumulator(a);
  TRY(produce(
      Type::i64, nth(base, accumulator ? 2u : 0u),
      DstSrcImm64{.a = accumulator ? uint16_t{0} : source(a, 0),
                  .imm = {static_cast<uint32_t>(b.bits), static_cast<uint32_t>(b.bits >> 32)}}));
  return true;
}

/// A load of an array's element: its address is a shifted index, or that and a base.
Result<bool> Translator::fuse_load(Op op, Entry& address, uint32_t offset) {
  const Id base = kFusions.load_index.find(op);
  if (base == Id::count) return false;
  AccessThen access{.offset = offset};
  unsigned form = 0;
  if (is_fresh(address, Recent::Kind::binary) && last_.op == Op::i32_shl && has_imm(last_.form)) {
    const auto shift = load_unaligned<DstSrcImm>(code_.data() + last_.position);
    access.a = shift.a;
    access.imm = shift.imm;
  } else if (is_fresh(address, Recent::Kind::chain) && last_.first == Op::i32_shl &&
             last_.op == Op::i32_add && has_imm(last_.form) &&
             last_.address == Recent::Address::SS) {
    const auto chain = load_unaligned<Chain>(code_.data() + last_.position);
    access.a = chain.a;
    access.b = chain.c;
    access.imm = chain.imm;
    form = 4;
  } else {
    return false;
  }
  if (last_.form == Form::AI) form += 2;
  take_back();
  TRY(produce(type_of_result(op), nth(base, form), access));
  return true;
}

/// A store of what an operator has just made.
bool Translator::fuse_store(Op op, Entry& address, Entry& value, uint32_t offset) {
  if (!is_fresh(value, Recent::Kind::binary) || last_.form == Form::SA) return false;
  const Id base = kFusions.then_store.find(last_.op, op);
  if (base == Id::count || address.kind == Entry::Kind::constant) return false;
  const bool floats = is_float(last_.op);
  if (floats && has_imm(last_.form)) return false;
  // The address of a float may be in the accumulator of integers; if it is nowhere else, it has to
  // be used from there.
  const bool accumulator = floats && in_accumulator(address);
  if (!accumulator && address.kind == Entry::Kind::acc) return false;
  const uint16_t c = accumulator ? uint16_t{0} : source(address, 2);
  if (value.index != last_.position) return false;
  auto form = static_cast<unsigned>(last_.form);
  if (accumulator) form += 2;
  DstSrcImm sum{};
  std::memcpy(static_cast<void*>(&sum), code_.data() + last_.position, sizeof sum);
  const auto second =
      load_unaligned<uint16_t>(code_.data() + last_.position + offsetof(DstSrc2, b));
  const bool with_imm = has_imm(last_.form);
  take_back();
  emit(nth(base, form), AccessThen{.a = sum.a,
                                   .b = with_imm ? uint16_t{0} : second,
                                   .c = c,
                                   .offset = offset,
                                   .imm = with_imm ? sum.imm : 0});
  return true;
}

/// A comparison of what was just loaded, and a branch. The comparison has been taken back.
bool Translator::fuse_if_load(Op compare, Form form, const DstSrcImm64& operands, Label& label) {
  if (form != Form::AS && form != Form::AI) return false;
  if (last_.kind != Recent::Kind::load || last_.slot != kNone || failed_ || last_.which != 0)
    return false;
  if (last_.address != Recent::Address::S && last_.address != Recent::Address::A) return false;
  const Id base = kFusions.if_load.find(last_.op, compare);
  if (base == Id::count) return false;
  const auto access = load_unaligned<Access>(code_.data() + last_.position);
  const auto b =
      load_unaligned<uint16_t>(reinterpret_cast<const uint8_t*>(&operands) + offsetof(DstSrc2, b));
  const bool with_imm = form == Form::AI;
  const unsigned which = (last_.address == Recent::Address::A ? 1u : 0u) + (with_imm ? 2u : 0u);
  const uint32_t at = operator_offset_;
  operator_offset_ = last_.origin;
  take_back();
  const uint32_t position = emit(
      nth(base, which), BranchLoad{.a = access.a,
                                   .b = with_imm ? uint16_t{0} : b,
                                   .offset = access.offset,
                                   .imm = with_imm ? static_cast<int32_t>(operands.imm[0]) : 0});
  operator_offset_ = at;
  refer(label, position + static_cast<uint32_t>(offsetof(BranchLoad, rel)), position);
  return true;
}

/// The end of a loop that counts two locals up, or one by another local.
bool Translator::fuse_loop(Op compare, Form form, const DstSrcImm64& operands, Label& label) {
  if ((form != Form::AS && form != Form::AI) || last_.slot == kNone || failed_) return false;
  const bool with_imm = form == Form::AI;
  const auto b =
      load_unaligned<uint16_t>(reinterpret_cast<const uint8_t*>(&operands) + offsetof(DstSrc2, b));
  const int32_t imm = with_imm ? static_cast<int32_t>(operands.imm[0]) : 0;
  const uint16_t bound = with_imm ? uint16_t{0} : b;
  const uint32_t start = last_.position;
  const auto forget_last = [&] {
    code_.truncate(start);
    last_ = previous_;
    previous_ = {};
  };
  if (last_.kind == Recent::Kind::add_pair) {
    const Id base = kFusions.loop_pair.find(compare);
    const auto pair = load_unaligned<AddPair>(code_.data() + start);
    if (base == Id::count || pair.a != pair.d || (!with_imm && b == pair.d)) return false;
    forget_last();
    emit(nth(base, with_imm ? 1u : 0u), LoopBranchPair{.d = pair.d,
                                                       .b = bound,
                                                       .step = pair.step,
                                                       .d1 = pair.d1,
                                                       .a1 = pair.a1,
                                                       .step1 = pair.step1,
                                                       .imm = imm});
    refer(label, start + static_cast<uint32_t>(offsetof(LoopBranchPair, rel)), start);
    return true;
  }
  if (last_.kind != Recent::Kind::binary || last_.op != Op::i32_add || last_.form != Form::SS)
    return false;
  const Id base = kFusions.loop_sum.find(compare);
  const auto sum = load_unaligned<DstSrc2>(code_.data() + start);
  if (base == Id::count || last_.slot != sum.d || (sum.a != sum.d && sum.b != sum.d) ||
      (!with_imm && b == sum.d))
    return false;
  forget_last();
  emit(nth(base, with_imm ? 1u : 0u),
       LoopBranchSum{.d = sum.d, .a = sum.a == sum.d ? sum.b : sum.a, .b = bound, .imm = imm});
  refer(label, start + static_cast<uint32_t>(offsetof(LoopBranchSum, rel)), start);
  return true;
}

/// The return of what an operator has just made.
bool Translator::fuse_return(const Entry& value) {
  if (!is_fresh(value, Recent::Kind::binary) || last_.form == Form::SA) return false;
  const Id base = kFusions.then_return.find(last_.op);
  const bool with_imm = has_imm(last_.form);
  if (base == Id::count || (with_imm && is_float(last_.op))) return false;
  DstSrcImm sum{};
  std::memcpy(static_cast<void*>(&sum), code_.data() + last_.position, sizeof sum);
  const auto second =
      load_unaligned<uint16_t>(code_.data() + last_.position + offsetof(DstSrc2, b));
  const Id id = nth(base, static_cast<unsigned>(last_.form));
  code_.truncate(last_.position);
  emit(id, OperatorReturn{.a = sum.a,
                          .b = with_imm ? uint16_t{0} : second,
                          .header = header_,
                          .imm = with_imm ? sum.imm : 0});
  return true;
}

/// A choice between i32 of which one is a constant at least.
Result<bool> Translator::fuse_select(Entry& a, Entry& b, Entry& condition) {
  const Id base = kFusions.select_constant.find(Op::select_);
  const bool first = a.kind == Entry::Kind::constant;
  const bool second = b.kind == Entry::Kind::constant;
  if (base == Id::count || a.type != Type::i32 || (!first && !second)) return false;
  Chain select{};
  if (first)
    select.imm = static_cast<int32_t>(static_cast<uint32_t>(a.bits));
  else
    select.a = source(a, 0);
  if (second)
    select.imm2 = static_cast<int32_t>(static_cast<uint32_t>(b.bits));
  else
    select.b = source(b, 1);
  const bool accumulator = in_accumulator(condition);
  if (!accumulator) select.c = source(condition, 2);
  const unsigned form = (first ? second ? 0u : 4u : 8u) + (accumulator ? 2u : 0u);
  TRY(produce(Type::i32, nth(base, form), select));
  return true;
}

/// A table of branches whose index was just loaded: emitted without its distances, whose place is
/// returned, or `kNone`.
uint32_t Translator::fuse_table(const Entry& index, uint32_t count) {
  if (!is_fresh(index, Recent::Kind::load) ||
      (last_.address != Recent::Address::S && last_.address != Recent::Address::A))
    return kNone;
  const Id base = kFusions.table_load.find(last_.op);
  if (base == Id::count) return kNone;
  const auto access = load_unaligned<Access>(code_.data() + last_.position);
  const unsigned form = last_.address == Recent::Address::A ? 1u : 0u;
  const uint32_t at = operator_offset_;
  operator_offset_ = last_.origin;
  take_back();
  const uint32_t position = emit(
      nth(base, form), BranchTableLoad{.a = access.a, .offset = access.offset, .count = count});
  operator_offset_ = at;
  return position;
}

/// A global's value with an immediate added to it: how C's functions take their frames.
Result<bool> Translator::fuse_global_add(Op op, const Entry& a, const Entry& b) {
  const Id base = kFusions.global_add.find(Op::global_get);
  if (base == Id::count || (op != Op::i32_add && op != Op::i32_sub) ||
      b.kind != Entry::Kind::constant || !is_fresh(a, Recent::Kind::other) ||
      last_.id != WAX_FIRST(Typed, i32_global_get))
    return false;
  const auto global = load_unaligned<GlobalAccess>(code_.data() + last_.position);
  const auto imm = static_cast<uint32_t>(b.bits);
  take_back();
  TRY(produce(Type::i32, base,
              GlobalAdd{.imm = static_cast<int32_t>(op == Op::i32_add ? imm : 0u - imm),
                        .global = global.global}));
  return true;
}

/// A sum that goes into a global alone.
bool Translator::fuse_global_set(const Entry& value, uint32_t global) {
  const Id id = kFusions.find(Fused::i32_add_global);
  if (id == Id::count || !is_fresh_sum(value) || last_.form != Form::SI) return false;
  const auto sum = load_unaligned<DstSrcImm>(code_.data() + last_.position);
  take_back();
  emit(id, GlobalAdd{.a = sum.a, .imm = sum.imm, .global = global});
  return true;
}

/// Two locals counted up one after the other.
void Translator::pair_adds() {
  const Id id = kFusions.find(Fused::add_pair);
  const auto counts = [&](const Recent& recent) {
    return recent.kind == Recent::Kind::binary && recent.op == Op::i32_add &&
           recent.form == Form::SI && recent.slot != kNone;
  };
  if (id == Id::count || failed_ || !counts(last_) || !counts(previous_) ||
      previous_.position + sizeof(DstSrcImm) != last_.position)
    return;
  const auto first = load_unaligned<DstSrcImm>(code_.data() + previous_.position);
  const auto second = load_unaligned<DstSrcImm>(code_.data() + last_.position);
  const uint32_t slot = last_.slot;
  code_.truncate(previous_.position);
  last_ = {};
  emit(id, AddPair{.d = second.d,
                   .a = second.a,
                   .step = second.imm,
                   .d1 = first.d,
                   .a1 = first.a,
                   .step1 = first.imm});
  last_.kind = Recent::Kind::add_pair;
  last_.slot = slot;
}

/// A branch behind a copy, a constant or a count.
bool Translator::fuse_jump(Label& label) {
  if (failed_ || last_.kind == Recent::Kind::none) return false;
  const uint32_t start = last_.position;
  const auto jump = [&](Fused which, auto layout) {
    const Id id = kFusions.find(which);
    if (id == Id::count) return false;
    code_.truncate(start);
    emit(id, layout);
    refer(label, start + static_cast<uint32_t>(offsetof(decltype(layout), rel)), start);
    return true;
  };
  if (last_.kind == Recent::Kind::copy) {
    const auto copy = load_unaligned<WideCopy>(code_.data() + start);
    return jump(last_.id == Id::copy_64 ? Fused::copy_64_br : Fused::copy_32_br,
                CopyJump{.d = static_cast<uint16_t>(copy.d), .a = static_cast<uint16_t>(copy.a)});
  }
  if (last_.kind == Recent::Kind::constant && last_.id == Id::const_32) {
    const auto constant = load_unaligned<WideConst>(code_.data() + start);
    return jump(Fused::const_32_br, ConstJump{.d = constant.d, .imm = constant.imm});
  }
  if (last_.kind == Recent::Kind::binary && last_.op == Op::i32_add && last_.form == Form::SI &&
      last_.slot != kNone) {
    const auto sum = load_unaligned<DstSrcImm>(code_.data() + start);
    return jump(Fused::add_br, AddJump{.d = sum.d, .a = sum.a, .imm = sum.imm});
  }
  return false;
}

/// A call behind the copies of its last arguments.
bool Translator::fuse_call(Function* callee, const CallEnd& end) {
  if (failed_) return false;
  const uint32_t start = last_.position;
  CopyCall call{.callee = callee, .end = end};
  Fused which = Fused::count;
  if (last_.kind == Recent::Kind::copy) {
    const auto copy = load_unaligned<WideCopy>(code_.data() + start);
    call.d = static_cast<uint16_t>(copy.d);
    call.a = static_cast<uint16_t>(copy.a);
    which = last_.id == Id::copy_64 ? Fused::copy_64_call : Fused::copy_32_call;
  } else if (last_.kind == Recent::Kind::copies) {
    const auto copies = load_unaligned<CopyPair>(code_.data() + start);
    call.d = copies.d;
    call.a = copies.a;
    call.d2 = copies.d2;
    call.a2 = copies.a2;
    switch (last_.id) {
    case Id::copy_32_32: which = Fused::copy_32_32_call; break;
    case Id::copy_32_64: which = Fused::copy_32_64_call; break;
    case Id::copy_64_32: which = Fused::copy_64_32_call; break;
    default: which = Fused::copy_64_64_call; break;
    }
  }
  if (which == Fused::count || kFusions.find(which) == Id::count) return false;
  code_.truncate(start);
  emit(kFusions.find(which), call);
  return true;
}

} // namespace waxwing::interp
