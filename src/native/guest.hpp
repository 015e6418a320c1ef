// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "native/embedded.hpp"
#include "native/lines.hpp"
#include "native/text.hpp"
#include "native/threads.hpp"
#include "runtime/instance.hpp"
#include "wasi/wasi.hpp"

namespace waxwing::native {

/// What a guest is given.
struct GuestConfig {
  std::span<const std::string_view> args;
  std::span<const std::string_view> env;
  std::span<const wasi::Preopen> preopens;
  runtime::StoreLimits limits;
  /// Besides the first.
  uint32_t max_threads = 1024;
  /// Whether anybody may interrupt it, be it its own threads. Where an engine is there already, its
  /// own answer holds.
  bool interruptible = true;
  /// Where the instance is made, and what others have defined there for it to import. Null: a store
  /// of its own, which `limits` are for.
  runtime::Store* store = nullptr;
  const runtime::Linker* outer = nullptr;
};

/// The one engine of all embedded modules, so that instances of several can be in one store.
class SharedEngine {
 public:
  /// Null where there is no memory for it. As often as it is acquired, it is released.
  [[nodiscard]] static runtime::Engine* acquire();
  static void release();
};

/// A module in that engine, which all instances of an embedded module share.
struct SharedModule;

/// An instance of an embedded module in a store of its own or in one that it has in common with
/// others, with WASI, the functions of the embedder, and threads where the module makes some.
/// Belongs to one thread at a time; any number of them may be there, of one module and of several.
class Guest {
 public:
  /// Null where there is no memory for it.
  [[nodiscard]] static Guest* make(WaxEmbedded& embedded);
  static void destroy(Guest* guest);

  /// Loads the module, and defines what it imports. False where that can't be; `why` says it then.
  [[nodiscard]] bool prepare(const GuestConfig& config, Text& why);
  /// Makes the instance and runs its start function, and `_initialize` where it has that. The
  /// optional is empty where there is no instance, and `why` says it then.
  [[nodiscard]] std::optional<runtime::Outcome> instantiate(Text& why);

  [[nodiscard]] runtime::Outcome call(FuncIndex function, runtime::Cell* cells);
  /// Tells that the program has ended with `outcome` and ends its threads: how all of it ended, and
  /// in which store.
  [[nodiscard]] wasi::ThreadGroup::End finish(runtime::Outcome outcome);

  [[nodiscard]] runtime::Store& store() { return *store_; }
  [[nodiscard]] runtime::Instance& instance() { return *instance_; }
  /// False before `instantiate`, and where that failed.
  [[nodiscard]] bool has_instance() const { return instance_ != nullptr; }
  /// Whether `instantiate` has failed over an import.
  [[nodiscard]] bool is_unlinkable() const { return unlinkable_; }
  [[nodiscard]] bool is_in_shared_store() const { return !owns_store_; }
  [[nodiscard]] const Module& module() const;
  /// What is known of the source.
  [[nodiscard]] SourceOf source() const;
  /// Whether the module imports functions of WASI.
  [[nodiscard]] bool uses_wasi() const { return *embedded_.wasi != nullptr; }

  /// Stops the guest that has called the embedder, once that returns. The text is copied.
  void ask_for_trap(const char* message);

  /// What the last call that failed has said, for embedders.
  Text message;
  /// The embedder's own.
  void* user = nullptr;
  /// That a call of the embedder's may take; 0: any.
  uint64_t timeout_ms = 0;

  explicit Guest(WaxEmbedded& embedded);
  ~Guest();

 private:
  /// One of the embedder's functions, as this guest calls it.
  struct HostImport {
    Guest* guest;
    const WaxEmbeddedImport* import;
  };

  static runtime::Outcome call_host(runtime::HostCall& call);
  [[nodiscard]] Result<void> define_functions(runtime::Linker& linker);
  /// Null where the module makes no threads.
  [[nodiscard]] const ThreadPart* thread_part() const {
    return static_cast<const ThreadPart*>(embedded_.threads);
  }

  WaxEmbedded& embedded_;
  SharedModule* shared_ = nullptr;
  wasi::Wasi wasi_;
  runtime::Store* store_ = nullptr;
  const runtime::Linker* outer_ = nullptr;
  bool owns_store_ = true;
  bool unlinkable_ = false;
  std::optional<runtime::Linker> linker_;
  wasi::ThreadGroup* threads_ = nullptr;
  runtime::Instance* instance_ = nullptr;
  Vec<HostImport> host_imports_;
  Text trap_message_;
  bool wants_trap_ = false;
};

} // namespace waxwing::native
