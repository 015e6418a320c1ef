// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstdint>

#include "base/arena.hpp"
#include "base/vec.hpp"
#include "platform/signal.hpp"
#include "runtime/cell.hpp"
#include "runtime/engine.hpp"
#include "runtime/func_ref.hpp"
#include "runtime/gc/heap.hpp"
#include "runtime/limits.hpp"
#include "runtime/trap.hpp"

namespace waxwing::runtime {

class Instance;
class Memory;
class Table;
struct Global;
struct Tag;

/// Why the interrupt word is set.
enum class Interrupt : uint32_t { none, stop, timeout, exit };

/// A tail call that crosses engines. Its arguments lie on the value stack at or above the
/// `stack_top` that the returning call was made with, which has room for `call_cells` of the
/// callee's type there.
struct TailCall {
  const FuncRef* callee = nullptr;
  VmContext* caller = nullptr;
  const Cell* cells = nullptr;
};

/// A running guest entry of an engine. An engine's own record of it begins with this.
struct Activation {
  Activation* outer;
  /// Reports its frames, innermost first, while they are still in place; offsets that take work to
  /// find are left to `Backend::locate`.
  void (*trace)(Store& store, const Activation& activation, TraceSink& sink);
};

/// The head of a store: what compiled code sees of it (docs/abi.md, section 2).
struct VmStore {
  /// What is left of the fuel; below zero means that it ran out.
  int64_t fuel = INT64_MAX;
  /// Native addresses below this must not be used by calls that cross to the host or to another
  /// engine; set at the outermost entry of a thread.
  uintptr_t native_stack_limit = 0;
  /// Asks guest code to stop; the value is an `Interrupt`.
  std::atomic<uint32_t> interrupt_word{0};
  /// The engine's record of the innermost running guest entry. An engine sets it when it enters a
  /// guest and takes it down when the guest returns, but leaves it in place when it returns
  /// `Outcome::trap` or `Outcome::exception`: the boundary then asks `Activation::trace` for its
  /// frames and restores it.
  Activation* activation = nullptr;
  /// Written by functions of images of a time between (`call_stack_frames` without `packed_sites`),
  /// and read by nobody: the frame pointer says the same.
  uintptr_t frame_top = 0;
  /// What the images keep for the values that such frames have.
  void* frame_values = nullptr;
};

/// Machine code that guests of a store run.
struct NativeCode {
  uintptr_t begin;
  uintptr_t end;
  /// `platform::InterruptTarget::resume` for a program counter inside, or where code of this kind
  /// has found no stack left.
  bool (*resume)(Store& store, const platform::MachineState& at, const platform::Fault* fault,
                 platform::Continuation& where);
};

/// Owns instances, their host functions and the value stack. Belongs to one thread at a time; only
/// `interrupt` may be called from others.
class Store : public VmStore {
 public:
  /// Reserves the value stack. The caller owns the store and ends it with `destroy`.
  [[nodiscard]] static Result<Store*> make(Engine& engine, const StoreLimits& limits);
  static void destroy(Store* store);

  [[nodiscard]] Engine& engine() { return engine_; }
  [[nodiscard]] const StoreLimits& limits() const { return limits_; }
  [[nodiscard]] const Allocator& allocator() const { return engine_.allocator(); }

  // The value stack: one range of addresses that never moves, committed as it is used. Frames lie
  // between `stack_base` and `stack_limit`; `stack_top` is where the next guest entry may start.
  Cell* stack_base = nullptr;
  Cell* stack_top = nullptr;
  Cell* stack_limit = nullptr;
  /// Where the native frames of guests begin, at the outermost entry; 0 outside.
  uintptr_t native_stack_base = 0;

  /// The exit code for `Interrupt::exit`; set before the interruption.
  std::atomic<uint32_t> exit_code{0};

  /// The exception in flight after `Outcome::exception`; see runtime/exception.hpp.
  Ref exception = 0;
  /// The call to be made after `Outcome::tail_call`.
  TailCall pending;

  /// Records a trap; `return store.raise(TrapKind::…)`. The trace is taken by the boundaries that
  /// the outcome passes.
  Outcome raise(TrapKind kind);
  /// Says which access the next `raise` is about: `length` bytes (or elements) at `address` of
  /// memory or table `index`, which has `bound` of them.
  void note_access(uint64_t address, uint64_t length, uint32_t index, uint64_t bound);
  /// Records the trap that `interrupt_word` asks for and clears the word. A no-op with
  /// `Outcome::ok` if it is clear.
  Outcome raise_interrupt();
  /// A trap of the host with a text that outlives the store.
  Outcome raise_host(const char* message);
  /// Ends the program with `code`.
  Outcome raise_exit(uint32_t code);
  /// Finds the offsets of the trace's frames that are not known yet. Done for traps as they pass
  /// boundaries; exceptions are thrown too often for that, so whoever shows the trace of one asks.
  void locate_trace();

