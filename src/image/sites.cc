// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "image/sites.hpp"

namespace waxwing::image {

uint8_t PackedReader::byte() {
  if (at_end()) {
    failed_ = true;
    return 0;
  }
  return bytes_[at_++];
}

uint64_t PackedReader::unsigned_number() {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const uint8_t b = byte();
    value |= static_cast<uint64_t>(b & 0x7F) << shift;
    if ((b & 0x80) == 0) return value;
  }
  failed_ = true;
  return 0;
}

int64_t PackedReader::signed_number() {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64;) {
    const uint8_t b = byte();
    value |= static_cast<uint64_t>(b & 0x7F) << shift;
    shift += 7;
    if ((b & 0x80) != 0) continue;
    if ((b & 0x40) != 0 && shift < 64) value |= ~uint64_t{0} << shift;
    return static_cast<int64_t>(value);
  }
  failed_ = true;
  return 0;
}

uint32_t find_range(const Image& image, uint32_t pc) {
  uint32_t low = 0, high = image.ranges.size();
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const CodeRange range = image.ranges[middle];
    if (pc < range.offset)
      high = middle;
    else if (pc - range.offset >= range.size)
      low = middle + 1;
    else
      return middle;
  }
  return kNoRange;
}

Site find_site(const Image& image, uint32_t range, uint32_t pc, bool is_call, bool& found) {
  const CodeRange row = image.ranges[range];
  const size_t end =
      range + 1 < image.ranges.size() ? image.ranges[range + 1].sites : image.sites.size();
  PackedReader reader(image.sites.subspan(row.sites, end - row.sites));
  const uint64_t unit = pc_unit(image.target->target);
  uint64_t at = row.offset;
  Site site;
  site.wasm_offset = row.wasm_offset;
  found = false;
  while (!reader.at_end()) {
    Site next = site;
    const uint64_t head = reader.unsigned_number();
    next.kind = static_cast<SiteKind>(head & kSiteKindMask);
    next.exact = (head & kSiteInexact) == 0;
    next.is_tail = (head & kSiteTail) != 0;
    at += (head >> kSiteShift) * unit;
    next.wasm_offset =
        static_cast<uint32_t>(site.wasm_offset + static_cast<uint64_t>(reader.signed_number()));
    if ((head & kSiteChain) != 0) next.chain = static_cast<uint32_t>(reader.unsigned_number());
    if (next.chain > image.chains.size()) next.chain = 0;
    next.trap = next.kind == SiteKind::trap ? reader.byte() : uint8_t{0};
    if (next.kind == SiteKind::shaped_access) {
      next.kind = SiteKind::access;
      next.shape = AccessShape::of(reader.unsigned_number());
    }
    if (reader.failed() || at > pc) break;
    site = next;
    found = at == pc && (site.kind == SiteKind::call) == is_call;
    if (found) break;
  }
  if (!found) site.exact = false;
  return site;
}

uint32_t find_pad(const Image& image, uint32_t pc) {
  uint32_t low = 0, high = image.pads.size();
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const PadRow row = image.pads[middle];
    if (row.pc == pc) return row.pad;
    if (row.pc < pc)
      low = middle + 1;
    else
      high = middle;
  }
  return 0;
}

} // namespace waxwing::image
