// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cerrno>

#include "platform/file.hpp"

namespace waxwing::platform {

[[nodiscard]] FileError error_of(int number);

/// The failed side of a result, from `errno`.
[[nodiscard]] inline std::unexpected<FileError> last_error() {
  return std::unexpected(error_of(errno));
}

[[nodiscard]] inline FileResult<void> result_of(int status) {
  if (status != 0) return last_error();
  return {};
}

} // namespace waxwing::platform
