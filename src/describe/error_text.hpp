// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "wasm/feature.hpp"
#include "wasm/module.hpp"

namespace waxwing::describe {

/// The words of `base/error.def` for a code.
[[nodiscard]] std::string_view code_text(ErrorCode code);

/// The word for a feature.
[[nodiscard]] std::string_view feature_text(Feature feature);

/// What went wrong without its place: the words of the official test suite first, then what the
/// error's numbers say, as in `type mismatch: expected i64, found i32`.
[[nodiscard]] std::string error_text(const Error& error);

/// The same with its place in a module: offset, function and instruction, as in
/// `0x26 (func 3 "middle"): type mismatch: expected i64, found i32 at i32.add`. `module` is as far
/// as `decode` has got with it; its bytes and features are set.
[[nodiscard]] std::string error_text(const Module& module, const Error& error);

} // namespace waxwing::describe
