// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <utility>

/// Files and directories. Every path is one name inside an open directory, and a symbolic link is
/// never followed (but by `open_root` and `open_directory_beneath`), so that a caller which walks
/// paths name by name decides alone where it gets to. Names are NUL-terminated bytes without a
/// slash.
namespace waxwing::platform {

enum class FileError : uint8_t {
  none,
#define WAX_FILE_ERROR(name, posix, text) name,
#include "platform/file_error.def"
#undef WAX_FILE_ERROR
};

/// In a few words, for messages.
[[nodiscard]] const char* file_error_text(FileError error);

template <class T>
using FileResult = std::expected<T, FileError>;

/// What the operating system knows an open file, directory or socket by.
struct Handle {
  int value = -1;

  static const Handle none;
  friend bool operator==(Handle, Handle) = default;
};
inline constexpr Handle Handle::none{};

/// The three that a process starts with: input, output and error output.
[[nodiscard]] Handle standard_stream(unsigned number);

void close(Handle handle);

/// Closes its handle at the end of its life.
class OwnedHandle {
 public:
  OwnedHandle() = default;
  explicit OwnedHandle(Handle handle) : handle_(handle) {}
  OwnedHandle(OwnedHandle&& other) noexcept : handle_(other.release()) {}
  OwnedHandle& operator=(OwnedHandle&& other) noexcept {
    if (this != &other) {
      if (handle_ != Handle::none) close(handle_);
      handle_ = other.release();
    }
    return *this;
  }
  ~OwnedHandle() {
    if (handle_ != Handle::none) close(handle_);
  }

  [[nodiscard]] Handle get() const { return handle_; }
  [[nodiscard]] Handle release() { return std::exchange(handle_, Handle::none); }

