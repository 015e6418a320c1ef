// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "interp/interp.hpp"
#include "platform/memory.hpp"
#include "runtime/instance.hpp"
#include "runtime/linker.hpp"
#include "text/parse.hpp"

namespace waxwing::interp::testing {

using runtime::Cell;
using runtime::Extern;
using runtime::HostCall;
using runtime::Instance;
using runtime::Outcome;
using runtime::Ref;
using runtime::Store;

/// What a call gave: its outcome, and the first result's bits.
struct Answer {
  Outcome outcome{};
  std::vector<Cell> cells;

  template <class T>
  [[nodiscard]] T as(size_t cell = 0) const {
    T value{};
    if (outcome == Outcome::ok && cell < cells.size())
      std::memcpy(&value, &cells[cell], sizeof value);
    return value;
  }
};

/// An engine with a store, a linker, and modules made of text.
class World {
 public:
  explicit World(const runtime::EngineConfig& config = {}, const runtime::StoreLimits& limits = {},
                 const Allocator& allocator = platform::default_allocator())
      : engine(allocator, config, backend()), store(*Store::make(engine, limits)),
        linker(std::make_unique<runtime::Linker>(*store)) {}
  ~World() {
    linker.reset();
    Store::destroy(store);
    for (runtime::LoadedModule* module : modules_) module->release();
  }
  World(const World&) = delete;

  /// Instantiates a module; its exports can be imported under `name` afterwards.
  Instance* add(std::string_view text, std::string_view name = "") {
    auto binary = text::parse_module(text);
    if (!binary.has_value()) {
      ADD_FAILURE() << binary.error().message;
      return nullptr;
    }
    return add_binary(std::move(binary->bytes), name);
  }
  Instance* add_binary(std::vector<uint8_t> bytes, std::string_view name = "") {
    bytes_.push_back(std::move(bytes));
    auto module = runtime::LoadedModule::load(engine, bytes_.back());
    if (!module.has_value()) {
      ADD_FAILURE() << "load: error " << static_cast<int>(module.error().code) << " at "
                    << module.error().offset;
      return nullptr;
    }
    modules_.push_back(*module);
    Outcome outcome{};
    auto instance = linker->instantiate(**module, outcome);
    if (!instance.has_value() || outcome != Outcome::ok) {
      ADD_FAILURE() << "instantiate: error "
                    << (instance.has_value() ? -1 : static_cast<int>(instance.error().code));
      return nullptr;
    }
    if (!name.empty()) EXPECT_TRUE(linker->define_instance(name, **instance).has_value());
    last = *instance;
    return *instance;
  }
  void host(std::string_view name, std::vector<ValType> params, std::vector<ValType> results,
            runtime::HostCallback callback, void* data = nullptr) {
    ASSERT_TRUE(linker->define_function("host", name, params, results, callback, data).has_value());
  }

  /// Calls an export of `instance` (the last one added by default).
  template <class... Args>
  Answer call_in(Instance* instance, std::string_view name, const Args&... args) {
    Extern function;
    EXPECT_TRUE(instance->find_export(name, function)) << name;
    Answer answer;
    answer.cells.resize(function.func->type->call_cells + 2);
    [[maybe_unused]] size_t at = 0;
    (put(answer.cells, at, args), ...);
    answer.outcome = runtime::call(*store, function.func, answer.cells.data());
    return answer;
  }
  template <class... Args>
  Answer call(std::string_view name, const Args&... args) {
    return call_in(last, name, args...);
  }
  template <class R, class... Args>
  R get(std::string_view name, const Args&... args) {
    const Answer answer = call(name, args...);
    EXPECT_EQ(answer.outcome, Outcome::ok)
        << name << ": trap " << static_cast<int>(store->trap.kind);
    return answer.as<R>();
  }
  /// The trap that a call ends with; `none` if it does not.
  template <class... Args>
  TrapKind trap(std::string_view name, const Args&... args) {
    const Answer answer = call(name, args...);
    return answer.outcome == Outcome::trap ? store->trap.kind : TrapKind::none;
  }

  runtime::Engine engine;
  Store* store;
  std::unique_ptr<runtime::Linker> linker;
  Instance* last = nullptr;

 private:
  template <class T>
  static void put(std::vector<Cell>& cells, size_t& at, const T& value) {
    const size_t size = (sizeof value + sizeof(Cell) - 1) / sizeof(Cell);
    ASSERT_LE(at + size, cells.size());
    std::memcpy(&cells[at], &value, sizeof value);
    at += size;
  }

  // Modules read their bytes as long as they live.
  std::vector<std::vector<uint8_t>> bytes_;
  std::vector<runtime::LoadedModule*> modules_;
};

} // namespace waxwing::interp::testing
