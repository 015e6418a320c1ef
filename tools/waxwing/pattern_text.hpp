// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <span>
#include <string>

#include "text/script.hpp"
#include "waxwing/values.hpp"

/// What a script expects and what it got, in the words of its own syntax.
namespace waxwing::tool {

[[nodiscard]] std::string patterns_text(std::span<const text::Pattern> patterns);
[[nodiscard]] std::string values_text(std::span<const Value> values);

} // namespace waxwing::tool
