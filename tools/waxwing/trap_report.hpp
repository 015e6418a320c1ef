// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <waxwing/exception.hpp>

#include "waxwing/options.hpp"
#include "waxwing/value_words.hpp"

namespace waxwing::tool {

/// Prints why the guest was stopped and where: the trap, its stack trace, and what would help where
/// a limit was hit; or the exception that nobody caught, with its values and the trace of its
/// throw. `objects` are those of the guest's first thread.
void print_trap(const Error& ended, const RunOptions& options, const NumberedObjects& objects);

/// As in `oops (i32 7, externref ref.null)`.
[[nodiscard]] std::string exception_text(const Exception& exception,
                                         const NumberedObjects& objects);

} // namespace waxwing::tool
