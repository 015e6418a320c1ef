// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/vec.hpp"

namespace waxwing::detail {

bool ArrayMemory::grow(size_t wanted, size_t size, size_t alignment) {
  wanted = grown_capacity(capacity, wanted);
  if (wanted > std::numeric_limits<size_t>::max() / 2 / size) return false;
  void* grown =
      allocator->resize(allocator->context, data, capacity * size, wanted * size, alignment);
  if (grown == nullptr) return false;
  data = grown;
  capacity = wanted;
  return true;
}

Result<void> ArrayMemory::push(size_t& count, const void* value, size_t size, size_t alignment) {
  if (count == capacity && !grow(count + 1, size, alignment)) return out_of_memory();
  std::memcpy(static_cast<uint8_t*>(data) + count * size, value, size);
  ++count;
  return {};
}

void ArrayMemory::release(size_t size, size_t alignment) {
  allocator->release(data, capacity * size, alignment);
  data = nullptr;
  capacity = 0;
}

} // namespace waxwing::detail
