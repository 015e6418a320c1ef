// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace waxwing::platform {

namespace {

void* map(void* address, size_t size, int protection, int flags) {
  void* mapped = mmap(address, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  return mapped == MAP_FAILED ? nullptr : mapped;
}

void* resize_heap(void*, void* pointer, size_t old_size, size_t new_size, size_t alignment) {
  if (new_size == 0) {
    free(pointer);
    return nullptr;
  }
  if (alignment <= alignof(max_align_t)) return realloc(pointer, new_size);
  void* moved = nullptr;
  if (posix_memalign(&moved, alignment, new_size) != 0) return nullptr;
  if (pointer != nullptr) {
    std::memcpy(moved, pointer, old_size < new_size ? old_size : new_size);
    free(pointer);
  }
  return moved;
}

constexpr Allocator kHeap{&resize_heap, nullptr};

} // namespace

size_t page_size() {
  static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

void* reserve(size_t size) { return map(nullptr, size, PROT_NONE, MAP_NORESERVE); }

bool commit(void* address, size_t size) {
  return size == 0 || mprotect(address, size, PROT_READ | PROT_WRITE) == 0;
}

void decommit(void* address, size_t size) {
  // A fresh mapping in its place gives the memory back and zeroes what is committed again later.
  if (size != 0) (void)map(address, size, PROT_NONE, MAP_NORESERVE | MAP_FIXED);
}

void release(void* address, size_t size) {
  if (address != nullptr) (void)munmap(address, size);
}

void* allocate_pages(size_t size) { return map(nullptr, size, PROT_READ | PROT_WRITE, 0); }

const Allocator& default_allocator() { return kHeap; }

} // namespace waxwing::platform
