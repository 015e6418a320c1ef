// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasm/initial_memory.hpp"

#include "base/reader.hpp"

namespace waxwing {

bool constant_place(const Module& module, const DataSegment& segment, uint64_t& place) {
  const std::span<const uint8_t> bytes = module.slice(segment.offset);
  if (bytes.size() < 3 || bytes.back() != 0x0B) return false;
  ByteReader reader(bytes.subspan(1, bytes.size() - 2));
  constexpr uint8_t kI32Const = 0x41, kI64Const = 0x42;
  if (bytes[0] == kI32Const) {
    const auto value = reader.leb_s32();
    if (!value || !reader.at_end()) return false;
    place = static_cast<uint32_t>(*value);
    return true;
  }
  if (bytes[0] != kI64Const) return false;
  const auto value = reader.leb_s64();
  if (!value || !reader.at_end()) return false;
  place = static_cast<uint64_t>(*value);
  return true;
}

bool initial_memory(const Module& module, InitialMemory& out) {
  if (module.memories.empty() || module.imported_memories != 0 || module.memories[0].limits.shared)
    return false;
  out = {UINT64_MAX, 0, 0};
  for (const DataSegment& segment : module.data) {
    if (segment.mode != SegmentMode::active) continue;
    const MemoryType& type = module.memories[segment.memory];
    uint64_t place = 0;
    if (!constant_place(module, segment, place) ||
        type.limits.min > (SIZE_MAX / 2 >> type.page_log2))
      return false;
    const uint64_t size = segment.bytes.size;
    const uint64_t bytes = type.limits.min << type.page_log2;
    if (place > bytes || size > bytes - place) return false;
    if (segment.memory != 0 || size == 0) continue;
    out.filled += size;
    if (place < out.begin) out.begin = place;
    if (place + size > out.end) out.end = place + size;
  }
  return out.filled >= kLeastMappedMemory;
}

} // namespace waxwing
