// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file.hpp"
#include "wasi/wasi.hpp"
#include "waxwing/options.hpp"

namespace waxwing::tool {

/// What a WASI program is given of the host, as the options of `run` say. It points into the
/// options, which have to outlive it.
class GuestWorld {
 public:
  /// Reads the environment and opens the listening sockets. The other side is an exit code; what is
  /// wrong has been said.
  [[nodiscard]] static std::expected<GuestWorld, int> make(const RunOptions& options);

  /// Points into this.
  [[nodiscard]] wasi::WasiConfig config() const;

  /// Says why `Wasi::configure` failed, and returns the exit code.
  [[nodiscard]] int explain(const Error& error) const;

 private:
  explicit GuestWorld(const RunOptions& options) : options_(&options) {}
  [[nodiscard]] std::expected<void, int> read_environment();
  [[nodiscard]] std::expected<void, int> open_listeners();

  const RunOptions* options_;
  std::vector<std::string> settings_;
  std::vector<platform::OwnedHandle> listeners_;
  // What the configuration's spans point to.
  std::vector<std::string_view> args_;
  std::vector<std::string_view> env_;
  std::vector<wasi::Preopen> preopens_;
  std::vector<platform::Handle> sockets_;
};

} // namespace waxwing::tool
