// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What this build is. Apart from the rest, since it knows every room.
#include "api/core.hpp"

namespace waxwing::inline v0 {

BuildInfo build_info() {
  BuildInfo out;
  out.version = version();
  out.engines.emplace_back("interpreter");
  // Compiled code has cells as wide as pointers.
  if (image::host_target() != nullptr && kSlotBits == 8 * sizeof(void*))
    out.engines.emplace_back("images");
  switch (kDispatch) {
  case Dispatch::tail: out.dispatch = "tail calls"; break;
  case Dispatch::computed_goto: out.dispatch = "computed goto"; break;
  case Dispatch::loop: out.dispatch = "loop"; break;
  case Dispatch::profile: out.dispatch = "loop that counts"; break;
  }
  out.slot_bits = kSlotBits;
  return out;
}

} // namespace waxwing::inline v0
