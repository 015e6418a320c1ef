// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the parts of heap objects lie (docs/gc.md), for pointers of any size: the runtime lays out
// its own objects by this, and compiled code accesses those of its target.
#pragma once

#include <cstdint>

#include "base/bits.hpp"
#include "wasm/types.hpp"

namespace waxwing {

/// Bytes of a field or an element where pointers have `pointer` bytes.
[[nodiscard]] constexpr uint32_t storage_size(ValType storage, uint32_t pointer) {
  return storage.is_ref() ? pointer : size_of(storage);
}

/// Fields are aligned to their size, or to that of a cell of the heap.
[[nodiscard]] constexpr uint32_t storage_alignment(ValType storage, uint32_t pointer) {
  constexpr uint32_t kObjectAlignment = 8;
  const uint32_t size = storage_size(storage, pointer);
  return size < kObjectAlignment ? size : kObjectAlignment;
}

/// Places the fields of a struct behind its type, in the order of their declaration.
class FieldPlaces {
 public:
  explicit constexpr FieldPlaces(uint32_t pointer) : pointer_(pointer), end_(pointer) {}

  /// The offset of the next field from the object's first byte.
  [[nodiscard]] constexpr uint32_t place(ValType storage) {
    const uint32_t at = align_up(end_, storage_alignment(storage, pointer_));
    end_ = at + storage_size(storage, pointer_);
    return at;
  }
  /// Bytes of a struct with the fields placed so far.
  [[nodiscard]] constexpr uint32_t size() const { return end_; }

 private:
  uint32_t pointer_;
  uint32_t end_;
};

/// Offset of an array's length, which lies behind its type.
[[nodiscard]] constexpr uint32_t array_length_offset(uint32_t pointer) { return pointer; }
/// Offset of an array's first element.
[[nodiscard]] constexpr uint32_t array_elements_offset(ValType storage, uint32_t pointer) {
  return align_up(array_length_offset(pointer) + uint32_t{sizeof(uint32_t)},
                  storage_alignment(storage, pointer));
}

} // namespace waxwing
