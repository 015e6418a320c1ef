// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <set>
#include <string>

#include "compile/failure.hpp"

namespace waxwing::compile {

/// Takes the names out of `names` that the object, archive or shared library in file `path`
/// defines. A script for the linker may define anything: nothing is left then.
[[nodiscard]] Outcome<void> take_defined(const std::string& path, std::set<std::string>& names);

} // namespace waxwing::compile
