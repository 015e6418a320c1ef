// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <string_view>

namespace waxwing::tool {

/// Writes a whole file, "-" being standard output. Returns the exit code; what is wrong has been
/// printed, and half a file is not left behind.
[[nodiscard]] int write_output(const std::string& path, std::string_view bytes);

} // namespace waxwing::tool
