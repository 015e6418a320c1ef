// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/environment.hpp"

#include <unistd.h>

extern "C" char** environ;

namespace waxwing::platform {

const char* const* environment() { return environ; }

} // namespace waxwing::platform
