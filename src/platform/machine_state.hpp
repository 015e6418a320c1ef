// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "platform/signal.hpp"

namespace waxwing::platform {

/// Where a thread was when it got a signal, by what its handler is told (`ucontext_t`). All zeros
/// where that says nothing.
[[nodiscard]] MachineState machine_state(const void* context);

} // namespace waxwing::platform
