// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "waxwing/engine.hpp"
#include "waxwing/value.hpp"

namespace waxwing::inline v0 {

/// Everything that guests of a store can be limited by. Each holds in every engine, and for start
/// functions too. Without a value, the limits of the specification and of the machine apply.
struct Limits {
  /// Bytes of each linear memory. A guest whose memory starts larger is refused (`limit`); growing
  /// beyond it fails in the guest, as the specification provides.
  std::optional<uint64_t> memory_bytes = {};
  /// Elements of each table; likewise.
  uint64_t table_elements = 10'000'000;
  /// Instances of the store.
  uint64_t instances = 1'000'000;
  /// Bytes of the stack that guests' frames are on; recursion beyond it is a trap.
  uint64_t stack_bytes = uint64_t{8} << 20;
  /// Bytes that garbage-collected objects, exceptions and references to the host's objects take.
  /// What does not fit after a collection is a trap.
  uint64_t gc_heap_bytes = uint64_t{1} << (sizeof(void*) == 8 ? 32 : 30);
  /// For tests: collect at every allocation, and overwrite what is freed.
  bool gc_stress = false;
  /// Units of fuel that there are at the start, one an operator; needs `Config::metering`.
  std::optional<uint64_t> fuel = {};
  /// Time from the making of the store on, after which guests are stopped: see
  /// `Store::set_timeout`.
  std::optional<std::chrono::nanoseconds> timeout = {};
};

/// One garbage collection.
struct Collection {
  /// For which the guest stood still.
  std::chrono::nanoseconds pause;
  /// Bytes of the objects that were found alive, and of the blocks that hold objects.
  uint64_t live_bytes;
  uint64_t used_bytes;
};

/// What garbage-collected objects take.
struct HeapUsage {
  /// Bytes of the blocks that hold objects.
  uint64_t used_bytes;
  /// The most that the heap has taken of the system.
  uint64_t largest_bytes;
};

/// How traces are put into words (`Trap::trace`).
struct TraceStyle {
  /// Of a deeper trace the first and the last frames; between 2 and 128.
  uint32_t most_frames = 16;
  /// Whether frames have their values (`Frame::values`, `Frame::operands`).
  bool values = false;
};

/// A frame of compiled code as `Store::raw_trace` finds it: numbers, for a log or another machine
/// to make something of (`waxwing symbolize`), or `Store::resolve`.
struct RawFrame {
  /// Tells modules apart; means nothing else.
  const void* module = nullptr;
  /// Index of the function in the module; `Frame::kUntraced` as there.
  uint32_t function = 0;
  /// As `Frame::offset`, with what these two say of it.
  uint32_t offset = 0;
  bool exact = false;
  bool is_native = false;
};

/// Stops the guests of a store from other threads. A handle: copies are the same, and it may
/// outlive its store. Thread-safe; not for signal handlers.
class WAXWING_API Interrupter {
 public:
  /// Stops the guest that runs, wherever it is, with a trap of kind `interrupted`; if none runs,
  /// the next call ends so. Returns at once: the guest has stopped when its call has returned. A
  /// host function that the guest is in is not cut short, but a system call in it that waits ends
  /// with EINTR where there are signals.
  void interrupt() const;

 private:
  friend class Store;
  explicit Interrupter(std::shared_ptr<impl::StoreControl> control);
  std::shared_ptr<impl::StoreControl> control_;
};

/// The world of some guests: their instances, memories, tables and globals, the host's objects that
/// they refer to, and their limits. Nothing leaves it but numbers. Everything in it ends with it:
/// handles (`Instance`, `Func`, `Memory`, `Table`, `Global`, `ExternRef`) are valid as long as the
/// store and no longer.
///
/// Belongs to one thread at a time, any thread of the process. Any number of stores run side by
/// side. Moved, not copied; moving keeps all handles valid.
class WAXWING_API Store {
 public:
  /// Fails with `limit` or `out_of_memory` where the stack cannot be had, or the thread that keeps
  /// the time.
  [[nodiscard]] static Result<Store> make(const Engine& engine, const Limits& limits = {});
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  [[nodiscard]] const Engine& engine() const;
  [[nodiscard]] const Limits& limits() const;

