// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an image knows of a program counter: the piece of text, the wasm offset, the functions that
// were inlined there. Nothing here allocates: signal handlers look up faults.
#pragma once

#include "image/reader.hpp"

namespace waxwing::image {

/// Index in `Image::ranges` of the piece that holds `pc` (an offset in the image), or `kNoRange`.
inline constexpr uint32_t kNoRange = 0xFFFFFFFF;
[[nodiscard]] uint32_t find_range(const Image& image, uint32_t pc);

struct Site {
  SiteKind kind{};
  /// The trap of a site of kind `trap`.
  uint8_t trap = 0;
  /// False where it is another instruction's, or only near.
  bool exact = false;
  /// A call in tail position.
  bool is_tail = false;
  uint32_t wasm_offset = 0;
  /// Number of a chain node plus 1, or 0.
  uint32_t chain = 0;
  /// Of the accesses from here on.
  AccessShape shape = AccessShape::of(kFirstShape);
};

/// The site of `pc` in range `range`: of the call that returns there, or else of the instruction
/// there. Where it has none of its own, `found` is false and the result is what is known of the
/// site before it.
[[nodiscard]] Site find_site(const Image& image, uint32_t range, uint32_t pc, bool is_call,
                             bool& found);

/// Operands on the stack where the operator at `wasm_offset` begins, or `kNoHeight`.
inline constexpr uint32_t kNoHeight = 0xFFFFFFFF;
[[nodiscard]] uint32_t find_height(const Image& image, uint32_t wasm_offset);

/// Where the call that returns to `pc` goes on with an exception, or 0.
[[nodiscard]] uint32_t find_pad(const Image& image, uint32_t pc);

/// Numbers of a section of bytes, one after the other; past its end and where one is too long there
/// are zeros, and `failed` is set.
class PackedReader {
 public:
  explicit PackedReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] bool at_end() const { return at_ >= bytes_.size(); }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] uint8_t byte();
  [[nodiscard]] uint64_t unsigned_number();
  [[nodiscard]] int64_t signed_number();

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
  bool failed_ = false;
};

} // namespace waxwing::image
