// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "platform/mapped_file.hpp"

/// Files that the command line names. What is wrong has been printed on the other side of a result,
/// which is the exit code.
namespace waxwing::tool {

/// Maps a file of any kind, which stays open if `keeps_open` (`MappedFile::descriptor`).
[[nodiscard]] std::expected<platform::MappedFile, int> open_file(const std::string& path,
                                                                 bool keeps_open = false);

/// What a file is, by its content.
enum class FileForm : uint8_t { binary, text, image };

/// Whether images are wanted as well.
enum class Images : uint8_t { refused, taken };

/// The form of a module, or of an image; other files are named as what they are, with what helps.
[[nodiscard]] std::expected<FileForm, int> form_of(const std::string& path,
                                                   std::span<const uint8_t> bytes, Images images);

/// Says what may help with text that is no module.
void advise_on_text(const std::string& path);
/// The same for a module that ends too early, after `size` bytes.
void advise_on_end(size_t size);

} // namespace waxwing::tool
