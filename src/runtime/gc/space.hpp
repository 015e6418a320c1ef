// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The memory of a heap: regions of blocks of cells. It knows sizes and which cells are in use, but
// nothing of references.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/allocator.hpp"
#include "base/bits.hpp"
#include "runtime/gc/object.hpp"

namespace waxwing::runtime {

/// Memory comes in regions, each at least half as large as all before it, so that there are few. A
/// region is an array of blocks of 16 KiB, aligned to their size. A block holds cells of one size,
/// or is the first of a run that holds one large object. Every cell is larger than its object by a
/// byte at least, so that an address just behind an object is still inside its cell.
class Space {
 public:
  static constexpr size_t kBlockLog2 = 14;
  static constexpr size_t kBlock = size_t{1} << kBlockLog2;
  /// The largest object that lies in a cell.
  static constexpr size_t kLargestSmall = 2047;

  /// `max_bytes` bounds all that is taken from the system for objects.
  Space(const Allocator& allocator, uint64_t max_bytes);
  ~Space();
  Space(const Space&) = delete;

  /// A cell for `bytes` (at most `kLargestSmall`) among those in use; null where none is free.
  /// Zero-filled.
  [[nodiscard]] WAX_ALWAYS_INLINE Object* take(size_t bytes);
  /// The same, where a new block may be put into use.
  [[nodiscard]] Object* take_new(size_t bytes);
  /// A run of blocks for `bytes` of any number. Zero-filled.
  [[nodiscard]] Object* take_large(uint64_t bytes);

  /// Marks the object, which is exactly at `object`; false if it was marked before.
  [[nodiscard]] WAX_ALWAYS_INLINE bool mark(const Object* object);
  /// The object that `address` lies in or ends just before, or null.
  [[nodiscard]] Object* find(uintptr_t address) const;
  [[nodiscard]] static bool is_marked(const Object* object);
  /// Calls `visit(context, object)` for every marked object.
  void for_each_marked(void (*visit)(void* context, Object* object), void* context) const;

  /// Frees what is not marked, gives memory that is not going to be needed soon back to the system,
  /// and takes all marks away. Returns the bytes of the cells that were marked. `scribble`
  /// overwrites what was freed, so that mistakes show.
  [[nodiscard]] uint64_t sweep(bool scribble);

  [[nodiscard]] uint64_t max_bytes() const { return max_blocks_ << kBlockLog2; }
  [[nodiscard]] uint64_t used_bytes() const { return used_blocks_ << kBlockLog2; }
  [[nodiscard]] uint64_t taken_bytes() const { return taken_blocks_ << kBlockLog2; }
  [[nodiscard]] uint64_t largest_bytes() const { return largest_blocks_ << kBlockLog2; }

  [[nodiscard]] static constexpr size_t class_of(size_t bytes);
  [[nodiscard]] static constexpr size_t size_of_class(size_t index);

 private:
  static constexpr size_t kMaxCells = kBlock / 16;
  static constexpr size_t kWords = kMaxCells / 64;

  /// The head of a block.
  struct alignas(64) Block {
    /// Cells in it, 1 for a large object.
    uint32_t cells;
    uint32_t cell_size;
    /// Cells before this one are in use, and so are those with a bit in `in_use`.
    uint32_t free_index;
    /// floor(offset * reciprocal / 2^kReciprocalLog2) is the number of the cell at `offset`.
    uint32_t reciprocal;
    /// Blocks of a large object's run, else 1.
    uint32_t run;
    /// Next of the blocks with free cells of this size.
    Block* next;
    uint64_t in_use[kWords];
    uint64_t marked[kWords];

    [[nodiscard]] uint8_t* cell(uint32_t index) {
      return reinterpret_cast<uint8_t*>(this + 1) + size_t{index} * cell_size;
    }
    [[nodiscard]] uint32_t index_of(const void* address) const {
      const auto offset = static_cast<uint64_t>(static_cast<const uint8_t*>(address) -
                                                reinterpret_cast<const uint8_t*>(this + 1));
      return static_cast<uint32_t>(offset * reciprocal >> kReciprocalLog2);
    }
    [[nodiscard]] bool holds(uint32_t index) const {
      return index < free_index || (in_use[index / 64] >> (index % 64) & 1) != 0;
    }
  };
  // Exact for offsets below 2^14 and sizes up to 2^11: the error of the reciprocal, below 1, times
  // the offset stays below 2^25 / size.
  static constexpr unsigned kReciprocalLog2 = 25;

