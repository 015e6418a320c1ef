// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <waxwing/linker.hpp>

namespace waxwing::tool {

/// Why a module could not be linked, and what would help: the import with its type, what is there
/// instead or nearest to it, and the option. `wrong` is what `Linker::instantiate` gave, of kind
/// `unknown_import` or `incompatible_import`.
[[nodiscard]] std::string link_error_text(const std::string& path, const Module& module,
                                          const Linker& linker, const Error& wrong);

} // namespace waxwing::tool
