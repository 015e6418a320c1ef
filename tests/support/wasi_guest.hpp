// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
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

/// A guest without code: an instance with a memory, whose calls of WASI functions a test makes.
namespace waxwing::wasi_test {

namespace fs = std::filesystem;
namespace rights = wasi::rights;
namespace oflags = wasi::oflags;
namespace fdflags = wasi::fdflags;
using wasi::Errno;
using wasi::Fd;

/// A folder that is gone at the end, with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "wasi_test_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
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

inline void write_file(const fs::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What `Guest::call` says of a call that ended the program.
inline constexpr uint32_t kExited = 0xE817;

class Guest {
 public:
  explicit Guest(const wasi::WasiConfig& config, uint32_t pages = 4)
      : engine_(platform::default_allocator(), {}, kBackend) {
    const auto page_count = static_cast<uint8_t>(pages);
    // (module (memory (export "memory") PAGES))
    bytes_ = {0, 'a', 's', 'm', 1,   0,   0,   0,   5,   3,   1, 0, page_count,
              7, 10,  1,   6,   'm', 'e', 'm', 'o', 'r', 'y', 2, 0};
    module_ = runtime::LoadedModule::load(engine_, bytes_).value();
    store_ = runtime::Store::make(engine_, {}).value();
    wasi_ = std::make_unique<wasi::Wasi>(engine_.allocator());
    EXPECT_TRUE(wasi_->configure(config).has_value());
    linker_ = std::make_unique<runtime::Linker>(*store_);
    EXPECT_TRUE(wasi_->define(*linker_).has_value());
    runtime::Outcome outcome{};
    instance_ = runtime::instantiate(*store_, *module_, {}, outcome).value();
    runtime::Extern memory;
    EXPECT_TRUE(instance_->find_export("memory", memory));
    memory_ = memory.memory;
  }
  ~Guest() {
    linker_.reset();
    runtime::Store::destroy(store_);
    module_->release();
  }
  Guest(const Guest&) = delete;

  /// The errno of a call with these arguments (pointers, lengths and numbers in the guest's order),
  /// or `kExited`.
  uint32_t call_in(const char* module, const char* name, std::initializer_list<uint64_t> args) {
    return call_in(module, name, std::span(args.begin(), args.size()));
  }
  uint32_t call_in(const char* module, const char* name, std::span<const uint64_t> args) {
    runtime::Extern found;
    if (!linker_->find(module, name, found)) ADD_FAILURE() << name << " is not defined";
    const runtime::RuntimeType& type = *found.func->type;
    EXPECT_EQ(type.params.size(), args.size()) << name;
    runtime::Cell cells[32] = {};
    runtime::Cell* next = cells;
    for (size_t i = 0; i < args.size(); ++i) {
      if (type.params[i] == val::i64)
        runtime::store_cell<uint64_t>(next, args[i]);
      else
        runtime::store_cell<uint32_t>(next, static_cast<uint32_t>(args[i]));
      next += cells_of(type.params[i]);
    }
    const runtime::Outcome outcome = found.func->uniform(found.func, instance_, cells);
    if (outcome == runtime::Outcome::ok)
      return type.results.empty() ? 0 : runtime::load_cell<uint32_t>(cells);
    EXPECT_EQ(store_->trap.kind, TrapKind::exit) << name;
    exit_code = store_->trap.exit_code;
    return kExited;
  }
  uint32_t call(const char* name, std::initializer_list<uint64_t> args) {
    return call_in("wasi_snapshot_preview1", name, args);
  }

  [[nodiscard]] const runtime::FuncRef* function(const char* module, const char* name) const {
    runtime::Extern found;
    return linker_->find(module, name, found) ? found.func : nullptr;
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

  // Calls with their arguments at fixed places of memory.
  static constexpr uint32_t kResult = 1024;
  static constexpr uint32_t kPath = 8192;
  static constexpr uint32_t kPath2 = 16'384;
  static constexpr uint32_t kVector = 2048;
  static constexpr uint32_t kData = 65'536;

  static constexpr wasi::Rights kReadWrite = rights::regular_file;
  static constexpr wasi::Rights kRead = rights::regular_file & ~rights::changing;

  uint32_t path_open(Fd fd, std::string_view path, uint32_t open_flags, wasi::Rights base,
                     wasi::Rights inheriting = 0, uint32_t fd_flags = 0, bool follow = false) {
    put_text(kPath, path);
    return call("path_open", {fd, follow ? 1u : 0u, kPath, path.size(), open_flags, base,
                              inheriting, fd_flags, kResult});
  }
  /// The descriptor, or a failure of the test.
  Fd open(Fd fd, std::string_view path, uint32_t open_flags = 0,
          wasi::Rights base = rights::regular_file, wasi::Rights inheriting = 0,
          uint32_t fd_flags = 0) {
    EXPECT_EQ(path_open(fd, path, open_flags, base, inheriting, fd_flags), Errno::success) << path;
    return get<Fd>(kResult);
  }
  Fd open_directory(Fd fd, std::string_view path, wasi::Rights base = rights::directory,
                    wasi::Rights inheriting = rights::all) {
    return open(fd, path, oflags::directory, base, inheriting);
  }
  /// One path function: `name(fd, path)`.
  uint32_t on_path(const char* name, Fd fd, std::string_view path) {
    put_text(kPath, path);
    return call(name, {fd, kPath, path.size()});
  }
  uint32_t stat_path(Fd fd, std::string_view path, bool follow = false) {
    put_text(kPath, path);
    return call("path_filestat_get", {fd, follow ? 1u : 0u, kPath, path.size(), kResult});
  }
  uint32_t rename(Fd old_fd, std::string_view from, Fd new_fd, std::string_view to) {
    put_text(kPath, from);
    put_text(kPath2, to);
    return call("path_rename", {old_fd, kPath, from.size(), new_fd, kPath2, to.size()});
  }
  uint32_t link(Fd old_fd, std::string_view from, Fd new_fd, std::string_view to,
                bool follow = false) {
    put_text(kPath, from);
    put_text(kPath2, to);
    return call("path_link",
                {old_fd, follow ? 1u : 0u, kPath, from.size(), new_fd, kPath2, to.size()});
  }
  uint32_t symlink(std::string_view target, Fd fd, std::string_view path) {
    put_text(kPath, target);
    put_text(kPath2, path);
    return call("path_symlink", {kPath, target.size(), fd, kPath2, path.size()});
  }
  uint32_t readlink(Fd fd, std::string_view path, uint32_t size = 4096) {
    put_text(kPath, path);
    return call("path_readlink", {fd, kPath, path.size(), kData, size, kResult});
  }
  uint32_t set_path_times(Fd fd, std::string_view path, uint64_t time, bool follow = false) {
    put_text(kPath, path);
    return call("path_filestat_set_times",
                {fd, follow ? 1u : 0u, kPath, path.size(), time, time, 1 | 4});
  }
  uint32_t close(Fd fd) { return call("fd_close", {fd}); }
  uint32_t write(Fd fd, std::string_view text) {
    put_text(kData, text);
    put(kVector, wasi::IoVec{kData, static_cast<uint32_t>(text.size())});
    return call("fd_write", {fd, kVector, 1, kResult});
  }
  uint32_t read(Fd fd, uint32_t size) {
    put(kVector, wasi::IoVec{kData, size});
    return call("fd_read", {fd, kVector, 1, kResult});
  }
  /// What the last successful `read` has read.
  [[nodiscard]] std::string data() const { return get_text(kData, get<uint32_t>(kResult)); }
  [[nodiscard]] uint32_t result() const { return get<uint32_t>(kResult); }
  uint32_t seek(Fd fd, int64_t offset, uint32_t whence) {
    return call("fd_seek", {fd, static_cast<uint64_t>(offset), whence, kResult});
  }
  [[nodiscard]] wasi::FdStat fdstat(Fd fd) {
    EXPECT_EQ(call("fd_fdstat_get", {fd, kResult}), Errno::success);
    return get<wasi::FdStat>(kResult);
  }
  [[nodiscard]] wasi::FileStat filestat(Fd fd) {
    EXPECT_EQ(call("fd_filestat_get", {fd, kResult}), Errno::success);
    return get<wasi::FileStat>(kResult);
  }

  std::optional<uint32_t> exit_code;

 private:
  static inline const runtime::Backend kBackend = {
      .name = "none",
      .load = [](runtime::LoadedModule&) -> Result<void> { return {}; },
      .unload = [](runtime::LoadedModule&) {},
      .attach = [](runtime::Instance&) -> Result<void> { return {}; },
      .detach = [](runtime::Instance&) {},
      .bind = [](runtime::Instance&, FuncIndex, runtime::FuncRef&) {},
      .trace = [](runtime::Store&, runtime::TraceSink&) {},
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

/// A guest with a folder of its own, `root()`, as descriptor 3, which has a parent that it must not
/// reach; and a folder that it may only read as descriptor 4.
class WasiTest : public testing::Test {
 protected:
  static constexpr Fd kRoot = 3;
  static constexpr Fd kReadOnly = 4;

  WasiTest() {
    fs::create_directory(root());
    fs::create_directory(fixed());
    const std::string root_path = root().string();
    const std::string fixed_path = fixed().string();
    const wasi::Preopen preopens[] = {{root_path, "/"}, {fixed_path, "/fixed", true}};
    guest.emplace(wasi::WasiConfig{.preopens = preopens});
  }

  [[nodiscard]] fs::path outside() const { return folder.path(); }
  [[nodiscard]] fs::path root() const { return folder.path() / "root"; }
  [[nodiscard]] fs::path fixed() const { return folder.path() / "fixed"; }

  TemporaryFolder folder;
  std::optional<Guest> guest;
};

} // namespace waxwing::wasi_test
