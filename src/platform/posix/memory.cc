// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/memory.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "base/config.hpp"

namespace waxwing::platform {

namespace {

void* map(void* address, size_t size, int protection, int flags) {
  void* mapped = mmap(address, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  return mapped == MAP_FAILED ? nullptr : mapped;
}

/// Nobody has that much: what asks for more is refused here, without asking the C library, which
/// under a sanitizer takes the question for a mistake.
constexpr size_t kLargest = kPointerIs64 ? SIZE_MAX >> 26 : SIZE_MAX / 2;

void* resize_heap(void*, void* pointer, size_t old_size, size_t new_size, size_t alignment) {
  if (new_size == 0) {
    free(pointer);
    return nullptr;
  }
  if (new_size > kLargest) return nullptr;
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

void* grow_pages(void* address, size_t old_size, size_t new_size) {
#ifdef MREMAP_MAYMOVE
  void* grown = mremap(address, old_size, new_size, MREMAP_MAYMOVE);
  return grown == MAP_FAILED ? nullptr : grown;
#else
  return nullptr;
#endif
}

bool discard(void* address, size_t size) {
  return map(address, size, PROT_READ | PROT_WRITE, MAP_FIXED) != nullptr;
}

bool move_pages([[maybe_unused]] void* from, [[maybe_unused]] void* to,
                [[maybe_unused]] size_t size) {
#ifdef MREMAP_FIXED
  return size == 0 || mremap(from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED;
#else
  return false;
#endif
}

bool make_executable(const void* code, size_t size) {
  if (size == 0) return true;
  if (mprotect(const_cast<void*>(code), size, PROT_READ | PROT_EXEC) != 0) return false;
  // What was written there before reaches the instruction cache.
  auto* begin = static_cast<char*>(const_cast<void*>(code));
  __builtin___clear_cache(begin, begin + size);
  return true;
}

bool addresses_are_plentiful() {
  rlimit limit;
  return kPointerIs64 && getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

const Allocator& default_allocator() { return kHeap; }

} // namespace waxwing::platform
