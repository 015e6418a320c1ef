// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every function with arguments that no honest program passes; wasi_calls makes random ones.
#include <fcntl.h>
#include <unistd.h>

#include "support/wasi_guest.hpp"

namespace waxwing::wasi_test {
namespace {

struct Function {
  const char* name;
};
constexpr Function kFunctions[] = {
#define WAX_WASI(result, name, parameters) {#name},
#include "wasi/functions.def"
#undef WAX_WASI
};

class WasiHostile : public WasiTest {
 protected:
  WasiHostile() {
    const std::string root_path = root().string();
    const wasi::Preopen preopens[] = {{root_path, "/root"}};
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    ::close(ends[1]);
    input_ = ends[0];
    null_ = ::open("/dev/null", O_WRONLY);
    // A stream that has ended and one that swallows everything: nothing waits.
    guest.emplace(wasi::WasiConfig{
        .preopens = preopens,
        .stdio = {platform::Handle{input_}, platform::Handle{null_}, platform::Handle{null_}}});
    write_file(outside() / "canary", "outside");
    fs::create_directory(root() / "dir");
    write_file(root() / "file", "content");
    fs::create_symlink("../canary", root() / "up");
  }
  ~WasiHostile() override {
    ::close(input_);
    ::close(null_);
  }

  /// The arguments' types of one function.
  [[nodiscard]] std::span<const ValType> params(const char* module, const char* name) const {
    const runtime::FuncRef* function = guest->function(module, name);
    return function == nullptr ? std::span<const ValType>() : function->type->params;
  }

  [[nodiscard]] static bool ends_the_program(std::string_view name) {
    return name == "proc_exit" || name == "proc_raise";
  }

