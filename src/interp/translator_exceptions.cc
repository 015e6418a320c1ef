// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions, in their form of Wasm 3.0 and in the legacy one. A try region is a range of code and
// a list of what it catches; entering and leaving it costs no instruction. Whatever lies on the
// operand stack below it is at home before it begins, because nothing is known of accumulators
// where an exception is caught.
#include "interp/translator.hpp"

namespace waxwing::interp {

/// What is emitted from here on lies behind what is there: nothing is taken back or fused across.
void Translator::seal() {
  last_ = {};
  previous_ = {};
}

void Translator::open_region(Control& control) {
  spill_all();
  seal();
  control.region_begin = static_cast<uint32_t>(code_.size());
  control.first_orphan = static_cast<uint32_t>(orphans_.size());
  ++open_regions_;
}

/// Records the region, unless it is empty: then `control.region` stays `kNone`.
Result<void> Translator::close_region(Control& control) {
  seal();
  --open_regions_;
  const TryRegion region{.begin = control.region_begin,
                         .end = static_cast<uint32_t>(code_.size()),
                         .level = control.level,
                         .first = control.first_catch};
  control.region_begin = kNone;
  if (region.begin == region.end) return {};
  control.region = static_cast<uint32_t>(regions_.size());
  TRY(regions_.push(region));
  while (orphans_.size() > control.first_orphan) regions_[orphans_.pop()].parent = control.region;
  return orphans_.push(control.region);
}

/// Appends to what `control`'s region catches.
Result<void> Translator::add_catch(Control& control, const Catch& entry) {
  const auto index = static_cast<uint32_t>(catches_.size());
  TRY(catches_.push(entry));
  if (control.last_catch != kNone)
    catches_[control.last_catch].next = index;
  else
    control.first_catch = index;
  control.last_catch = index;
  if (control.region != kNone) regions_[control.region].first = control.first_catch;
  return {};
}

/// Lets `entry`, the one added last, go on at `label`.
void Translator::catch_at(Label& label) {
  Catch& entry = catches_.back();
  if (label.position != kNone) {
    entry.landing = label.position;
    return;
  }
  // Until the label is bound, `landing` chains the entries that wait for it.
  entry.landing = label.catch_chain;
  label.catch_chain = static_cast<uint32_t>(catches_.size() - 1);
}

void Translator::bind_catches(Label& label) {
  for (uint32_t i = label.catch_chain; i != kNone;) {
    const uint32_t next = catches_[i].landing;
    catches_[i].landing = label.position;
    i = next;
  }
  label.catch_chain = kNone;
}

Result<void> Translator::try_table() {
  const uint8_t* const start = at_;
  (void)TRY(block_type());
  ByteReader reader({at_, static_cast<size_t>(end_ - at_)});
  const uint32_t count = TRY(reader.leb_u32());
  const ByteReader clauses = reader;
  for (uint32_t i = 0; i < count; ++i) (void)TRY(read_catch(reader));
  const uint8_t* const body = reader.position();
  at_ = start;
  TRY(begin(Control::Kind::block));
  at_ = body;

  Control& own = controls_.back();
  reader = clauses;
  for (uint32_t i = 0; i < count; ++i) {
    const CatchClause clause = TRY(read_catch(reader));
    // Labels are counted from outside of the block.
    Control& target = control(clause.label + 1);
    const bool is_return = target.kind == Control::Kind::function;
    constexpr Catch::Kind kKinds[] = {Catch::Kind::tag, Catch::Kind::tag_ref, Catch::Kind::all,
                                      Catch::Kind::all_ref};
    // The values go to where the label expects them. Those of a return have no place of their own:
    // they go above what lies on the stack, and the code behind the body returns them.
    const uint32_t slot = is_return ? own.height : target.height;
    TRY(add_catch(
        own, {.kind = kKinds[static_cast<size_t>(clause.kind)], .tag = clause.tag, .slot = slot}));
    catch_at(target.kind == Control::Kind::loop ? target.start : target.end);
    uint32_t top = slot;
    for (const ValType type : label_types(target)) top += slot_size(type_of(type));
    need(top);
  }
  open_region(own);
  return {};
}

/// The code behind a body: exceptions that are caught by returning their values.
Result<void> Translator::catch_returns(uint32_t chain) {
  for (uint32_t i = chain; i != kNone;) {
    const uint32_t next = catches_[i].landing;
    forget();
    catches_[i].landing = static_cast<uint32_t>(code_.size());
    height_ = catches_[i].slot;
    for (const ValType result : type_->results) TRY(push_slot(type_of(result)));
    return_values();
    drop_to(0);
    i = next;
  }
  return {};
}

/// The operands are where a call would have them.
Result<void> Translator::throw_(uint32_t tag) {
  const std::span<const ValType> params = module_.types[module_.tags[tag].type].params;
  const size_t first = stack_.size() - params.size();
  const uint32_t values = params.empty() ? height_ : stack_[first].home;
  for (size_t i = first; i < stack_.size(); ++i) settle(stack_[i]);
  emit(Id::throw_tag, Throw{.a = values, .tag = tag});
  die();
  return {};
}

Result<void> Translator::throw_ref() {
  Entry reference = pop();
  emit(Id::throw_ref, Throw{.a = wide_source(reference)});
  die();
  return {};
}

// --- The legacy form

Result<void> Translator::try_() {
  TRY(begin(Control::Kind::try_));
  open_region(controls_.back());
  return {};
}

/// `catch` and `catch_all`: ends what is before it and begins a part with the exception in a slot
/// of its own, for `rethrow`, and its values on the stack.
Result<void> Translator::catch_(const uint32_t* tag) {
  Control& own = controls_.back();
  if (!dead_) {
    place_all(results_of(own.type), own.height, true);
    spill_all();
    jump(own.end);
    end_charge();
  }
  if (own.kind == Control::Kind::try_) TRY(close_region(own));
  own.kind = Control::Kind::catch_;
  unset(own.set_height);
  drop_to(own.base);
  for (Accumulator& accumulator : accumulators_) accumulator.owner = -1;
  forget();
  dead_ = false;
  height_ = own.height;
  TRY(add_catch(own, {.kind = tag == nullptr ? Catch::Kind::all_ref : Catch::Kind::ref_tag,
                      .tag = tag == nullptr ? 0 : *tag,
                      .landing = static_cast<uint32_t>(code_.size()),
                      .slot = height_}));
  height_ += slot_size(kRefType);
  need(height_);
  if (tag == nullptr) return {};
  for (const ValType param : module_.types[module_.tags[*tag].type].params)
    TRY(push_slot(type_of(param)));
  return {};
}

/// Ends a try whose exceptions are those of the block at `depth`, counted from outside.
Result<void> Translator::delegate(uint32_t depth) {
  Control& target = control(depth + 1);
  const bool is_open = target.region_begin != kNone;
  TRY(add_catch(controls_.back(),
                {.kind = Catch::Kind::delegate, .tag = target.level + (is_open ? 1 : 0)}));
  return end();
}

Result<void> Translator::rethrow(uint32_t depth) {
  emit(Id::throw_ref, Throw{.a = control(depth).height});
  die();
  return {};
}

} // namespace waxwing::interp
