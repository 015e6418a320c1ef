// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/gc/space.hpp"

#include <bit>

#include "base/bits.hpp"
#include "platform/memory.hpp"

namespace waxwing::runtime {

namespace {

/// The smallest region, in blocks.
constexpr uint64_t kFirstRegion = 64;
/// The largest, so that the numbers of blocks fit their words.
constexpr uint64_t kMaxRegion = uint64_t{1} << 30;
/// Free blocks that are kept at least.
constexpr uint64_t kKeptBlocks = 64;
/// What freed cells hold in stress mode: as an address it is in no heap.
constexpr int kScribble = 0xDB;

} // namespace

Space::Space(const Allocator& allocator, uint64_t max_bytes)
    : allocator_(allocator), max_blocks_(max_bytes >> kBlockLog2) {}

Space::~Space() {
  while (regions_ != nullptr) release(regions_);
}

Object* Space::take_new(size_t bytes) {
  bool is_zero = false;
  Block* block = take_run(1, is_zero);
  if (block == nullptr) return nullptr;
  const size_t index = class_of(bytes);
  const auto cell_size = static_cast<uint32_t>(size_of_class(index));
  std::memset(static_cast<void*>(block), 0, sizeof(Block));
  block->cells = static_cast<uint32_t>((kBlock - sizeof(Block)) / cell_size);
  block->cell_size = cell_size;
  block->reciprocal = ((uint32_t{1} << kReciprocalLog2) + cell_size - 1) / cell_size;
  block->run = 1;
  block->next = available_[index];
  available_[index] = block;
  return take(bytes);
}

Object* Space::take_large(uint64_t bytes) {
  const uint64_t blocks = (bytes + 1 + sizeof(Block) + kBlock - 1) >> kBlockLog2;
  if (blocks > kMaxRegion) return nullptr;
  bool is_zero = false;
  Block* block = take_run(static_cast<uint32_t>(blocks), is_zero);
  if (block == nullptr) return nullptr;
  std::memset(static_cast<void*>(block), 0, sizeof(Block));
  block->cells = 1;
  block->run = static_cast<uint32_t>(blocks);
  block->free_index = 1;
  if (!is_zero) std::memset(block->cell(0), 0, static_cast<size_t>(bytes));
  return reinterpret_cast<Object*>(block->cell(0));
}

Object* Space::find(uintptr_t address) const {
  if (address < lowest_ || address >= highest_) return nullptr;
  for (const Region* region = regions_; region != nullptr; region = region->next) {
    const uintptr_t offset = address - reinterpret_cast<uintptr_t>(region->start);
    if (offset >> kBlockLog2 >= region->blocks) continue;
    auto index = static_cast<uint32_t>(offset >> kBlockLog2);
    const uint32_t state = region->table()[index];
    if (state < kStarts) return nullptr;
    if (state >= kContinues) index = state - kContinues;
    Block* block = region->block(index);
    const auto* at = reinterpret_cast<const uint8_t*>(address);
    if (at < block->cell(0)) return nullptr;
    const uint32_t cell = block->index_of(at);
    if (cell >= block->cells || !block->holds(cell)) return nullptr;
    return reinterpret_cast<Object*>(block->cell(cell));
  }
  return nullptr;
}

bool Space::is_marked(const Object* object) {
  const Block* block = block_of(object);
  const uint32_t index = block->index_of(object);
  return (block->marked[index / 64] >> (index % 64) & 1) != 0;
}

void Space::for_each_marked(void (*visit)(void* context, Object* object), void* context) const {
  for (const Region* region = regions_; region != nullptr; region = region->next)
    for (uint32_t i = 0; i < region->blocks; ++i) {
      if (region->table()[i] != kStarts) continue;
      Block* block = region->block(i);
      for (uint32_t word = 0; word * 64 < block->cells; ++word)
        for (uint64_t bits = block->marked[word]; bits != 0; bits &= bits - 1) {
          const auto cell = word * 64 + static_cast<uint32_t>(std::countr_zero(bits));
          visit(context, reinterpret_cast<Object*>(block->cell(cell)));
        }
      i += block->run - 1;
    }
}

uint64_t Space::sweep(bool scribble) {
  uint64_t live_bytes = 0;
  for (Block*& first : available_) first = nullptr;
  for (Region* region = regions_; region != nullptr; region = region->next)
    for (uint32_t i = 0, run = 1; i < region->blocks; i += run) {
      run = 1;
      if (region->table()[i] != kStarts) continue;
      Block* block = region->block(i);
      run = block->run;
      uint32_t live = 0;
      for (const uint64_t word : block->marked) live += static_cast<uint32_t>(std::popcount(word));
      if (scribble && block->cell_size != 0)
        for (uint32_t cell = 0; cell < block->cells; ++cell)
          if ((block->marked[cell / 64] >> (cell % 64) & 1) == 0)
            std::memset(block->cell(cell), kScribble, block->cell_size);
      if (live == 0) {
        if (scribble && block->cell_size == 0)
          std::memset(block->cell(0), kScribble, (size_t{run} << kBlockLog2) - sizeof(Block));
        free_run(*region, i);
        continue;
      }
      if (block->cell_size == 0) { // a large object
        block->marked[0] = 0;
        live_bytes += uint64_t{run} << kBlockLog2;
        continue;
      }
      live_bytes += uint64_t{live} * block->cell_size;
      std::memcpy(block->in_use, block->marked, sizeof block->in_use);
      std::memset(block->marked, 0, sizeof block->marked);
      block->free_index = 0;
      if (live == block->cells) continue;
      Block*& first = available_[class_of(block->cell_size - 1)];
      block->next = first;
      first = block;
    }
  trim(live_bytes);
  return live_bytes;
}

Space::Block* Space::take_run(uint32_t count, bool& is_zero) {
  for (Region* region = regions_; region != nullptr; region = region->next)
    if (Block* block = take_run_in(*region, count, is_zero); block != nullptr) return block;
  if (!add_region(count)) return nullptr;
  return take_run_in(*regions_, count, is_zero);
}

Space::Block* Space::take_run_in(Region& region, uint32_t count, bool& is_zero) {
  if (region.free_blocks < count) return nullptr;
  uint32_t* table = region.table();
  uint32_t found = 0;
  uint32_t first_free = region.blocks;
  for (uint32_t i = region.lowest_free; i < region.blocks;) {
    if (table[i] >= kStarts) {
      found = 0;
      i += region.block(i)->run;
      continue;
    }
    if (first_free == region.blocks) first_free = i;
    ++i;
    if (++found < count) continue;
    const uint32_t start = i - count;
    is_zero = true;
    for (uint32_t k = start; k < i; ++k) {
      if (table[k] != kZero) is_zero = false;
      table[k] = k == start ? uint32_t{kStarts} : kContinues + start;
    }
    region.free_blocks -= count;
    region.lowest_free = first_free == start ? i : first_free;
    used_blocks_ += count;
    return region.block(start);
  }
  region.lowest_free = first_free;
  return nullptr;
}

void Space::free_run(Region& region, uint32_t index) {
  const uint32_t count = region.block(index)->run;
  for (uint32_t k = index; k < index + count; ++k) region.table()[k] = kFree;
  region.free_blocks += count;
  if (index < region.lowest_free) region.lowest_free = index;
  used_blocks_ -= count;
}

bool Space::add_region(uint32_t count) {
  const uint64_t left = max_blocks_ - taken_blocks_;
  if (count > left) return false;
  uint64_t wanted = taken_blocks_ / 2;
  if (wanted < kFirstRegion) wanted = kFirstRegion;
  if (wanted < count) wanted = count;
  if (wanted > left) wanted = left;
  if (wanted > kMaxRegion) wanted = kMaxRegion;
  const size_t page = platform::page_size();
  for (;; wanted = wanted / 2 < count ? count : wanted / 2) {
    const bool is_last = wanted == count;
    const uint64_t record = sizeof(Region) + wanted * sizeof(uint32_t);
    const uint64_t bytes = (wanted + 1) << kBlockLog2;
    if (bytes > SIZE_MAX / 2) {
      if (is_last) return false;
      continue;
    }
    auto size = static_cast<size_t>(bytes);
    void* memory = platform::allocate_pages(align_up(size, page));
    const bool on_heap = memory == nullptr;
    if (on_heap)
      memory = allocator_.allocate(size, alignof(Block));
    else
      size = align_up(size, page);
    void* head = memory == nullptr
                     ? nullptr
                     : allocator_.allocate(static_cast<size_t>(record), alignof(Region));
    if (head == nullptr) {
      if (on_heap)
        allocator_.release(memory, size, alignof(Block));
      else
        platform::release(memory, size);
      if (is_last) return false;
      continue;
    }
    auto* region = ::new (head) Region{};
    const auto start = align_up(reinterpret_cast<uintptr_t>(memory), uintptr_t{kBlock});
    region->start = reinterpret_cast<uint8_t*>(start);
    region->blocks = region->free_blocks = static_cast<uint32_t>(wanted);
    region->memory = memory;
    region->memory_bytes = size;
    region->on_heap = on_heap;
    const uint32_t state = on_heap ? kFree : kZero;
    for (uint32_t i = 0; i < region->blocks; ++i) region->table()[i] = state;
    region->next = regions_;
    regions_ = region;
    taken_blocks_ += wanted;
    if (taken_blocks_ > largest_blocks_) largest_blocks_ = taken_blocks_;
    update_bounds();
    return true;
  }
}

void Space::release(Region* region) {
  Region** link = &regions_;
  while (*link != region) link = &(*link)->next;
  *link = region->next;
  taken_blocks_ -= region->blocks;
  if (region->on_heap)
    allocator_.release(region->memory, region->memory_bytes, alignof(Block));
  else
    platform::release(region->memory, region->memory_bytes);
  allocator_.release(region, sizeof(Region) + size_t{region->blocks} * sizeof(uint32_t),
                     alignof(Region));
  update_bounds();
}

/// Gives memory back that the next round is not going to need: as much as is alive, and a little
/// more, is kept.
void Space::trim(uint64_t live_bytes) {
  const uint64_t kept = (live_bytes >> kBlockLog2) + kKeptBlocks;
  for (Region* region = regions_; region != nullptr;) {
    Region* const next = region->next;
    if (region->free_blocks == region->blocks &&
        taken_blocks_ - region->blocks >= used_blocks_ + kept)
      release(region);
    region = next;
  }
  uint64_t free = 0;
  for (Region* region = regions_; region != nullptr; region = region->next)
    for (uint32_t i = 0; i < region->blocks; ++i) {
      uint32_t* const table = region->table();
      if (table[i] != kFree || ++free <= kept || region->on_heap) continue;
      uint32_t end = i + 1;
      while (end < region->blocks && table[end] == kFree) ++end;
      if (platform::discard(region->block(i), size_t{end - i} << kBlockLog2))
        for (uint32_t k = i; k < end; ++k) table[k] = kZero;
      i = end - 1;
    }
}

void Space::update_bounds() {
  lowest_ = UINTPTR_MAX;
  highest_ = 0;
  for (const Region* region = regions_; region != nullptr; region = region->next) {
    const auto start = reinterpret_cast<uintptr_t>(region->start);
    const uintptr_t end = start + (uintptr_t{region->blocks} << kBlockLog2);
    if (start < lowest_) lowest_ = start;
    if (end > highest_) highest_ = end;
  }
}

} // namespace waxwing::runtime
