// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <deque>
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

/// What a script of the official test suite runs in: an engine and a store of its own, the host
/// module `spectest`, and the modules that the script has named or registered.
class ScriptHost {
 public:
  ScriptHost(FeatureSet features, const runtime::StoreLimits& limits);
  ~ScriptHost();
  ScriptHost(const ScriptHost&) = delete;

  /// Makes the store and `spectest`.
  [[nodiscard]] Result<void> start();

  /// Decodes and validates. The bytes and the module live as long as the host.
  [[nodiscard]] Result<runtime::LoadedModule*> load(std::vector<uint8_t> bytes);
  /// Links, instantiates and runs the start function. `outcome` tells whether that went well.
  [[nodiscard]] Result<runtime::Instance*> instantiate(runtime::LoadedModule& module,
                                                       runtime::Outcome& outcome);
  [[nodiscard]] Result<void> register_as(std::string_view name, runtime::Instance& instance);

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
  [[nodiscard]] Result<void> define_spectest();
  /// The abstract type above a reference type, and `any` for all that is below it.
  [[nodiscard]] HeapType hierarchy_of(ValType type);

  FeatureSet features_;
  runtime::StoreLimits limits_;
  runtime::Engine engine_;
  runtime::Store* store_ = nullptr;
  std::unique_ptr<runtime::Linker> linker_;
  std::optional<HostReferences> hosts_;
  std::deque<std::vector<uint8_t>> bytes_;
  std::vector<runtime::LoadedModule*> modules_;
};

} // namespace waxwing::tool
