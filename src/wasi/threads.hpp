// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads of a guest (WebAssembly/wasi-threads): `wasi.thread-spawn` makes a new instance of the
// guest's module in a store of its own, which shares the imported memories, and calls its
// `wasi_thread_start`.
#pragma once

#include <cstdint>

#include "platform/thread.hpp"
#include "runtime/linker.hpp"

namespace waxwing::wasi {

/// What the threads of a guest are given.
struct ThreadConfig {
  /// Threads that may run at one time besides the first; 0: none can be made.
  uint32_t max_threads = 1'024;
  /// For the store of each thread. Its fuel is not looked at: a new thread gets half of what its
  /// maker has left.
  runtime::StoreLimits limits;
  /// Defines what the module imports besides shared memories and `thread-spawn`, for the store of a
  /// new thread. Called by the thread that makes it, perhaps by several at once. May be null.
  Result<void> (*provide)(void* context, runtime::Linker& linker) = nullptr;
  /// Told before the store of a thread ends, by whatever thread ends it. May be null.
  void (*forget)(void* context, runtime::Store& store) = nullptr;
  void* context = nullptr;
};

/// The threads of one guest program. The first runs on a thread and in a store of the embedder's;
/// the others belong to the group. Whichever ends the program first (by `proc_exit`, a trap or an
/// exception, or by the embedder's word that the first has returned) ends it for all, whatever they
/// are doing.
///
/// An embedder calls `define` before it instantiates the module, then calls the guest as usual, and
/// gives what the last call ended with to `finish`. The engine, the module and what `provide` uses
/// outlive the group, and the group what was linked with it: it is destroyed before the first
/// thread's store. All is called by the first thread.
class ThreadGroup {
 public:
  ThreadGroup(runtime::Engine& engine, const ThreadConfig& config);
  /// Ends the threads that still run.
  ~ThreadGroup();
  ThreadGroup(const ThreadGroup&) = delete;

  /// Whether a module wants to make threads, or imports a shared memory as if it did.
  [[nodiscard]] static bool is_wanted_by(const Module& module);
  /// Why a module that makes threads cannot do so: a text that outlives it, null where it can.
  [[nodiscard]] static const char* obstacle(const runtime::LoadedModule& module);

  /// Defines `wasi.thread-spawn`, and the shared memories that `module` imports: those that
  /// `linker` has under their names, others are made with the limits that the module declares.
  /// Called once. Fails out of memory or with `memory_limit`.
  [[nodiscard]] Result<void> define(runtime::Linker& linker, runtime::LoadedModule& module);

  /// How the program has ended.
  struct End {
    runtime::Outcome outcome;
    /// Whose thread ended it, and so whose trap it is. Lives as long as the group, or is the first.
    runtime::Store* store;
  };
  /// Tells that the first thread has ended with `outcome`, waits until all others have ended too,
  /// and returns what the program ended with. From then on no threads can be made.
  [[nodiscard]] End finish(runtime::Outcome outcome);

 private:
  struct Thread;

  static runtime::Outcome spawn_callback(runtime::HostCall& call);
  [[nodiscard]] Result<void> define_memories(runtime::Linker& linker);
  [[nodiscard]] Result<void> define_spawn(runtime::Linker& linker);
  /// The new thread's number, or the negative of an errno.
  [[nodiscard]] int32_t spawn(runtime::Store& maker, uint32_t argument);
  [[nodiscard]] bool admit();
  void withdraw();
  [[nodiscard]] Result<void> prepare(Thread& thread);
  void end_store(runtime::Store* store);
  /// Starts a thread that is prepared; 0 where there is none to be had.
  [[nodiscard]] uint32_t start(Thread& thread, runtime::Store& maker);
  [[nodiscard]] uint32_t new_id();
  [[nodiscard]] Thread* take_finished();
  static void run(void* thread);
  void leave(Thread& thread);
  void end(runtime::Store* store, runtime::Outcome outcome);
  template <class Visit>
  void for_others(const runtime::Store* store, Visit visit);
  void join_all();

  runtime::Engine& engine_;
  ThreadConfig config_;
  runtime::LoadedModule* module_ = nullptr;
  runtime::Store* first_ = nullptr;
  /// The shared memories that the module imports, each with a reference, by their names.
  Vec<runtime::Linker::Entry> memories_;

  /// Held while anything below is used.
  platform::Mutex mutex_;
  platform::ConditionVariable changed_;
  /// Threads that run, that have ended and are to be joined, and one that ended the program.
  Thread* threads_ = nullptr;
  /// Threads that run or are being made.
  uint32_t running_ = 0;
  uint32_t last_id_ = 0;
  /// Fuel that threads left.
  int64_t fuel_ = 0;
  bool ending_ = false;
  End end_{};
};

} // namespace waxwing::wasi
