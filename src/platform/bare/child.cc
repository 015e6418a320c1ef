// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// There are no processes.
#include "platform/child.hpp"

namespace waxwing::platform {

void ChildOutput::send(const void*, size_t) {}

ChildResult run_in_child(void (*)(void*, ChildOutput&), void*,
                         bool (*)(void*, const uint8_t*, size_t), void*) {
  return {};
}

} // namespace waxwing::platform
