// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/posix/error.hpp"

namespace waxwing::platform {

FileError error_of(int number) {
  switch (number) {
#define WAX_FILE_ERROR(name, posix, text)                                                          \
  case posix: return FileError::name;
#include "platform/file_error.def"
#undef WAX_FILE_ERROR
#if EOPNOTSUPP != ENOTSUP
  case EOPNOTSUPP: return FileError::notsup;
#endif
#if EWOULDBLOCK != EAGAIN
  case EWOULDBLOCK: return FileError::again;
#endif
  default: return FileError::io;
  }
}

const char* file_error_text(FileError error) {
  switch (error) {
  case FileError::none: break;
#define WAX_FILE_ERROR(name, posix, text)                                                          \
  case FileError::name: return text;
#include "platform/file_error.def"
#undef WAX_FILE_ERROR
  }
  return "no error";
}

} // namespace waxwing::platform
