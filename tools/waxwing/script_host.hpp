// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine.hpp"
#include "runtime/linker.hpp"
#include "runtime/store.hpp"
#include "text/script.hpp"
#include "waxwing/compiler_module.hpp"
#include "waxwing/values.hpp"

namespace waxwing::tool {

/// How an action of a script ended.
struct ActionResult {
  enum class Kind : uint8_t {
    values,
    trap,
    exception,
    /// The action could not be tried: `text` says why.
    refused,
  };
  Kind kind{};
  std::vector<Value> values{};
  /// The trap's text, or why the action was refused.
  std::string text{};
  TrapKind trap = TrapKind::none;
};

/// What threads can have in common of a module: its shared memories, by the names under which it
/// exports them. Keeps them alive.
class SharedExports {
 public:
  SharedExports() = default;
  explicit SharedExports(runtime::Instance& instance);
  SharedExports(const SharedExports& other);
  SharedExports& operator=(SharedExports other) noexcept {
    memories_.swap(other.memories_);
    return *this;
  }
  ~SharedExports();

  struct Entry {
    std::string name;
    runtime::Memory* memory;
  };
  [[nodiscard]] const std::vector<Entry>& memories() const { return memories_; }

 private:
  std::vector<Entry> memories_;
};

/// What compiles the modules of a script.
struct ScriptCompiler {
  const WaxCompileInterface* module;
  CodeOptions options;
};

/// Why a module of a script could not be loaded.
struct LoadFailure {
  Error error;
  /// What the compiler said; empty where `error` says it.
  std::string compiler{};
};

/// What a script of the official test suite runs in: an engine and a store of its own, the host
/// module `spectest`, and the modules that the script has named or registered.
class ScriptHost {
 public:
  /// Without a `compiler`, modules are interpreted; `spectest` always is.
  ScriptHost(FeatureSet features, const runtime::StoreLimits& limits,
             const ScriptCompiler* compiler);
  ~ScriptHost();
  ScriptHost(const ScriptHost&) = delete;

  /// Makes the store and `spectest`.
  [[nodiscard]] Result<void> start();

  /// Decodes, validates and compiles. The bytes and the module live as long as the host.
  [[nodiscard]] std::expected<runtime::LoadedModule*, LoadFailure> load(std::vector<uint8_t> bytes);
  /// Links, instantiates and runs the start function. `outcome` tells whether that went well.
  [[nodiscard]] Result<runtime::Instance*> instantiate(runtime::LoadedModule& module,
                                                       runtime::Outcome& outcome);
  [[nodiscard]] Result<void> register_as(std::string_view name, runtime::Instance& instance);
  /// The same for the memories that another thread's module shares.
  [[nodiscard]] Result<void> register_as(std::string_view name, const SharedExports& exports);

  [[nodiscard]] ActionResult invoke(runtime::Instance& instance, std::string_view name,
                                    std::span<const Value> arguments);
  [[nodiscard]] ActionResult get(runtime::Instance& instance, std::string_view name);
  /// A constant of a script as an argument; nothing where it stands for no one value.
  [[nodiscard]] std::optional<Value> value_of(const text::Constant& constant);
  /// A result as scripts see it: what a reference is most exactly.
  [[nodiscard]] text::Constant constant_of(const Value& value);
  /// The trap or exception that `instantiate` or a call has ended with.
  [[nodiscard]] ActionResult failure(runtime::Outcome outcome);

 private:
  [[nodiscard]] Result<runtime::LoadedModule*> load_interpreted(std::vector<uint8_t> bytes);
  [[nodiscard]] std::expected<runtime::LoadedModule*, LoadFailure>
  load_compiled(std::vector<uint8_t> bytes);
  [[nodiscard]] Result<void> define_spectest();
  /// The abstract type above a reference type, and `any` for all that is below it.
  [[nodiscard]] HeapType hierarchy_of(ValType type);

  FeatureSet features_;
  runtime::StoreLimits limits_;
  const ScriptCompiler* compiler_;
  runtime::Engine engine_;
  runtime::Store* store_ = nullptr;
  std::unique_ptr<runtime::Linker> linker_;
  std::optional<HostReferences> hosts_;
  std::deque<std::vector<uint8_t>> bytes_;
  std::deque<Compiled> images_;
  std::vector<runtime::LoadedModule*> modules_;
};

} // namespace waxwing::tool
