// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was split off an image (`waxwing compile --split-trace`): the tables of its traces and the
// whole module but for its code.
#pragma once

#include "image/reader.hpp"

namespace waxwing::image {

/// Whether bytes look like such a file.
[[nodiscard]] bool is_trace_file(std::span<const uint8_t> bytes);

/// Reads one for itself: as much of an `Image` as looking up places takes. Fails with
/// `image_malformed`, or as `read` does for other versions.
[[nodiscard]] Result<Image> read_trace_file(std::span<const uint8_t> bytes);

/// Puts what was split off `image` in its place again. The bytes last as long as the image. Fails
/// with `image_trace_file` where they are of another image, and as `read_trace_file`; the image is
/// as it was then.
[[nodiscard]] Result<void> join_trace_file(Image& image, std::span<const uint8_t> bytes);

} // namespace waxwing::image
