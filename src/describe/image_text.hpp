// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/error.hpp"

namespace waxwing::describe {

/// Why a compiled image was refused, and what would help. `image` is the file's bytes. Empty for an
/// error that is about the module inside.
[[nodiscard]] std::string image_error_text(std::span<const uint8_t> image, const Error& error);

} // namespace waxwing::describe
