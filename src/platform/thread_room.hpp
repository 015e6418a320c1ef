// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>

namespace waxwing::platform {

/// Memory of a thread, which goes with it.
struct ThreadRoom {
  /// Lowest address, and that behind the last byte.
  uintptr_t begin;
  uintptr_t end;
  /// The caller's; `end` at first.
  uintptr_t top;
};
/// The calling thread's, with `bytes` zero-filled bytes: as many as its first call has asked for.
/// Null where there is no memory. Each call costs a look-up.
[[nodiscard]] ThreadRoom* thread_room(size_t bytes);

} // namespace waxwing::platform
