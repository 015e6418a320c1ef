// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <span>
#include <string>

#include "text/script.hpp"

namespace waxwing::script {

/// What a script expects, in the words of its own syntax.
[[nodiscard]] std::string constant_text(const text::Constant& constant);
[[nodiscard]] std::string patterns_text(std::span<const text::Pattern> patterns);

} // namespace waxwing::script