  /// Units of fuel left; nothing without metering.
  [[nodiscard]] std::optional<uint64_t> fuel() const;
  /// Gives the guests so much fuel from now on. No effect without metering.
  void set_fuel(uint64_t units);

  /// Stops guests when `time` is over, counted from now: a call that runs then ends with a trap of
  /// kind `timeout`, and calls that come later at once, until the time is set again or cleared.
  /// Replaces what was set before. Fails with `limit` where the system refuses the thread that
  /// keeps the time (there is one an engine).
  [[nodiscard]] Result<void> set_timeout(std::chrono::nanoseconds time);
  void clear_timeout();
  [[nodiscard]] Interrupter interrupter() const;

  /// Collects the guests' objects that nobody refers to any more, which else happens when there is
  /// need.
  void collect();
  [[nodiscard]] HeapUsage heap_usage() const;
  /// Calls `observer` after every collection, in place of the one before; it must not use the
  /// store. An empty one ends that.
  void on_collection(std::function<void(const Collection&)> observer);

  /// Writes what the guests of the store look like, piece by piece, as a module in the format of
  /// WebAssembly's tool conventions (Coredump.md): the stack of the trap or exception that a call
  /// has ended with last, memories and globals. Of a guest with threads that has ended, those of
  /// the thread that ended it. `program` is what it is called there. Returns how many bytes of
  /// memory had no room: a section holds 4 GiB.
  uint64_t write_core_dump(std::string_view program,
                           const std::function<void(std::span<const std::byte>)>& write) const;

  /// The frames of compiled code that run in the store, innermost first, as many as `frames` has
  /// room for but at most 64; returns how many there are in it. For functions of the host, and for
  /// handlers of signals of the thread that runs the guest, which pass what they are told as
  /// `ucontext` (null in functions of the host): it is async-signal-safe. Interpreted functions and
  /// those of the host are left out.
  [[nodiscard]] size_t raw_trace(std::span<RawFrame> frames,
                                 const void* ucontext = nullptr) const noexcept;
  /// The same frame with names and lines. Not for handlers of signals.
  [[nodiscard]] Frame resolve(const RawFrame& frame) const;

  /// How traces of calls that fail from now on are put into words.
  void set_trace_style(const TraceStyle& style);

  /// Ends the other threads of a guest (`Linker::threads`), whose first one has ended with `first`,
  /// waits for them, and gives what the program has ended with: whichever thread ended it first
  /// decides. `Instance::run` has done so already. A no-op where there are none.
  Result<void> end_threads(Result<void> first = {});

  /// Takes `object` into the store and gives the reference by which guests can hold it. It lives
  /// until `release`, or else ends with the store (after the instances). Throws `std::bad_alloc`
  /// where the reference does not fit into `Limits::gc_heap_bytes`.
  template <class T>
  [[nodiscard]] ExternRef reference(T object) {
    return add_object(std::make_shared<T>(std::move(object)), &kTypeOf<T>);
  }
  /// The same for an object that the host shares.
  template <class T>
  [[nodiscard]] ExternRef reference(std::shared_ptr<T> object) {
    return add_object(std::move(object), &kTypeOf<T>);
  }
  /// The object; null where there is none (null, released, or made up by the guest of another
  /// store) or where it is of another type. `T` is exactly that of `reference`.
  template <class T>
  [[nodiscard]] T* get(ExternRef reference) const {
    return static_cast<T*>(object(reference, &kTypeOf<T>));
  }
  /// Ends the store's part in the object. References that a guest still holds then stand for
  /// nothing: `get` gives null for them for good.
  void release(ExternRef reference);

  /// For the library's own use.
  [[nodiscard]] impl::StoreState* state() const { return state_.get(); }

 private:
  friend struct impl::StoreState;
  struct Ending {
    void operator()(impl::StoreState* state) const;
  };
  template <class T>
  static constexpr char kTypeOf = 0;

  explicit Store(std::unique_ptr<impl::StoreState, Ending> state);
  [[nodiscard]] ExternRef add_object(std::shared_ptr<void> object, const void* type);
  [[nodiscard]] void* object(ExternRef reference, const void* type) const;

  std::unique_ptr<impl::StoreState, Ending> state_;
};

} // namespace waxwing::inline v0
