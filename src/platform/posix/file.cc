// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/file.hpp"

#include <atomic>
#include <cstdio>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(SYS_openat2) && __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#define WAX_HAS_OPENAT2 1
#endif

#include "platform/posix/descriptor.hpp"
#include "platform/posix/error.hpp"

namespace waxwing::platform {

namespace {

// What opens a directory only to go through it; without it, the right to list is needed too.
#if defined(O_PATH)
constexpr int kSearchOnly = O_PATH;
#elif defined(O_SEARCH)
constexpr int kSearchOnly = O_SEARCH;
#else
constexpr int kSearchOnly = O_RDONLY;
#endif

int fd_of(Handle handle) { return handle.value; }

FileResult<OwnedHandle> opened(int fd) {
  fd = behind_standard_streams(fd);
  if (fd < 0) return last_error();
  return OwnedHandle(Handle{fd});
}

uint64_t nanoseconds_of(const timespec& time) {
  // What lies before 1970 cannot be said.
  if (time.tv_sec < 0) return 0;
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(time.tv_nsec);
}

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::regular_file;
  if (S_ISDIR(mode)) return FileType::directory;
  if (S_ISLNK(mode)) return FileType::symbolic_link;
  if (S_ISCHR(mode)) return FileType::character_device;
  if (S_ISBLK(mode)) return FileType::block_device;
  if (S_ISFIFO(mode)) return FileType::pipe;
  if (S_ISSOCK(mode)) return FileType::stream_socket;
  return FileType::unknown;
}

FileStat stat_of(const struct ::stat& from) {
  return {.device = static_cast<uint64_t>(from.st_dev),
          .inode = static_cast<uint64_t>(from.st_ino),
          .type = type_of(from.st_mode),
          .links = static_cast<uint64_t>(from.st_nlink),
          .size = static_cast<uint64_t>(from.st_size),
          .access_time = nanoseconds_of(from.st_atim),
          .modify_time = nanoseconds_of(from.st_mtim),
          .change_time = nanoseconds_of(from.st_ctim)};
}

timespec timespec_of(const NewTime& time) {
  timespec result{};
  switch (time.kind) {
  case NewTime::Kind::keep: result.tv_nsec = UTIME_OMIT; break;
  case NewTime::Kind::now: result.tv_nsec = UTIME_NOW; break;
  case NewTime::Kind::set:
    result.tv_sec = static_cast<time_t>(time.nanoseconds / 1'000'000'000u);
    result.tv_nsec = static_cast<long>(time.nanoseconds % 1'000'000'000u);
    break;
  }
  return result;
}

FileResult<void> set_flag(Handle handle, int flag, bool on) {
  const int flags = fcntl(fd_of(handle), F_GETFL);
  if (flags < 0) return last_error();
  const int wanted = on ? flags | flag : flags & ~flag;
  if (wanted == flags) return {};
  return result_of(fcntl(fd_of(handle), F_SETFL, wanted));
}

} // namespace

Handle standard_stream(unsigned number) { return Handle{static_cast<int>(number)}; }

void close(Handle handle) { ::close(fd_of(handle)); }

FileResult<OwnedHandle> open_root(const char* path) {
  return opened(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

FileResult<OwnedHandle> open_directory_at(Handle directory, const char* name) {
  return opened(openat(fd_of(directory), name, kSearchOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

FileResult<OwnedHandle> open_directory_beneath(Handle directory, const char* path) {
#ifdef WAX_HAS_OPENAT2
  // Kernels before 5.6 don't have the call, and some sandboxes refuse it: asked once.
  static std::atomic<bool> missing = false;
  if (missing.load(std::memory_order_relaxed)) return std::unexpected(FileError::nosys);
  open_how how{};
  how.flags = static_cast<uint64_t>(kSearchOnly | O_DIRECTORY | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const long fd = syscall(SYS_openat2, fd_of(directory), path, &how, sizeof how);
  if (fd < 0 && (errno == ENOSYS || errno == EPERM)) {
    missing.store(true, std::memory_order_relaxed);
    return std::unexpected(FileError::nosys);
  }
  return opened(static_cast<int>(fd));
#else
  (void)directory, (void)path;
  return std::unexpected(FileError::nosys);
#endif
}

FileResult<OwnedHandle> open_at(Handle directory, const char* name, const OpenOptions& options) {
  int flags = O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  if (options.write)
    flags |= options.read ? O_RDWR : O_WRONLY;
  else
    flags |= O_RDONLY;
  if (options.create) flags |= O_CREAT;
  if (options.exclusive) flags |= O_EXCL;
  if (options.truncate) flags |= O_TRUNC;
  if (options.append) flags |= O_APPEND;
  if (options.directory) flags |= O_DIRECTORY;
  return opened(openat(fd_of(directory), name, flags, 0666));
}

FileResult<size_t> read_link_at(Handle directory, const char* name, std::span<char> target) {
  const ssize_t size = readlinkat(fd_of(directory), name, target.data(), target.size());
  if (size < 0) return last_error();
  return static_cast<size_t>(size);
}

FileResult<FileStat> stat(Handle handle) {
  struct ::stat found{};
  if (fstat(fd_of(handle), &found) != 0) return last_error();
  FileStat result = stat_of(found);
  if (result.type == FileType::stream_socket) {
    int type = SOCK_STREAM;
    socklen_t size = sizeof type;
    if (getsockopt(fd_of(handle), SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM)
      result.type = FileType::datagram_socket;
  }
  return result;
}

FileResult<FileStat> stat_at(Handle directory, const char* name) {
  struct ::stat found{};
  if (fstatat(fd_of(directory), name, &found, AT_SYMLINK_NOFOLLOW) != 0) return last_error();
  return stat_of(found);
}

FileResult<FileMode> mode(Handle handle) {
  const int flags = fcntl(fd_of(handle), F_GETFL);
  if (flags < 0) return last_error();
  const int access = flags & O_ACCMODE;
  return FileMode{.read = access != O_WRONLY,
                  .write = access != O_RDONLY,
                  .append = (flags & O_APPEND) != 0,
                  .nonblocking = (flags & O_NONBLOCK) != 0};
}

bool is_terminal(Handle handle) { return isatty(fd_of(handle)) != 0; }

FileResult<void> set_times(Handle handle, const NewTime& access, const NewTime& modify) {
  const timespec times[2] = {timespec_of(access), timespec_of(modify)};
  return result_of(futimens(fd_of(handle), times));
}

FileResult<void> set_times_at(Handle directory, const char* name, const NewTime& access,
                              const NewTime& modify) {
  const timespec times[2] = {timespec_of(access), timespec_of(modify)};
  return result_of(utimensat(fd_of(directory), name, times, AT_SYMLINK_NOFOLLOW));
}

FileResult<void> set_append(Handle handle, bool append) {
  return set_flag(handle, O_APPEND, append);
}

FileResult<void> set_nonblocking(Handle handle, bool nonblocking) {
  return set_flag(handle, O_NONBLOCK, nonblocking);
}

FileResult<void> create_directory_at(Handle directory, const char* name) {
  return result_of(mkdirat(fd_of(directory), name, 0777));
}

FileResult<void> remove_directory_at(Handle directory, const char* name) {
  return result_of(unlinkat(fd_of(directory), name, AT_REMOVEDIR));
}

FileResult<void> remove_file_at(Handle directory, const char* name) {
  return result_of(unlinkat(fd_of(directory), name, 0));
}

FileResult<void> rename_at(Handle old_directory, const char* old_name, Handle new_directory,
                           const char* new_name) {
  return result_of(renameat(fd_of(old_directory), old_name, fd_of(new_directory), new_name));
}

FileResult<void> link_at(Handle old_directory, const char* old_name, Handle new_directory,
                         const char* new_name) {
  return result_of(linkat(fd_of(old_directory), old_name, fd_of(new_directory), new_name, 0));
}

FileResult<void> symlink_at(const char* target, Handle directory, const char* name) {
  return result_of(symlinkat(target, fd_of(directory), name));
}

} // namespace waxwing::platform
