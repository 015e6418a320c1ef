// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <utility>

#include "base/vec.hpp"
#include "platform/thread.hpp"
#include "wasi/abi.hpp"
#include "wasi/host.hpp"

namespace waxwing::wasi {

/// Where the reading of a directory has come to. Cookies count entries: 0 is `.`, 1 is `..`.
struct DirectoryReader {
  static constexpr size_t kMaxName = 255;

  /// Held while any of the rest is used.
  platform::Mutex lock;
  platform::DirectoryStream stream;
  /// Entries that the stream has given so far.
  uint64_t position = 0;
  /// The last of them, since the guest asks again for one that did not fit.
  bool has_last = false;
  uint64_t last_inode = 0;
  platform::FileType last_type{};
  size_t last_size = 0;
  char last_name[kMaxName + 1];
};

/// An open file, directory or socket of a guest. Counted, so that one thread can close it while
/// another uses it.
struct Descriptor {
  Descriptor(const Allocator& memory, platform::FileType file_type)
      : type(file_type), allocator(memory), preopen_name(allocator) {}
  Descriptor(const Descriptor&) = delete;

  platform::Handle handle = platform::Handle::none;
  platform::FileType type;
  /// Not null for a stream that is functions of the embedder, and has no handle.
  const HostStream* host = nullptr;
  /// Whether the handle is closed with the descriptor. Such a handle never blocks in the system
  /// (the waiting is done here); one that is not ours is left as it is, since others may use it
  /// too.
  bool owned = false;
  /// Below a preopen that allows no change.
  bool read_only = false;
  bool is_preopen = false;
  std::atomic<Rights> base = 0;
  /// The most that what is opened through this can have.
  std::atomic<Rights> inheriting = 0;
  std::atomic<uint16_t> flags = 0;

  Allocator allocator;
  Vec<char> preopen_name;
  DirectoryReader directory;
  std::atomic<uint32_t> references = 1;

  /// Without one of `needed`: `rofs` where that is because of the preopen, else `notcapable`.
  [[nodiscard]] Status require(Rights needed) const;
  [[nodiscard]] bool is_socket() const {
    return type == platform::FileType::stream_socket || type == platform::FileType::datagram_socket;
  }
  /// Whether reading and writing never wait.
  [[nodiscard]] bool is_file() const {
    return type == platform::FileType::regular_file || type == platform::FileType::block_device ||
           type == platform::FileType::directory;
  }
};

/// What can be done with an open file of this type, whoever opened it.
[[nodiscard]] Rights rights_of(platform::FileType type, platform::Handle handle);

/// Keeps a descriptor alive.
class DescriptorRef {
 public:
  DescriptorRef() = default;
  /// Takes over one reference.
  explicit DescriptorRef(Descriptor* descriptor) : descriptor_(descriptor) {}
  DescriptorRef(DescriptorRef&& other) noexcept : descriptor_(other.release()) {}
  DescriptorRef& operator=(DescriptorRef&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~DescriptorRef();

  [[nodiscard]] Descriptor* release() { return std::exchange(descriptor_, nullptr); }
  [[nodiscard]] Descriptor* operator->() const { return descriptor_; }
  [[nodiscard]] Descriptor& operator*() const { return *descriptor_; }
  [[nodiscard]] explicit operator bool() const { return descriptor_ != nullptr; }

 private:
  Descriptor* descriptor_ = nullptr;
};

[[nodiscard]] Expected<DescriptorRef> make_descriptor(const Allocator& allocator,
                                                      platform::FileType type);

/// The descriptors of a guest by number. Thread-safe.
class DescriptorTable {
 public:
  explicit DescriptorTable(const Allocator& allocator) : slots_(allocator) {}
  ~DescriptorTable();

  void set_max(uint32_t max) { max_ = max; }

  /// Gives it the lowest free number; `mfile` where there is none.
  [[nodiscard]] Expected<Fd> insert(DescriptorRef descriptor);
  /// Gives it a number that is free.
  [[nodiscard]] Status insert_at(Fd fd, DescriptorRef descriptor);
  [[nodiscard]] Expected<DescriptorRef> get(Fd fd, Rights needed = 0);
  /// The same for one that must be a directory.
  [[nodiscard]] Expected<DescriptorRef> get_directory(Fd fd, Rights needed);
  /// The same for one that must be a socket.
  [[nodiscard]] Expected<DescriptorRef> get_socket(Fd fd, Rights needed);
  [[nodiscard]] Status close(Fd fd);
  /// Moves `from` to the number `to`, which is closed first. Both must be open.
  [[nodiscard]] Status renumber(Fd from, Fd to);

 private:
  [[nodiscard]] bool is_open(Fd fd) const { return fd < slots_.size() && slots_[fd] != nullptr; }

  platform::Mutex lock_;
  Vec<Descriptor*> slots_;
  uint32_t max_ = 65'536;
  /// No number below it is free.
  Fd lowest_ = 0;
};

} // namespace waxwing::wasi
