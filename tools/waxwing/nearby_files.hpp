// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

/// What lies where someone looked in vain, for messages; each begins with what joins it to them.
namespace waxwing::tool {

/// About the file at `path`, which does not exist: `; did you mean 'app.wasm'?`, or that its folder
/// does not exist either.
[[nodiscard]] std::string instead_of(const std::string& path);

/// The first few modules in a folder: `, e.g. lib/app.wasm`; or that there is none.
[[nodiscard]] std::string modules_in(const std::string& folder);

} // namespace waxwing::tool
