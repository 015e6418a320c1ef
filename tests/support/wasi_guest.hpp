// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "support/wasi_instance.hpp"

/// A guest without code whose calls of WASI functions a test makes.
namespace waxwing::wasi_test {

/// The descriptors of a guest are numbered from 3 on where it has standard streams, and those here
/// are the test's: however it was started, it has some.
inline const bool kHasStreams = platform::open_standard_streams();

inline void write_file(const fs::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Guest : public WasiInstance {
 public:
  using WasiInstance::call;

  explicit Guest(const wasi::WasiConfig& config, uint32_t pages = 4)
      : WasiInstance(config, pages) {}
  Guest(const Guest&) = delete;

  /// The errno of a call with these arguments (pointers, lengths and numbers in the guest's order),
  /// or `kExited`.
  uint32_t call_in(const char* module, const char* name, std::initializer_list<uint64_t> args) {
    return call_in(module, name, std::span(args.begin(), args.size()));
  }
  uint32_t call_in(const char* module, const char* name, std::span<const uint64_t> args) {
    const runtime::FuncRef* found = function(module, name);
    EXPECT_NE(found, nullptr) << name << " is not defined";
    EXPECT_EQ(found->type->params.size(), args.size()) << name;
    return call(*found, args);
  }
  uint32_t call(const char* name, std::initializer_list<uint64_t> args) {
    return call_in("wasi_snapshot_preview1", name, args);
  }

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
};

/// A guest with a folder of its own, `root()`, as descriptor 3, which has a parent that it must not
/// reach; and a folder that it may only read as descriptor 4.
class WasiTest : public testing::Test {
 protected:
  static constexpr Fd kRoot = 3;
  static constexpr Fd kReadOnly = 4;

  explicit WasiTest(wasi::PathSearch search = wasi::PathSearch::automatic) {
    fs::create_directory(root());
    fs::create_directory(fixed());
    const std::string root_path = root().string();
    const std::string fixed_path = fixed().string();
    const wasi::Preopen preopens[] = {{root_path, "/"}, {fixed_path, "/fixed", true}};
    guest.emplace(wasi::WasiConfig{.preopens = preopens, .path_search = search});
  }

  [[nodiscard]] fs::path outside() const { return folder.path(); }
  [[nodiscard]] fs::path root() const { return folder.path() / "root"; }
  [[nodiscard]] fs::path fixed() const { return folder.path() / "fixed"; }

  TemporaryFolder folder;
  std::optional<Guest> guest;
};

} // namespace waxwing::wasi_test
