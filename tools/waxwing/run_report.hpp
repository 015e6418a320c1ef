// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <optional>
#include <string>
#include <vector>
#include <waxwing/error.hpp>
#include <waxwing/function.hpp>

#include "waxwing/value_words.hpp"

namespace waxwing::tool {

/// How a run has ended, as data.
struct RunEnd {
  int exit_code = 0;
  /// Of `--invoke`; nothing where the function has not returned.
  std::optional<std::vector<Value>> results = {};
  /// Why the guest was stopped, for a trap or an exception.
  std::optional<Error> stopped = {};
  /// Why it has not begun, a line each; empty where it has.
  std::string error = {};
};

/// What `run --json` prints, in a line: see docs/program.md. `objects` may be null where there is
/// no store, and so no value.
[[nodiscard]] std::string json_line(const RunEnd& end, const NumberedObjects* objects);

} // namespace waxwing::tool
