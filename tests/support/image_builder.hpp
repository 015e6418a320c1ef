// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "image/format.hpp"
#include "image/reader.hpp"

namespace waxwing::testing {

/// An image of made-up code for tests of what reads images; every part can be spoilt.
struct ImageBuilder {
  using Bytes = std::vector<uint8_t>;

  image::TargetInfo target = image::kTargets[0];
  image::Header header{};
  Bytes text = Bytes(64, 0x90);
  Bytes module = {0, 'a', 's', 'm', 1, 0, 0, 0};
  std::vector<image::FunctionEntry> functions;
  std::vector<image::SignatureRow> signatures;
  std::vector<image::MemoryRow> memories;
  std::vector<image::CodeRange> ranges;
  Bytes sites;
  std::vector<image::ChainNode> chains;
  Bytes packed_chains;
  Bytes frames;
  Bytes frame_fields;
  std::vector<image::ValueRow> value_rows;
  Bytes values;
  std::vector<image::PadRow> pads;
  std::string_view cpu = "generic\n";
  std::string_view producer = "a test";
  uint32_t segment_flags = 5;
  bool with_checksum = false;

  /// Where text begins in every image made here.
  static constexpr uint32_t kText = 4096;

  ImageBuilder() {
    std::memcpy(header.magic, image::kMagic, sizeof image::kMagic);
    header.format_version = image::kFormatVersion;
    header.abi_number = image::kAbiNumber;
  }

  template <class T>
  static void append(Bytes& out, const T& value) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
    out.insert(out.end(), bytes, bytes + sizeof value);
  }

  /// Offset of the header in images made here.
  static constexpr uint32_t kHeader = 64 + 3 * 56;

