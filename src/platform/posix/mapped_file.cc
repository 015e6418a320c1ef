// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/mapped_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace waxwing::platform {

namespace {

FileStatus status_of(int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR: return FileStatus::not_found;
  case EACCES:
  case EPERM: return FileStatus::no_permission;
  case EISDIR: return FileStatus::is_directory;
  case ENOMEM: return FileStatus::no_memory;
  default: return FileStatus::failed;
  }
}

} // namespace

FileStatus MappedFile::open(const char* path, bool keeps_open) {
  close();
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return status_of(errno);
  struct stat info{};
  FileStatus status = FileStatus::failed;
  if (::fstat(descriptor, &info) != 0) {
    status = status_of(errno);
  } else if (S_ISDIR(info.st_mode)) {
    status = FileStatus::is_directory;
  } else if (S_ISREG(info.st_mode) && info.st_size > 0) {
    const auto size = static_cast<size_t>(info.st_size);
    const bool fits = static_cast<off_t>(size) == info.st_size;
    void* address =
        fits ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0) : MAP_FAILED;
    if (!fits) {
      status = FileStatus::no_memory;
    } else if (address == MAP_FAILED) {
      status = status_of(errno);
    } else {
      data_ = static_cast<uint8_t*>(address);
      size_ = capacity_ = size;
      mapped_ = true;
      status = FileStatus::ok;
    }
  } else {
    status = read_all(descriptor);
  }
  if (keeps_open && mapped_)
    descriptor_ = descriptor;
  else
    ::close(descriptor);
  return status;
}

FileStatus MappedFile::read_all(int descriptor) {
  for (;;) {
    if (size_ == capacity_) {
      const size_t wanted = capacity_ == 0 ? size_t{64} << 10 : capacity_ * 2;
      void* larger = wanted > capacity_ ? std::realloc(data_, wanted) : nullptr;
      if (larger == nullptr) return FileStatus::no_memory;
      data_ = static_cast<uint8_t*>(larger);
      capacity_ = wanted;
    }
    const ssize_t count = ::read(descriptor, data_ + size_, capacity_ - size_);
    if (count == 0) return FileStatus::ok;
    if (count > 0)
      size_ += static_cast<size_t>(count);
    else if (errno != EINTR)
      return status_of(errno);
  }
}

void MappedFile::close_descriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void MappedFile::close() {
  close_descriptor();
  if (mapped_)
    ::munmap(data_, capacity_);
  else
    std::free(data_);
  data_ = nullptr;
  size_ = capacity_ = 0;
  mapped_ = false;
}

} // namespace waxwing::platform
