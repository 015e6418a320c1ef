// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>

#include "compile/target.hpp"

namespace waxwing::compile {

/// The archive of what LLVM calls by name below the IR, for a target; it is part of this module.
/// Empty where there is none.
[[nodiscard]] std::span<const uint8_t> helper_object(Target target);

} // namespace waxwing::compile
