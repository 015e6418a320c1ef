// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Throwing: the frames of the guest entry that is running are searched for code that catches, which
// goes on with the frames above it given up. Where none does, the outcome goes to whoever entered.
#include <cstring>

#include "interp/walk.hpp"
#include "runtime/exception.hpp"

namespace waxwing::interp {

namespace {

using runtime::ExceptionObject;
using runtime::Instance;

/// Puts what `entry` asks for into the frame.
void deliver(const Catch& entry, const ExceptionObject& exception, uint8_t* fp) {
  uint8_t* at = fp + entry.slot;
  const auto put_reference = [&] {
    store_unaligned(at, runtime::ref_of(&exception));
    at += align_up(sizeof(Ref), sizeof(Cell));
  };
  const auto put_values = [&] {
    const std::span<const Cell> values = runtime::values_of(exception);
    if (!values.empty()) std::memcpy(at, values.data(), values.size_bytes());
    at += values.size_bytes();
  };
  switch (entry.kind) {
  case Catch::Kind::tag: put_values(); return;
  case Catch::Kind::tag_ref:
    put_values();
    put_reference();
    return;
  case Catch::Kind::ref_tag:
    put_reference();
    put_values();
    return;
  case Catch::Kind::all_ref: put_reference(); return;
  case Catch::Kind::all:
  case Catch::Kind::delegate: return;
  }
}

/// Lets `r` go on where the exception in flight is caught, in `walk`'s frame or one below it.
Outcome unwind(Registers& r, Walk walk) {
  Store& store = *r.vm->store;
  const ExceptionObject& exception = runtime::exception_of(store.exception);
  for (; !walk.done(); walk.step()) {
    const Function& function = walk.function();
    if (function.catches == nullptr) continue;
    const Instance* instance = Instance::of(walk.vm());
    const Catch* entry =
        function.catches->find(static_cast<uint32_t>(walk.at() - function.code),
                               [&](uint32_t tag) { return instance->tag(tag) == exception.tag; });
    if (entry == nullptr) continue;
    deliver(*entry, exception, walk.fp());
    (void)runtime::catch_exception(store);
    r.ip = function.code + entry->landing;
    r.fp = walk.fp();
    r.vm = walk.vm();
    reload_memory(r);
    // Nobody expects anything of the accumulators.
    r.ia = 0;
    r.fs = 0;
    r.fd = 0;
    return Outcome::ok;
  }
  return Outcome::exception;
}

Outcome unwind_if_thrown(Registers& r, Outcome outcome) {
  if (outcome != Outcome::exception) return outcome;
  return unwind(r, Walk(r.ip, r.fp, r.vm, false));
}

} // namespace

Outcome throw_tag(Registers& r, const Throw& instruction) {
  note_position(r.ip, r.fp, r.vm, false);
  const runtime::Tag& tag = *Instance::of(r.vm)->tag(instruction.tag);
  const auto* values = reinterpret_cast<const Cell*>(r.fp + instruction.a);
  return unwind_if_thrown(r, runtime::throw_exception(*r.vm->store, tag, values));
}

Outcome throw_ref(Registers& r, const Throw& instruction) {
  note_position(r.ip, r.fp, r.vm, false);
  return unwind_if_thrown(r,
                          runtime::rethrow_exception(*r.vm->store, slot<Ref>(r.fp, instruction.a)));
}

Outcome unwind_call(Registers& r) { return unwind(r, Walk(r.ip, r.fp, r.vm, true)); }

Outcome unwind_tail_call(Registers& r) {
  // The frame that calls is given up before the call is made: nothing in it catches.
  Walk walk(r.ip, r.fp, r.vm, false);
  walk.step();
  return unwind(r, walk);
}

} // namespace waxwing::interp
