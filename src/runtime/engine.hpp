// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <span>

#include "base/allocator.hpp"
#include "base/error.hpp"
#include "platform/signal.hpp"
#include "runtime/type_registry.hpp"
#include "wasm/feature.hpp"
#include "wasm/module.hpp"

namespace waxwing::runtime {

class LoadedModule;
class Instance;
class Store;
struct FuncRef;
struct Frame;

/// What runs functions. An engine room (the interpreter, the image loader) offers one of these;
/// the runtime knows it by nothing else.
struct Backend {
  const char* name;
  /// Prepares a module once: sets `LoadedModule::backend_data`. Nothing is translated yet.
  Result<void> (*load)(LoadedModule& module);
  void (*unload)(LoadedModule& module);
  /// Prepares a new instance: may set `VmContext::engine_instance`.
  Result<void> (*attach)(Instance& instance);
  void (*detach)(Instance& instance);
  /// Fills `native`, `uniform` and `record` of the reference to the module's own function `index`.
  void (*bind)(Instance& instance, FuncIndex index, FuncRef& ref);
  /// Finds the offset of a frame that `Activation::trace` has reported with `Frame::code`; null in
  /// an engine that never leaves one to be found.
  void (*locate)(Frame& frame) = nullptr;

  /// The most bytes of the value stack that its code makes use of: little enough to come from the
  /// allocator. 0: as many as `StoreLimits::stack_bytes` says.
  size_t value_stack_bytes = 0;

  // Asked of backends that images bring along.
  /// Whether the module's own function `index` has machine code.
  bool (*is_compiled)(const LoadedModule& module, FuncIndex index) = nullptr;
  /// Whether that code relies on guard pages behind memory `index`.
  bool (*needs_guards)(const LoadedModule& module, uint32_t index) = nullptr;
};

/// How an engine runs its modules; part of the key of everything that is translated.
struct EngineConfig {
  FeatureSet features = FeatureSet::defaults();
  /// Count fuel (`StoreLimits::fuel`), one unit a wasm operator.
  bool metering = false;
  /// Interrupt by polling a word instead of by signals.
  bool polling = false;
  /// Whether `Store::interrupt` may be called while a guest runs. Where not, nothing is installed
  /// for it, and functions of the host may wait in the system without looking up.
  bool interruptible = true;
  /// Check each body at its first call instead of at load, in modules with more code than this many
  /// bytes. 0: always at load.
  uint32_t lazy_validation_bytes = 0;
  /// Canonical NaNs and fixed relaxed operators.
  bool deterministic = false;
};

/// Types, configuration and allocator shared by all modules and stores of an embedder. Thread-safe.
/// Outlives everything made with it.
class Engine {
 public:
  Engine(const Allocator& allocator, const EngineConfig& config, const Backend& backend)
      : allocator_(allocator), config_(config), backend_(backend), types_(allocator_) {}
  Engine(const Engine&) = delete;

  [[nodiscard]] const Allocator& allocator() const { return allocator_; }
  [[nodiscard]] const EngineConfig& config() const { return config_; }
  [[nodiscard]] const Backend& backend() const { return backend_; }
  [[nodiscard]] TypeRegistry& types() { return types_; }
  /// Whether guest code has to look at `Store::interrupt_word` by itself.
  [[nodiscard]] bool polls() const { return config_.polling || !platform::can_redirect(); }

 private:
  Allocator allocator_;
  EngineConfig config_;
  const Backend& backend_;
  TypeRegistry types_;
};

} // namespace waxwing::runtime
