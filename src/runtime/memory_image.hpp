// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What memory 0 of a module starts with, as pages of a file that any number of instances map. All
// of it in line, so that hosts without files have none of it.
#pragma once

#include <cstddef>
#include <span>

#include "platform/memory.hpp"
#include "platform/spin_lock.hpp"
#include "wasm/initial_memory.hpp"

namespace waxwing::runtime {

/// Part of a file that shows what part of a memory starts with, in bytes; whole pages but for the
/// end of `size`.
struct MemoryImage {
  int file = -1;
  size_t offset = 0;
  /// Where it belongs.
  size_t address = 0;
  size_t size = 0;
};

/// A file and its bytes, which a module's may be part of. Its owner keeps it open as long as the
/// module; -1 where there is none.
struct ModuleFile {
  int file = -1;
  std::span<const uint8_t> bytes = {};
};

/// Of one module, which has been validated.
class MemoryImages {
 public:
  MemoryImages() = default;
  MemoryImages(const MemoryImages&) = delete;
  ~MemoryImages() {
    if (!file_shows_) platform::close_image(image_.file);
  }

  /// Takes the part of the module's own file that shows its memory, if there is one: a segment of
  /// whole pages, on pages of the file.
  void look_in(const ModuleFile& in, const Module& module) {
    InitialMemory contents;
    if (in.file < 0 || !initial_memory(module, contents)) return;
    const DataSegment* only = nullptr;
    for (const DataSegment& segment : module.data) {
      if (segment.mode != SegmentMode::active || segment.memory != 0 || segment.bytes.size == 0)
        continue;
      if (only != nullptr) return;
      only = &segment;
    }
    if (only == nullptr) return;
    const std::span<const uint8_t> bytes = module.slice(only->bytes);
    const uintptr_t offset =
        reinterpret_cast<uintptr_t>(bytes.data()) - reinterpret_cast<uintptr_t>(in.bytes.data());
    if (offset >= in.bytes.size() ||
        (offset | contents.begin | bytes.size()) % platform::page_size() != 0)
      return;
    image_ = {in.file, offset, static_cast<size_t>(contents.begin), bytes.size()};
    file_shows_ = true;
  }

  [[nodiscard]] bool shows_file() const { return file_shows_; }

  /// Where the module's own file doesn't serve, it is made for the second who asks. Thread-safe.
  [[nodiscard]] MemoryImage get(const Module& module) {
    if (file_shows_) return image_;
    const platform::SpinGuard guard(lock_);
    if (++wanted_ == 2) image_ = make(module);
    // Never zero again.
    if (wanted_ > 2) wanted_ = 3;
    return image_;
  }

 private:
  [[nodiscard]] static MemoryImage make(const Module& module) {
    InitialMemory contents;
    if (!initial_memory(module, contents)) return {};
    const auto size = static_cast<size_t>(contents.end);
    const int file = platform::make_image(size);
    if (file < 0) return {};
    for (const DataSegment& segment : module.data) {
      if (segment.mode != SegmentMode::active || segment.memory != 0) continue;
      uint64_t place = 0;
      (void)constant_place(module, segment, place);
      const std::span<const uint8_t> content = module.slice(segment.bytes);
      if (platform::write_image(file, static_cast<size_t>(place), content.data(), content.size()))
        continue;
      platform::close_image(file);
      return {};
    }
    return {file, 0, 0, size};
  }

  platform::SpinLock lock_;
  uint32_t wanted_ = 0;
  /// `image_` is part of the file that the module came in.
  bool file_shows_ = false;
  MemoryImage image_;
};

/// Where nothing is mapped.
class NoMemoryImages {
 public:
  void look_in(const ModuleFile& /*in*/, const Module& /*module*/) {}
  [[nodiscard]] bool shows_file() const { return false; }
  [[nodiscard]] MemoryImage get(const Module& /*module*/) const { return {}; }
};

} // namespace waxwing::runtime
