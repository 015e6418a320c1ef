// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/allocator.hpp"
#include "base/error.hpp"
#include "platform/file.hpp"
#include "wasi/host.hpp"

namespace waxwing::runtime {
class Linker;
} // namespace waxwing::runtime

/// WASI preview 1 (WebAssembly/WASI, `wasi_snapshot_preview1.witx`), and its predecessor
/// `wasi_unstable`. A guest reaches nothing of the host but what its `WasiConfig` names.
namespace waxwing::wasi {

/// A directory of the host that a guest may use.
struct Preopen {
  /// In the system's own form.
  std::string_view host_path;
  /// The name that the guest sees; a C library finds files by the longest name that fits.
  std::string_view guest_path;
  /// Nothing in it can be written, created, changed or removed.
  bool read_only = false;
};

/// How the paths of a guest are followed; both come to the same place or error.
enum class PathSearch : uint8_t {
  /// By one call of the system where it has one that stays below a folder, else by walking.
  automatic,
  /// Name by name, on every system.
  walk,
};

/// What a guest is given. The strings and spans are copied; none may contain a NUL.
struct WasiConfig {
  std::span<const std::string_view> args = {};
  /// Each `NAME=VALUE`.
  std::span<const std::string_view> env = {};
  /// Descriptors 3, 4 and so on.
  std::span<const Preopen> preopens = {};
  /// Descriptors 0, 1 and 2; `Handle::none` leaves one closed. They stay the caller's.
  std::array<platform::Handle, 3> stdio = {
      platform::standard_stream(0), platform::standard_stream(1), platform::standard_stream(2)};
  /// In place of the handle of the same number, where not null. They stay the caller's, and last as
  /// long as the `Wasi`.
  std::array<const HostStream*, 3> host_streams = {};
  HostClock clock = {};
  HostRandom random = {};
  /// Sockets, listening or connected, which get the descriptors after the preopens. They stay the
  /// caller's.
  std::span<const platform::Handle> sockets = {};
  /// Descriptors that may be open at one time.
  uint32_t max_descriptors = 65'536;
  PathSearch path_search = PathSearch::automatic;
};

struct Process;
struct FunctionRow;

/// The WASI side of one guest program: its arguments, descriptors and preopens. Any number of them
/// live side by side. The functions may be called from several threads at once, as the instances of
/// a program with threads do; it must outlive every store that it was linked into.
class Wasi {
 public:
  explicit Wasi(const Allocator& allocator) : allocator_(allocator) {}
  ~Wasi();
  Wasi(const Wasi&) = delete;

  /// Opens the preopens and copies the rest; called once, before `define`. Fails out of memory, or
  /// with `io_error`, where `a` is the `platform::FileError` and `offset` the index of the preopen
  /// (for a socket: counted on after them) or of the string that holds a NUL.
  [[nodiscard]] Result<void> configure(const WasiConfig& config);

  /// Defines all functions of `wasi_snapshot_preview1` and of `wasi_unstable`. A guest calls them
  /// on its exported memory `memory`; `proc_exit` ends it by `Store::raise_exit`.
  [[nodiscard]] Result<void> define(runtime::Linker& linker);
  /// One of them.
  [[nodiscard]] Result<void> define(runtime::Linker& linker, const FunctionRow& row);

 private:
  Allocator allocator_;
  Process* process_ = nullptr;
};

} // namespace waxwing::wasi