 private:
  Handle handle_ = Handle::none;
};

enum class FileType : uint8_t {
  unknown,
  block_device,
  character_device,
  directory,
  regular_file,
  datagram_socket,
  stream_socket,
  symbolic_link,
  pipe,
};

/// Times are nanoseconds since 1970.
struct FileStat {
  uint64_t device;
  uint64_t inode;
  FileType type;
  uint64_t links;
  uint64_t size;
  uint64_t access_time;
  uint64_t modify_time;
  uint64_t change_time;
};

/// How an open file behaves, and what it was opened for.
struct FileMode {
  bool read;
  bool write;
  bool append;
  bool nonblocking;
};

struct OpenOptions {
  bool read = false;
  bool write = false;
  bool create = false;
  /// With `create`: fail where the name exists.
  bool exclusive = false;
  bool truncate = false;
  bool append = false;
  /// Fail where it is no directory.
  bool directory = false;
};

/// One of the two times of a file: left as it is, set to now, or set to `nanoseconds`.
struct NewTime {
  enum class Kind : uint8_t { keep, now, set } kind = Kind::keep;
  uint64_t nanoseconds = 0;
};

/// Opens the directory at `path`, in the system's own form, following links.
[[nodiscard]] FileResult<OwnedHandle> open_root(const char* path);

/// Opens a directory to look up names in it, and for nothing else. `notdir` or `loop` where `name`
/// is a symbolic link.
[[nodiscard]] FileResult<OwnedHandle> open_directory_at(Handle directory, const char* name);

/// The same for a path of several names, in one call of the system: links and `..` are followed as
/// long as they stay below `directory`, whatever others do to the tree meanwhile. `xdev` where they
/// lead out, `again` where that could not be told, `nosys` where the system has no such call.
[[nodiscard]] FileResult<OwnedHandle> open_directory_beneath(Handle directory, const char* path);

/// Opens or creates a file or directory. Does not wait (for the other side of a pipe, say), and
/// leaves the result non-blocking until `set_nonblocking`. `loop` where `name` is a symbolic link,
/// or `notdir` where a directory was asked for.
[[nodiscard]] FileResult<OwnedHandle> open_at(Handle directory, const char* name,
                                              const OpenOptions& options);

/// Bytes of the link's target put into `target`, cut off where that is too small. `inval` where
/// `name` is no symbolic link.
[[nodiscard]] FileResult<size_t> read_link_at(Handle directory, const char* name,
                                              std::span<char> target);

[[nodiscard]] FileResult<FileStat> stat(Handle handle);
[[nodiscard]] FileResult<FileStat> stat_at(Handle directory, const char* name);
[[nodiscard]] FileResult<FileMode> mode(Handle handle);
[[nodiscard]] bool is_terminal(Handle handle);

[[nodiscard]] FileResult<void> set_times(Handle handle, const NewTime& access,
                                         const NewTime& modify);
[[nodiscard]] FileResult<void> set_times_at(Handle directory, const char* name,
                                            const NewTime& access, const NewTime& modify);
[[nodiscard]] FileResult<void> set_append(Handle handle, bool append);
[[nodiscard]] FileResult<void> set_nonblocking(Handle handle, bool nonblocking);

[[nodiscard]] FileResult<void> create_directory_at(Handle directory, const char* name);
[[nodiscard]] FileResult<void> remove_directory_at(Handle directory, const char* name);
[[nodiscard]] FileResult<void> remove_file_at(Handle directory, const char* name);
[[nodiscard]] FileResult<void> rename_at(Handle old_directory, const char* old_name,
                                         Handle new_directory, const char* new_name);
[[nodiscard]] FileResult<void> link_at(Handle old_directory, const char* old_name,
                                       Handle new_directory, const char* new_name);
[[nodiscard]] FileResult<void> symlink_at(const char* target, Handle directory, const char* name);

/// Lets a write beyond the size that the system allows to files fail with `fbig`, which otherwise
/// ends the process by a signal. For programs; a library leaves that to its host.
void ignore_file_size_signal();

/// The same of writes to streams that nobody reads, which fail with `pipe`. For programs that write
/// for a guest alone: `write_stream` then costs no more than `write`. Before there are threads.
void ignore_broken_pipe_signal();

/// Opens the standard streams that the process was started without, as `/dev/null`: nothing that is
/// opened later is then taken for one of them. For programs. False where that can't be had.
[[nodiscard]] bool open_standard_streams();

/// A piece of memory to read into or to write from.
struct IoBuffer {
  void* data;
  size_t size;
};
/// Pieces that one call takes, and bytes.
inline constexpr size_t kMaxIoBuffers = 256;
inline constexpr size_t kMaxIoBytes = size_t{1} << 30;

// Each reads or writes once, perhaps less than asked for. They fail with `intr` when a signal comes
// first.
[[nodiscard]] FileResult<size_t> read(Handle handle, std::span<const IoBuffer> buffers);
[[nodiscard]] FileResult<size_t> write(Handle handle, std::span<const IoBuffer> buffers);
/// `write` to what may be a pipe: one that nobody reads is the error `pipe`, and no signal.
[[nodiscard]] FileResult<size_t> write_stream(Handle handle, std::span<const IoBuffer> buffers);
[[nodiscard]] FileResult<size_t> read_at(Handle handle, std::span<const IoBuffer> buffers,
                                         uint64_t offset);
[[nodiscard]] FileResult<size_t> write_at(Handle handle, std::span<const IoBuffer> buffers,
                                          uint64_t offset);

enum class Whence : uint8_t { start, current, end };
/// The new position.
[[nodiscard]] FileResult<uint64_t> seek(Handle handle, int64_t offset, Whence whence);

[[nodiscard]] FileResult<void> set_size(Handle handle, uint64_t size);
/// Puts storage behind the range, growing the file where it ends before. `notsup` where the file
/// system cannot.
[[nodiscard]] FileResult<void> allocate(Handle handle, uint64_t offset, uint64_t size);
enum class Advice : uint8_t { normal, sequential, random, will_need, dont_need, no_reuse };
[[nodiscard]] FileResult<void> advise(Handle handle, uint64_t offset, uint64_t size, Advice advice);
[[nodiscard]] FileResult<void> sync(Handle handle);
[[nodiscard]] FileResult<void> sync_data(Handle handle);

/// One name in a directory; `name` lasts until the next call on the stream.
struct DirectoryEntry {
  const char* name;
  size_t name_size;
  uint64_t inode;
  FileType type;
};

/// The names in a directory, one after the other, without `.` and `..`.
class DirectoryStream {
 public:
  DirectoryStream() = default;
  DirectoryStream(const DirectoryStream&) = delete;
  ~DirectoryStream() { close(); }

  [[nodiscard]] bool is_open() const { return stream_ != nullptr; }
  /// Has a position of its own, independent of `directory`.
  [[nodiscard]] FileResult<void> open(Handle directory);
  void close();
  void rewind();
  /// False at the end.
  [[nodiscard]] FileResult<bool> next(DirectoryEntry& entry);

 private:
  void* stream_ = nullptr;
};

} // namespace waxwing::platform
