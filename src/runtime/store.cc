// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/store.hpp"

#include <cstring>

#include "base/bits.hpp"
#include "platform/memory.hpp"
#include "runtime/instance.hpp"
#include "wasm/limits.hpp"

namespace waxwing::runtime {

namespace {

/// Native stack left for a function of the host when a guest calls it.
constexpr size_t kHostStack = size_t{128} * 1024;
/// Of the value stack, so that vectors in it can be aligned.
constexpr size_t kStackAlignment = 16;

/// Calls into a store within each other where nobody knows how much native stack there is.
constexpr uint32_t kEntriesOnUnknownStack = 64;

/// The uniform entry of every host function.
Outcome enter_host(const FuncRef* self, VmContext* caller, Cell* cells) {
  const auto* host = static_cast<const HostFunction*>(self->record);
  Store& store = *host->store;
  if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < store.native_stack_limit)
    return store.raise(TrapKind::call_stack_exhausted);
  HostCall call{store, caller == nullptr ? nullptr : Instance::of(caller), cells, host->data};
  const Outcome outcome = host->callback(call);
  // An interruption that came while the host was running.
  if (outcome == Outcome::ok) return store.raise_interrupt();
  return outcome;
}

} // namespace

Store::Store(Engine& engine, const StoreLimits& limits)
    : instances(engine.allocator()), kept_modules(engine.allocator()), engine_(engine),
      limits_(limits), arena_(engine.allocator()), code_(engine.allocator()),
      memories_(engine.allocator()), tables_(engine.allocator()), globals_(engine.allocator()),
      interrupt_target_{&interrupt_word, this, &Store::resume}, heap_(*this, limits) {
  if (limits.fuel <= static_cast<uint64_t>(INT64_MAX)) fuel = static_cast<int64_t>(limits.fuel);
}

Result<Store*> Store::make(Engine& engine, const StoreLimits& limits) {
  const Allocator& allocator = engine.allocator();
  const size_t page = platform::page_size();
  if (limits.stack_bytes == 0 || limits.stack_bytes > SIZE_MAX / 4)
    return fail(ErrorCode::stack_too_small);
  auto* store = create<Store>(allocator, engine, limits);
  if (store == nullptr) return out_of_memory();

  // Pages are given by the system when they are touched; the one behind the stack never is.
  const size_t enough = engine.backend().value_stack_bytes;
  size_t bytes = align_up(static_cast<size_t>(limits.stack_bytes), page);
  void* stack = enough != 0 ? nullptr : platform::reserve(bytes + page);
  if (stack != nullptr && !platform::commit(stack, bytes)) {
    platform::release(stack, bytes + page);
    stack = nullptr;
  } else if (stack == nullptr) {
    if (enough == 0 || bytes < enough)
      bytes = align_up(static_cast<size_t>(limits.stack_bytes), sizeof(Cell));
    else
      bytes = enough;
    stack = allocator.allocate(bytes, kStackAlignment);
    store->stack_on_heap_ = true;
  }
  if (stack == nullptr) {
    destroy(store);
    return fail(ErrorCode::stack_too_small);
  }
  store->stack_bytes_ = bytes;
  store->stack_base = store->stack_top = static_cast<Cell*>(stack);
  const size_t cells = bytes / sizeof(Cell);
  store->stack_limit = store->stack_base + cells;
  return store;
}

void Store::destroy(Store* store) {
  if (store != nullptr) waxwing::destroy(store->allocator(), store);
}

Store::~Store() {
  // The younger first: an instance refers to those that it imports from.
  while (!instances.empty()) instances.pop()->destroy();
  for (LoadedModule* module : kept_modules) module->release();
  for (Memory* memory : memories_) memory->release();
  for (Table* table : tables_) table->destroy();
  if (stack_on_heap_)
    allocator().release(stack_base, stack_bytes_, kStackAlignment);
  else if (stack_base != nullptr)
    platform::release(stack_base, stack_bytes_ + platform::page_size());
}

void Store::keep(LoadedModule& module) {
  module.retain();
  kept_modules.push_reserved(&module);
}

Outcome Store::raise(TrapKind kind) {
  if (!access_noted_) trap.has_address = false;
  access_noted_ = false;
  trap.kind = kind;
  trap.exit_code = 0;
  trap.message = nullptr;
  trap.error = {};
  trap.trace.count = 0;
  return Outcome::trap;
}

