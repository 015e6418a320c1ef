// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An image taken apart for a linker, which puts code and read-only data where each belongs.
#pragma once

#include <cstdint>
#include <llvm/ADT/ArrayRef.h>
#include <vector>

#include "compile/failure.hpp"

namespace waxwing::compile {

/// Views of an image.
struct ImageParts {
  /// All that comes before the code.
  llvm::ArrayRef<uint8_t> front;
  /// The text and its constants.
  llvm::ArrayRef<uint8_t> code;
  /// Of `code` in the image.
  uint64_t code_offset = 0;
  /// How far the end of `code` is from the image's first byte.
  [[nodiscard]] int64_t code_end() const { return static_cast<int64_t>(code_offset + code.size()); }
  /// Places in `front` where an `int32_t` is how far something in `code` is from there.
  std::vector<uint64_t> distances;
};

/// `image` is one that this compiler has made.
[[nodiscard]] Outcome<ImageParts> take_apart(llvm::ArrayRef<uint8_t> image);

} // namespace waxwing::compile