  [[nodiscard]] Bytes finish() const {
    // Sections behind the text, header and rows in front of it.
    Bytes tail;
    std::vector<image::SectionRow> rows;
    const auto begin = static_cast<uint32_t>(kText + (text.size() + 3) / 4 * 4);
    const auto section = [&](image::SectionKind kind, const void* data, size_t size) {
      while (tail.size() % 4 != 0) tail.push_back(0);
      if (size == 0) return;
      rows.push_back({static_cast<uint32_t>(kind), static_cast<uint32_t>(begin + tail.size()),
                      static_cast<uint32_t>(size)});
      const auto* bytes = static_cast<const uint8_t*>(data);
      tail.insert(tail.end(), bytes, bytes + size);
    };
    const auto all = [&]<class T>(image::SectionKind kind, const std::vector<T>& part) {
      section(kind, part.data(), part.size() * sizeof(T));
    };
    all(image::SectionKind::module, module);
    all(image::SectionKind::functions, functions);
    all(image::SectionKind::signatures, signatures);
    all(image::SectionKind::memories, memories);
    all(image::SectionKind::ranges, ranges);
    all(image::SectionKind::sites, sites);
    all(image::SectionKind::chains, chains);
    all(image::SectionKind::packed_chains, packed_chains);
    all(image::SectionKind::frames, frames);
    all(image::SectionKind::pads, pads);
    all(image::SectionKind::frame_fields, frame_fields);
    all(image::SectionKind::value_rows, value_rows);
    all(image::SectionKind::values, values);
    section(image::SectionKind::cpu, cpu.data(), cpu.size());
    section(image::SectionKind::producer, producer.data(), producer.size());

    image::Header h = header;
    h.target = static_cast<uint32_t>(target.target);
    h.section_count = static_cast<uint32_t>(rows.size());
    h.size = static_cast<uint32_t>(sizeof h + rows.size() * sizeof(image::SectionRow));
    h.text_offset = kText;
    h.text_size = static_cast<uint32_t>(text.size());
    h.image_size = static_cast<uint32_t>(begin + tail.size());

    Bytes out = {0x7F, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    append(out, uint16_t{3});
    append(out, target.elf_machine);
    append(out, uint32_t{1});
    for (const uint64_t word : {uint64_t{0}, uint64_t{64}, uint64_t{0}}) append(out, word);
    append(out, uint32_t{0});
    for (const int half : {64, 56, 3, 64, 0, 0}) append(out, static_cast<uint16_t>(half));
    segment(out, 1, 4, 0, h.image_size);
    segment(out, 1, segment_flags, kText, h.text_size);
    segment(out, image::kProgramHeaderType, 4, kHeader, h.size);
    append(out, h);
    for (const image::SectionRow& row : rows) append(out, row);
    out.resize(kText);
    out.insert(out.end(), text.begin(), text.end());
    out.resize(begin);
    out.insert(out.end(), tail.begin(), tail.end());
    if (with_checksum) {
      constexpr uint32_t kAt = kHeader + offsetof(image::Header, checksum);
      const uint64_t sum = image::checksum(out, kAt);
      std::memcpy(out.data() + kAt, &sum, sizeof sum);
    }
    return out;
  }

  static void segment(Bytes& out, uint32_t type, uint32_t flags, uint64_t offset, uint64_t size) {
    append(out, type);
    append(out, flags);
    for (const uint64_t word : {offset, offset, offset, size, size, uint64_t{4096}})
      append(out, word);
  }

  /// A module of one memory and one function, and rows that fit it.
  static ImageBuilder small() {
    ImageBuilder b;
    b.module = {0, 'a', 's', 'm',  1,   0, 0, 0, //
                1, 4,   1,   0x60, 0,   0,       // type () -> ()
                3, 2,   1,   0,                  // one function of it
                5, 3,   1,   0,    1,            // a memory of one page
                7, 5,   1,   1,    'f', 0, 0};   // exported as f
    b.signatures = {{kText + 32, 0}};
    b.functions = {{kText, 0, 0, 0}};
    b.memories = {{static_cast<uint32_t>(image::MemoryAccess::explicit_checks)}};
    b.ranges = {{kText, 32, 0, 0, 4, 0, 0x30, image::kNoFrame, 0},
                {kText + 32, 32, 0, 2, 4, 9, 0, image::kNoFrame, 0}};
    // A call that returns to 8, a trap at 8, an access at 16 that was inlined.
    b.sites = {0x80, 2, 4, 1, 2, 1, 0x8A, 2, 0x7E, 1};
    b.ranges[1].sites = static_cast<uint32_t>(b.sites.size());
    b.chains = {{0, 0x20, 0}};
    b.header.optional = image::optional::fault_sites;
    return b;
  }

  /// The same with its sites packed densely, and some more.
  static ImageBuilder dense() {
    ImageBuilder b = small();
    b.header.required |= image::required::dense_sites;
    b.sites = {0x01, 8,    4,          // a call that returns to 8
               0x03, 0,    2, 1,       // a trap at 8
               0x40, 0x1C,             // an access of 4 bytes at 16
               0xD5, 4,    0, 1, 0x05, // one of 32 bytes at 20, inlined
               0x08, 0x20};            // the same at 21
    b.ranges[1].sites = static_cast<uint32_t>(b.sites.size());
    return b;
  }

  /// Words of zeros and ones, the first bit lowest.
  static Bytes bits(std::string_view words) {
    Bytes out;
    size_t count = 0;
    for (const char c : words) {
      if (c == ' ') continue;
      if (count % 8 == 0) out.push_back(0);
      if (c == '1') out.back() = static_cast<uint8_t>(out.back() | 1u << count % 8);
      ++count;
    }
    return out;
  }

  /// The same with its sites packed in bits.
  static ImageBuilder packed() {
    ImageBuilder b = dense();
    b.header.required ^= image::required::dense_sites | image::required::packed_sites;
    b.chains.clear();
    b.packed_chains = bits("11000000 01100000 11000000 000 000001 000");
    b.sites = bits("1 10 010000 10001"                        // a call that returns to 8
                   "1 11 10 000 00 1000 10010 10000000"       // a trap at 8
                   "0 010000 11100"                           // an access of 4 bytes at 16
                   "1 11 01 010 11 110000 1001 10000 1101000" // one of 32 bytes at 20, inlined
                   "0 1100 10000");                           // the same at 21
    b.ranges[1].sites = static_cast<uint32_t>(b.sites.size());
    return b;
  }
};

} // namespace waxwing::testing
