// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "base/bits.hpp"
#include "base/error.hpp"
#include "base/vec.hpp"
#include "runtime/instance.hpp"

namespace waxwing::runtime {

/// Evaluates a validated constant expression (spec section 3.4.10) in an instance whose functions,
/// and globals that the expression may mention, are in place. The value is at the start of `value`,
/// in its own width. `stack` is working memory.
[[nodiscard]] Result<void> evaluate(Instance& instance, ConstExpr expression, Vec<V128>& stack,
                                    V128& value);

} // namespace waxwing::runtime
