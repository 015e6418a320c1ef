// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>

#include "platform/file.hpp"

/// The types of WASI preview 1 as they lie in guest memory (witx: `typenames.witx`), little-endian.
namespace waxwing::wasi {

/// The two versions that differ in `filestat`, `subscription` and `whence`.
enum class Abi : uint8_t { snapshot1, unstable };

/// An error number. Those of the system have the same numbers as `platform::FileError`.
class Errno {
 public:
  enum Value : uint16_t {
    success,
#define WAX_FILE_ERROR(name, posix, text) name,
#include "platform/file_error.def"
#undef WAX_FILE_ERROR
    notcapable,
  };

  constexpr Errno(Value value) : value_(value) {}
  constexpr Errno(platform::FileError error) : value_(static_cast<Value>(error)) {}

  [[nodiscard]] constexpr Value value() const { return value_; }
  friend constexpr bool operator==(Errno, Errno) = default;

 private:
  Value value_;
};
static_assert(Errno::too_big == 1 && Errno::badf == 8 && Errno::inval == 28);
static_assert(Errno::noent == 44 && Errno::xdev == 75 && Errno::notcapable == 76);

template <class T>
using Expected = std::expected<T, Errno>;
/// What a function ends with.
using Status = Expected<void>;

[[nodiscard]] inline std::unexpected<Errno> refuse(Errno error) { return std::unexpected(error); }

using Fd = uint32_t;
using Rights = uint64_t;

namespace rights {
#define WAX_RIGHT(name, bit) inline constexpr Rights name = Rights{1} << (bit)
WAX_RIGHT(fd_datasync, 0);
WAX_RIGHT(fd_read, 1);
WAX_RIGHT(fd_seek, 2);
WAX_RIGHT(fd_fdstat_set_flags, 3);
WAX_RIGHT(fd_sync, 4);
WAX_RIGHT(fd_tell, 5);
WAX_RIGHT(fd_write, 6);
WAX_RIGHT(fd_advise, 7);
WAX_RIGHT(fd_allocate, 8);
WAX_RIGHT(path_create_directory, 9);
WAX_RIGHT(path_create_file, 10);
WAX_RIGHT(path_link_source, 11);
WAX_RIGHT(path_link_target, 12);
WAX_RIGHT(path_open, 13);
WAX_RIGHT(fd_readdir, 14);
WAX_RIGHT(path_readlink, 15);
WAX_RIGHT(path_rename_source, 16);
WAX_RIGHT(path_rename_target, 17);
WAX_RIGHT(path_filestat_get, 18);
WAX_RIGHT(path_filestat_set_size, 19);
WAX_RIGHT(path_filestat_set_times, 20);
WAX_RIGHT(fd_filestat_get, 21);
WAX_RIGHT(fd_filestat_set_size, 22);
WAX_RIGHT(fd_filestat_set_times, 23);
WAX_RIGHT(path_symlink, 24);
WAX_RIGHT(path_remove_directory, 25);
WAX_RIGHT(path_unlink_file, 26);
WAX_RIGHT(poll_fd_readwrite, 27);
WAX_RIGHT(sock_shutdown, 28);
WAX_RIGHT(sock_accept, 29);
#undef WAX_RIGHT

inline constexpr Rights all = (Rights{1} << 30) - 1;
/// What changes a file, a directory or anything in it.
inline constexpr Rights changing =
    fd_write | fd_allocate | fd_filestat_set_size | fd_filestat_set_times | path_create_directory |
    path_create_file | path_link_source | path_link_target | path_rename_source |
    path_rename_target | path_filestat_set_size | path_filestat_set_times | path_symlink |
    path_remove_directory | path_unlink_file;

/// What can be done with a directory itself.
inline constexpr Rights directory =
    fd_fdstat_set_flags | fd_sync | fd_advise | path_create_directory | path_create_file |
    path_link_source | path_link_target | path_open | fd_readdir | path_readlink |
    path_rename_source | path_rename_target | path_filestat_get | path_filestat_set_size |
    path_filestat_set_times | fd_filestat_get | fd_filestat_set_times | path_symlink |
    path_remove_directory | path_unlink_file | poll_fd_readwrite;
inline constexpr Rights regular_file = fd_datasync | fd_read | fd_seek | fd_fdstat_set_flags |
                                       fd_sync | fd_tell | fd_write | fd_advise | fd_allocate |
                                       fd_filestat_get | fd_filestat_set_size |
                                       fd_filestat_set_times | poll_fd_readwrite;
/// Devices, which may have a position, and pipes. A terminal is known by not having one.
inline constexpr Rights device = regular_file & ~(fd_allocate | fd_filestat_set_size);
inline constexpr Rights stream = device & ~(fd_seek | fd_tell | fd_advise);
inline constexpr Rights socket = fd_read | fd_write | fd_fdstat_set_flags | fd_filestat_get |
                                 poll_fd_readwrite | sock_shutdown | sock_accept;
} // namespace rights

namespace fdflags {
inline constexpr uint16_t append = 1 << 0;
inline constexpr uint16_t dsync = 1 << 1;
inline constexpr uint16_t nonblock = 1 << 2;
inline constexpr uint16_t rsync = 1 << 3;
inline constexpr uint16_t sync = 1 << 4;
inline constexpr uint16_t all = (1 << 5) - 1;
} // namespace fdflags

namespace oflags {
inline constexpr uint16_t creat = 1 << 0;
inline constexpr uint16_t directory = 1 << 1;
inline constexpr uint16_t excl = 1 << 2;
inline constexpr uint16_t trunc = 1 << 3;
inline constexpr uint16_t all = (1 << 4) - 1;
} // namespace oflags

namespace lookupflags {
inline constexpr uint32_t symlink_follow = 1 << 0;
inline constexpr uint32_t all = 1;
} // namespace lookupflags

namespace fstflags {
inline constexpr uint16_t atim = 1 << 0;
inline constexpr uint16_t atim_now = 1 << 1;
inline constexpr uint16_t mtim = 1 << 2;
inline constexpr uint16_t mtim_now = 1 << 3;
inline constexpr uint16_t all = (1 << 4) - 1;
} // namespace fstflags

namespace riflags {
inline constexpr uint16_t recv_peek = 1 << 0;
inline constexpr uint16_t recv_waitall = 1 << 1;
inline constexpr uint16_t all = 3;
} // namespace riflags
namespace roflags {
inline constexpr uint16_t recv_data_truncated = 1 << 0;
} // namespace roflags
namespace sdflags {
inline constexpr uint8_t rd = 1 << 0;
inline constexpr uint8_t wr = 1 << 1;
} // namespace sdflags

namespace filetype {
inline constexpr uint8_t unknown = 0;
inline constexpr uint8_t character_device = 2;
inline constexpr uint8_t directory = 3;
inline constexpr uint8_t regular_file = 4;
inline constexpr uint8_t socket_dgram = 5;
inline constexpr uint8_t socket_stream = 6;
inline constexpr uint8_t symbolic_link = 7;
} // namespace filetype
/// WASI has no word for a pipe.
[[nodiscard]] constexpr uint8_t filetype_of(platform::FileType type) {
  return type == platform::FileType::pipe ? filetype::unknown : static_cast<uint8_t>(type);
}
static_assert(filetype_of(platform::FileType::symbolic_link) == filetype::symbolic_link);

/// Where a memory's bytes are: an `iovec` or `ciovec`.
struct IoVec {
  uint32_t address;
  uint32_t length;
};
static_assert(sizeof(IoVec) == 8);

struct Dirent {
  uint64_t next;
  uint64_t ino;
  uint32_t name_length;
  uint8_t type;
  uint8_t padding[3];
};
static_assert(sizeof(Dirent) == 24 && offsetof(Dirent, type) == 20);

struct FdStat {
  uint8_t filetype;
  uint8_t padding0;
  uint16_t flags;
  uint32_t padding1;
  Rights rights_base;
  Rights rights_inheriting;
};
static_assert(sizeof(FdStat) == 24 && offsetof(FdStat, rights_base) == 8);

struct FileStat {
  uint64_t dev;
  uint64_t ino;
  uint8_t filetype;
  uint8_t padding[7];
  uint64_t nlink;
  uint64_t size;
  uint64_t atim;
  uint64_t mtim;
  uint64_t ctim;
};
static_assert(sizeof(FileStat) == 64 && offsetof(FileStat, nlink) == 24);

/// `wasi_unstable` counts links in 32 bits.
struct UnstableFileStat {
  uint64_t dev;
  uint64_t ino;
  uint8_t filetype;
  uint8_t padding[3];
  uint32_t nlink;
  uint64_t size;
  uint64_t atim;
  uint64_t mtim;
  uint64_t ctim;
};
static_assert(sizeof(UnstableFileStat) == 56 && offsetof(UnstableFileStat, nlink) == 20);

struct Prestat {
  uint8_t tag;
  uint8_t padding[3];
  uint32_t name_length;
};
static_assert(sizeof(Prestat) == 8);

namespace eventtype {
inline constexpr uint8_t clock = 0;
inline constexpr uint8_t fd_read = 1;
inline constexpr uint8_t fd_write = 2;
} // namespace eventtype

struct Event {
  uint64_t userdata;
  uint16_t error;
  uint8_t type;
  uint8_t padding0[5];
  uint64_t nbytes;
  uint16_t flags;
  uint8_t padding1[6];
};
static_assert(sizeof(Event) == 32 && offsetof(Event, nbytes) == 16);
inline constexpr uint16_t kEventHangUp = 1;

/// What both versions of a subscription say.
struct Subscription {
  uint64_t userdata;
  uint8_t type;
  // For a clock.
  uint32_t clock;
  uint64_t timeout;
  bool absolute;
  // For a descriptor.
  Fd fd;
};

struct Snapshot1Subscription {
  uint64_t userdata;
  uint8_t type;
  uint8_t padding0[7];
  uint32_t clock_or_fd;
  uint32_t padding1;
  uint64_t timeout;
  uint64_t precision;
  uint16_t flags;
  uint8_t padding2[6];
};
static_assert(sizeof(Snapshot1Subscription) == 48 && offsetof(Snapshot1Subscription, flags) == 40);

struct UnstableSubscription {
  uint64_t userdata;
  uint8_t type;
  uint8_t padding0[7];
  /// Of a clock; its low half is the descriptor where it is none.
  uint64_t identifier_or_fd;
  uint32_t clock;
  uint32_t padding1;
  uint64_t timeout;
  uint64_t precision;
  uint16_t flags;
  uint8_t padding2[6];
};
static_assert(sizeof(UnstableSubscription) == 56 && offsetof(UnstableSubscription, flags) == 48);
inline constexpr uint16_t kSubscriptionAbsolute = 1;

} // namespace waxwing::wasi