  /// Stops the guest soon, wherever it is; if none is running, the next one at once. May be called
  /// from any thread and from a signal handler. Where `Engine::polls` is false, whoever interrupts
  /// calls `repeat_interrupt` every millisecond until it returns false.
  void interrupt(Interrupt reason);
  /// Sends the signal again if the guest is still running in spite of an interruption.
  bool repeat_interrupt();
  /// Takes back an interruption for `reason` that has not been seen.
  void withdraw_interrupt(Interrupt reason);

  /// A function of the host. `data` is passed on to it. Lives as long as the store.
  [[nodiscard]] Result<FuncRef*> host_function(const RuntimeType* type, HostCallback callback,
                                               void* data);

  // Objects of the host for modules to import. They live as long as the store. Types are in the
  // registry's terms.
  [[nodiscard]] Result<Memory*> host_memory(const MemoryType& type);
  [[nodiscard]] Result<Table*> host_table(const TableType& type, Ref init);
  /// `value` holds `size_of(type.type)` bytes.
  [[nodiscard]] Result<Global*> host_global(const GlobalType& type, const void* value);
  [[nodiscard]] Result<Tag*> host_tag(const RuntimeType* type);

  /// Objects of guests, exceptions, and values of the host.
  [[nodiscard]] Heap& heap() { return heap_; }
  /// Passes all references of the store and its instances to a collection, those on stacks
  /// excepted.
  void visit_references(Heap& heap);

  /// Makes code known to the store, as often as `forget_code` takes that back. It lasts until then.
  [[nodiscard]] Result<void> know_code(const NativeCode& code);
  void forget_code(const NativeCode& code);
  /// The code that `pc` lies in, or null.
  [[nodiscard]] const NativeCode* code_at(uintptr_t pc) const;
  /// Memory for whatever lasts as long as the store.
  [[nodiscard]] Arena& arena() { return arena_; }
  /// Room for the parameters of tail calls that go through memory; null where there is none.
  [[nodiscard]] Cell* tail_arguments();

  Vec<Instance*> instances;
  /// Modules without an instance whose types objects of the heap may have.
  Vec<LoadedModule*> kept_modules;
  /// Adds one, for which there is room.
  void keep(LoadedModule& module);

  Store(Engine& engine, const StoreLimits& limits);
  ~Store();

 private:
  friend class GuestEntry;

  Engine& engine_;
  StoreLimits limits_;
  static bool resume(void* store, const platform::MachineState& at, const platform::Fault* fault,
                     platform::Continuation& where);

  struct KnownCode {
    const NativeCode* code;
    uint32_t uses;
  };

  Arena arena_;
  Vec<KnownCode> code_;
  Cell* tail_arguments_ = nullptr;
  Vec<Memory*> memories_;
  Vec<Table*> tables_;
  Vec<Global*> globals_;
  size_t stack_bytes_ = 0;
  bool stack_on_heap_ = false;
  bool access_noted_ = false;
  /// Calls into the store that have not returned.
  uint32_t entries_ = 0;
  /// The thread that runs a guest, for `interrupt`.
  std::atomic<platform::ThreadHandle> running_{0};
  platform::InterruptTarget interrupt_target_;
  // The large ones last: what comes before them is near, which takes shorter instructions.
  Heap heap_;

 public:
  /// Set when a call ends with `Outcome::trap`. After `Outcome::exception` its trace says where the
  /// exception was thrown, once `locate_trace` has been called.
  TrapInfo trap;
};

/// Calls any function from the host. `cells` holds `type->call_cells` cells: arguments in, results
/// out. A trap or exception leaves them undefined. Sets up the limits of the native stack on the
/// outermost call of a thread.
[[nodiscard]] Outcome call(Store& store, const FuncRef* function, Cell* cells);

/// Makes the call that is pending after `Outcome::tail_call`, and those that follow from it. The
/// results are put into `cells`, where those of the call that returned were expected.
[[nodiscard]] Outcome finish_tail_calls(Store& store, Cell* cells);

} // namespace waxwing::runtime
