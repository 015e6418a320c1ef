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

/// Makes whole pages of `code`, read-only so far, executable in place. False where that cannot be
/// done.
[[nodiscard]] bool make_executable(const void* code, size_t size);

/// Whether reservations of many gigabytes are nobody's loss: not on 32-bit hosts, nor where the
/// process may have only so many addresses.
[[nodiscard]] bool addresses_are_plentiful();

/// Makes committed memory, or memory of `allocate_pages`, zero again; untouched pages stay without
/// memory behind them.
void clear(void* address, size_t size);

/// Says that nearly all of a range of usable memory is about to be written: its pages then come
/// together, where one fault for each takes much longer. No more than a hint, at any alignment.
void expect_writes(void* address, size_t size);

/// Zero-filled memory, readable and writable, committed when touched; null where it is refused.
/// Given back with `release`.
[[nodiscard]] void* allocate_pages(size_t size);
/// Grows memory of `allocate_pages`, or the committed part of a reservation, without copying it;
/// what is new is zero. Returns its address, which may be another one, or null where that is
/// refused or cannot be done here, and then nothing has changed.
[[nodiscard]] void* grow_pages(void* address, size_t old_size, size_t new_size);

/// Bytes that many mappings show until they are written to. A file descriptor, or -1 where there is
/// no such thing.
[[nodiscard]] int make_image(size_t size);
/// False where there is no memory for them.
[[nodiscard]] bool write_image(int image, size_t offset, const void* bytes, size_t size);
/// Puts `size` bytes of an image, or of any file, from `offset` on in the place of committed
/// memory: what is written there stays private, and `clear` brings the image back. All are
/// multiples of the page size, but that the last page of a file may be incomplete.
[[nodiscard]] bool map_image(int image, size_t offset, void* address, size_t size);
void close_image(int image);

/// Takes the memory behind whole pages of `allocate_pages` away; they stay usable and are zero.
/// False where that cannot be done, and then nothing has changed.
[[nodiscard]] bool discard(void* address, size_t size);

/// Moves committed pages, with what is in them, to another place that was committed and not used
/// yet. Returns false, and has changed nothing, where that cannot be done. Nothing is at `from`
/// afterwards.
[[nodiscard]] bool move_pages(void* from, void* to, size_t size);

/// The C library's allocator.
[[nodiscard]] const Allocator& default_allocator();

} // namespace waxwing::platform
