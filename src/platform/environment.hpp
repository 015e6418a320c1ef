// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace waxwing::platform {

/// The environment of this process: strings `NAME=VALUE`, the last one null.
[[nodiscard]] const char* const* environment();

} // namespace waxwing::platform
