// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "waxwing/export.hpp"

/// WASI preview 1: what a guest is given of the host. Nothing that is not named here is reachable.
namespace waxwing::inline v0 {

/// One of a guest's three standard streams.
class WAXWING_API Stream {
 public:
  /// Moves bytes: returns how many it has read into (or taken out of) `bytes`, 0 at the end of
  /// input; nothing for an error. Called on the thread that runs the guest; while it waits, the
  /// guest cannot be stopped.
  using Read = std::function<std::optional<size_t>(std::span<char> bytes)>;
  using Write = std::function<std::optional<size_t>(std::span<const char> bytes)>;

  /// Not open: the guest gets `badf`.
  Stream() = default;
  /// The process's own stream of that number.
  [[nodiscard]] static Stream inherit();
  /// An open file, pipe, socket or terminal of the host, which stays the host's.
  [[nodiscard]] static Stream descriptor(int descriptor);
  [[nodiscard]] static Stream reader(Read read);
  [[nodiscard]] static Stream writer(Write write);
  /// Input from a text, which ends with it.
  [[nodiscard]] static Stream input(std::string text);
  /// Output that is appended to `buffer`, up to `limit` bytes in all; more is `nospc` for the
  /// guest.
  [[nodiscard]] static Stream output(std::shared_ptr<std::string> buffer,
                                     size_t limit = size_t{64} << 20);

  enum class Kind : uint8_t { closed, inherited, descriptor, callbacks };
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const Read& read() const { return read_; }
  [[nodiscard]] const Write& write() const { return write_; }

 private:
  Kind kind_ = Kind::closed;
  int descriptor_ = -1;
  Read read_;
  Write write_;
};

/// A directory of the host that a guest may use.
struct Directory {
  /// In the system's own form.
  std::string host;
  /// The name by which the guest finds it.
  std::string guest;
  /// Nothing in it can be written, created, changed or removed.
  bool read_only = false;
};

enum class ClockId : uint8_t { realtime, monotonic, process_cpu, thread_cpu };

struct WasiConfig {
  /// The first is the program's name.
  std::vector<std::string> args = {};
  /// `NAME` and `VALUE`.
  std::vector<std::pair<std::string, std::string>> env = {};
  std::vector<Directory> dirs = {};
  Stream in = {};
  Stream out = {};
  Stream err = {};
  /// Open sockets of the host, listening or connected, for `sock_accept` and the like; they get the
  /// descriptors after the directories and stay the host's.
  std::vector<int> sockets = {};
  /// Descriptors that may be open at one time.
  uint32_t max_descriptors = 65'536;

  /// In place of the system's clocks: nanoseconds (since 1970 for `realtime`). Sleeping for a time
  /// takes that much of the system's time all the same; sleeping until a moment waits for this
  /// clock to reach it. Called on the threads of the guest.
  std::function<uint64_t(ClockId)> clock = {};
  /// In place of the system's random numbers: fills the bytes; false for an error.
  std::function<bool(std::span<std::byte>)> random = {};

  /// The three streams of the process, the usual choice for a program.
  void inherit_streams() { in = out = err = Stream::inherit(); }
};

} // namespace waxwing::inline v0
