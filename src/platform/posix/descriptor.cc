// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/posix/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace waxwing::platform {

int behind_standard_streams(int descriptor) {
  constexpr int kFirst = 3;
  if (descriptor < 0 || descriptor >= kFirst) return descriptor;
  const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, kFirst);
  const int error = errno;
  close(descriptor);
  errno = error;
  return moved;
}

} // namespace waxwing::platform
