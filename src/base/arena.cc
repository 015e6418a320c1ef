// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/arena.hpp"

namespace waxwing {

namespace {
constexpr size_t kAlignment = 16;
constexpr size_t kFirstBlock = 1024;
constexpr size_t kLargestBlock = size_t{64} * 1024;
} // namespace

void* Arena::allocate(size_t size, size_t alignment) {
  const size_t gap =
      (alignment - (reinterpret_cast<uintptr_t>(at_) & (alignment - 1))) & (alignment - 1);
  if (at_ != nullptr && gap + size <= static_cast<size_t>(end_ - at_)) {
    uint8_t* piece = at_ + gap;
    at_ = piece + size;
    return piece;
  }
  if (size > SIZE_MAX / 2) return nullptr;
  size_t wanted = footprint_ < kFirstBlock ? kFirstBlock : footprint_;
  if (wanted > kLargestBlock) wanted = kLargestBlock;
  const size_t header = align_up(sizeof(Block), kAlignment);
  const size_t total = size + header > wanted ? align_up(size + header, kAlignment) : wanted;
  void* memory = allocator_->allocate(total, kAlignment);
  if (memory == nullptr) return nullptr;
  auto* block = ::new (memory) Block{blocks_, total};
  blocks_ = block;
  footprint_ += total;
  auto* piece = static_cast<uint8_t*>(memory) + header;
  at_ = piece + size;
  end_ = static_cast<uint8_t*>(memory) + total;
  return piece;
}

void Arena::reset() {
  while (blocks_ != nullptr) {
    Block* next = blocks_->next;
    allocator_->release(blocks_, blocks_->size, kAlignment);
    blocks_ = next;
  }
  at_ = end_ = nullptr;
  footprint_ = 0;
}

} // namespace waxwing
