// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/script.hpp"
// Behind the rooms below: some names are in both, and are meant as the interface's here.
#include <waxwing/script.hpp>
#include <waxwing/waxwing.hpp>

namespace waxwing::script {

// What the interface calls so, the core does, too.
using Error = waxwing::v0::Error;
using ErrorKind = waxwing::v0::ErrorKind;
using Module = waxwing::v0::Module;
using TrapKind = waxwing::v0::TrapKind;
template <class T>
using Result = waxwing::v0::Result<T>;

/// What threads can have in common of a module: its shared memories, by the names under which it
/// exports them.
using SharedMemories = std::vector<std::pair<std::string, Memory::Shared>>;
[[nodiscard]] SharedMemories shared_memories(const Instance& instance);

/// How an action of a script ended: with values, with an error of the guest, or it could not be
/// tried.
using ActionResult = Result<std::vector<Value>>;

/// What a script of the official test suite runs in: a store of its own with the host module
/// `spectest`, and what the script registers. An embedder like any other.
class ScriptHost {
 public:
  ScriptHost(const Engine& engine, const ScriptOptions& options)
      : engine_(engine), options_(options) {}
  ScriptHost(const ScriptHost&) = delete;

  /// Makes the store and `spectest`.
  [[nodiscard]] Result<void> start();

  /// Decodes, validates and prepares.
  [[nodiscard]] Result<Module> load(std::vector<uint8_t> bytes);
  /// Links, instantiates and runs the start function.
  [[nodiscard]] Result<Instance> instantiate(const Module& module);
  [[nodiscard]] Result<void> register_as(std::string_view name, const Instance& instance);
  /// The same for the memories that another thread's module shares.
  [[nodiscard]] Result<void> register_as(std::string_view name, const SharedMemories& memories);

  [[nodiscard]] ActionResult invoke(const Instance& instance, std::string_view name,
                                    std::span<const text::Constant> arguments);
  [[nodiscard]] ActionResult get(const Instance& instance, std::string_view name);
  /// A result as scripts see it: what a reference is most exactly.
  [[nodiscard]] text::Constant constant_of(const Value& value) const;
  /// Results in the words of scripts.
  [[nodiscard]] std::string text(std::span<const Value> values) const;

 private:
  /// An object of the host that is nothing but its number.
  struct Numbered {
    uint32_t number;
  };

  [[nodiscard]] Result<void> define_spectest();
  /// A constant of a script as an argument of a type; nothing where it is none.
  [[nodiscard]] std::optional<Value> value_of(const text::Constant& constant,
                                              const ValueType& type);
  /// The one reference for a number.
  [[nodiscard]] ExternRef reference(uint32_t number);
  [[nodiscard]] std::optional<uint32_t> number_of(const Value& value) const;

  Engine engine_;
  const ScriptOptions& options_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Linker> linker_;
  std::map<uint32_t, ExternRef> numbered_;
};

} // namespace waxwing::script
