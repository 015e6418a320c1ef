// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/terminal.hpp"

#include <unistd.h>

namespace waxwing::platform {

bool is_terminal(int stream) { return ::isatty(stream) == 1; }

} // namespace waxwing::platform