void Store::locate_trace() {
  const auto locate = [this](Frame& frame) {
    if (frame.code == nullptr) return;
    engine_.backend().locate(frame);
    frame.code = nullptr;
  };
  TraceSink& trace = trap.trace;
  for (uint64_t i = 0; i < trace.count && i < TraceSink::kKeep; ++i) locate(trace.first[i]);
  for (uint64_t i = TraceSink::kKeep; i < trace.count && i < 2 * TraceSink::kKeep; ++i)
    locate(trace.last[i - TraceSink::kKeep]);
}

void Store::note_access(uint64_t address, uint64_t length, uint32_t index, uint64_t bound) {
  trap.has_address = access_noted_ = true;
  trap.address = address;
  trap.length = length;
  trap.index = index;
  trap.bound = bound;
}

Outcome Store::raise_host(const char* message) {
  raise(TrapKind::host);
  trap.message = message;
  return Outcome::trap;
}

Outcome Store::raise_exit(uint32_t code) {
  raise(TrapKind::exit);
  trap.exit_code = code;
  return Outcome::trap;
}

Outcome Store::raise_interrupt() {
  // Not before what `GuestEntry` has written: see `repeat_interrupt`.
  auto word = interrupt_word.load();
  if (WAX_LIKELY(word == 0)) return Outcome::ok;
  // A process that ends never goes on; the other reasons are used up by the trap.
  const auto exit = static_cast<uint32_t>(Interrupt::exit);
  while (word != exit && !interrupt_word.compare_exchange_weak(word, 0)) {
  }
  switch (static_cast<Interrupt>(word)) {
  case Interrupt::none: return Outcome::ok;
  case Interrupt::stop: return raise(TrapKind::interrupted);
  case Interrupt::timeout: return raise(TrapKind::timeout);
  case Interrupt::exit: return raise_exit(exit_code.load(std::memory_order_relaxed));
  }
  return raise(TrapKind::interrupted);
}

void Store::interrupt(Interrupt reason) {
  const auto exit = static_cast<uint32_t>(Interrupt::exit);
  auto word = interrupt_word.load(std::memory_order_relaxed);
  while (word != exit &&
         !interrupt_word.compare_exchange_weak(word, static_cast<uint32_t>(reason))) {
  }
  repeat_interrupt();
}

bool Store::repeat_interrupt() {
  // In this order: `GuestEntry` writes `running_` before it reads the word.
  if (interrupt_word.load() == 0) return false;
  const platform::ThreadHandle thread = running_.load();
  if (thread == 0) return false;
  // Also where guest code polls: the host may be waiting in the system.
  platform::interrupt_thread(thread);
  return true;
}

void Store::withdraw_interrupt(Interrupt reason) {
  auto word = static_cast<uint32_t>(reason);
  interrupt_word.compare_exchange_strong(word, 0);
}

Result<void> Store::know_code(const NativeCode& code) {
  for (KnownCode& known : code_) {
    if (known.code != &code) continue;
    ++known.uses;
    return {};
  }
  return code_.push({&code, 1});
}

void Store::forget_code(const NativeCode& code) {
  for (KnownCode& known : code_) {
    if (known.code != &code) continue;
    if (--known.uses == 0) {
      known = code_.back();
      code_.truncate(code_.size() - 1);
    }
    return;
  }
}

const NativeCode* Store::code_at(uintptr_t pc) const {
  for (const KnownCode& known : code_)
    if (pc >= known.code->begin && pc < known.code->end) return known.code;
  return nullptr;
}

bool Store::resume(void* context, const platform::MachineState& at, const platform::Fault* fault,
                   platform::Continuation& where) {
  Store& store = *static_cast<Store*>(context);
  const NativeCode* code = store.code_at(at.pc);
  // A builtin that has no stack left says so by an instruction of its own.
  if (code == nullptr && fault != nullptr && fault->kind == platform::Fault::Kind::instruction &&
      !store.code_.empty())
    code = store.code_[0].code;
  return code != nullptr && code->resume(store, at, fault, where);
}

Cell* Store::tail_arguments() {
  constexpr size_t kBytes = size_t{kMaxParams} * sizeof(V128);
  if (tail_arguments_ == nullptr)
    tail_arguments_ = static_cast<Cell*>(arena_.allocate(kBytes, alignof(V128)));
  return tail_arguments_;
}

Result<FuncRef*> Store::host_function(const RuntimeType* type, HostCallback callback, void* data) {
  void* memory = arena_.allocate(sizeof(HostFunction), alignof(HostFunction));
  if (memory == nullptr) return out_of_memory();
  auto* host = ::new (memory) HostFunction{{}, callback, data, this};
  host->ref = FuncRef{nullptr, type, nullptr, &enter_host, host};
  return &host->ref;
}

