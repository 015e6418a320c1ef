// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "image/sites.hpp"

namespace waxwing::image {

bool Chains::read_rows(std::span<const uint8_t> section) {
  section_ = section;
  count_ = static_cast<uint32_t>(section.size() / sizeof(ChainNode));
  return section.size() % sizeof(ChainNode) == 0;
}

bool Chains::read_packed(std::span<const uint8_t> section) {
  if (section.size() < sizeof bits_) return false;
  section_ = section;
  unsigned all = 0;
  for (size_t i = 0; i < sizeof bits_; ++i) {
    bits_[i] = section[i];
    if (bits_[i] < kLeastChainBits || bits_[i] > 32) return false;
    all += bits_[i];
  }
  count_ = static_cast<uint32_t>((section.size() - sizeof bits_) * uint64_t{8} / all);
  return true;
}

bool Chains::are_sound(uint32_t& bad) const {
  for (bad = 0; bad < count_; ++bad)
    if ((*this)[bad].parent > bad) return false;
  return true;
}

ChainNode Chains::operator[](uint32_t i) const {
  if (!is_packed()) return Rows<ChainNode>(section_)[i];
  const uint32_t all = uint32_t{bits_[0]} + bits_[1] + bits_[2];
  BitReader bits(section_.subspan(sizeof bits_), uint64_t{i} * all);
  ChainNode node;
  node.function = static_cast<uint32_t>(bits.take(bits_[0]));
  node.call = static_cast<uint32_t>(bits.take(bits_[1]));
  node.parent = static_cast<uint32_t>(bits.take(bits_[2]));
  return node;
}

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
      : is_packed_((image.header.required & required::packed_sites) != 0),
        is_dense_((image.header.required & required::dense_sites) != 0),
        unit_(pc_unit(image.target->target)), chains_(image.chains.size()),
        bits_(bytes_of(image, range)), reader_(bytes_of(image, range)),
        pc_(image.ranges[range].offset) {
    site_.wasm_offset = image.ranges[range].wasm_offset;
  }

  /// Goes on to the next one; false behind the last.
  bool step() {
    if (is_packed_) {
      if (bits_.left() < kLeastSiteBits) return false;
      read_packed();
    } else {
      if (reader_.at_end()) return false;
      if (is_dense_)
        read_dense();
      else
        read_plain();
    }
    if (site_.chain > chains_) site_.chain = 0;
    return !bits_.failed() && !reader_.failed();
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

  void read_packed() {
    site_.kind = SiteKind::access;
    site_.exact = true;
    site_.is_tail = false;
    uint32_t shape = 0;
    if (bits_.take(1) != 0) {
      switch (static_cast<SiteHead>(bits_.take(2))) {
      case SiteHead::second_shape: shape = 1; break;
      case SiteHead::third_shape: shape = 2; break;
      case SiteHead::call: site_.kind = SiteKind::call; break;
      case SiteHead::other: {
        const uint64_t head = bits_.take(7);
        set_head(head);
        shape = static_cast<uint32_t>(head >> kSiteShift);
        if ((head & kSiteChain) != 0)
          site_.chain = static_cast<uint32_t>(bits_.number(kChainOrder));
        break;
      }
      }
    }
    const uint64_t distance = bits_.number(kDistanceOrder);
    move(distance, unfold_sign(static_cast<uint32_t>(bits_.number(kOffsetOrder))));
    if (site_.kind == SiteKind::trap) site_.trap = static_cast<uint8_t>(bits_.take(8));
    if (site_.kind == SiteKind::access)
      set_shape(shape, shape == ShapeQueue::kOther ? bits_.number(kShapeOrder) : 0);
  }

  /// The shape of an access: a place in the queue, or `number`.
  void set_shape(uint32_t place, uint64_t number) {
    if (place != ShapeQueue::kOther)
      number = shapes_.take(place);
    else
      (void)shapes_.use(number);
    site_.shape = AccessShape::of(number);
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
    if (site_.kind == SiteKind::access)
      set_shape(shape, shape == ShapeQueue::kOther ? reader_.unsigned_number() : 0);
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

  const bool is_packed_;
  const bool is_dense_;
  const uint32_t unit_;
  const uint32_t chains_;
  /// The one that is read with `packed_sites`, and the one that is read without.
  BitReader bits_;
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
