// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "image/trace_file.hpp"

namespace waxwing::image {

namespace {

[[nodiscard]] std::unexpected<Error> damaged(uint64_t offset) {
  return fail(ErrorCode::image_malformed, offset, static_cast<uint32_t>(Damage::trace_file));
}

template <class T>
[[nodiscard]] bool take_rows(std::span<const uint8_t> bytes, Rows<T>& out) {
  out = Rows<T>(bytes);
  return bytes.size() % sizeof(T) == 0;
}

/// What the reader of images promises of these tables (reader.cc).
[[nodiscard]] bool is_sound(const Image& image) {
  uint64_t end = 0;
  uint32_t sites = 0;
  for (uint32_t i = 0; i < image.ranges.size(); ++i) {
    const CodeRange range = image.ranges[i];
    if (range.offset < end || range.kind > static_cast<uint16_t>(RangeKind::helper) ||
        range.sites < sites || range.sites > image.sites.size())
      return false;
    end = uint64_t{range.offset} + range.size;
    sites = range.sites;
  }
  uint32_t bad = 0;
  return image.chains.are_sound(bad);
}

} // namespace

bool is_trace_file(std::span<const uint8_t> bytes) {
  return bytes.size() >= sizeof kTraceMagic &&
         std::memcmp(bytes.data(), kTraceMagic, sizeof kTraceMagic) == 0;
}

Result<Image> read_trace_file(std::span<const uint8_t> bytes) {
  TraceFileHeader header;
  if (!is_trace_file(bytes)) return damaged(0);
  if (bytes.size() < sizeof header) return fail(ErrorCode::image_truncated, bytes.size());
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.format_version != kFormatVersion)
    return fail(ErrorCode::image_format_version, 0, header.format_version, kFormatVersion);
  if (header.size != bytes.size()) return fail(ErrorCode::image_truncated, bytes.size());
  Image image{};
  image.bytes = bytes;
  std::memcpy(image.header.build_id, header.build_id, sizeof header.build_id);
  image.header.required = header.required;
  image.header.optional = header.optional;
  for (const TargetInfo& target : kTargets)
    if (static_cast<uint32_t>(target.target) == header.target) image.target = &target;
  if (image.target == nullptr) return fail(ErrorCode::image_target, 0, header.target);
  for (uint32_t i = 0; i < header.section_count; ++i) {
    const uint64_t at = sizeof header + uint64_t{i} * sizeof(SectionRow);
    SectionRow row;
    if (at + sizeof row > bytes.size()) return damaged(at);
    std::memcpy(&row, bytes.data() + at, sizeof row);
    if (row.offset > bytes.size() || row.size > bytes.size() - row.offset) return damaged(at);
    const std::span<const uint8_t> part = bytes.subspan(row.offset, row.size);
    bool good = true;
    switch (static_cast<SectionKind>(row.kind)) {
    case SectionKind::module: image.module = part; break;
    case SectionKind::ranges: good = take_rows(part, image.ranges); break;
    case SectionKind::sites: image.sites = part; break;
    case SectionKind::chains: good = image.chains.read_rows(part); break;
    case SectionKind::packed_chains: good = image.chains.read_packed(part); break;
    case SectionKind::heights: image.heights = part; break;
    default: break;
    }
    if (!good) return damaged(at);
  }
  if (!is_sound(image)) return damaged(0);
  return image;
}

Result<void> join_trace_file(Image& image, std::span<const uint8_t> bytes) {
  const Image trace = TRY(read_trace_file(bytes));
  bool fits = std::memcmp(trace.header.build_id, image.header.build_id,
                          sizeof image.header.build_id) == 0 &&
              trace.target == image.target && trace.ranges.size() == image.ranges.size();
  for (uint32_t i = 0; fits && i < trace.ranges.size(); ++i)
    fits = trace.ranges[i].offset == image.ranges[i].offset &&
           trace.ranges[i].size == image.ranges[i].size &&
           trace.ranges[i].function == image.ranges[i].function &&
           trace.ranges[i].prologue == image.ranges[i].prologue &&
           trace.ranges[i].gap == image.ranges[i].gap &&
           trace.ranges[i].frame == image.ranges[i].frame;
  if (!fits) return fail(ErrorCode::image_trace_file);
  image.module = trace.module;
  image.ranges = trace.ranges;
  image.sites = trace.sites;
  image.chains = trace.chains;
  image.heights = trace.heights;
  image.header.optional = trace.header.optional;
  image.trace = bytes;
  return {};
}

} // namespace waxwing::image
