// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fuzz/execute.hpp"

namespace waxwing::fuzz {

Load loader(unsigned) { return {}; }

} // namespace waxwing::fuzz
