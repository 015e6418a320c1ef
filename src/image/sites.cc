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

namespace {

/// Reads the sites of a range one after the other.
class SiteReader {
 public:
  SiteReader(const Image& image, uint32_t range)
      : is_dense_((image.header.required & required::dense_sites) != 0),
        unit_(pc_unit(image.target->target)), chains_(image.chains.size()),
        reader_(bytes_of(image, range)), pc_(image.ranges[range].offset) {
    site_.wasm_offset = image.ranges[range].wasm_offset;
  }

  /// Goes on to the next one; false behind the last.
  bool step() {
    if (reader_.at_end()) return false;
    if (is_dense_)
      read_dense();
    else
      read_plain();
    if (site_.chain > chains_) site_.chain = 0;
    return !reader_.failed();
  }
  [[nodiscard]] const Site& site() const { return site_; }
  [[nodiscard]] uint64_t pc() const { return pc_; }

 private:
  static std::span<const uint8_t> bytes_of(const Image& image, uint32_t range) {
    const uint32_t begin = image.ranges[range].sites;
    const size_t end =
        range + 1 < image.ranges.size() ? image.ranges[range + 1].sites : image.sites.size();
    return image.sites.subspan(begin, end - begin);
  }

  void move(uint64_t distance, int64_t offset) {
    pc_ += distance * unit_;
    site_.wasm_offset = static_cast<uint32_t>(site_.wasm_offset + static_cast<uint64_t>(offset));
  }
  void set_head(uint64_t head) {
    site_.kind = static_cast<SiteKind>(head & kSiteKindMask);
    site_.exact = (head & kSiteInexact) == 0;
    site_.is_tail = (head & kSiteTail) != 0;
  }
  void read_rest(uint64_t head) {
    if ((head & kSiteChain) != 0) site_.chain = static_cast<uint32_t>(reader_.unsigned_number());
    site_.trap = site_.kind == SiteKind::trap ? reader_.byte() : uint8_t{0};
  }

  void read_dense() {
    const uint8_t first = reader_.byte();
    uint32_t shape = 0;
    if ((first & 1) == 0) {
      const uint32_t both = first | static_cast<uint32_t>(reader_.byte()) << 8;
      set_head(static_cast<uint32_t>(SiteKind::access));
      shape = both >> 1 & ShapeQueue::kOther;
      move(both >> 3 & (kShortDistances - 1),
           static_cast<int64_t>(both >> 9) - int64_t{kShortOffsetBias});
    } else {
      set_head(first >> 1);
      shape = first >> 6;
      const uint64_t distance = reader_.unsigned_number();
      move(distance, reader_.signed_number());
      read_rest(first >> 1);
    }
    if (site_.kind != SiteKind::access) return;
    uint64_t number = 0;
    if (shape != ShapeQueue::kOther) {
      number = shapes_.take(shape);
    } else {
      number = reader_.unsigned_number();
      (void)shapes_.use(number);
    }
    site_.shape = AccessShape::of(number);
  }

  void read_plain() {
    const uint64_t head = reader_.unsigned_number();
    set_head(head);
    move(head >> kSiteShift, reader_.signed_number());
    read_rest(head);
    if (site_.kind == SiteKind::shaped_access) {
      site_.kind = SiteKind::access;
      site_.shape = AccessShape::of(reader_.unsigned_number());
    }
  }

  const bool is_dense_;
  const uint32_t unit_;
  const uint32_t chains_;
  PackedReader reader_;
  uint64_t pc_;
  ShapeQueue shapes_;
  Site site_;
};

} // namespace

Site find_site(const Image& image, uint32_t range, uint32_t pc, bool is_call, bool& found) {
  SiteReader reader(image, range);
  Site site = reader.site();
  found = false;
  while (!found && reader.step() && reader.pc() <= pc) {
    site = reader.site();
    found = reader.pc() == pc && (site.kind == SiteKind::call) == is_call;
  }
  if (found) return site;
  site.exact = false;
  // Of the site before, only where its kind would have told.
  const bool tells =
      is_call ? image.tells_calls() : (image.header.optional & optional::fault_sites) != 0;
  if (tells) return site;
  site.chain = 0;
  site.wasm_offset = 0;
  return site;
}

uint32_t find_height(const Image& image, uint32_t wasm_offset) {
  PackedReader reader(image.heights);
  uint64_t offset = 0;
  while (!reader.at_end()) {
    offset += reader.unsigned_number();
    const uint64_t height = reader.unsigned_number();
    if (reader.failed() || offset > wasm_offset) break;
    if (offset == wasm_offset) return static_cast<uint32_t>(height);
  }
  return kNoHeight;
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
