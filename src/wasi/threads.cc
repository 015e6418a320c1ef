// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi/threads.hpp"

#include <utility>

#include "platform/host_thread.hpp"
#include "runtime/instance.hpp"
#include "wasi/abi.hpp"

namespace waxwing::wasi {

using platform::LockGuard;
using runtime::Cell;
using runtime::Extern;
using runtime::Linker;
using runtime::Outcome;
using runtime::Store;

namespace {

constexpr std::string_view kModule = "wasi";
constexpr std::string_view kSpawn = "thread-spawn";
constexpr std::string_view kStart = "wasi_thread_start";

/// The numbers of threads are 1 to this.
constexpr uint32_t kLastId = 0x1FFF'FFFF;
/// Of the system's stack for a thread. Guest frames are elsewhere.
constexpr size_t kNativeStack = size_t{1} << 20;
/// How often a thread that is to end is told so.
constexpr uint64_t kMillisecond = 1'000'000;

[[nodiscard]] bool is_shared_memory(const Module& module, const Import& import) {
  return import.kind == ExternKind::memory && module.memories[import.index].limits.shared;
}

[[nodiscard]] bool is_spawn(const Import& import) {
  return import.kind == ExternKind::func && import.module == kModule && import.name == kSpawn;
}

[[nodiscard]] int32_t negative(Errno error) { return -static_cast<int32_t>(error.value()); }

} // namespace

struct ThreadGroup::Thread {
  Thread(ThreadGroup& owner, uint32_t start_argument) : group(owner), argument(start_argument) {}

