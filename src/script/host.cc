// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "script/host.hpp"

#include "script/embedder.hpp"
#include "script/native_host.hpp"

namespace waxwing::script {

namespace {

/// The host module of the test suite. What it prints, no script looks at. One module a line, so
/// that each needs few features.
struct SpectestPart {
  std::string_view needs;
  const char* text;
};
constexpr SpectestPart kSpectest[] = {
    {"mvp", R"((module
       (global (export "global_i32") i32 (i32.const 666))
       (global (export "global_i64") i64 (i64.const 666))
       (global (export "global_f32") f32 (f32.const 666.6))
       (global (export "global_f64") f64 (f64.const 666.6))
       (table (export "table") 10 20 funcref)
       (memory (export "memory") 1 2)
       (func (export "print"))
       (func (export "print_i32") (param i32))
       (func (export "print_i64") (param i64))
       (func (export "print_f32") (param f32))
       (func (export "print_f64") (param f64))
       (func (export "print_i32_f32") (param i32 f32))
       (func (export "print_f64_f64") (param f64 f64))))"},
    {"memory64", R"((module (table (export "table64") i64 10 20 funcref)))"},
    {"threads", R"((module (memory (export "shared_memory") 1 2 shared)))"},
};

} // namespace

Failure failure_of(const Error& error) {
  if (error.exception != nullptr) return {.kind = Failure::Kind::exception, .text = "exception"};
  if (error.trap != nullptr)
    return {.kind = Failure::Kind::trap, .text = std::string(error.trap->reason)};
  return {.error = error.kind, .text = error.reason.empty() ? error.message : error.reason};
}

std::unexpected<Failure> refuse(std::string text) {
  return std::unexpected(Failure{.text = std::move(text)});
}

Outcome<void> ScriptHost::start() {
  if (Outcome<void> made = make_store(); !made) return made;
  return define_spectest();
}

Outcome<void> ScriptHost::define_spectest() {
  for (const SpectestPart& part : kSpectest) {
    if (!options_.config.features.has(part.needs)) continue;
    const Result<Module> module = Module::from_text(engine_, part.text, {.name = "spectest"});
    if (!module) return std::unexpected(failure_of(module.error()));
    const Outcome<InstanceHandle> instance = instantiate(*module);
    if (!instance) return std::unexpected(instance.error());
    if (Outcome<void> defined = register_as("spectest", **instance); !defined) return defined;
  }
  return {};
}

Result<Module> ScriptHost::load(std::vector<uint8_t> bytes) {
  const auto kept = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  Result<Module> module =
      Module::from_bytes(engine_, std::as_bytes(std::span(*kept)), {.owner = kept});
  return module && options_.prepare ? options_.prepare(*module) : module;
}

std::unique_ptr<ScriptHost> make_host(const Engine& engine, const ScriptOptions& options) {
  if (options.make_library) return std::make_unique<NativeHost>(engine, options);
  return std::make_unique<Embedder>(engine, options);
}

} // namespace waxwing::script
