// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>

namespace waxwing::platform {

/// Memory of the calling thread, zero-filled, which goes with it: at least `bytes`, as large as the
/// first call of the thread has asked for. Below it is a page that faults. Null where there is no
/// memory. `end` is behind its last byte. Costs a look-up at each call.
struct ThreadRoom {
  /// The caller's, zero at first.
  size_t* word;
  void* end;
};
[[nodiscard]] ThreadRoom thread_room(size_t bytes);

} // namespace waxwing::platform
