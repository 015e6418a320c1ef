// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace waxwing {

/// Where the core gets its memory: one function, given by the embedder. All of the core's
/// containers carry a pointer to one; nothing in the core uses `operator new`.
///
/// `resize(context, pointer, old_size, new_size, alignment)` behaves like `realloc`: a null pointer
/// allocates, `new_size` 0 frees and returns null, a null result for a non-zero size means that
/// there is no memory and leaves the old block untouched. Sizes are bytes; alignment is a power of
/// two of at most 64. It may be called from several threads at once.
struct Allocator {
  void* (*resize)(void* context, void* pointer, size_t old_size, size_t new_size, size_t alignment);
  void* context;

  [[nodiscard]] void* allocate(size_t size, size_t alignment) const {
    return resize(context, nullptr, 0, size, alignment);
  }
  void release(void* pointer, size_t size, size_t alignment) const {
    if (pointer != nullptr) resize(context, pointer, size, 0, alignment);
  }
};

/// Constructs a `T` in memory from `allocator`. Returns null when there is none. The caller owns it
/// and ends it with `destroy`.
template <class T, class... Args>
[[nodiscard]] T* create(const Allocator& allocator, Args&&... args) {
  void* memory = allocator.allocate(sizeof(T), alignof(T));
  return memory == nullptr ? nullptr : ::new (memory) T(std::forward<Args>(args)...);
}

template <class T>
void destroy(const Allocator& allocator, T* object) {
  if (object == nullptr) return;
  object->~T();
  allocator.release(object, sizeof(T), alignof(T));
}

} // namespace waxwing
