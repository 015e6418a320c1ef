// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/allocator.hpp"

/// Memory of the operating system, in whole pages, and the default allocator.
namespace waxwing::platform {

[[nodiscard]] size_t page_size();

/// Address space without memory behind it, aligned to a page; null where it is refused. `size` is a
/// multiple of the page size. Accesses fault until it is committed.
[[nodiscard]] void* reserve(size_t size);
/// Puts zero-filled memory behind part of a reservation. False where there is none.
[[nodiscard]] bool commit(void* address, size_t size);
/// Takes the memory away again and leaves the addresses reserved.
void decommit(void* address, size_t size);
void release(void* address, size_t size);

/// Zero-filled memory, readable and writable, committed when touched; null where it is refused.
[[nodiscard]] void* allocate_pages(size_t size);

/// The C library's allocator.
[[nodiscard]] const Allocator& default_allocator();

} // namespace waxwing::platform
