// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "waxwing/error.hpp"
#include "waxwing/exception.hpp"
#include "waxwing/host.hpp"
#include "waxwing/module.hpp"
#include "waxwing/object.hpp"
#include "waxwing/store.hpp"

namespace waxwing::inline v0 {

struct WasiConfig;

/// Something that can be imported and exported.
using Extern = std::variant<Func, Memory, Table, Global, Tag>;

/// A module come to life in a store. A handle, valid as long as the store.
class WAXWING_API Instance {
 public:
  /// The exported function of that name. Fails with `usage`, naming what is exported.
  [[nodiscard]] Result<Func> func(std::string_view name) const;
  /// The same with its signature, like `int32_t(int32_t, double)`, checked.
  template <class Signature>
  [[nodiscard]] Result<TypedFunc<Signature>> func(std::string_view name) const {
    Result<Func> found = func(name);
    if (!found) return std::unexpected(std::move(found.error()));
    Result<TypedFunc<Signature>> fits = found->template typed<Signature>();
    if (!fits) fits.error().message = "'" + std::string(name) + "' " + fits.error().message;
    return fits;
  }
  [[nodiscard]] Result<Memory> memory(std::string_view name = "memory") const;
  [[nodiscard]] Result<Table> table(std::string_view name) const;
  [[nodiscard]] Result<Global> global(std::string_view name) const;
  [[nodiscard]] Result<Tag> tag(std::string_view name) const;
  /// The export of that name, whatever it is; nothing where there is none.
  [[nodiscard]] std::optional<Extern> find(std::string_view name) const;
  [[nodiscard]] Module module() const;

  /// Runs a WASI command: calls `_start`, and gives the code that it ends with, 0 where it returns.
  /// Where the guest has threads, the program ends for all of them. Fails as a call does.
  Result<uint32_t> run() const;

  Instance(impl::StoreState* store, void* instance) : store_(store), instance_(instance) {}
  [[nodiscard]] impl::StoreState* store_state() const { return store_; }
  [[nodiscard]] void* word() const { return instance_; }

 private:
  impl::StoreState* store_;
  void* instance_;
};

/// What the threads of a guest are given (`Linker::threads`).
struct ThreadConfig {
  /// Threads that may run at one time besides the first.
  uint32_t max_threads = 1024;
  /// Defines for the store of a new thread what its module imports besides WASI and shared
  /// memories, as it was done for the first one. Called by the thread that makes the new one,
  /// perhaps by several at once; host functions that it defines are called by the new thread.
  /// `Linker::instantiate` there leaves shared memories as they are, and runs no start functions.
  std::function<Result<void>(Linker& linker)> link = {};
};

/// Names for what modules import. Belongs to one store, which outlives it. Defining a name again
/// replaces what it stood for; instances that exist keep what they have.
class WAXWING_API Linker {
 public:
  explicit Linker(Store& store);
  ~Linker();
  Linker(Linker&&) noexcept;
  Linker& operator=(Linker&&) noexcept;

  [[nodiscard]] Store& store() const;

  /// Defines `module`.`name`. Fails with `out_of_memory`, or with `usage` for an object of another
  /// store.
  Result<void> define(std::string_view module, std::string_view name, const Extern& item);
  /// Defines a function of the host; see `make_func`.
  template <class F>
  Result<void> func(std::string_view module, std::string_view name, F function) {
    Result<Func> made = make_func(store(), std::move(function));
    if (!made) return std::unexpected(std::move(made.error()));
    return define(module, name, *made);
  }
  /// Defines all exports of an instance under `module`.
  Result<void> instance(std::string_view module, const Instance& instance);
  /// Defines WASI preview 1 (`wasi_snapshot_preview1` and `wasi_unstable`): what the configuration
  /// gives, and nothing else of the host. Fails with `io`, naming the directory, or
  /// `out_of_memory`. Component `wasi`; see `waxwing/wasi.hpp`.
  Result<void> wasi(const WasiConfig& config);

  /// Lets `module`, which is to be instantiated next, make threads (wasi-threads: it imports
  /// `wasi.thread-spawn`), and defines the shared memories that it imports and nobody has defined.
  /// Once a store. Each thread has an instance in a store of its own, with the limits of this one
  /// (and half of what fuel its maker has), and shares memories and WASI. A trap, an uncaught
  /// exception or `proc_exit` in any thread ends the program; `Instance::run` or
  /// `Store::end_threads` says how. A module that does not want threads is left alone.
  ///
  /// Fails with `usage` for a module that makes threads and lacks what they need, with `limit` or
  /// with `out_of_memory`. Component `wasi`.
  Result<void> threads(const Module& module, ThreadConfig config = {});

  /// What is defined under a name, as import description in the text format, `(func (param i32))`.
  struct Name {
    std::string module;
    std::string name;
    std::string text;
  };
  [[nodiscard]] std::vector<Name> names() const;

  /// Makes an instance of `module` with what its imports' names stand for, runs its start function,
  /// and then `_initialize` where it exports that (a WASI reactor). Fails with `unknown_import`,
  /// `incompatible_import`, `limit`, `out_of_memory`, or as a call does.
  [[nodiscard]] Result<Instance> instantiate(const Module& module);

 private:
  friend struct impl::StoreState;
  struct State;
  explicit Linker(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

} // namespace waxwing::inline v0
