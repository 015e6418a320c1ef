// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/config.hpp"
#include "base/error.hpp"
#include "platform/thread.hpp"
#include "wasm/types.hpp"

namespace waxwing::runtime {

class Engine;
struct MemoryImage;

/// The part of a memory that guest code reads: where it starts and how many bytes may be accessed.
/// Both change only by growth; a memory that is shared between threads never moves.
struct VmMemory {
  std::atomic<uint8_t*> base{nullptr};
  std::atomic<size_t> size{0};
};

/// Both at one moment.
struct MemoryView {
  uint8_t* base;
  size_t size;
};
[[nodiscard]] WAX_PLAIN_ACCESS MemoryView view_of(const VmMemory& memory) {
  static_assert(offsetof(VmMemory, size) == sizeof(void*));
  if constexpr (kPointerIs64) {
    // One access of the processor instead of two, whose number is what bounds an interpreter. Each
    // half is read whole, and the size alone changes while others may read.
    using Pair [[gnu::vector_size(16), gnu::aligned(8), gnu::may_alias]] = uint64_t;
    const Pair pair = *reinterpret_cast<const volatile Pair*>(&memory);
    return {reinterpret_cast<uint8_t*>(pair[0]), static_cast<size_t>(pair[1])};
  } else {
    return {memory.base.load(std::memory_order_relaxed),
            memory.size.load(std::memory_order_acquire)};
  }
}
/// Addresses that a guarded memory has from its base on: any 32-bit address plus any 32-bit offset
/// plus the widest access, rounded up.
inline constexpr uint64_t kGuardedBytes = (uint64_t{8} << 30) + (uint64_t{64} << 10);

/// A linear memory. Reference-counted, since a shared one belongs to several stores.
class Memory : public VmMemory {
 public:
  Memory(Engine& engine, const MemoryType& type) : engine_(engine), type_(type) {}
  ~Memory();

  /// Makes a memory of `type`, zero-filled. `max_bytes` is the embedder's limit. Fails with
  /// `memory_limit` or `out_of_memory`, or `memory_guard_refused` where it has to be guarded. The
  /// caller holds the one reference.
  [[nodiscard]] static Result<Memory*> make(Engine& engine, const MemoryType& type,
                                            uint64_t max_bytes, bool guarded = false);

  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release();

  [[nodiscard]] const MemoryType& type() const { return type_; }
  /// The type with its current size as minimum, which is what imports are matched against.
  [[nodiscard]] MemoryType current_type() const;
  /// Whether all `kGuardedBytes` from the base on belong to the memory, those beyond its size
  /// fault, and it never moves.
  [[nodiscard]] bool is_guarded() const { return guarded_; }
  /// Makes it so, which may move it like growth does. False where that is refused: for want of
  /// addresses, for other than 32-bit addresses and pages of 64 KiB, or for a shared memory that
  /// was made without.
  [[nodiscard]] bool guard();
  [[nodiscard]] bool is_shared() const { return type_.limits.shared; }
  [[nodiscard]] uint64_t byte_size() const { return size.load(std::memory_order_acquire); }
  [[nodiscard]] uint64_t pages() const { return byte_size() >> type_.page_log2; }

  /// The one place that compares an address with a size: the host address of `length` bytes at
  /// `address`, or null where any of them is out of bounds. Never wraps. Valid until the next
  /// growth of a memory that is not shared.
  [[nodiscard]] WAX_ALWAYS_INLINE uint8_t* resolve(uint64_t address, uint64_t length) const {
    const uint64_t bytes = size.load(std::memory_order_acquire);
    if (WAX_UNLIKELY(length > bytes || address > bytes - length)) return nullptr;
    return base.load(std::memory_order_relaxed) + address;
  }

  /// Adds `pages`; returns the size before, in pages, or -1 where that is refused (spec section
  /// 4.5.3). Safe to call while other threads use a shared memory.
  [[nodiscard]] int64_t grow(uint64_t pages);

  /// Makes it as it was made: zero, and of its first size. Nobody may use it meanwhile; false if it
  /// is shared and others hold it.
  [[nodiscard]] bool reset();

  /// Shows an image, whose place the memory has, instead of zeros: also after a reset. False where
  /// that can't be done.
  [[nodiscard]] bool show_image(const MemoryImage& image);
  [[nodiscard]] bool shows_image() const {
    return image_at_ != nullptr && image_at_ == base.load(std::memory_order_relaxed);
  }

 private:
  [[nodiscard]] bool can_be_guarded() const;
  [[nodiscard]] bool reserve_guarded(size_t bytes);
  [[nodiscard]] bool reserve(size_t bytes);
  [[nodiscard]] bool take(void* start, size_t reserved, size_t committed);
  [[nodiscard]] bool commit(size_t bytes);
  [[nodiscard]] bool move(size_t bytes);

  Engine& engine_;
  MemoryType type_;
  std::atomic<uint32_t> references_{1};
  /// The largest size in bytes that it may have.
  size_t max_bytes_ = 0;
  /// Bytes of address space behind `base`, and how many of them can be used.
  size_t reserved_ = 0;
  size_t committed_ = 0;
  /// Where an image was mapped.
  uint8_t* image_at_ = nullptr;
  /// The bytes come from the allocator instead of a reservation.
  bool on_heap_ = false;
  bool guarded_ = false;
  platform::Mutex growth_;
};

} // namespace waxwing::runtime
