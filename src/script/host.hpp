// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
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
template <class T>
using Result = waxwing::v0::Result<T>;

/// Why a module or an action of a script has come to nothing.
struct Failure {
  enum class Kind : uint8_t {
    /// The host was refused something, or could not try it.
    refused,
    trap,
    /// An exception that the guest has not caught.
    exception,
  };
  Kind kind = Kind::refused;
  /// Of what was refused.
  ErrorKind error = ErrorKind::usage;
  /// Of a trap, the words of the specification.
  std::string text;

  /// Whether a guest has ended so.
  [[nodiscard]] bool is_guests() const { return kind != Kind::refused; }
};
template <class T>
using Outcome = std::expected<T, Failure>;

[[nodiscard]] Failure failure_of(const Error& error);
[[nodiscard]] std::unexpected<Failure> refuse(std::string text);

/// A result as scripts see it: what a reference is most exactly, and the whole in words.
struct Answer {
  text::Constant constant;
  std::string text;
};
using ActionResult = Outcome<std::vector<Answer>>;

/// An instance of a script's module, in its host.
class ScriptInstance {
 public:
  ScriptInstance() = default;
  ScriptInstance(const ScriptInstance&) = delete;
  virtual ~ScriptInstance() = default;

  [[nodiscard]] virtual ActionResult invoke(std::string_view name,
                                            std::span<const text::Constant> arguments) = 0;
  [[nodiscard]] virtual ActionResult get(std::string_view name) = 0;
};
using InstanceHandle = std::shared_ptr<ScriptInstance>;

/// What threads can have in common of an instance: its shared memories. Means something to hosts of
/// the same kind.
using SharedPart = std::shared_ptr<const void>;

/// What a script of the official test suite runs in: a store of its own with the host module
/// `spectest`, and what the script registers.
class ScriptHost {
 public:
  ScriptHost(const Engine& engine, const ScriptOptions& options)
      : engine_(engine), options_(options) {}
  ScriptHost(const ScriptHost&) = delete;
  virtual ~ScriptHost() = default;

  /// Makes the store and `spectest`.
  [[nodiscard]] Outcome<void> start();

  /// Decodes, validates and prepares.
  [[nodiscard]] Result<Module> load(std::vector<uint8_t> bytes);
  /// Links, instantiates and runs the start function.
  [[nodiscard]] virtual Outcome<InstanceHandle> instantiate(const Module& module) = 0;
  [[nodiscard]] virtual Outcome<void> register_as(std::string_view name,
                                                  ScriptInstance& instance) = 0;

  [[nodiscard]] virtual SharedPart share(ScriptInstance& instance) = 0;
  /// Registers what another thread's module shares.
  [[nodiscard]] virtual Outcome<void> register_shared(std::string_view name,
                                                      const SharedPart& part) = 0;

 protected:
  [[nodiscard]] virtual Outcome<void> make_store() = 0;

  Engine engine_;
  const ScriptOptions& options_;

 private:
  [[nodiscard]] Outcome<void> define_spectest();
};

/// The host that `options` ask for.
[[nodiscard]] std::unique_ptr<ScriptHost> make_host(const Engine& engine,
                                                    const ScriptOptions& options);

} // namespace waxwing::script
