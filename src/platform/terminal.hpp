// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace waxwing::platform {

/// Whether a standard stream (0: input, 1: output, 2: error) is a terminal that a person looks at.
[[nodiscard]] bool is_terminal(int stream);

} // namespace waxwing::platform
