// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/memory.hpp"

#include <cstring>

#include "base/bits.hpp"
#include "platform/memory.hpp"
#include "runtime/engine.hpp"
#include "runtime/memory_image.hpp"

namespace waxwing::runtime {

namespace {

/// Address space taken for a memory that may grow without saying how far. Enough for any memory
/// with 32-bit addresses.
constexpr uint64_t kReservation = uint64_t{1} << 32;
/// The most that is taken for a shared memory, which can't be moved later: where addresses are
/// plentiful, and where they are not.
constexpr uint64_t kSharedReservation = kReservation * 16;
constexpr uint64_t kScarceSharedReservation = uint64_t{1} << 28;
/// No memory is larger, so that rounding sizes up never wraps.
constexpr uint64_t kLargest = SIZE_MAX / 2;
constexpr size_t kHeapAlignment = 16;

/// Largest size in bytes that the type itself allows.
uint64_t type_bound(const MemoryType& type) {
  const Limits& limits = type.limits;
  uint64_t pages =
      limits.is64 ? UINT64_MAX >> type.page_log2 : (uint64_t{1} << 32) >> type.page_log2;
  // The size in pages has to be representable in the address type.
  if (!limits.is64 && type.page_log2 == 0) pages = UINT32_MAX;
  if (limits.has_max && limits.max < pages) pages = limits.max;
  return pages << type.page_log2;
}

size_t round_to_pages(size_t bytes) {
  const size_t page = platform::page_size();
  // Never empty: the base of a memory of no bytes is an address too.
  return bytes == 0 ? page : align_up(bytes, page);
}

} // namespace

Result<Memory*> Memory::make(Engine& engine, const MemoryType& type, uint64_t max_bytes,
                             bool guarded) {
  const Allocator& allocator = engine.allocator();
  if (type.limits.min > (kLargest >> type.page_log2)) return fail(ErrorCode::memory_limit);
  const auto bytes = static_cast<size_t>(type.limits.min << type.page_log2);
  if (max_bytes > kLargest) max_bytes = kLargest;
  if (const uint64_t bound = type_bound(type); max_bytes > bound) max_bytes = bound;
  if (bytes > max_bytes) return fail(ErrorCode::memory_limit);

  auto* memory = create<Memory>(allocator, engine, type);
  if (memory == nullptr) return out_of_memory();
  memory->max_bytes_ = static_cast<size_t>(max_bytes);
  // One that is shared can't be moved when guards are asked for.
  const bool tries = guarded || (memory->is_shared() && platform::addresses_are_plentiful());
  const bool found = (tries && memory->can_be_guarded() && memory->reserve_guarded(bytes)) ||
                     (!guarded && memory->reserve(bytes) && memory->commit(bytes));
  if (!found) {
    destroy(allocator, memory);
    return guarded ? fail(ErrorCode::memory_guard_refused) : out_of_memory();
  }
  memory->size.store(bytes, std::memory_order_release);
  return memory;
}

Memory::~Memory() {
  uint8_t* start = base.load(std::memory_order_relaxed);
  if (on_heap_)
    engine_.allocator().release(start, reserved_, kHeapAlignment);
  else
    platform::release(start, reserved_);
}

void Memory::release() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(engine_.allocator(), this);
}

MemoryType Memory::current_type() const {
  MemoryType current = type_;
  current.limits.min = pages();
  return current;
}

bool Memory::can_be_guarded() const {
  constexpr uint8_t kUsualPage = 16;
  return !type_.limits.is64 && type_.page_log2 == kUsualPage;
}

/// Takes a place with guards and room for `bytes`.
bool Memory::reserve_guarded(size_t bytes) {
  if constexpr (!kPointerIs64) return false;
  const auto addresses = static_cast<size_t>(kGuardedBytes);
  void* start = platform::reserve(addresses);
  if (start == nullptr) return false;
  if (!platform::commit(start, bytes)) {
    platform::release(start, addresses);
    return false;
  }
  guarded_ = true;
  return take(start, addresses, bytes);
}

bool Memory::guard() {
  if constexpr (!kPointerIs64) return false;
  platform::LockGuard lock(growth_);
  if (guarded_) return true;
  if (is_shared() || !can_be_guarded()) return false;
  uint8_t* before = base.load(std::memory_order_relaxed);
  const size_t reserved = reserved_;
  const size_t used = size.load(std::memory_order_relaxed);
  const bool was_on_heap = on_heap_;
  if (!reserve_guarded(used)) return false;
  on_heap_ = false;
  uint8_t* after = base.load(std::memory_order_relaxed);
  if (was_on_heap || !platform::move_pages(before, after, used)) std::memcpy(after, before, used);
  if (was_on_heap)
    engine_.allocator().release(before, reserved, kHeapAlignment);
  else
    platform::release(before, reserved);
  return true;
}

