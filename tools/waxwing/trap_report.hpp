// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "describe/trap_text.hpp"
#include "runtime/store.hpp"
#include "waxwing/options.hpp"

namespace waxwing::tool {

/// Prints why the guest was stopped and where: the trap, its stack trace, and what would help where
/// a limit was hit; or the exception that nobody caught, with its values and the trace of its
/// throw. `places` knows the source of modules.
void print_trap(runtime::Store& store, runtime::Outcome outcome, const RunOptions& options,
                const describe::SourcePlaces& places);

} // namespace waxwing::tool
