// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/allocator.hpp"
#include "base/bits.hpp"
#include "base/error.hpp"

namespace waxwing {

/// Memory that is handed out piece by piece and given back all at once. Pieces never move. Objects
/// in it are not destroyed, so they have to be trivially destructible.
class Arena {
 public:
  explicit Arena(const Allocator& allocator) : allocator_(&allocator) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { reset(); }

  /// `size` bytes aligned to `alignment` (a power of two of at most 16), or null.
  [[nodiscard]] void* allocate(size_t size, size_t alignment);

  /// An uninitialised array of `count` elements.
  template <class T>
  [[nodiscard]] Result<std::span<T>> array(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count > SIZE_MAX / 2 / sizeof(T)) return out_of_memory();
    void* memory = allocate(count * sizeof(T), alignof(T));
    if (memory == nullptr && count != 0) return out_of_memory();
    return std::span<T>{static_cast<T*>(memory), count};
  }

  /// Bytes taken from the allocator.
  [[nodiscard]] size_t footprint() const { return footprint_; }
  void reset();

 private:
  struct Block {
    Block* next;
    size_t size;
  };

  const Allocator* allocator_;
  Block* blocks_ = nullptr;
  uint8_t* at_ = nullptr;
  uint8_t* end_ = nullptr;
  size_t footprint_ = 0;
};

} // namespace waxwing