 private:
  int input_ = -1;
  int null_ = -1;
};

TEST_F(WasiHostile, BothVersionsHaveEveryFunction) {
  EXPECT_EQ(std::size(kFunctions), 46u);
  for (const Function& function : kFunctions)
    for (const char* module : {"wasi_snapshot_preview1", "wasi_unstable"})
      EXPECT_NE(guest->function(module, function.name), nullptr) << function.name;
  // Spot checks of types that come from the parameters of C++ functions.
  const auto text = [&](const char* name) {
    const runtime::RuntimeType& type = *guest->function("wasi_snapshot_preview1", name)->type;
    std::string result;
    for (const ValType param : type.params) result += param == val::i64 ? 'I' : 'i';
    result += ':';
    for (const ValType one : type.results) result += one == val::i64 ? 'I' : 'i';
    return result;
  };
  EXPECT_EQ(text("path_open"), "iiiiiIIii:i");
  EXPECT_EQ(text("fd_seek"), "iIii:i");
  EXPECT_EQ(text("fd_read"), "iiii:i");
  EXPECT_EQ(text("fd_pread"), "iiiIi:i");
  EXPECT_EQ(text("fd_readdir"), "iiiIi:i");
  EXPECT_EQ(text("path_rename"), "iiiiii:i");
  EXPECT_EQ(text("path_link"), "iiiiiii:i");
  EXPECT_EQ(text("path_filestat_set_times"), "iiiiIIi:i");
  EXPECT_EQ(text("sock_recv"), "iiiiii:i");
  EXPECT_EQ(text("poll_oneoff"), "iiii:i");
  EXPECT_EQ(text("clock_time_get"), "iIi:i");
  EXPECT_EQ(text("proc_exit"), "i:");
  EXPECT_EQ(text("sched_yield"), ":i");
}

TEST_F(WasiHostile, EveryArgumentAtEveryExtreme) {
  // The end of memory and of the address space, numbers of open and closed descriptors, and what
  // overflows when something is added to it or multiplied by a size.
  constexpr uint64_t kEnd = 4 * 65'536;
  constexpr uint64_t kExtremes[] = {0,           1,
                                    3,           4,
                                    kEnd - 1,    kEnd,
                                    kEnd + 1,    0x1FFF'FFFF,
                                    0x2000'0000, 0x7FFF'FFFF,
                                    0x8000'0000, 0xFFFF'FFFF,
                                    UINT64_MAX,  uint64_t{1} << 63};
  for (const char* module : {"wasi_snapshot_preview1", "wasi_unstable"}) {
    for (const Function& function : kFunctions) {
      const size_t count = params(module, function.name).size();
      // All arguments the same, then each alone at an extreme among ordinary ones.
      for (const uint64_t extreme : kExtremes) {
        for (size_t which = 0; which <= count; ++which) {
          std::vector<uint64_t> args(count, which == count ? extreme : 4);
          if (which < count) args[which] = extreme;
          if (which != 0 && which != count && count > 1) args[0] = kRoot;
          // No clock that is due in centuries: a program may wait for those.
          guest->put_text(0, std::string(4096, '\0'));
          const uint32_t error = guest->call_in(module, function.name, args);
          if (!ends_the_program(function.name)) EXPECT_LE(error, 76u) << function.name;
        }
      }
    }
  }
  EXPECT_EQ(read_file(outside() / "canary"), "outside");
}

TEST_F(WasiHostile, PointersOutOfBoundsAreFaults) {
  constexpr uint32_t kEnd = 4 * 65'536;
  const Fd file = guest->open(kRoot, "file", 0, rights::regular_file);
  guest->put(Guest::kVector, wasi::IoVec{Guest::kData, 1});
  guest->put_text(Guest::kPath, "file");
  for (const uint32_t bad : {kEnd, kEnd - 1, UINT32_MAX, 0x8000'0000u}) {
    const std::pair<const char*, std::vector<uint64_t>> calls[] = {
        {"args_sizes_get", {bad, 0}},
        {"args_sizes_get", {0, bad}},
        {"environ_sizes_get", {bad, 0}},
        {"clock_time_get", {0, 0, bad}},
        {"clock_res_get", {0, bad}},
        {"fd_fdstat_get", {file, bad}},
        {"fd_filestat_get", {file, bad}},
        {"fd_prestat_get", {kRoot, bad}},
        {"fd_prestat_dir_name", {kRoot, bad, 100}},
        {"fd_read", {file, bad, 1, Guest::kResult}},
        {"fd_read", {file, Guest::kVector, 1, bad}},
        {"fd_read", {file, Guest::kVector, UINT32_MAX, Guest::kResult}},
        {"fd_read", {file, Guest::kVector, 0x2000'0001, Guest::kResult}},
        {"fd_write", {file, bad, 1, Guest::kResult}},
        {"fd_write", {file, Guest::kVector, 1, bad}},
        {"fd_pread", {file, bad, 1, 0, Guest::kResult}},
        {"fd_pwrite", {file, Guest::kVector, 1, 0, bad}},
        {"fd_readdir", {kRoot, bad, 100, 0, Guest::kResult}},
        {"fd_readdir", {kRoot, Guest::kData, 100, 0, bad}},
        {"fd_readdir", {kRoot, Guest::kData, UINT32_MAX, 0, Guest::kResult}},
        {"fd_seek", {file, 0, 0, bad}},
        {"fd_tell", {file, bad}},
        {"path_open", {kRoot, 0, bad, 4, 0, 0, 0, 0, Guest::kResult}},
        {"path_open", {kRoot, 0, Guest::kPath, UINT32_MAX, 0, 0, 0, 0, Guest::kResult}},
        {"path_open", {kRoot, 0, Guest::kPath, 4, 0, 0, 0, 0, bad}},
        {"path_filestat_get", {kRoot, 0, Guest::kPath, 4, bad}},
        {"path_readlink", {kRoot, Guest::kPath, 4, bad, 100, Guest::kResult}},
        {"path_readlink", {kRoot, Guest::kPath, 4, Guest::kData, 100, bad}},
        {"path_create_directory", {kRoot, bad, 4}},
        {"path_remove_directory", {kRoot, bad, 4}},
        {"path_unlink_file", {kRoot, bad, 4}},
        {"path_rename", {kRoot, Guest::kPath, 4, kRoot, bad, 4}},
        {"path_link", {kRoot, 0, Guest::kPath, 4, kRoot, bad, 4}},
        {"path_symlink", {bad, 4, kRoot, Guest::kPath, 4}},
        {"path_symlink", {Guest::kPath, 4, kRoot, bad, 4}},
        {"path_filestat_set_times", {kRoot, 0, bad, 4, 0, 0, 2}},
        {"poll_oneoff", {bad, Guest::kData, 1, Guest::kResult}},
        {"poll_oneoff", {Guest::kVector, bad, 1, Guest::kResult}},
        {"poll_oneoff", {Guest::kVector, Guest::kData, 1, bad}},
        {"random_get", {bad, 100}},
        {"random_get", {0, UINT32_MAX}},
    };
    for (const auto& [name, args] : calls)
      EXPECT_EQ(guest->call_in("wasi_snapshot_preview1", name, args), Errno::fault)
          << name << " " << bad;
  }
  EXPECT_EQ(read_file(root() / "file"), "content");
}

TEST_F(WasiHostile, WithoutAMemoryEveryPointerIsAFault) {
  const runtime::FuncRef* function = guest->function("wasi_snapshot_preview1", "random_get");
  runtime::Cell cells[4] = {};
  EXPECT_EQ(function->uniform(function, nullptr, cells), runtime::Outcome::ok);
  EXPECT_EQ(runtime::load_cell<uint32_t>(cells), Errno::fault);
  function = guest->function("wasi_snapshot_preview1", "sched_yield");
  EXPECT_EQ(function->uniform(function, nullptr, cells), runtime::Outcome::ok);
  EXPECT_EQ(runtime::load_cell<uint32_t>(cells), Errno::success);
}

} // namespace
} // namespace waxwing::wasi_test
