// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <string_view>
#include <vector>

#include "platform/memory.hpp"
#include "runtime/instance.hpp"
#include "runtime/linker.hpp"

namespace waxwing::runtime::testing {

using Bytes = std::vector<uint8_t>;

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Bytes leb(uint64_t value) {
  Bytes out;
  do {
    const auto byte = static_cast<uint8_t>(value & 0x7F);
    value >>= 7;
    out.push_back(static_cast<uint8_t>(value != 0 ? byte | 0x80 : byte));
  } while (value != 0);
  return out;
}

inline Bytes sleb(int64_t value) {
  Bytes out;
  while (true) {
    const auto byte = static_cast<uint8_t>(value & 0x7F);
    value >>= 7;
    if ((value == 0 && (byte & 0x40) == 0) || (value == -1 && (byte & 0x40) != 0)) {
      out.push_back(byte);
      return out;
    }
    out.push_back(static_cast<uint8_t>(byte | 0x80));
  }
}

inline Bytes text(std::string_view value) {
  return leb(value.size()) + Bytes(value.begin(), value.end());
}

inline Bytes vector(const std::vector<Bytes>& items) {
  Bytes out = leb(items.size());
  for (const Bytes& item : items) out = std::move(out) + item;
  return out;
}

// Pieces of the binary format by the names of the text format.
inline const Bytes kI32{0x7F}, kI64{0x7E}, kF32{0x7D}, kF64{0x7C}, kV128{0x7B};
inline const Bytes kFuncref{0x70}, kExternref{0x6F}, kAnyref{0x6E};
inline Bytes ref_null(uint32_t type) { return Bytes{0x63} + sleb(type); }
inline Bytes ref(uint32_t type) { return Bytes{0x64} + sleb(type); }
inline Bytes i32_const(int32_t value) { return Bytes{0x41} + sleb(value); }
inline Bytes i64_const(int64_t value) { return Bytes{0x42} + sleb(value); }
inline Bytes global_get(uint32_t index) { return Bytes{0x23} + leb(index); }
inline Bytes ref_func(uint32_t index) { return Bytes{0xD2} + leb(index); }
inline const Bytes kEnd{0x0B};
inline Bytes expr(const Bytes& code) { return code + kEnd; }
inline Bytes func_type(const std::vector<Bytes>& params, const std::vector<Bytes>& results) {
  return Bytes{0x60} + vector(params) + vector(results);
}
/// flags: 1 maximum, 2 shared, 4 64-bit addresses, 8 page size.
inline Bytes limits(uint8_t flags, uint64_t min, uint64_t max = 0) {
  return Bytes{flags} + leb(min) + ((flags & 1) != 0 ? leb(max) : Bytes{});
}
inline Bytes table_type(const Bytes& element, const Bytes& bounds) { return element + bounds; }
inline Bytes global_type(const Bytes& type, bool mutable_) {
  return type + Bytes{static_cast<uint8_t>(mutable_ ? 1 : 0)};
}

/// A module put together section by section.
class ModuleBuilder {
 public:
  uint32_t type(const Bytes& bytes) { return add(1, bytes); }
  void import(std::string_view module, std::string_view name, ExternKind kind, const Bytes& what) {
    add(2, text(module) + text(name) + Bytes{static_cast<uint8_t>(kind)} + what);
    ++imported_[static_cast<size_t>(kind)];
  }
  uint32_t func(uint32_t type, const Bytes& body = {0x00}) {
    add(10, leb(body.size() + 2) + Bytes{0} + body + kEnd);
    return imported_[0] + add(3, leb(type));
  }
  uint32_t table(const Bytes& bytes) { return imported_[1] + add(4, bytes); }
  uint32_t memory(const Bytes& bytes) { return imported_[2] + add(5, bytes); }
  uint32_t tag(uint32_t type) { return imported_[4] + add(13, Bytes{0} + leb(type)); }
  uint32_t global(const Bytes& type, const Bytes& init) {
    return imported_[3] + add(6, type + expr(init));
  }
  void export_(std::string_view name, ExternKind kind, uint32_t index) {
    add(7, text(name) + Bytes{static_cast<uint8_t>(kind)} + leb(index));
  }
  void start(uint32_t index) { start_ = leb(index); }
  uint32_t elem(const Bytes& bytes) { return add(9, bytes); }
  uint32_t data(const Bytes& bytes) { return add(11, bytes); }

  [[nodiscard]] Bytes finish() const {
    Bytes out{0, 'a', 's', 'm', 1, 0, 0, 0};
    for (const uint8_t id : kSectionOrder) {
      Bytes body;
      if (id == 8)
        body = start_;
      else if (id == 12 && items_.contains(11))
        body = leb(items_.at(11).size());
      else if (items_.contains(id))
        body = vector(items_.at(id));
      if (!body.empty()) out = std::move(out) + Bytes{id} + leb(body.size()) + body;
    }
    return out;
  }

