// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "interp/calls.hpp"

#include "interp/handlers.hpp"
#include "interp/module_code.hpp"

namespace waxwing::interp {

namespace {

bool lacks_native_stack(const Store& store) {
  return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < store.native_stack_limit;
}

/// Whether `bytes` at `frame` are still on the value stack.
bool has_room(const Store& store, const uint8_t* frame, uint64_t bytes) {
  const auto at = reinterpret_cast<uintptr_t>(frame);
  const auto limit = reinterpret_cast<uintptr_t>(store.stack_limit);
  return at <= limit && bytes <= limit - at;
}

/// Lets `r` go on in an interpreted function whose arguments lie at `frame`, and which returns to
/// `header`.
Outcome push(Registers& r, const FuncRef* callee, uint8_t* frame, const Header& header) {
  auto* function = static_cast<Function*>(callee->record);
  const uint8_t* entry = function->entry.load(std::memory_order_acquire);
  Store& store = *r.vm->store;
  if (!has_room(store, frame, function->frame_bytes.load(std::memory_order_relaxed)))
    return store.raise(TrapKind::call_stack_exhausted);
  store_unaligned(frame + function->header, header);
  r.ip = entry;
  r.fp = frame;
  r.vm = callee->vmctx;
  reload_memory(r);
  return Outcome::ok;
}

/// The same for a function of another instance than the one that `header` leads back to.
Outcome push_across(Registers& r, const FuncRef* callee, uint8_t* frame, const Header& header) {
  const RuntimeType& type = *callee->type;
  Store& store = *r.vm->store;
  if (!has_room(store, frame, kBridgeBytes + uint64_t{type.call_cells} * sizeof(Cell)))
    return store.raise(TrapKind::call_stack_exhausted);
  uint8_t* const above = frame + kBridgeBytes;
  std::memmove(above, frame, type.param_cells * sizeof(Cell));
  const Bridge bridge{header.ip, header.fp, r.vm,
                      static_cast<uint32_t>(type.result_cells * sizeof(Cell))};
  store_unaligned(frame, bridge);
  const auto* back = reinterpret_cast<const uint8_t*>(&ModuleCode::of(r.vm).switch_back);
  return push(r, callee, above, Header{back, frame});
}

/// Makes a call that leaves the interpreter, with arguments and results at `frame`. Tail calls that
/// come back are made too; if one leads to an interpreted function, `callee` is set to it and its
/// arguments lie at `frame`, otherwise `callee` is null.
Outcome call_out(Registers& r, const FuncRef*& callee, uint8_t* frame) {
  Store& store = *r.vm->store;
  if (lacks_native_stack(store)) return store.raise(TrapKind::call_stack_exhausted);
  Cell* const cells = reinterpret_cast<Cell*>(frame);
  Cell* const top = store.stack_top;
  runtime::Activation* const activation = store.activation;
  VmContext* caller = r.vm;
  for (;;) {
    if (!has_room(store, frame, uint64_t{callee->type->call_cells} * sizeof(Cell))) {
      store.stack_top = top;
      return store.raise(TrapKind::call_stack_exhausted);
    }
    store.stack_top = cells + callee->type->call_cells;
    const Outcome outcome = callee->uniform(callee, caller, cells);
    store.stack_top = top;
    store.activation = activation;
    if (outcome == Outcome::trap || outcome == Outcome::exception) {
      if (callee->vmctx == nullptr) store.trap.trace.add(runtime::host_frame(caller, callee));
      return outcome;
    }
    if (outcome != Outcome::tail_call) {
      callee = nullptr;
      return outcome;
    }
    const runtime::TailCall& next = store.pending;
    callee = next.callee;
    caller = next.caller;
    std::memmove(frame, next.cells, callee->type->param_cells * sizeof(Cell));
    if (const Outcome stopped = store.raise_interrupt(); stopped != Outcome::ok) return stopped;
    if (callee->uniform == &enter) return Outcome::ok;
  }
}

/// The first result, for whoever expects it in an accumulator.
void load_result(Registers& r, const uint8_t* frame) {
  r.ia = load_unaligned<uint64_t>(frame);
  r.fs = load_unaligned<float>(frame);
  r.fd = load_unaligned<double>(frame);
}

Outcome run(Activation& activation, const uint8_t* ip, uint8_t* fp, VmContext* vm) {
  // An interruption that finds the guest in a handler comes back here (`escape` in backend.cc),
  // even if the guest polls: other engines of the process may not.
  if (setjmp(activation.escape) != 0) return Outcome::trap;
  return start(ip, fp, memory_base(vm), memory_size(vm), vm);
}

} // namespace

uint8_t* resolve_access(VmContext* vm, const uint8_t* fp, const AccessAny& i, size_t width) {
  return resolve_any(vm, fp, i, width);
}

void reload_memory(Registers& r) {
  activation_of(r.vm).register_place = runtime::memory_place(0);
  r.size = memory_size(r.vm);
  r.mem = memory_base(r.vm);
}

void note_position(const uint8_t* ip, uint8_t* fp, VmContext* vm, bool is_call) {
  Activation& activation = activation_of(vm);
  activation.ip = ip;
  activation.fp = fp;
  activation.vm = vm;
  activation.is_call = is_call;
  activation.is_near = false;
}

Outcome enter(const FuncRef* self, VmContext*, Cell* cells) {
  VmContext* const vm = self->vmctx;
  Store& store = *vm->store;
  const RuntimeType& type = *self->type;
  auto* function = static_cast<Function*>(self->record);
  if (lacks_native_stack(store)) return store.raise(TrapKind::call_stack_exhausted);

  auto* const bottom = reinterpret_cast<uint8_t*>(
      align_up(reinterpret_cast<uintptr_t>(store.stack_top), uintptr_t{kFrameAlignment}));
  const uint8_t* entry = function->entry.load(std::memory_order_acquire);
  if (!has_room(store, bottom,
                uint64_t{kActivationBytes} + function->frame_bytes.load(std::memory_order_relaxed)))
    return store.raise(TrapKind::call_stack_exhausted);
  auto* activation = ::new (static_cast<void*>(bottom)) Activation;
  activation->outer = store.activation;
  activation->trace = &trace;
  activation->ip = nullptr;
  activation->vm = vm;
  activation->register_place = runtime::memory_place(0);
  store.activation = activation;

  uint8_t* const frame = bottom + kActivationBytes;
  if (type.param_cells != 0) std::memcpy(frame, cells, type.param_cells * sizeof(Cell));
  activation->leave = reinterpret_cast<const uint8_t*>(&ModuleCode::of(vm).leave);
  store_unaligned(frame + function->header, Header{activation->leave, nullptr});
  const Outcome outcome = run(*activation, entry, frame, vm);
  // The frames stay to be reported.
  if (outcome == Outcome::trap || outcome == Outcome::exception) return outcome;
  store.activation = activation->outer;
  if (outcome == Outcome::ok && type.result_cells != 0)
    std::memcpy(cells, frame, type.result_cells * sizeof(Cell));
  return outcome;
}

Outcome call_foreign(Registers& r, const FuncRef* callee) {
  uint8_t* const frame = r.fp + call_end(r.ip).frame;
  const Header header{r.ip, r.fp};
  note_position(r.ip, r.fp, r.vm, true);
  if (callee->uniform != &enter) {
    const Outcome outcome = call_out(r, callee, frame);
    if (outcome == Outcome::exception) return unwind_call(r);
    if (outcome != Outcome::ok) return outcome;
    if (callee == nullptr) {
      load_result(r, frame);
      reload_memory(r);
      return Outcome::ok;
    }
  }
  if (callee->vmctx == r.vm) return push(r, callee, frame, header);
  return push_across(r, callee, frame, header);
}

Outcome tail_call_foreign(Registers& r, const FuncRef* callee, const TailCallImport& call) {
  const auto header = load_unaligned<Header>(r.fp + call.header);
  note_position(r.ip, r.fp, r.vm, false);
  // A function that is called out to needs this frame for its trace, and its results move down
  // when it is back; only where another tail call follows is the frame really given up.
  if (callee->uniform != &enter) {
    uint8_t* const frame = r.fp + call.from;
    const RuntimeType& type = *callee->type;
    const Outcome outcome = call_out(r, callee, frame);
    if (outcome == Outcome::exception) return unwind_tail_call(r);
    if (outcome != Outcome::ok) return outcome;
    if (callee == nullptr) {
      std::memmove(r.fp, frame, type.result_cells * sizeof(Cell));
      load_result(r, r.fp);
      reload_memory(r);
      r.ip = header.ip;
      r.fp = header.fp;
      return Outcome::ok;
    }
    if (callee->type->param_cells != 0)
      std::memmove(r.fp, frame, callee->type->param_cells * sizeof(Cell));
  } else {
    std::memmove(r.fp, r.fp + call.from, call.bytes);
  }
  if (callee->vmctx == r.vm) return push(r, callee, r.fp, header);
  // Whoever comes back through a bridge, or out of the guest, doesn't need this instance restored.
  const Handler next = reinterpret_cast<const Plain*>(header.ip)->handler;
  const Handler* table = handler_table();
  if (next == table[static_cast<size_t>(Id::switch_back)] ||
      next == table[static_cast<size_t>(Id::leave)])
    return push(r, callee, r.fp, header);
  return push_across(r, callee, r.fp, header);
}

void switch_back(Registers& r) {
  const auto bridge = load_unaligned<Bridge>(r.fp);
  std::memmove(r.fp, r.fp + kBridgeBytes, bridge.result_bytes);
  r.ip = bridge.ip;
  r.fp = bridge.fp;
  r.vm = bridge.vm;
  reload_memory(r);
}

Outcome translate_at_first_call(Registers& r) {
  auto* function = reinterpret_cast<Function*>(reinterpret_cast<uintptr_t>(r.ip) -
                                               offsetof(Function, translate));
  Store& store = *r.vm->store;
  Error error{};
  TrapKind kind = ModuleCode::of(r.vm).translate(*function, error);
  if (kind == TrapKind::none &&
      !has_room(store, r.fp, function->frame_bytes.load(std::memory_order_relaxed)))
    kind = TrapKind::call_stack_exhausted;
  if (kind != TrapKind::none) {
    const Outcome outcome = stop(r.ip, r.fp, r.vm, kind);
    store.trap.error = error;
    return outcome;
  }
  r.ip = function->entry.load(std::memory_order_acquire);
  return Outcome::ok;
}

void move_arguments(uint8_t* to, const uint8_t* from, size_t bytes) {
  std::memmove(to, from, bytes);
}

Outcome stop(const uint8_t* ip, uint8_t* fp, VmContext* vm, TrapKind kind) {
  note_position(ip, fp, vm, false);
  return vm->store->raise(kind);
}

Outcome stop_fault(const uint8_t* ip, uint8_t* fp, VmContext* vm) {
  const Activation& activation = activation_of(vm);
  const uint32_t place = activation.fault_place;
  const auto memory =
      static_cast<uint32_t>((place - runtime::memory_place(0)) / sizeof(runtime::Memory*));
  vm->store->note_access(activation.fault_address, activation.fault_length, memory,
                         memory_at(vm, place).byte_size());
  return stop(ip, fp, vm, TrapKind::out_of_bounds_memory_access);
}

Outcome stop_element(const uint8_t* ip, uint8_t* fp, VmContext* vm, TrapKind kind) {
  const Activation& activation = activation_of(vm);
  const auto table = static_cast<uint32_t>(activation.fault_length);
  vm->store->note_access(activation.fault_address, 1, table, vm->tables[table]->size);
  return stop(ip, fp, vm, kind);
}

Outcome stop_array(const uint8_t* ip, uint8_t* fp, VmContext* vm) {
  const Activation& activation = activation_of(vm);
  vm->store->note_access(activation.fault_address, 1, 0, activation.fault_length);
  return stop(ip, fp, vm, TrapKind::out_of_bounds_array_access);
}

Outcome stop_interrupted(const uint8_t* ip, uint8_t* fp, VmContext* vm) {
  note_position(ip, fp, vm, false);
  return vm->store->raise_interrupt();
}

} // namespace waxwing::interp
