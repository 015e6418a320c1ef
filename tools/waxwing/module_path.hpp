// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace waxwing::tool {

/// The first of `DIR/NAME.wasm` and `DIR/NAME.wat`, folder by folder, that there is; empty where
/// there is none. A name that would lead out of the folder is never found.
[[nodiscard]] std::string find_module(std::span<const std::string> folders, std::string_view name);

} // namespace waxwing::tool
