// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/memory.hpp"
#include "runtime/engine.hpp"
#include "runtime/instance.hpp"
#include "runtime/linker.hpp"
#include "runtime/loaded_module.hpp"
#include "runtime/store.hpp"
#include "wasi/abi.hpp"
#include "wasi/wasi.hpp"

/// An instance without code that has a memory, and the WASI functions that it could call.
namespace waxwing::wasi_test {

namespace fs = std::filesystem;
namespace rights = wasi::rights;
namespace oflags = wasi::oflags;
namespace fdflags = wasi::fdflags;
using wasi::Errno;
using wasi::Fd;

/// Ends the program where a test's own machinery does not work.
inline void must(bool works, const char* what) {
  if (works) return;
  std::fprintf(stderr, "cannot go on: %s\n", what);
  std::abort();
}

/// A folder that is gone at the end, with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "wasi_test_XXXXXX").string();
    must(mkdtemp(name.data()) != nullptr, "no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// What a call says that ended the program, or was interrupted, instead of an errno.
inline constexpr uint32_t kExited = 0xE817;
inline constexpr uint32_t kInterrupted = 0xE818;

class WasiInstance {
 public:
  explicit WasiInstance(const wasi::WasiConfig& config, uint32_t pages = 4)
      : engine_(platform::default_allocator(), {}, kBackend) {
    const auto page_count = static_cast<uint8_t>(pages);
    // (module (memory (export "memory") PAGES))
    bytes_ = {0, 'a', 's', 'm', 1,   0,   0,   0,   5,   3,   1, 0, page_count,
              7, 10,  1,   6,   'm', 'e', 'm', 'o', 'r', 'y', 2, 0};
    module_ = runtime::LoadedModule::load(engine_, bytes_).value();
    store_ = runtime::Store::make(engine_, {}).value();
    wasi_ = std::make_unique<wasi::Wasi>(engine_.allocator());
    must(wasi_->configure(config).has_value(), "WASI cannot be configured");
    linker_ = std::make_unique<runtime::Linker>(*store_);
    must(wasi_->define(*linker_).has_value(), "WASI cannot be defined");
    runtime::Outcome outcome{};
    instance_ = runtime::instantiate(*store_, *module_, {}, outcome).value();
    runtime::Extern memory;
    must(instance_->find_export("memory", memory), "there is no memory");
    memory_ = memory.memory;
  }
  ~WasiInstance() {
    linker_.reset();
    runtime::Store::destroy(store_);
    module_->release();
  }
  WasiInstance(const WasiInstance&) = delete;

  [[nodiscard]] const runtime::FuncRef* function(const char* module, const char* name) const {
    runtime::Extern found;
    return linker_->find(module, name, found) ? found.func : nullptr;
  }

  /// The errno of a call with these arguments (pointers, lengths and numbers in the guest's order),
  /// `kExited` or `kInterrupted`.
  uint32_t call(const runtime::FuncRef& function, std::span<const uint64_t> args) {
    const runtime::RuntimeType& type = *function.type;
    runtime::Cell cells[32] = {};
    runtime::Cell* next = cells;
    for (size_t i = 0; i < args.size(); ++i) {
      if (type.params[i] == val::i64)
        runtime::store_cell<uint64_t>(next, args[i]);
      else
        runtime::store_cell<uint32_t>(next, static_cast<uint32_t>(args[i]));
      next += cells_of(type.params[i]);
    }
    const runtime::Outcome outcome = function.uniform(&function, instance_, cells);
    if (outcome == runtime::Outcome::ok)
      return type.results.empty() ? 0 : runtime::load_cell<uint32_t>(cells);
    if (store_->trap.kind == TrapKind::interrupted) return kInterrupted;
    must(store_->trap.kind == TrapKind::exit, "a WASI function trapped");
    exit_code = store_->trap.exit_code;
    return kExited;
  }

  template <class T>
  void put(uint32_t address, const T& value) {
    std::memcpy(memory_->resolve(address, sizeof value), &value, sizeof value);
  }
  template <class T>
  [[nodiscard]] T get(uint32_t address) const {
    T value;
    std::memcpy(&value, memory_->resolve(address, sizeof value), sizeof value);
    return value;
  }
  void put_text(uint32_t address, std::string_view text) {
    if (!text.empty())
      std::memcpy(memory_->resolve(address, text.size()), text.data(), text.size());
  }
  [[nodiscard]] std::string get_text(uint32_t address, size_t size) const {
    return {reinterpret_cast<const char*>(memory_->resolve(address, size)), size};
  }
  [[nodiscard]] runtime::Memory& memory() { return *memory_; }
  [[nodiscard]] runtime::Store& store() { return *store_; }
  [[nodiscard]] runtime::Instance* instance() { return instance_; }

  std::optional<uint32_t> exit_code;

 private:
  static inline const runtime::Backend kBackend = {
      .name = "none",
      .load = [](runtime::LoadedModule&) -> Result<void> { return {}; },
      .unload = [](runtime::LoadedModule&) {},
      .attach = [](runtime::Instance&) -> Result<void> { return {}; },
      .detach = [](runtime::Instance&) {},
      .bind = [](runtime::Instance&, FuncIndex, runtime::FuncRef&) {},
  };

  runtime::Engine engine_;
  std::vector<uint8_t> bytes_;
  runtime::LoadedModule* module_ = nullptr;
  runtime::Store* store_ = nullptr;
  std::unique_ptr<wasi::Wasi> wasi_;
  std::unique_ptr<runtime::Linker> linker_;
  runtime::Instance* instance_ = nullptr;
  runtime::Memory* memory_ = nullptr;
};

} // namespace waxwing::wasi_test
