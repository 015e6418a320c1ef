// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The translator's walk over a body, and control.
#include "interp/translator.hpp"

#include <bit>

#include "wasm/limits.hpp"

namespace waxwing::interp {

namespace {

/// The operators of one byte, by that byte.
struct OneByteOps {
  Op ops[256];
  constexpr OneByteOps() {
    for (Op& op : ops) op = kNoOp;
    for (size_t i = 0; i < kOpCount; ++i)
      if (kOpInfo[i].prefix == 0) ops[kOpInfo[i].code] = static_cast<Op>(i);
  }
};
constexpr OneByteOps kOneByte;

constexpr size_t kFirstPrefix = 0xFB;
constexpr size_t kLastPrefix = 0xFE;

} // namespace

Translator::Translator(const ModuleCode& code, const Allocator& allocator)
    : module_code_(code), loaded_(code.loaded()), module_(code.loaded().module()),
      handlers_(handler_table()), code_(allocator), stack_(allocator), controls_(allocator),
      locals_(allocator), fixups_(allocator), set_(allocator), regions_(allocator),
      catches_(allocator), orphans_(allocator) {
  const runtime::Engine& engine = loaded_.engine();
  polls_ = engine.polls();
  metering_ = engine.config().metering;
  deterministic_ = engine.config().deterministic;
}

Result<void> Translator::translate(const Function& function) {
  wanted_ = kNone;
  TRY(run(function, false));
  if (too_far_) TRY(run(function, true));
  return {};
}

Result<uint32_t> Translator::locate(const Function& function, uint32_t code_offset) {
  wanted_ = code_offset;
  found_ = module_.functions[function.index].body.offset;
  TRY(run(function, false));
  if (too_far_) TRY(run(function, true));
  wanted_ = kNone;
  return found_;
}

Result<void> Translator::run(const Function& function, bool far) {
  function_ = function.index;
  type_ = loaded_.function_type(function_);
  header_ = function.header;
  const ByteRange body = module_.functions[function_].body;
  body_ = at_ = module_.slice(body).data();
  end_ = at_ + body.size;
  body_offset_ = body.offset;
  code_.clear();
  stack_.clear();
  controls_.clear();
  locals_.clear();
  fixups_.clear();
  set_.clear();
  regions_.clear();
  catches_.clear();
  orphans_.clear();
  open_regions_ = 0;
  entry_ = 0;
  zero_from_ = kNone;
  zero_to_ = 0;
  far_ = far;
  too_far_ = failed_ = dead_ = false;
  dead_depth_ = 0;
  frame_bytes_ = 0;
  charge_ = kNone;
  operators_ = 0;
  for (Accumulator& accumulator : accumulators_) accumulator = {};
  forget();
  operator_offset_ = body_offset_;
  TRY(read_locals(function));
  TRY(controls_.push({.kind = Control::Kind::function, .height = height_}));
  if (polls_) emit(Id::poll, Plain{});
  TRY(choose_memory());
  TRY(translate_body());
  finish_locals();
  return {};
}

/// Lays out the frame: arguments (and later results), header, other locals, operand stack.
Result<void> Translator::read_locals(const Function& function) {
  uint32_t offset = 0;
  for (const ValType param : module_.type_of(function_).params) {
    const Type type = type_of(param);
    TRY(locals_.push({offset, 0, type, true}));
    offset += slot_size(type);
  }
  offset = function.header + static_cast<uint32_t>(sizeof(Header));
  scratch_ = offset;
  if (far_) offset += kScratchSlots * 16;
  const uint32_t first = offset;
  const uint32_t groups = leb_u32();
  for (uint32_t i = 0; i < groups; ++i) {
    const uint32_t count = leb_u32();
    ByteReader reader({at_, static_cast<size_t>(end_ - at_)});
    const Type type = type_of(TRY(read_val_type(reader, module_.features)));
    at_ = reader.position();
    TRY(locals_.reserve_more(count));
    for (uint32_t j = 0; j < count; ++j) {
      TRY(locals_.push({offset, 0, type, false}));
      offset += slot_size(type);
    }
  }
  height_ = offset;
  need(offset);
  if (offset != first) emit(Id::zero, Zero{});
  return {};
}

/// The memory that most accesses are about is the one in the registers. Calls are made with the
/// first there, and so are returns.
Result<void> Translator::choose_memory() {
  main_memory_ = 0;
  if (module_.memories.size() < 2) return {};
  uint64_t uses[kMaxMemories] = {};
  ByteReader reader({at_, static_cast<size_t>(end_ - at_)});
  Instruction instruction;
  // A bit for each block around, the innermost lowest: 1 for a loop.
  uint64_t blocks = 0;
  while (!reader.at_end()) {
    TRY(read_instruction(reader, module_.features, instruction));
    switch (instruction.op) {
    case Op::block:
    case Op::if_: blocks <<= 1; continue;
    case Op::loop: blocks = blocks << 1 | 1; continue;
    case Op::end: blocks >>= 1; continue;
    default: break;
    }
    const OpInfo& row = info(instruction.op);
    // What comes back from a handler of exceptions or from the heap finds the first.
    if (row.feature == Feature::exceptions || row.feature == Feature::legacy_exceptions ||
        row.feature == Feature::gc)
      return {};
    if (row.immediate != Imm::memarg && row.immediate != Imm::memarg_lane) continue;
    if (memory_address(instruction.memarg.memory) != Type::i32) continue;
    const int loops = std::popcount(blocks);
    uses[instruction.memarg.memory] += uint64_t{1} << (4 * (loops < 8 ? loops : 8));
  }
  for (uint32_t i = 1; i < module_.memories.size(); ++i)
    if (uses[i] > uses[main_memory_]) main_memory_ = i;
  use_memory(main_memory_);
  return {};
}

/// Puts another memory into the registers than the first, or that one in its place.
void Translator::use_memory(uint32_t memory) {
  if (main_memory_ != 0) emit(Id::use_memory, Count{.count = runtime::memory_place(memory)});
}

/// Locals that no way through the function reads before it sets them need no zeros.
void Translator::finish_locals() {
  if (locals_.size() == module_.type_of(function_).params.size() || failed_) return;
  if (zero_from_ == kNone) {
    entry_ = sizeof(Zero);
    return;
  }
  const uint32_t units = (zero_to_ - zero_from_ + kZeroUnit - 1) / kZeroUnit;
  Zero zero{.at = zero_from_, .count = units};
  zero.handler = handlers_[static_cast<size_t>(Id::zero)];
  std::memcpy(code_.data(), &zero, sizeof zero);
  need(zero_from_ + units * kZeroUnit);
}

/// Behind a block, a local is set only if it was before.
void Translator::unset(uint32_t height) {
  while (set_.size() > height) locals_[set_.pop()].is_set = false;
}

Result<void> Translator::translate_body() {
  while (!controls_.empty()) {
    operator_offset_ = body_offset_ + static_cast<uint32_t>(at_ - body_);
    if (dead_) {
      TRY(skip_dead());
      continue;
    }
    if (metering_) {
      if (charge_ == kNone) begin_charge();
      ++operators_;
    }
    const uint8_t code = byte();
    Op op = kOneByte.ops[code];
    if (code >= kFirstPrefix && code <= kLastPrefix) op = find_op(code, leb_u32());
    TRY(translate_operator(op));
    if (failed_) return out_of_memory();
  }
  return {};
}

void Translator::begin_charge() {
  operators_ = 0;
  charge_ = emit(Id::charge, Count{});
}

/// The basic block ends before the next operator.
void Translator::end_charge() {
  if (charge_ == kNone || failed_) return;
  store_unaligned(code_.data() + charge_ + offsetof(Count, count), operators_);
  charge_ = kNone;
}

/// Nothing reaches what follows until the block ends.
void Translator::die() {
  dead_ = true;
  dead_depth_ = 0;
  drop_to(controls_.back().base);
  height_ = controls_.back().height;
  end_charge();
  forget();
}

Result<void> Translator::skip_dead() {
  ByteReader reader({at_, static_cast<size_t>(end_ - at_)});
  Instruction instruction;
  TRY(read_instruction(reader, module_.features, instruction));
  at_ = reader.position();
  switch (instruction.op) {
  case Op::block:
  case Op::loop:
  case Op::if_:
  case Op::try_:
  case Op::try_table: ++dead_depth_; return {};
  case Op::catch_: return dead_depth_ == 0 ? catch_(&instruction.x) : Result<void>{};
  case Op::catch_all: return dead_depth_ == 0 ? catch_(nullptr) : Result<void>{};
  case Op::delegate:
    if (dead_depth_ == 0) return delegate(instruction.x);
    --dead_depth_;
    return {};
  case Op::else_: return dead_depth_ == 0 ? else_() : Result<void>{};
  case Op::end:
    if (dead_depth_ == 0) return end();
    --dead_depth_;
    return {};
  default: return {};
  }
}

Result<void> Translator::translate_operator(Op op) {
  switch (op) {
  case Op::unreachable: return trap(TrapKind::unreachable);
  case Op::nop: return {};
  case Op::block: return begin(Control::Kind::block);
  case Op::loop: return begin(Control::Kind::loop);
  case Op::if_: return begin(Control::Kind::if_);
  case Op::else_: return else_();
  case Op::end: return end();
  case Op::br: return br(leb_u32());
  case Op::br_if: return br_if(leb_u32());
  case Op::br_table: return br_table();
  case Op::br_on_null: return br_on_null(leb_u32(), true);
  case Op::br_on_non_null: return br_on_null(leb_u32(), false);
  case Op::return_: return return_();
  case Op::call: return call(leb_u32());
  case Op::return_call: return tail_call(leb_u32());
  case Op::call_indirect:
  case Op::return_call_indirect: {
    const uint32_t type = leb_u32();
    return call_indirect(type, leb_u32(), op == Op::return_call_indirect);
  }
  case Op::call_ref:
  case Op::return_call_ref: return call_ref(leb_u32(), op == Op::return_call_ref);
  case Op::try_table: return try_table();
  case Op::throw_: return throw_(leb_u32());
  case Op::throw_ref: return throw_ref();
  case Op::try_: return try_();
  case Op::catch_: {
    const uint32_t tag = leb_u32();
    return catch_(&tag);
  }
  case Op::catch_all: return catch_(nullptr);
  case Op::delegate: return delegate(leb_u32());
  case Op::rethrow: return rethrow(leb_u32());

  case Op::drop: (void)pop(); return {};
  case Op::select_t: {
    ByteReader reader({at_, static_cast<size_t>(end_ - at_)});
    const uint32_t count = TRY(reader.leb_u32());
    for (uint32_t i = 0; i < count; ++i) (void)TRY(read_val_type(reader, module_.features));
    at_ = reader.position();
    return select();
  }
  case Op::select_: return select();

  case Op::local_get: {
    const uint32_t index = leb_u32();
    Local& local = locals_[index];
    ++local.uses;
    if (!local.is_set) {
      if (local.offset < zero_from_) zero_from_ = local.offset;
      const uint32_t end = local.offset + slot_size(local.type);
      if (end > zero_to_) zero_to_ = end;
    }
    return push({.kind = Entry::Kind::local, .type = locals_[index].type, .index = index});
  }
  case Op::local_set: return set_local(leb_u32(), false);
  case Op::local_tee: return set_local(leb_u32(), true);
  case Op::global_get: return global_get(leb_u32());
  case Op::global_set: return global_set(leb_u32());

  case Op::i32_const:
    return push({.kind = Entry::Kind::constant,
                 .type = Type::i32,
                 .bits = static_cast<uint32_t>(leb_s64())});
  case Op::i64_const:
    return push({.kind = Entry::Kind::constant,
                 .type = Type::i64,
                 .bits = static_cast<uint64_t>(leb_s64())});
  case Op::f32_const: {
    const auto bits = load_unaligned<uint32_t>(at_);
    at_ += sizeof bits;
    return push({.kind = Entry::Kind::constant, .type = Type::f32, .bits = bits});
  }
  case Op::f64_const: {
    const auto bits = load_unaligned<uint64_t>(at_);
    at_ += sizeof bits;
    return push({.kind = Entry::Kind::constant, .type = Type::f64, .bits = bits});
  }
  case Op::ref_null: {
    ByteReader reader({at_, static_cast<size_t>(end_ - at_)});
    (void)TRY(read_heap_type(reader, module_.features));
    at_ = reader.position();
    return push({.kind = Entry::Kind::constant, .type = kRefType, .bits = 0});
  }
  case Op::ref_is_null: return is_null();
  case Op::ref_as_non_null: return as_non_null();
  default: break;
  }
  switch (rule(op).family) {
  case Rule::Family::unary: return unary(op);
  case Rule::Family::commutative:
  case Rule::Family::binary:
  case Rule::Family::compare: return binary(op);
  case Rule::Family::load: return load(op, memarg());
  case Rule::Family::store: return store(op, memarg());
  case Rule::Family::none: break;
  }
  return translate_rest(op);
}

Result<BlockType> Translator::block_type() {
  BlockType type;
  const uint8_t first = *at_;
  if (first == 0x40) {
    ++at_;
  } else if ((first & 0xC0) == 0x40) {
    ByteReader reader({at_, static_cast<size_t>(end_ - at_)});
    type.kind = BlockType::Kind::value;
    type.value = TRY(read_val_type(reader, module_.features));
    at_ = reader.position();
  } else {
    type.kind = BlockType::Kind::index;
    type.index = static_cast<TypeIndex>(leb_s64());
  }
  return type;
}

std::span<const ValType> Translator::params_of(const BlockType& type) const {
  if (type.kind == BlockType::Kind::index) return module_.types[type.index].params;
  return {};
}
std::span<const ValType> Translator::results_of(const BlockType& type) const {
  if (type.kind == BlockType::Kind::index) return module_.types[type.index].results;
  if (type.kind == BlockType::Kind::value) return {&type.value, 1};
  return {};
}
/// What a branch to the block takes along.
std::span<const ValType> Translator::label_types(const Control& control) const {
  if (control.kind == Control::Kind::function) return type_->results;
  return control.kind == Control::Kind::loop ? params_of(control.type) : results_of(control.type);
}

Result<void> Translator::begin(Control::Kind kind) {
  const BlockType type = TRY(block_type());
  Entry condition;
  if (kind == Control::Kind::if_) condition = pop();
  const std::span<const ValType> params = params_of(type);
  Control control{.kind = kind, .type = type};
  control.base = static_cast<uint32_t>(stack_.size() - params.size());
  control.set_height = static_cast<uint32_t>(set_.size());
  control.level = open_regions_;
  control.height = params.empty() ? height_ : stack_[control.base].home;

  // Behind the label nothing is known of accumulators, and locals may change on one way only.
  flush_locals();
  if (kind == Control::Kind::loop || kind == Control::Kind::if_) {
    for (size_t i = control.base; i < stack_.size(); ++i) settle(stack_[i]);
  }
  switch (kind) {
  case Control::Kind::loop:
    spill_all();
    bind(control.start);
    if (polls_) emit(Id::poll, Plain{});
    end_charge();
    break;
  case Control::Kind::if_:
    spill_all();
    branch_if(condition, false, control.otherwise);
    end_charge();
    break;
  default: break;
  }
  return controls_.push(control);
}

Result<void> Translator::else_() {
  Control& control = controls_.back();
  if (!dead_) {
    place_all(results_of(control.type), control.height, true);
    spill_all();
    jump(control.end);
    end_charge();
  }
  unset(control.set_height);
  control.kind = Control::Kind::else_;
  drop_to(control.base);
  height_ = control.height;
  for (Accumulator& accumulator : accumulators_) accumulator.owner = -1;
  bind(control.otherwise);
  control.otherwise = {};
  dead_ = false;
  for (const ValType param : params_of(control.type)) TRY(push_slot(type_of(param)));
  return {};
}

Result<void> Translator::end() {
  Control& control = controls_.back();
  if (control.kind == Control::Kind::function) {
    if (!dead_) TRY(return_());
    const uint32_t chain = control.end.catch_chain;
    controls_.clear();
    return catch_returns(chain);
  }
  unset(control.set_height);
  end_charge();
  const bool joins = control.end.is_used() || control.kind == Control::Kind::if_;
  if (!joins) {
    if (control.region_begin != kNone) TRY(close_region(control));
    controls_.truncate(controls_.size() - 1);
    if (dead_) die();
    return {};
  }
  const BlockType type = control.type;
  const std::span<const ValType> results = results_of(type);
  if (!dead_) place_all(results, control.height, true);
  spill_all();
  if (control.region_begin != kNone) TRY(close_region(control));
  drop_to(control.base);
  height_ = control.height;
  if (control.kind == Control::Kind::if_) bind(control.otherwise);
  bind(control.end);
  dead_ = false;
  for (const ValType result : results) TRY(push_slot(type_of(result)));
  controls_.truncate(controls_.size() - 1);
  return {};
}

Result<void> Translator::br(uint32_t depth) {
  Control& target = control(depth);
  if (target.kind == Control::Kind::function) return return_();
  place_all(label_types(target), target.height, true);
  spill_all();
  jump(target.kind == Control::Kind::loop ? target.start : target.end);
  die();
  return {};
}

void Translator::go_to(Control& target) {
  if (target.kind == Control::Kind::function) return return_values();
  place_all(label_types(target), target.height, false);
  jump(target.kind == Control::Kind::loop ? target.start : target.end);
}

Result<void> Translator::br_if(uint32_t depth) {
  Entry condition = pop();
  Control& target = control(depth);
  const std::span<const ValType> types = label_types(target);
  Label& label = target.kind == Control::Kind::loop ? target.start : target.end;
  const bool is_return = target.kind == Control::Kind::function;
  if (types.empty() && !is_return) {
    branch_if(condition, true, label);
    end_charge();
    return {};
  }
  // The values move on the way that is taken only.
  if (is_return) settle_results();
  Label over;
  branch_if(condition, false, over);
  go_to(target);
  bind(over);
  end_charge();
  return {};
}

Result<void> Translator::br_on_null(uint32_t depth, bool on_null) {
  Control& target = control(depth);
  const bool is_return = target.kind == Control::Kind::function;
  settle(stack_.back());
  if (is_return) settle_results();
  Entry reference = stack_.back();
  Label over;
  // One way goes on with the reference, the other without.
  if (on_null) (void)pop();
  branch_ref(reference, on_null, over);
  go_to(target);
  bind(over);
  end_charge();
  if (on_null) return push(reference);
  (void)pop();
  return {};
}

Result<void> Translator::br_table() {
  Entry index = pop();
  ByteReader reader({at_, static_cast<size_t>(end_ - at_)});
  const uint32_t count = TRY(reader.leb_u32());
  at_ = reader.position();
  const uint8_t* const labels = at_;
  // The values have to be where every target can take them from.
  uint32_t last = 0;
  for (uint32_t i = 0; i <= count; ++i) last = leb_u32();
  const uint8_t* const behind = at_;
  const size_t arity = label_types(control(last)).size();
  for (size_t i = stack_.size() - arity; i < stack_.size(); ++i) settle(stack_[i]);
  spill_all();
  uint32_t position = fuse_table(index, count);
  if (position == kNone) {
    const bool accumulator = in_accumulator(index);
    const uint16_t a = accumulator ? uint16_t{0} : source(index, 0);
    position = emit(accumulator ? WAX_FIRST(FromAcc, br_table_A) : Id::br_table_S,
                    BranchTable{.a = a, .count = count});
  }
  const size_t table = code_.size();
  const size_t bytes = align_up((size_t{count} + 1) * sizeof(int32_t), kWord);
  if (!code_.resize(table + bytes)) return out_of_memory();
  at_ = labels;
  Vec<uint32_t> stubs(code_.allocator());
  for (uint32_t i = 0; i <= count; ++i) {
    const uint32_t depth = leb_u32();
    Control& target = control(depth);
    const auto field = static_cast<uint32_t>(table + size_t{i} * sizeof(int32_t));
    if (arity == 0 && target.kind != Control::Kind::function) {
      refer(target.kind == Control::Kind::loop ? target.start : target.end, field, position);
      continue;
    }
    if (target.stub_owner != position) {
      target.stub_owner = position;
      target.stub = {};
      TRY(stubs.push(depth));
    }
    refer(target.stub, field, position);
  }
  at_ = behind;
  for (const uint32_t depth : stubs.span()) {
    Control& target = control(depth);
    bind(target.stub);
    go_to(target);
  }
  die();
  return {};
}

Result<void> Translator::return_() {
  settle_results();
  return_values();
  die();
  return {};
}

/// Returns the topmost entries and leaves the stack as it is. A single result goes into the
/// accumulator too, where the caller looks for it.
void Translator::return_values() {
  use_memory(0);
  const std::span<const ValType> results = type_->results;
  if (results.size() != 1 || type_of(results[0]) == Type::v128) {
    place_all(results, 0, false);
    emit(Id::return_, Return{.header = header_});
    return;
  }
  Entry value = stack_.back();
  if (fuse_return(value)) return;
  constexpr Id kReturns[] = {Id::i32_return_S, Id::i64_return_S, Id::f32_return_S,
                             Id::f64_return_S};
  const auto id = [&](unsigned form) {
    const Id base = kReturns[static_cast<size_t>(value.type)];
    return static_cast<Id>(static_cast<unsigned>(base) + form);
  };
  if (kFullHandlers && value.kind == Entry::Kind::constant) {
    const auto low = static_cast<uint32_t>(value.bits);
    if (size_of(value.type) == 8)
      emit(id(2),
           Return64{.header = header_, .imm = {low, static_cast<uint32_t>(value.bits >> 32)}});
    else
      emit(id(2), Return{.header = header_, .imm = static_cast<int32_t>(low)});
  } else if (in_accumulator(value)) {
    emit(id(1), Return{.header = header_});
  } else {
    emit(id(0), Return{.a = source(value, 0), .header = header_});
  }
}

/// Makes sure that a stack entry has its value at home.
void Translator::settle(Entry& entry) {
  if (entry.kind == Entry::Kind::acc) {
    spill(static_cast<unsigned>(accumulator_of(entry.type)));
    return;
  }
  if (entry.kind == Entry::Kind::local) --locals_[entry.index].uses;
  to_home(entry);
}

/// Several results overlap with the parameters: what stands for one may not be overwritten before
/// it was read.
void Translator::settle_results() {
  const size_t count = type_->results.size();
  if (count < 2) return;
  for (Entry& entry : stack_.span().subspan(stack_.size() - count)) settle(entry);
}

/// Puts the arguments of a call where the callee expects them; returns where that is.
uint32_t Translator::prepare_call(std::span<const ValType> params, const RuntimeType& type) {
  const size_t first = stack_.size() - params.size();
  const uint32_t frame = params.empty() ? height_ : stack_[first].home;
  for (size_t i = first; i < stack_.size(); ++i) settle(stack_[i]);
  spill_all();
  need(frame + type.call_cells * static_cast<uint32_t>(sizeof(Cell)) +
       static_cast<uint32_t>(sizeof(Header)));
  use_memory(0);
  return frame;
}

Result<void> Translator::finish_call(uint32_t frame, std::span<const ValType> results) {
  height_ = frame;
  use_memory(main_memory_);
  forget();
  for (const ValType result : results) TRY(push_slot(type_of(result)));
  if (results.size() == 1) {
    const Type type = type_of(results[0]);
    const int which = accumulator_of(type);
    if (which >= 0) {
      accumulators_[which].cached = frame;
      accumulators_[which].type = type;
    }
  }
  return {};
}

bool Translator::has_machine_code(uint32_t function) const {
  return function >= module_.imported_functions && loaded_.is_compiled(function);
}

Result<void> Translator::call(uint32_t function) {
  if (has_machine_code(function)) {
    TRY(push_reference(function));
    return call_ref(module_.functions[function].type, false);
  }
  const DefType& type = module_.type_of(function);
  const RuntimeType& runtime_type = *loaded_.function_type(function);
  const uint32_t frame = prepare_call(type.params, runtime_type);
  const CallEnd end{frame, frame + runtime_type.call_cells * static_cast<uint32_t>(sizeof(Cell))};
  drop_to(static_cast<uint32_t>(stack_.size() - type.params.size()));
  if (function < module_.imported_functions)
    emit(Id::call_import, CallImport{.index = function, .end = end});
  else if (Function* const callee = &module_code_.function(function); !fuse_call(callee, end))
    emit(Id::call, Call{.callee = callee, .end = end});
  return finish_call(frame, type.results);
}

Result<void> Translator::tail_call(uint32_t function) {
  if (has_machine_code(function)) {
    TRY(push_reference(function));
    return call_ref(module_.functions[function].type, true);
  }
  const DefType& type = module_.type_of(function);
  const RuntimeType& runtime_type = *loaded_.function_type(function);
  const uint32_t frame = prepare_call(type.params, runtime_type);
  const uint32_t bytes = runtime_type.param_cells * static_cast<uint32_t>(sizeof(Cell));
  if (function < module_.imported_functions)
    emit(Id::return_call_import,
         TailCallImport{.from = frame, .bytes = bytes, .header = header_, .index = function});
  else
    emit(Id::return_call, TailCall{.from = frame,
                                   .bytes = bytes,
                                   .header = header_,
                                   .callee = &module_code_.function(function)});
  die();
  return {};
}

Result<void> Translator::call_indirect(uint32_t type_index, uint32_t table, bool tail) {
  Entry index = pop();
  const DefType& type = module_.types[type_index];
  const RuntimeType& runtime_type = *loaded_.type(type_index);
  const bool is64 = table_address(table) == Type::i64;
  // The index lies above the arguments, where the callee's frame will be: it is read before.
  if (is64) to_home(index);
  bool accumulator = !is64 && !tail && in_accumulator(index);
  if (index.kind == Entry::Kind::acc && !accumulator) to_home(index);
  if (index.kind == Entry::Kind::constant) to_home(index);
  const uint32_t frame = prepare_call(type.params, runtime_type);
  accumulator = accumulator && in_accumulator(index);
  uint32_t a = 0;
  if (!accumulator) a = wide_source(index);
  if (tail) {
    emit(is64 ? Id::return_call_indirect_64 : Id::return_call_indirect,
         TailCallIndirect{.from = frame,
                          .bytes = runtime_type.param_cells * static_cast<uint32_t>(sizeof(Cell)),
                          .header = header_,
                          .a = a,
                          .table = table,
                          .type = &runtime_type});
    die();
    return {};
  }
  const CallEnd end{frame, frame + runtime_type.call_cells * static_cast<uint32_t>(sizeof(Cell))};
  drop_to(static_cast<uint32_t>(stack_.size() - type.params.size()));
  emit(is64          ? Id::call_indirect_64
       : accumulator ? WAX_FIRST(FromAcc, call_indirect_A)
                     : Id::call_indirect,
       CallIndirect{.type = &runtime_type, .a = a, .table = table, .end = end});
  return finish_call(frame, type.results);
}

Result<void> Translator::call_ref(uint32_t type_index, bool tail) {
  Entry reference = pop();
  const DefType& type = module_.types[type_index];
  const RuntimeType& runtime_type = *loaded_.type(type_index);
  const uint32_t a = wide_source(reference);
  const uint32_t frame = prepare_call(type.params, runtime_type);
  if (tail) {
    emit(Id::return_call_ref,
         TailCallRef{.from = frame,
                     .bytes = runtime_type.param_cells * static_cast<uint32_t>(sizeof(Cell)),
                     .header = header_,
                     .a = a});
    die();
    return {};
  }
  const CallEnd end{frame, frame + runtime_type.call_cells * static_cast<uint32_t>(sizeof(Cell))};
  drop_to(static_cast<uint32_t>(stack_.size() - type.params.size()));
  emit(Id::call_ref, CallRef{.a = a, .end = end});
  return finish_call(frame, type.results);
}

} // namespace waxwing::interp