  ThreadGroup& group;
  uint32_t id = 0;
  uint32_t argument;
  /// Null once the thread has given it back.
  Store* store = nullptr;
  const runtime::FuncRef* entry = nullptr;
  /// Only to be joined.
  bool finished = false;
  Thread* next = nullptr;
  platform::HostThread host;
};

ThreadGroup::ThreadGroup(runtime::Engine& engine, const ThreadConfig& config)
    : engine_(engine), config_(config), memories_(engine.allocator()) {}

ThreadGroup::~ThreadGroup() {
  end(first_, Outcome::ok);
  join_all();
  while (threads_ != nullptr) {
    Thread* const thread = threads_;
    threads_ = thread->next;
    end_store(thread->store);
    destroy(engine_.allocator(), thread);
  }
  for (const Linker::Entry& entry : memories_) entry.value.memory->release();
}

void ThreadGroup::end_store(Store* store) {
  if (store != nullptr && config_.forget != nullptr) config_.forget(config_.context, *store);
  Store::destroy(store);
}

bool ThreadGroup::is_wanted_by(const Module& module) {
  for (const Import& import : module.imports)
    if (is_spawn(import) || is_shared_memory(module, import)) return true;
  return false;
}

const char* ThreadGroup::obstacle(const runtime::LoadedModule& loaded) {
  const Module& module = loaded.module();
  bool spawns = false;
  bool shares = false;
  for (const Import& import : module.imports) {
    spawns = spawns || is_spawn(import);
    shares = shares || is_shared_memory(module, import);
  }
  if (!spawns) return nullptr;
  if (!shares) return "it imports no shared memory that its threads could have in common";
  const Export* start = module.find_export(kStart);
  if (start == nullptr || start->kind != ExternKind::func)
    return "it exports no function 'wasi_thread_start' for its threads to begin with";
  const runtime::RuntimeType& type = *loaded.function_type(start->index);
  if (type.params.size() != 2 || type.params[0] != val::i32 || type.params[1] != val::i32 ||
      !type.results.empty())
    return "its 'wasi_thread_start' does not take two i32 and return nothing";
  return nullptr;
}

Result<void> ThreadGroup::define(Linker& linker, runtime::LoadedModule& loaded) {
  module_ = &loaded;
  first_ = &linker.store();
  const Module& module = loaded.module();
  for (const Import& import : module.imports) {
    if (!is_shared_memory(module, import)) continue;
    Extern value;
    if (linker.find(import.module, import.name, value)) {
      // One that does not fit is for the linker to refuse.
      if (value.kind != ExternKind::memory || !value.memory->is_shared()) continue;
    } else {
      value.kind = ExternKind::memory;
      value.memory = TRY(first_->host_memory(module.memories[import.index]));
    }
    TRY(memories_.push({import.module, import.name, value}));
    value.memory->retain();
    TRY(linker.define(import.module, import.name, value));
  }
  return define_spawn(linker);
}

Result<void> ThreadGroup::define_memories(Linker& linker) {
  for (const Linker::Entry& entry : memories_)
    TRY(linker.define(entry.module, entry.name, entry.value));
  return {};
}

Result<void> ThreadGroup::define_spawn(Linker& linker) {
  constexpr ValType kI32[] = {val::i32};
  return linker.define_function(kModule, kSpawn, kI32, kI32, &spawn_callback, this);
}

Outcome ThreadGroup::spawn_callback(runtime::HostCall& call) {
  auto& group = *static_cast<ThreadGroup*>(call.data);
  const auto argument = runtime::load_cell<uint32_t>(call.cells);
  runtime::store_cell<int32_t>(call.cells, group.spawn(call.store, argument));
  return Outcome::ok;
}

int32_t ThreadGroup::spawn(Store& maker, uint32_t argument) {
  if (obstacle(*module_) != nullptr) return negative(Errno::notsup);
  const Allocator& allocator = engine_.allocator();
  // Threads that have ended give their stacks back when somebody makes the next one.
  while (Thread* finished = take_finished()) {
    finished->host.join();
    destroy(allocator, finished);
  }
  if (!admit()) return negative(Errno::again);
  auto* thread = create<Thread>(allocator, *this, argument);
  Errno reason = Errno::nomem;
  if (thread != nullptr && prepare(*thread)) {
    if (const uint32_t id = start(*thread, maker); id != 0) return static_cast<int32_t>(id);
    reason = Errno::again;
  }
  if (thread != nullptr) end_store(thread->store);
  destroy(allocator, thread);
  withdraw();
  return negative(reason);
}

/// Takes a place for one more thread.
bool ThreadGroup::admit() {
  const LockGuard guard(mutex_);
  if (ending_ || running_ >= config_.max_threads) return false;
  ++running_;
  return true;
}

void ThreadGroup::withdraw() {
  mutex_.lock();
  --running_;
  mutex_.unlock();
  changed_.notify_all();
}

/// Makes the store and the instance. The thread that makes another does this for it, so that what
/// goes wrong is the result of `thread-spawn`.
Result<void> ThreadGroup::prepare(Thread& thread) {
  thread.store = TRY(Store::make(engine_, config_.limits));
  Linker linker(*thread.store);
  // Other modules that are provided may want them as well, but not replace them.
  TRY(define_memories(linker));
  TRY(define_spawn(linker));
  if (config_.provide != nullptr) TRY(config_.provide(config_.context, linker));
  TRY(define_memories(linker));
  Outcome outcome = Outcome::ok;
  // The memories are in use: what they begin with has been written, and by whose start function
  // that is the module's business. It does not run again either.
  runtime::Instance* instance =
      TRY(linker.instantiate(*module_, outcome, runtime::SharedData::left_alone));
  if (outcome != Outcome::ok) return fail(ErrorCode::limit_exceeded);
  thread.entry = instance->func_ref(module_->module().find_export(kStart)->index);
  return {};
}

uint32_t ThreadGroup::start(Thread& thread, Store& maker) {
  const LockGuard guard(mutex_);
  if (ending_) return 0;
  thread.id = new_id();
  if (engine_.config().metering) {
    const int64_t half = maker.fuel / 2;
    thread.store->fuel = half + std::exchange(fuel_, 0);
    maker.fuel -= half;
  }
  if (!thread.host.start(&run, &thread, kNativeStack)) {
    if (engine_.config().metering) maker.fuel += thread.store->fuel;
    return 0;
  }
  thread.next = std::exchange(threads_, &thread);
  return thread.id;
}

/// The next number that no thread has. With `mutex_`.
uint32_t ThreadGroup::new_id() {
  const auto is_taken = [this](uint32_t id) {
    for (const Thread* thread = threads_; thread != nullptr; thread = thread->next)
      if (thread->id == id) return true;
    return false;
  };
  do {
    last_id_ = last_id_ % kLastId + 1;
  } while (is_taken(last_id_));
  return last_id_;
}

ThreadGroup::Thread* ThreadGroup::take_finished() {
  const LockGuard guard(mutex_);
  // At the end one of them may be kept for its store.
  if (ending_) return nullptr;
  for (Thread** at = &threads_; *at != nullptr; at = &(*at)->next)
    if ((*at)->finished) return std::exchange(*at, (*at)->next);
  return nullptr;
}

void ThreadGroup::run(void* self) {
  Thread& thread = *static_cast<Thread*>(self);
  Cell cells[2 * cells_of(val::i32)] = {};
  runtime::store_cell<uint32_t>(cells, thread.id);
  runtime::store_cell<uint32_t>(cells + cells_of(val::i32), thread.argument);
  const Outcome outcome = runtime::call(*thread.store, thread.entry, cells);
  if (outcome != Outcome::ok) thread.group.end(thread.store, outcome);
  thread.group.leave(thread);
}

void ThreadGroup::leave(Thread& thread) {
  Store* store = nullptr;
  mutex_.lock();
  if (end_.store != thread.store) store = std::exchange(thread.store, nullptr);
  if (engine_.config().metering && store != nullptr && store->fuel > 0) fuel_ += store->fuel;
  mutex_.unlock();
  end_store(store);

  mutex_.lock();
  thread.finished = true;
  --running_;
  mutex_.unlock();
  // The thread's record may be gone by now.
  changed_.notify_all();
}

template <class Visit>
void ThreadGroup::for_others(const Store* store, Visit visit) {
  if (first_ != nullptr && first_ != store) visit(*first_);
  for (Thread* thread = threads_; thread != nullptr; thread = thread->next)
    if (thread->store != nullptr && thread->store != store) visit(*thread->store);
}

/// Ends the program, unless that was done before: tells the others until they have heard it.
void ThreadGroup::end(Store* store, Outcome outcome) {
  const LockGuard guard(mutex_);
  if (ending_) return;
  ending_ = true;
  end_ = {outcome, store};
  const bool exits = outcome == Outcome::trap && store->trap.kind == TrapKind::exit;
  const uint32_t code = exits ? store->trap.exit_code : 0;
  for_others(store, [code](Store& other) {
    other.exit_code.store(code);
    other.interrupt(runtime::Interrupt::exit);
  });
  for (;;) {
    bool some_run = false;
    for_others(store, [&some_run](Store& other) { some_run |= other.repeat_interrupt(); });
    if (!some_run) return;
    changed_.wait(mutex_, kMillisecond);
  }
}

void ThreadGroup::join_all() {
  mutex_.lock();
  while (running_ != 0) changed_.wait(mutex_);
  mutex_.unlock();
  // Nobody makes threads any more.
  for (Thread* thread = threads_; thread != nullptr; thread = thread->next) thread->host.join();
}

ThreadGroup::End ThreadGroup::finish(Outcome outcome) {
  end(first_, outcome);
  join_all();
  return end_;
}

} // namespace waxwing::wasi