 private:
  static constexpr uint8_t kSectionOrder[] = {1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11};

  uint32_t add(uint8_t section, const Bytes& item) {
    items_[section].push_back(item);
    return static_cast<uint32_t>(items_[section].size() - 1);
  }

  std::map<uint8_t, std::vector<Bytes>> items_;
  uint32_t imported_[5] = {};
  Bytes start_;
};

/// An engine whose functions are made of the test's C++; a function that traps or throws leaves its
/// frame in `frames` to be reported.
struct TestBackend {
  using Body = std::function<Outcome(Instance&, FuncIndex, Cell*)>;
  static inline Body body;
  static inline std::vector<Frame> frames;
  // A record outlives the entry whose frames are still to be reported.
  static inline std::deque<Activation> activations;
  static inline int loaded = 0;
  static inline int attached = 0;
  static inline int bound = 0;

  static Outcome enter(const FuncRef* self, VmContext*, Cell* cells) {
    Instance& instance = *Instance::of(self->vmctx);
    Store& store = instance.owner();
    const auto index = static_cast<FuncIndex>(reinterpret_cast<uintptr_t>(self->record));
    Activation& activation = activations.emplace_back(store.activation, &trace);
    store.activation = &activation;
    const Outcome outcome = body(instance, index, cells);
    if (outcome == Outcome::trap || outcome == Outcome::exception) {
      frames.push_back({&instance.loaded(), &instance, index, 0x10 + index, true});
      return outcome;
    }
    store.activation = activation.outer;
    return outcome;
  }

  static void trace(Store&, const Activation&, TraceSink& sink) {
    for (const Frame& frame : frames) sink.add(frame);
    frames.clear();
  }

  static const Backend& get() {
    static const Backend backend{"test",
                                 [](LoadedModule&) -> Result<void> {
                                   ++loaded;
                                   return {};
                                 },
                                 [](LoadedModule&) { --loaded; },
                                 [](Instance&) -> Result<void> {
                                   ++attached;
                                   return {};
                                 },
                                 [](Instance&) { --attached; },
                                 [](Instance&, FuncIndex index, FuncRef& ref) {
                                   ++bound;
                                   ref.record =
                                       reinterpret_cast<void*>(static_cast<uintptr_t>(index));
                                   ref.uniform = &enter;
                                 },
                                 [](Frame&) {}};
    return backend;
  }
};

/// A store with what tests need around it.
class RuntimeTest : public ::testing::Test {
 protected:
  explicit RuntimeTest(const StoreLimits& limits = {}) : RuntimeTest(EngineConfig{}, limits) {}
  RuntimeTest(const EngineConfig& config, const StoreLimits& limits)
      : engine_(platform::default_allocator(), config, TestBackend::get()),
        store_(*Store::make(engine_, limits)) {
    TestBackend::body = [](Instance&, FuncIndex, Cell*) { return Outcome::ok; };
    TestBackend::frames.clear();
    TestBackend::activations.clear();
  }
  ~RuntimeTest() override {
    Store::destroy(store_);
    for (LoadedModule* module : modules_) module->release();
    EXPECT_EQ(TestBackend::loaded, 0);
    EXPECT_EQ(TestBackend::attached, 0);
  }

  LoadedModule& load(const ModuleBuilder& builder) {
    bytes_.push_back(std::make_unique<Bytes>(builder.finish()));
    const Result<LoadedModule*> loaded = LoadedModule::load(engine_, *bytes_.back());
    if (!loaded) {
      ADD_FAILURE() << "error " << static_cast<int>(loaded.error().code) << " at "
                    << loaded.error().offset;
      std::abort();
    }
    modules_.push_back(*loaded);
    return **loaded;
  }

  Instance& instantiate(const ModuleBuilder& builder, std::vector<Extern> imports = {}) {
    Outcome outcome{};
    const Result<Instance*> instance =
        runtime::instantiate(*store_, load(builder), imports, outcome);
    if (!instance) {
      ADD_FAILURE() << "error " << static_cast<int>(instance.error().code) << " at "
                    << instance.error().offset;
      std::abort();
    }
    EXPECT_EQ(outcome, Outcome::ok);
    return **instance;
  }

  Extern exported(Instance& instance, std::string_view name) {
    Extern out;
    EXPECT_TRUE(instance.find_export(name, out)) << name;
    return out;
  }

  template <class T>
  T global(Instance& instance, uint32_t index) {
    return load_unaligned<T>(instance.globals[index]->value);
  }

  Engine engine_;
  Store* store_;
  std::vector<std::unique_ptr<Bytes>> bytes_;
  std::vector<LoadedModule*> modules_;
};

} // namespace waxwing::runtime::testing
