// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/file.hpp"

#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "platform/posix/descriptor.hpp"
#include "platform/posix/error.hpp"

namespace waxwing::platform {

namespace {

FileType type_of(unsigned char type) {
  switch (type) {
  case DT_REG: return FileType::regular_file;
  case DT_DIR: return FileType::directory;
  case DT_LNK: return FileType::symbolic_link;
  case DT_CHR: return FileType::character_device;
  case DT_BLK: return FileType::block_device;
  case DT_FIFO: return FileType::pipe;
  case DT_SOCK: return FileType::stream_socket;
  default: return FileType::unknown;
  }
}

} // namespace

FileResult<void> DirectoryStream::open(Handle directory) {
  close();
  OwnedHandle own(Handle{
      behind_standard_streams(openat(directory.value, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))});
  if (own.get() == Handle::none) return last_error();
  stream_ = fdopendir(own.get().value);
  if (stream_ == nullptr) return last_error();
  (void)own.release();
  return {};
}

void DirectoryStream::close() {
  if (stream_ != nullptr) closedir(static_cast<DIR*>(stream_));
  stream_ = nullptr;
}

void DirectoryStream::rewind() { rewinddir(static_cast<DIR*>(stream_)); }

FileResult<bool> DirectoryStream::next(DirectoryEntry& entry) {
  DIR* stream = static_cast<DIR*>(stream_);
  for (;;) {
    errno = 0;
    const dirent* found = readdir(stream);
    if (found == nullptr) {
      if (errno != 0) return last_error();
      return false;
    }
    if (std::strcmp(found->d_name, ".") == 0 || std::strcmp(found->d_name, "..") == 0) continue;
    entry = {.name = found->d_name,
             .name_size = std::strlen(found->d_name),
             .inode = static_cast<uint64_t>(found->d_ino),
             .type = type_of(found->d_type)};
    if (found->d_type == DT_UNKNOWN) {
      // Not every file system says it; the file may be gone by now.
      const auto stat = stat_at(Handle{dirfd(stream)}, found->d_name);
      if (stat) entry.type = stat->type;
    }
    return true;
  }
}

} // namespace waxwing::platform
