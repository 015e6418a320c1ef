// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The values that frames of compiled code had when a trap was traced (docs/stack-traces.md).
#pragma once

#include "image/native.hpp"

namespace waxwing::image {

/// One value of a frame.
struct FrameValue {
  /// Number of the frame in the trace, 0 for the innermost.
  uint32_t frame;
  uint32_t index;
  /// An argument of a function of the host; else a local.
  bool is_param;
  FrameValueKind kind;
  /// As it lay in memory; what is left over is zero.
  alignas(8) uint8_t bytes[16];
};

/// Of the frames of one trace as many as there is room for. What `VmStore::frame_values` points to;
/// as old as the store.
struct FrameValues {
  static constexpr uint32_t kMost = 1024;
  uint32_t count = 0;
  /// How many were taken: they stay until the next trace.
  uint32_t taken = 0;
  FrameValue values[kMost];
};

/// Makes the room, once a store. False where there is no memory for it.
[[nodiscard]] bool make_frame_values(runtime::Store& store);

/// Keeps the values of the frame at `fp`, which is the last one of `sink`. Does not allocate:
/// called in signal handlers.
void keep_frame_values(const runtime::Store& store, const Image& image, uint32_t function,
                       uintptr_t fp, const runtime::TraceSink& sink);

/// The values of the last trace, whether they have been taken or not.
[[nodiscard]] std::span<const FrameValue> last_frame_values(const runtime::Store& store);

/// The same, for the trap that is told now: another that has none begins with none.
[[nodiscard]] std::span<const FrameValue> take_frame_values(runtime::Store& store);

} // namespace waxwing::image
