// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <mutex>
#include <unordered_map>

#include "base/allocator.hpp"

namespace waxwing::testing {

/// An allocator for tests: counts calls and bytes, checks that every block is given back with the
/// size and alignment it was taken with, and can refuse: the n-th request, or what goes over a
/// limit. What it finds wrong ends the process, which every test and fuzz target notices.
class CountingAllocator {
 public:
  static constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

  /// Refuses request number `fail_at` (counted from 0) and all that follow, and everything that
  /// would bring the total over `byte_limit`.
  explicit CountingAllocator(uint64_t fail_at = kNever, uint64_t byte_limit = kNever)
      : allocator_{&CountingAllocator::resize, this}, fail_at_(fail_at), byte_limit_(byte_limit) {}
  CountingAllocator(const CountingAllocator&) = delete;
  CountingAllocator& operator=(const CountingAllocator&) = delete;

  [[nodiscard]] const Allocator& allocator() const { return allocator_; }
  /// Requests for memory so far (frees do not count).
  [[nodiscard]] uint64_t requests() const { return requests_; }
  [[nodiscard]] uint64_t refused() const { return refused_; }
  [[nodiscard]] uint64_t bytes() const { return bytes_; }
  [[nodiscard]] uint64_t peak() const { return peak_; }

 private:
  struct Block {
    size_t size;
    size_t alignment;
  };

  static void* resize(void* context, void* pointer, size_t old_size, size_t new_size,
                      size_t alignment) {
    return static_cast<CountingAllocator*>(context)->resize(pointer, old_size, new_size, alignment);
  }

  void* resize(void* pointer, size_t old_size, size_t new_size, size_t alignment) {
    std::lock_guard lock(mutex_);
    if (alignment == 0 || (alignment & (alignment - 1)) != 0 || alignment > 64) std::abort();
    if (pointer != nullptr) {
      auto found = blocks_.find(pointer);
      if (found == blocks_.end() || found->second.size != old_size ||
          found->second.alignment != alignment) {
        std::abort();
      }
    } else if (old_size != 0) {
      std::abort();
    }
    void* block = nullptr;
    if (new_size != 0) {
      if (requests_++ >= fail_at_ || new_size > byte_limit_ ||
          bytes_ - old_size > byte_limit_ - new_size) {
        refused_++;
        return nullptr;
      }
      block = std::aligned_alloc(64, (new_size + 63) / 64 * 64);
      if (block == nullptr) return nullptr;
      std::memset(block, 0xA5, new_size);
      if (pointer != nullptr)
        std::memcpy(block, pointer, old_size < new_size ? old_size : new_size);
      blocks_.emplace(block, Block{new_size, alignment});
    }
    if (pointer != nullptr) {
      blocks_.erase(pointer);
      std::free(pointer);
    }
    bytes_ = bytes_ - old_size + new_size;
    if (bytes_ > peak_) peak_ = bytes_;
    return block;
  }

  Allocator allocator_;
  std::mutex mutex_;
  std::unordered_map<void*, Block> blocks_;
  uint64_t fail_at_;
  uint64_t byte_limit_;
  uint64_t requests_ = 0;
  uint64_t refused_ = 0;
  uint64_t bytes_ = 0;
  uint64_t peak_ = 0;
};

} // namespace waxwing::testing
