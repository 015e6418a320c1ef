// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstdint>

#include "base/arena.hpp"
#include "base/vec.hpp"
#include "runtime/cell.hpp"
#include "runtime/engine.hpp"
#include "runtime/func_ref.hpp"
#include "runtime/limits.hpp"
#include "runtime/trap.hpp"

namespace waxwing::runtime {

class Instance;

/// Why the interrupt word is set.
enum class Interrupt : uint32_t { none, stop, timeout, exit };

/// Owns instances, their host functions and the value stack. Belongs to one thread at a time; only
/// `interrupt` may be called from others.
class Store {
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
  /// Native addresses below this must not be used by calls that cross to the host or to another
  /// engine; set at the outermost entry of a thread.
  uintptr_t native_stack_limit = 0;

  /// What is left of the fuel; below zero means that it ran out.
  int64_t fuel = INT64_MAX;
  /// Asks guest code to stop; the value is an `Interrupt`.
  std::atomic<uint32_t> interrupt_word{0};

  /// Set when a call ends with `Outcome::trap`.
  TrapInfo trap;
  /// The exception in flight after `Outcome::exception`.
  Ref exception = 0;
  /// The callee of `Outcome::tail_call`; its arguments are in the cells of the call that returned.
  const FuncRef* pending = nullptr;
  /// The engine's record of the innermost running guest entry.
  void* activation = nullptr;

  /// Records a trap; `return store.raise(TrapKind::…)`. The trace is taken by the boundary that
  /// first sees the outcome.
  Outcome raise(TrapKind kind);
  /// A trap of the host with a text that outlives the store.
  Outcome raise_host(const char* message);
  /// Ends the program with `code`.
  Outcome raise_exit(uint32_t code);

  /// Stops the guest soon, wherever it is. May be called from any thread and from a signal handler.
  void interrupt(Interrupt reason);

  /// A function of the host. `data` is passed on to it. Lives as long as the store.
  [[nodiscard]] Result<FuncRef*> host_function(const RuntimeType* type, HostCallback callback,
                                               void* data);

  Vec<Instance*> instances;

  Store(Engine& engine, const StoreLimits& limits);
  ~Store();

 private:
  Engine& engine_;
  StoreLimits limits_;
  Arena arena_;
  size_t stack_bytes_ = 0;
};

/// Calls any function from the host. `cells` holds `type->call_cells` cells: arguments in, results
/// out. A trap or exception leaves them undefined. Sets up the limits of the native stack on the
/// outermost call of a thread.
[[nodiscard]] Outcome call(Store& store, const FuncRef* function, Cell* cells);

} // namespace waxwing::runtime
