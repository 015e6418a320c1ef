// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>
#include <waxwing/error.hpp>
#include <waxwing/wasi.hpp>

#include "platform/file.hpp"
#include "waxwing/fixed_inputs.hpp"
#include "waxwing/options.hpp"

namespace waxwing::tool {

/// What a WASI program is given of the host, as the options of `run` say. It points into the
/// options, which have to outlive it, and outlives the guest.
class GuestWorld {
 public:
  /// Reads the environment and opens the listening sockets. The other side is an exit code; what is
  /// wrong has been said.
  [[nodiscard]] static std::expected<GuestWorld, int> make(const RunOptions& options);

  [[nodiscard]] WasiConfig config() const;

  /// Says why `Linker::wasi` failed, and returns the exit code.
  [[nodiscard]] int explain(const Error& wrong) const;

 private:
  explicit GuestWorld(const RunOptions& options) : options_(&options) {}
  [[nodiscard]] std::expected<void, int> read_environment();
  [[nodiscard]] std::expected<void, int> open_listeners();

  const RunOptions* options_;
  std::vector<std::pair<std::string, std::string>> settings_;
  std::vector<platform::OwnedHandle> listeners_;
  /// With --deterministic; the configuration has its address.
  std::unique_ptr<FixedInputs> fixed_;
};

} // namespace waxwing::tool
