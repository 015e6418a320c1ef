// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace waxwing::platform {

enum class FileStatus : uint8_t { ok, not_found, no_permission, is_directory, no_memory, failed };

/// A whole file in memory, read-only: mapped where the system can do that, else read. Move-only;
/// the bytes last as long as the object.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept { swap(other); }
  MappedFile& operator=(MappedFile&& other) noexcept {
    swap(other);
    return *this;
  }
  ~MappedFile() { close(); }

  /// Opens the file at `path` (NUL-terminated, in the system's own form) in place of the one held
  /// before. What is no regular file (a pipe, a terminal) is read to its end. With `keeps_open` the
  /// file can be mapped again, by `descriptor`.
  [[nodiscard]] FileStatus open(const char* path, bool keeps_open = false);
  void close();

  [[nodiscard]] std::span<const uint8_t> bytes() const { return {data_, size_}; }
  /// Of the file that the bytes are a mapping of; -1 where it was not kept open or is not mapped.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  void close_descriptor();

 private:
  void swap(MappedFile& other) noexcept {
    auto exchange = [](auto& a, auto& b) {
      auto t = a;
      a = b;
      b = t;
    };
    exchange(data_, other.data_);
    exchange(size_, other.size_);
    exchange(capacity_, other.capacity_);
    exchange(mapped_, other.mapped_);
    exchange(descriptor_, other.descriptor_);
  }
  [[nodiscard]] FileStatus read_all(int descriptor);

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  bool mapped_ = false;
  int descriptor_ = -1;
};

} // namespace waxwing::platform
