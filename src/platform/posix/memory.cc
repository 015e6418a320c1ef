// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/memory.hpp"

#include <sys/auxv.h>
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
#ifdef AT_PAGESZ
  static const size_t size = getauxval(AT_PAGESZ);
#else
  static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
#endif
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

void clear(void* address, size_t size) {
#if defined(MADV_DONTNEED) && defined(__linux__)
  if (size != 0 && madvise(address, size, MADV_DONTNEED) == 0) return;
#endif
  std::memset(address, 0, size);
}

void expect_writes([[maybe_unused]] void* address, [[maybe_unused]] size_t size) {
#ifdef MADV_POPULATE_WRITE
  // Fewer pages are not worth the call.
  constexpr size_t kFewPages = 8;
  if (size < kFewPages * page_size()) return;
  const auto begin = reinterpret_cast<uintptr_t>(address) & ~uintptr_t{page_size() - 1};
  (void)madvise(reinterpret_cast<void*>(begin), reinterpret_cast<uintptr_t>(address) + size - begin,
                MADV_POPULATE_WRITE);
#endif
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

int make_image(size_t size) {
#ifdef MFD_CLOEXEC
  const int image = memfd_create("waxwing-memory", MFD_CLOEXEC);
  if (image >= 0 && ftruncate(image, static_cast<off_t>(size)) == 0) return image;
  close_image(image);
#else
  (void)size;
#endif
  return -1;
}

bool write_image(int image, size_t offset, const void* bytes, size_t size) {
  const auto* at = static_cast<const uint8_t*>(bytes);
  while (size != 0) {
    const ssize_t written = pwrite(image, at, size, static_cast<off_t>(offset));
    if (written <= 0) return false;
    at += written;
    offset += static_cast<size_t>(written);
    size -= static_cast<size_t>(written);
  }
  return true;
}

bool map_image(int image, size_t offset, void* address, size_t size) {
  return mmap(address, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, image,
              static_cast<off_t>(offset)) != MAP_FAILED;
}

void close_image(int image) {
  if (image >= 0) (void)close(image);
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
