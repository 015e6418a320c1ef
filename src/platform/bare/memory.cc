// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Without an operating system there are no pages: everything comes from the allocator. Functions
// are weak here, so that a port replaces those that its target can do better.
#include "platform/memory.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace waxwing::platform {

namespace {

void* allocate_aligned(size_t size, size_t alignment) {
  if (alignment <= alignof(max_align_t)) return std::malloc(size);
  if (size > SIZE_MAX - alignment - sizeof(void*)) return nullptr;
  void* block = std::malloc(size + alignment + sizeof(void*));
  if (block == nullptr) return nullptr;
  const uintptr_t first = reinterpret_cast<uintptr_t>(block) + sizeof(void*);
  auto* aligned = reinterpret_cast<void**>((first + alignment - 1) & ~(alignment - 1));
  // What is to be freed stands just before what is given out.
  aligned[-1] = block;
  return aligned;
}

void* resize_heap(void*, void* pointer, size_t old_size, size_t new_size, size_t alignment) {
  const bool plain = alignment <= alignof(max_align_t);
  if (plain && new_size != 0) return std::realloc(pointer, new_size);
  void* moved = nullptr;
  if (new_size != 0) {
    moved = allocate_aligned(new_size, alignment);
    if (moved == nullptr) return nullptr;
    if (pointer != nullptr) std::memcpy(moved, pointer, old_size < new_size ? old_size : new_size);
  }
  if (pointer != nullptr) std::free(plain ? pointer : static_cast<void**>(pointer)[-1]);
  return moved;
}

constexpr Allocator kHeap{&resize_heap, nullptr};

} // namespace

[[gnu::weak]] size_t page_size() { return 1024; }
[[gnu::weak]] void* reserve(size_t) { return nullptr; }
[[gnu::weak]] bool commit(void*, size_t) { return false; }
[[gnu::weak]] void decommit(void*, size_t) {}
[[gnu::weak]] void release(void*, size_t) {}
[[gnu::weak]] void* allocate_pages(size_t) { return nullptr; }
[[gnu::weak]] void* grow_pages(void*, size_t, size_t) { return nullptr; }
[[gnu::weak]] void clear(void* address, size_t size) { std::memset(address, 0, size); }
[[gnu::weak]] void expect_writes(void*, size_t) {}
[[gnu::weak]] int make_image(size_t) { return -1; }
[[gnu::weak]] bool write_image(int, size_t, const void*, size_t) { return false; }
[[gnu::weak]] bool map_image(int, size_t, void*, size_t) { return false; }
[[gnu::weak]] void close_image(int) {}
[[gnu::weak]] bool discard(void*, size_t) { return false; }
[[gnu::weak]] bool move_pages(void*, void*, size_t) { return false; }
// Without a memory management unit code may run from anywhere.
[[gnu::weak]] bool make_executable(const void*, size_t) { return true; }
[[gnu::weak]] bool addresses_are_plentiful() { return false; }
[[gnu::weak]] const Allocator& default_allocator() { return kHeap; }

} // namespace waxwing::platform
