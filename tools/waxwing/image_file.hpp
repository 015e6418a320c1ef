// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

#include "image/reader.hpp"
#include "waxwing/module_file.hpp"

namespace waxwing::tool {

/// Prints why the image was refused, in a sentence that says what to do, and returns the exit code.
/// `features` are those of the module inside, for errors that are about that.
int print_image_error(const ModuleFile& file, FeatureSet features, const Error& error);

/// Everything that the header and the tables of an image say, for `inspect`.
[[nodiscard]] std::string image_text(const image::Image& image);

/// Names of the bits that are set; what has no name shows its number.
[[nodiscard]] std::string required_text(uint64_t bits);
[[nodiscard]] std::string optional_text(uint64_t bits);
/// What the frames of an image tell, in the words of --dump-call-stack-features.
[[nodiscard]] std::string frame_fields_text(const image::Image& image);

} // namespace waxwing::tool
