// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/module_inside.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/bits.hpp"
#include "base/reader.hpp"
#include "compile/byte_writer.hpp"
#include "wasm/initial_memory.hpp"

namespace waxwing::compile {

namespace {

constexpr uint8_t kCustom = 0;
constexpr uint8_t kCode = 10;
constexpr uint8_t kData = 11;

/// Whether a custom section is the one with names.
bool is_of_names(std::span<const uint8_t> content) {
  ByteReader reader(content, 0);
  const auto size = reader.leb_u32();
  const auto name = size ? reader.bytes(*size) : std::unexpected(size.error());
  return name && std::ranges::equal(*name, std::string_view("name"));
}

/// The data section's content with one segment of whole pages for all of memory 0.
class PagedData {
 public:
  /// Nothing where pages would be mostly empty.
  static std::optional<PagedData> of(const waxwing::Module& wasm, uint64_t page) {
    InitialMemory contents;
    if (page == 0 || !initial_memory(wasm, contents)) return std::nullopt;
    PagedData paged(wasm);
    paged.begin_ = contents.begin / page * page;
    const uint64_t end = align_up(contents.end, page);
    const uint64_t least = wasm.memories[0].limits.min << wasm.memories[0].page_log2;
    const uint64_t size = end - paged.begin_;
    // A quarter that is zero costs less than what it spares.
    if (end > least || size - std::min(size, contents.filled) > contents.filled / 4)
      return std::nullopt;
    paged.fill(static_cast<size_t>(size));
    paged.write();
    return paged;
  }

  [[nodiscard]] const std::vector<uint8_t>& content() const { return out_.bytes; }
  /// Where the pages begin in the content.
  [[nodiscard]] size_t place() const { return place_; }

 private:
  explicit PagedData(const waxwing::Module& wasm) : wasm_(wasm) {}

  static bool is_paged(const DataSegment& segment) {
    return segment.mode == SegmentMode::active && segment.memory == 0;
  }

  void fill(size_t size) {
    pages_.resize(size);
    for (const DataSegment& segment : wasm_.data) {
      uint64_t place = 0;
      if (!is_paged(segment) || segment.bytes.size == 0 || !constant_place(wasm_, segment, place))
        continue;
      std::ranges::copy(wasm_.slice(segment.bytes),
                        pages_.begin() + static_cast<ptrdiff_t>(place - begin_));
    }
  }

  void write() {
    out_.uleb(wasm_.data.size());
    bool is_first = true;
    for (const DataSegment& segment : wasm_.data) {
      if (!is_paged(segment)) {
        const uint32_t end = segment.bytes.offset + segment.bytes.size;
        const auto whole = wasm_.slice({segment.start, end - segment.start});
        out_.bytes.insert(out_.bytes.end(), whole.begin(), whole.end());
        continue;
      }
      write_segment(is_first ? begin_ : 0, is_first ? pages_ : std::vector<uint8_t>());
      is_first = false;
    }
  }

  void write_segment(uint64_t place, const std::vector<uint8_t>& bytes) {
    constexpr uint8_t kActive = 0, kI32Const = 0x41, kI64Const = 0x42, kEnd = 0x0B;
    const bool is64 = wasm_.memories[0].limits.is64;
    out_.add(kActive);
    out_.add(is64 ? kI64Const : kI32Const);
    out_.sleb(is64 ? static_cast<int64_t>(place) : static_cast<int32_t>(place));
    out_.add(kEnd);
    out_.uleb(bytes.size());
    if (!bytes.empty()) place_ = out_.size();
    out_.add_bytes(bytes);
  }

  const waxwing::Module& wasm_;
  uint64_t begin_ = 0;
  std::vector<uint8_t> pages_;
  ByteWriter out_;
  size_t place_ = 0;
};

/// A custom section that nobody reads, so that `place` bytes behind it lie on a page.
void write_padding(ByteWriter& out, uint64_t at, uint64_t place, uint64_t page) {
  constexpr std::string_view kName = "padding";
  // The size in as many bytes as a size can take, so that it isn't what the padding depends on.
  constexpr unsigned kSizeBytes = 5;
  const uint64_t least = 1 + kSizeBytes + 1 + kName.size();
  const uint64_t end = at + out.size() + least + place;
  const uint64_t zeros = align_up(end, page) - end;
  out.add(kCustom);
  uint64_t size = 1 + kName.size() + zeros;
  for (unsigned i = 0; i < kSizeBytes; ++i, size >>= 7)
    out.add(static_cast<uint8_t>((size & 0x7F) | (i + 1 < kSizeBytes ? 0x80 : 0)));
  out.uleb(kName.size());
  out.add_text(kName);
  out.bytes.resize(out.size() + zeros);
}

void write_paged(ByteWriter& out, const PagedData& data, uint64_t at, uint64_t page) {
  ByteWriter head;
  head.add(kData);
  head.uleb(data.content().size());
  write_padding(out, at, head.size() + data.place(), page);
  out.add_bytes(head.bytes);
  out.add_bytes(data.content());
}

} // namespace

std::vector<uint8_t> module_inside(const waxwing::Module& wasm, Customs kept, uint64_t at,
                                   uint64_t page) {
  const std::optional<PagedData> paged = PagedData::of(wasm, page);
  ByteWriter out;
  const std::span<const uint8_t> bytes = wasm.bytes;
  out.bytes.assign(bytes.begin(), bytes.begin() + 8);
  ByteReader reader(bytes.subspan(8), 8);
  while (!reader.at_end()) {
    const uint8_t* const start = reader.position();
    const auto id = reader.u8();
    const auto size = reader.leb_u32();
    const auto content = size ? reader.bytes(*size) : std::unexpected(size.error());
    if (!id || !content) break; // was decoded: can't be
    if (*id == kCode) continue;
    if (*id == kCustom &&
        (kept == Customs::none || (kept == Customs::names && !is_of_names(*content))))
      continue;
    if (*id == kData && paged)
      write_paged(out, *paged, at, page);
    else
      out.bytes.insert(out.bytes.end(), start, reader.position());
  }
  return std::move(out.bytes);
}

} // namespace waxwing::compile
