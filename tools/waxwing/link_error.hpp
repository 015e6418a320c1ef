// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

#include "runtime/linker.hpp"

namespace waxwing::tool {

/// Why a module could not be linked, and what would help: the import with its type, what is there
/// instead or nearest to it, and the option. `error` is what `Linker::instantiate` gave.
[[nodiscard]] std::string link_error_text(const std::string& path,
                                          const runtime::LoadedModule& loaded,
                                          const runtime::Linker& linker, const Error& error);

/// The type of something that can be imported, in words, its kind first.
[[nodiscard]] std::string extern_text(const runtime::Extern& item);

} // namespace waxwing::tool