/// Finds address space for at least `bytes`, as far as the memory can grow where that is to be had.
bool Memory::reserve(size_t bytes) {
  const size_t least = round_to_pages(bytes);
  uint64_t usual = is_shared() ? kScarceSharedReservation : 0;
  if (platform::addresses_are_plentiful()) usual = is_shared() ? kSharedReservation : kReservation;
  size_t wanted = round_to_pages(max_bytes_ < usual ? max_bytes_ : static_cast<size_t>(usual));
  for (; wanted > least; wanted = is_shared() ? round_to_pages(wanted / 2) : least)
    if (take(platform::reserve(wanted), wanted, 0)) return true;
  // A memory that may be moved takes what it needs and no more.
  if (take(platform::allocate_pages(least), least, least)) return true;
  const size_t size_on_heap = bytes == 0 ? kHeapAlignment : bytes;
  void* start = engine_.allocator().allocate(size_on_heap, kHeapAlignment);
  if (!take(start, size_on_heap, size_on_heap)) return false;
  std::memset(start, 0, size_on_heap);
  on_heap_ = true;
  return true;
}

/// Makes `start` the memory's place, unless it is null.
bool Memory::take(void* start, size_t reserved, size_t committed) {
  if (start == nullptr) return false;
  base.store(static_cast<uint8_t*>(start), std::memory_order_relaxed);
  reserved_ = reserved;
  committed_ = committed;
  return true;
}

/// Puts memory behind the first `bytes` of the reservation.
bool Memory::commit(size_t bytes) {
  if (bytes <= committed_) return true;
  const size_t end = round_to_pages(bytes);
  if (!platform::commit(base.load(std::memory_order_relaxed) + committed_, end - committed_))
    return false;
  committed_ = end;
  return true;
}

/// Continues in another place with room for `bytes`.
bool Memory::move(size_t bytes) {
  uint8_t* before = base.load(std::memory_order_relaxed);
  const size_t used = size.load(std::memory_order_relaxed);
  const size_t reserved = reserved_, committed = committed_;
  if (on_heap_) {
    const Allocator& allocator = engine_.allocator();
    void* start = allocator.resize(allocator.context, before, reserved, bytes, kHeapAlignment);
    if (!take(start, bytes, bytes)) return false;
    std::memset(static_cast<uint8_t*>(start) + used, 0, bytes - used);
    return true;
  }
  const size_t least = round_to_pages(bytes);
  if (committed != 0 && take(platform::grow_pages(before, committed, least), least, least)) {
    if (reserved > committed) platform::release(before + committed, reserved - committed);
    return true;
  }
  void* start = platform::allocate_pages(least);
  if (!take(start, least, least)) return false;
  std::memcpy(start, before, used);
  platform::release(before, reserved);
  return true;
}

bool Memory::reset() {
  if (is_shared() && references_.load(std::memory_order_acquire) != 1) return false;
  platform::LockGuard guard(growth_);
  uint8_t* start = base.load(std::memory_order_relaxed);
  // What it has grown to is kept for the next time.
  if (on_heap_)
    std::memset(start, 0, size.load(std::memory_order_relaxed));
  else
    platform::clear(start, committed_);
  size.store(static_cast<size_t>(type_.limits.min << type_.page_log2), std::memory_order_release);
  return true;
}

bool Memory::show_image(const MemoryImage& image) {
  if constexpr (!kMapsFiles) return false;
  // One that moves would have to be copied.
  uint8_t* start = base.load(std::memory_order_relaxed);
  if (is_shared() || on_heap_ || reserved_ < max_bytes_ ||
      !platform::map_image(image.file, image.offset, start + image.address,
                           round_to_pages(image.size)))
    return false;
  image_at_ = start;
  return true;
}

int64_t Memory::grow(uint64_t pages) {
  platform::LockGuard guard(growth_);
  const size_t before = size.load(std::memory_order_relaxed);
  if (pages > (max_bytes_ - before) >> type_.page_log2) return -1;
  const size_t after = before + static_cast<size_t>(pages << type_.page_log2);
  if (after > reserved_ ? is_shared() || !move(after) : !commit(after)) return -1;
  size.store(after, std::memory_order_release);
  return static_cast<int64_t>(before >> type_.page_log2);
}

} // namespace waxwing::runtime
