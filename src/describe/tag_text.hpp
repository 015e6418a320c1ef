// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

#include "runtime/instance.hpp"

namespace waxwing::describe {

/// What a tag is called: as in the name section of the module that defines it, else as it is
/// exported, else as a module that imports it knows it. `tag 2` where the module has no name for
/// it, `a tag of the host` where no module knows it.
[[nodiscard]] std::string tag_text(const runtime::Store& store, const runtime::Tag& tag);

} // namespace waxwing::describe
