// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <string>
#include <waxwing/module.hpp>

#include "wasm/feature.hpp"
#include "waxwing/input_file.hpp"

namespace waxwing::tool {

/// What `--features` has chosen, as the library takes it.
[[nodiscard]] Features chosen_features(FeatureSet set);

/// Loads a module from a file in either format, or from an image. What is wrong has been printed on
/// the other side, which is the exit code; an error of the library is also put into `why`, where
/// that is not null. `find_lines` is asked for source lines where the file is no text.
[[nodiscard]] std::expected<Module, int> load_module(const Engine& engine, const std::string& path,
                                                     Images images, Error* why = nullptr,
                                                     FindLines find_lines = {});

/// Prints why the module in a file of `size` bytes was refused, and what helps. Returns the exit
/// code.
int print_refusal(const std::string& path, size_t size, const Error& refused);

} // namespace waxwing::tool
