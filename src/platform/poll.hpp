// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "platform/file.hpp"

/// Waiting until something can be read or written.
namespace waxwing::platform {

inline constexpr int16_t kPollRead = 0x01;
inline constexpr int16_t kPollWrite = 0x04;
inline constexpr int16_t kPollError = 0x08;
inline constexpr int16_t kPollHangUp = 0x10;
inline constexpr int16_t kPollInvalid = 0x20;

/// One handle to wait for. Laid out as the system's own record, so that an array needs no copy.
struct PollEntry {
  Handle handle;
  /// `kPollRead`, `kPollWrite`, or both.
  int16_t wanted;
  /// Receives what is the case.
  int16_t ready;
};

/// Waits until an entry is ready, at most `timeout` nanoseconds; returns how many are. `intr` when
/// a signal comes first.
[[nodiscard]] FileResult<size_t> poll(std::span<PollEntry> entries, uint64_t timeout);

/// Bytes that can be read at once; 0 where that is unknown.
[[nodiscard]] uint64_t bytes_available(Handle handle);

/// Lets another thread run.
void yield_processor();

} // namespace waxwing::platform
