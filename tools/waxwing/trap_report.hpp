// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "runtime/store.hpp"
#include "waxwing/options.hpp"

namespace waxwing::tool {

/// Prints why the guest was stopped and where: the trap, its stack trace, and what would help where
/// a limit was hit.
void print_trap(const runtime::Store& store, runtime::Outcome outcome, const RunOptions& options);

} // namespace waxwing::tool
