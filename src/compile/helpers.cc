// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/helpers.hpp"

namespace waxwing::compile {

std::span<const uint8_t> helper_object(Target) { return {}; }

} // namespace waxwing::compile
