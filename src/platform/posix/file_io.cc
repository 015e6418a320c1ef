// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/file.hpp"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "platform/posix/error.hpp"

namespace waxwing::platform {

namespace {

static_assert(sizeof(IoBuffer) == sizeof(iovec) && alignof(IoBuffer) == alignof(iovec));
static_assert(offsetof(IoBuffer, data) == offsetof(iovec, iov_base));
static_assert(offsetof(IoBuffer, size) == offsetof(iovec, iov_len));
#if defined(IOV_MAX)
static_assert(kMaxIoBuffers <= IOV_MAX);
#endif

int fd_of(Handle handle) { return handle.value; }
const iovec* vectors(std::span<const IoBuffer> buffers) {
  return reinterpret_cast<const iovec*>(buffers.data());
}
int count(std::span<const IoBuffer> buffers) { return static_cast<int>(buffers.size()); }

FileResult<size_t> transferred(ssize_t size) {
  if (size < 0) return last_error();
  return static_cast<size_t>(size);
}

/// Whether a range of a file can be said to the system at all.
bool fits(uint64_t offset, uint64_t size) {
  constexpr uint64_t kMax = INT64_MAX;
  return offset <= kMax && size <= kMax - offset;
}

/// See `ignore_broken_pipe_signal`.
bool broken_pipes_are_ignored = false;

} // namespace

FileResult<size_t> read(Handle handle, std::span<const IoBuffer> buffers) {
  return transferred(readv(fd_of(handle), vectors(buffers), count(buffers)));
}

FileResult<size_t> write(Handle handle, std::span<const IoBuffer> buffers) {
  return transferred(writev(fd_of(handle), vectors(buffers), count(buffers)));
}

FileResult<size_t> write_stream(Handle handle, std::span<const IoBuffer> buffers) {
  if (broken_pipes_are_ignored) return write(handle, buffers);
  sigset_t broken_pipe;
  sigset_t before;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
  auto result = write(handle, buffers);
  // The signal is this thread's and pending; taken away here, nobody sees it.
  if (!result && result.error() == FileError::pipe && sigismember(&before, SIGPIPE) == 0) {
    const timespec at_once{};
    while (sigtimedwait(&broken_pipe, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return result;
}

FileResult<size_t> read_at(Handle handle, std::span<const IoBuffer> buffers, uint64_t offset) {
  if (!fits(offset, 0)) return std::unexpected(FileError::inval);
  return transferred(
      preadv(fd_of(handle), vectors(buffers), count(buffers), static_cast<off_t>(offset)));
}

FileResult<size_t> write_at(Handle handle, std::span<const IoBuffer> buffers, uint64_t offset) {
  if (!fits(offset, 0)) return std::unexpected(FileError::inval);
  return transferred(
      pwritev(fd_of(handle), vectors(buffers), count(buffers), static_cast<off_t>(offset)));
}

void ignore_file_size_signal() {
#if defined(SIGXFSZ)
  (void)signal(SIGXFSZ, SIG_IGN);
#endif
}

void ignore_broken_pipe_signal() { broken_pipes_are_ignored = signal(SIGPIPE, SIG_IGN) != SIG_ERR; }

bool open_standard_streams() {
  for (int stream = 0; stream < 3; ++stream) {
    if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest that is free is this one.
    if (open("/dev/null", O_RDWR) < 0) return false;
  }
  return true;
}

FileResult<uint64_t> seek(Handle handle, int64_t offset, Whence whence) {
  constexpr int kWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  const off_t position =
      lseek(fd_of(handle), static_cast<off_t>(offset), kWhence[static_cast<unsigned>(whence)]);
  if (position < 0) return last_error();
  return static_cast<uint64_t>(position);
}

FileResult<void> set_size(Handle handle, uint64_t size) {
  if (!fits(size, 0)) return std::unexpected(FileError::inval);
  int status = 0;
  do status = ftruncate(fd_of(handle), static_cast<off_t>(size));
  while (status != 0 && errno == EINTR);
  return result_of(status);
}

FileResult<void> allocate(Handle handle, uint64_t offset, uint64_t size) {
  if (size == 0 || offset > INT64_MAX) return std::unexpected(FileError::inval);
  if (!fits(offset, size)) return std::unexpected(FileError::fbig);
#if defined(__linux__)
  // Not posix_fallocate, which writes to every block where the file system cannot do it.
  return result_of(
      fallocate(fd_of(handle), 0, static_cast<off_t>(offset), static_cast<off_t>(size)));
#else
  return std::unexpected(FileError::notsup);
#endif
}

FileResult<void> advise(Handle handle, uint64_t offset, uint64_t size, Advice advice) {
  if (!fits(offset, 0) || !fits(size, 0)) return std::unexpected(FileError::inval);
  constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                             POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  const int error = posix_fadvise(fd_of(handle), static_cast<off_t>(offset),
                                  static_cast<off_t>(size), kAdvice[static_cast<unsigned>(advice)]);
  if (error != 0) return std::unexpected(error_of(error));
  return {};
}

FileResult<void> sync(Handle handle) { return result_of(fsync(fd_of(handle))); }

FileResult<void> sync_data(Handle handle) { return result_of(fdatasync(fd_of(handle))); }

} // namespace waxwing::platform