Result<Memory*> Store::host_memory(const MemoryType& type) {
  TRY(memories_.reserve_more(1));
  Memory* memory = TRY(Memory::make(engine_, type, limits_.memory_bytes));
  memories_.push_reserved(memory);
  return memory;
}

Result<Table*> Store::host_table(const TableType& type, Ref init) {
  TRY(tables_.reserve_more(1));
  Table* table = TRY(Table::make(engine_, type, init, limits_.table_elements));
  tables_.push_reserved(table);
  return table;
}

Result<Global*> Store::host_global(const GlobalType& type, const void* value) {
  TRY(globals_.reserve_more(1));
  void* memory = arena_.allocate(sizeof(Global), alignof(Global));
  if (memory == nullptr) return out_of_memory();
  auto* global = ::new (memory) Global;
  globals_.push_reserved(global);
  global->type = type;
  std::memcpy(global->value, value, size_of(type.type));
  return global;
}

Result<Tag*> Store::host_tag(const RuntimeType* type) {
  void* memory = arena_.allocate(sizeof(Tag), alignof(Tag));
  if (memory == nullptr) return out_of_memory();
  return ::new (memory) Tag{type};
}

/// What has to be set up while a call from the host runs, and put back behind it.
class GuestEntry {
 public:
  explicit GuestEntry(Store& store)
      : store_(store), activation_(store.activation), top_(store.stack_top) {
    if (store.entries_++ != 0) return;
    store.native_stack_limit = platform::native_stack_limit(kHostStack);
    store.native_stack_base = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    thread_before_ = platform::set_interrupt_target(&store.interrupt_target_);
    if (store.engine().config().interruptible) store.running_.store(platform::current_thread());
  }
  ~GuestEntry() {
    store_.activation = activation_;
    store_.stack_top = top_;
    if (--store_.entries_ != 0) return;
    store_.running_.store(0);
    platform::set_interrupt_target(thread_before_);
    store_.native_stack_limit = 0;
    store_.native_stack_base = 0;
  }
  GuestEntry(const GuestEntry&) = delete;

  [[nodiscard]] bool is_too_deep() const {
    if (store_.native_stack_limit == 0) return store_.entries_ > kEntriesOnUnknownStack;
    return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < store_.native_stack_limit;
  }
  /// Whether the engine has left frames to be reported.
  [[nodiscard]] bool has_frames() const { return store_.activation != activation_; }

 private:
  Store& store_;
  Activation* activation_;
  Cell* top_;
  const platform::InterruptTarget* thread_before_ = nullptr;
};

Outcome call(Store& store, const FuncRef* function, Cell* cells) {
  GuestEntry entry(store);
  if (entry.is_too_deep()) return store.raise(TrapKind::call_stack_exhausted);
  if (const Outcome stopped = store.raise_interrupt(); stopped != Outcome::ok) return stopped;
  Outcome outcome = function->uniform(function, nullptr, cells);
  if (outcome == Outcome::tail_call) outcome = finish_tail_calls(store, cells);
  if (outcome != Outcome::ok && entry.has_frames())
    store.activation->trace(store, *store.activation, store.trap.trace);
  if (outcome == Outcome::trap) store.locate_trace();
  return outcome;
}

Outcome finish_tail_calls(Store& store, Cell* cells) {
  Cell* const frame = store.stack_top;
  Outcome outcome = Outcome::tail_call;
  size_t result_bytes = 0;
  while (outcome == Outcome::tail_call) {
    const TailCall next = store.pending;
    const RuntimeType& type = *next.callee->type;
    if (type.call_cells > static_cast<size_t>(store.stack_limit - frame)) {
      store.stack_top = frame;
      return store.raise(TrapKind::call_stack_exhausted);
    }
    std::memmove(frame, next.cells, type.param_cells * sizeof(Cell));
    result_bytes = type.result_cells * sizeof(Cell);
    store.stack_top = frame + type.call_cells;
    if (const Outcome stopped = store.raise_interrupt(); stopped != Outcome::ok) {
      outcome = stopped;
      break;
    }
    outcome = next.callee->uniform(next.callee, next.caller, frame);
  }
  store.stack_top = frame;
  if (outcome == Outcome::ok && result_bytes != 0) std::memcpy(cells, frame, result_bytes);
  return outcome;
}

} // namespace waxwing::runtime