  struct Region {
    Region* next;
    uint8_t* start;
    uint32_t blocks;
    uint32_t free_blocks;
    /// No block before it is free.
    uint32_t lowest_free;
    /// What was taken from the system, or from the allocator.
    void* memory;
    size_t memory_bytes;
    bool on_heap;
    /// One word a block: a state, or `kContinues` plus the number of the run's first block.
    [[nodiscard]] uint32_t* table() { return reinterpret_cast<uint32_t*>(this + 1); }
    [[nodiscard]] const uint32_t* table() const {
      return reinterpret_cast<const uint32_t*>(this + 1);
    }
    [[nodiscard]] Block* block(uint32_t index) const {
      return reinterpret_cast<Block*>(start + (size_t{index} << kBlockLog2));
    }
  };
  enum State : uint32_t {
    kZero,   // free and zero
    kFree,   // free
    kStarts, // a block of cells, or the first of a run
    kContinues,
  };

  // Sizes in steps of 8 bytes up to 128, then four to a doubling.
  static constexpr size_t kFineLimit = 128;
  static constexpr size_t kFineClasses = (kFineLimit - 16) / 8 + 1;
  static constexpr size_t kClasses = kFineClasses + 4 * 4;

  [[nodiscard]] static Block* block_of(const void* address) {
    return reinterpret_cast<Block*>(reinterpret_cast<uintptr_t>(address) & ~(kBlock - 1));
  }
  /// The first free cell of a block, or null.
  [[nodiscard]] WAX_ALWAYS_INLINE static uint8_t* next_cell(Block& block);
  /// Fills a cell with zeros.
  WAX_ALWAYS_INLINE static void clear(uint8_t* cell, size_t size);
  [[nodiscard]] Block* take_run(uint32_t count, bool& is_zero);
  [[nodiscard]] Block* take_run_in(Region& region, uint32_t count, bool& is_zero);
  [[nodiscard]] bool add_region(uint32_t count);
  void free_run(Region& region, uint32_t index);
  void release(Region* region);
  void trim(uint64_t live_bytes);
  void update_bounds();

  const Allocator& allocator_;
  uint64_t max_blocks_;
  uint64_t used_blocks_ = 0;
  uint64_t taken_blocks_ = 0;
  uint64_t largest_blocks_ = 0;
  Region* regions_ = nullptr;
  /// All regions lie between them.
  uintptr_t lowest_ = 0;
  uintptr_t highest_ = 0;
  /// Blocks with free cells, by size; cells are taken from the first.
  Block* available_[kClasses] = {};
};

constexpr size_t Space::size_of_class(size_t index) {
  if (index < kFineClasses) return 16 + index * 8;
  const size_t coarse = index - kFineClasses;
  const size_t base = kFineLimit << coarse / 4;
  return base + base / 4 * (coarse % 4 + 1);
}

constexpr size_t Space::class_of(size_t bytes) {
  const size_t wanted = bytes + 1;
  if (wanted <= 16) return 0;
  if (wanted <= kFineLimit) return (wanted + 7) / 8 - 2;
  // The leading bit, then the next two.
  const auto log2 = static_cast<size_t>(63 - __builtin_clzll(uint64_t{wanted - 1}));
  const size_t quarter = (wanted - 1) >> (log2 - 2) & 3;
  return kFineClasses + (log2 - 7) * 4 + quarter;
}

void Space::clear(uint8_t* cell, size_t size) {
  constexpr size_t kPart = sizeof(V128);
  // Most are small: a few stores, which may overlap, instead of a call.
  if (size > 4 * kPart) {
    std::memset(cell, 0, size);
    return;
  }
  store_unaligned(cell, V128{});
  store_unaligned(cell + size - kPart, V128{});
  if (size <= 2 * kPart) return;
  store_unaligned(cell + kPart, V128{});
  store_unaligned(cell + size - 2 * kPart, V128{});
}

uint8_t* Space::next_cell(Block& block) {
  uint32_t index = block.free_index;
  while (index < block.cells) {
    const uint64_t free = ~block.in_use[index / 64] >> (index % 64);
    if (free != 0) {
      index += static_cast<uint32_t>(__builtin_ctzll(free));
      if (index >= block.cells) break;
      block.free_index = index + 1;
      return block.cell(index);
    }
    index = (index / 64 + 1) * 64;
  }
  block.free_index = block.cells;
  return nullptr;
}

Object* Space::take(size_t bytes) {
  Block*& first = available_[class_of(bytes)];
  while (first != nullptr) {
    if (uint8_t* cell = next_cell(*first); cell != nullptr) {
      clear(cell, first->cell_size);
      return reinterpret_cast<Object*>(cell);
    }
    first = first->next;
  }
  return nullptr;
}

bool Space::mark(const Object* object) {
  Block* block = block_of(object);
  const uint32_t index = block->index_of(object);
  uint64_t& word = block->marked[index / 64];
  const uint64_t bit = uint64_t{1} << (index % 64);
  if ((word & bit) != 0) return false;
  word |= bit;
  return true;
}

} // namespace waxwing::runtime
