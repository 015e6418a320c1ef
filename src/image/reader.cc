// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "image/reader.hpp"

#include <algorithm>

namespace waxwing::image {

namespace {

constexpr uint64_t kKnownRequired = 0
#define WAX_IMAGE_REQUIRED(bit, name, text) | required::name
#define WAX_IMAGE_OPTIONAL(bit, name, text)
#include "image/feature.def"
#undef WAX_IMAGE_OPTIONAL
#undef WAX_IMAGE_REQUIRED
    ;

// The ELF format (System V ABI, chapters 4 and 5), as far as images use it.
constexpr uint32_t kMaxProgramHeaders = 16;
constexpr uint32_t kSegmentLoad = 1;
constexpr uint32_t kSegmentDynamic = 2;
constexpr uint32_t kSegmentInterpreter = 3;
constexpr uint32_t kFlagExecute = 1;
constexpr uint32_t kFlagWrite = 2;
constexpr uint16_t kTypeDynamic = 3;

struct Elf32Header {
  uint8_t ident[16];
  uint16_t type, machine;
  uint32_t version, entry, phoff, shoff, flags;
  uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct Elf64Header {
  uint8_t ident[16];
  uint16_t type, machine;
  uint32_t version;
  uint64_t entry, phoff, shoff;
  uint32_t flags;
  uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct Elf32Segment {
  uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};
struct Elf64Segment {
  uint32_t type, flags;
  uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
static_assert(sizeof(Elf32Header) == 52 && sizeof(Elf64Header) == 64);
static_assert(sizeof(Elf32Segment) == 32 && sizeof(Elf64Segment) == 56);

struct Segment {
  uint32_t type, flags;
  uint64_t offset, vaddr, filesz, memsz;
};

/// The part of the ELF header that says where the program headers are.
struct ElfFacts {
  bool is64;
  uint16_t machine;
  uint64_t table;
  uint32_t count;
};

[[nodiscard]] std::unexpected<Error> damaged(Damage what, uint64_t offset) {
  return fail(ErrorCode::image_malformed, offset, static_cast<uint32_t>(what));
}

template <class T>
[[nodiscard]] bool load(std::span<const uint8_t> bytes, uint64_t offset, T& out) {
  if (offset > bytes.size() || sizeof(T) > bytes.size() - offset) return false;
  std::memcpy(&out, bytes.data() + offset, sizeof(T));
  return true;
}

template <class ElfHeader, class ElfSegment>
[[nodiscard]] Result<ElfFacts> read_elf_as(std::span<const uint8_t> bytes) {
  ElfHeader header;
  if (!load(bytes, 0, header)) return fail(ErrorCode::image_truncated, bytes.size());
  if (header.type != kTypeDynamic || header.phentsize != sizeof(ElfSegment) || header.phnum == 0 ||
      header.phnum > kMaxProgramHeaders)
    return damaged(Damage::elf_header, offsetof(ElfHeader, type));
  return ElfFacts{sizeof(ElfHeader) == sizeof(Elf64Header), header.machine, header.phoff,
                  header.phnum};
}

[[nodiscard]] Result<ElfFacts> read_elf(std::span<const uint8_t> bytes) {
  constexpr uint8_t kMagicBytes[] = {0x7F, 'E', 'L', 'F'};
  constexpr size_t kClass = 4, kData = 5, kIdent = 16;
  if (bytes.size() < kIdent) return fail(ErrorCode::image_truncated, bytes.size());
  if (std::memcmp(bytes.data(), kMagicBytes, sizeof kMagicBytes) != 0 || bytes[kData] != 1)
    return damaged(Damage::elf_header, 0);
  switch (bytes[kClass]) {
  case 1: return read_elf_as<Elf32Header, Elf32Segment>(bytes);
  case 2: return read_elf_as<Elf64Header, Elf64Segment>(bytes);
  default: return damaged(Damage::elf_header, kClass);
  }
}

[[nodiscard]] bool read_segment(std::span<const uint8_t> bytes, const ElfFacts& elf, uint32_t index,
                                Segment& out) {
  if (elf.is64) {
    Elf64Segment s;
    if (elf.table > bytes.size() || !load(bytes, elf.table + uint64_t{index} * sizeof s, s))
      return false;
    out = {s.type, s.flags, s.offset, s.vaddr, s.filesz, s.memsz};
  } else {
    Elf32Segment s;
    if (!load(bytes, elf.table + uint64_t{index} * sizeof s, s)) return false;
    out = {s.type, s.flags, s.offset, s.vaddr, s.filesz, s.memsz};
  }
  return true;
}

/// Reads an image step by step.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> bytes) : bytes_(bytes) {
    image_.bytes = bytes;
    image_.code = bytes.data();
  }

  [[nodiscard]] Result<Image> run() {
    elf_ = TRY(read_elf(bytes_));
    TRY(find_header());
    TRY(read_header());
    TRY(check_size());
    TRY(check_segments());
    TRY(read_sections());
    TRY(check_functions());
    TRY(check_ranges());
    TRY(check_tables());
    return image_;
  }

  [[nodiscard]] Result<Image> run_linked(const uint8_t* code) {
    elf_ = TRY(read_elf(bytes_));
    TRY(find_header());
    TRY(read_header());
    TRY(read_sections());
    image_.code = code;
    for (uint32_t i = 0; i < image_.ranges.size(); ++i) note_range(image_.ranges[i]);
    return image_;
  }

 private:
  [[nodiscard]] bool inside(uint64_t offset, uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }

  [[nodiscard]] Result<void> find_header() {
    bool found = false;
    for (uint32_t i = 0; i < elf_.count; ++i) {
      Segment segment;
      if (!read_segment(bytes_, elf_, i, segment))
        return fail(ErrorCode::image_truncated, bytes_.size());
      if (segment.type != kProgramHeaderType) continue;
      if (found) return damaged(Damage::program_header, elf_.table);
      found = true;
      if (!inside(segment.offset, segment.filesz))
        return fail(ErrorCode::image_truncated, bytes_.size());
      header_at_ = segment.offset;
      header_size_ = segment.filesz;
    }
    if (!found) return damaged(Damage::program_header, elf_.table);
    return {};
  }

  [[nodiscard]] Result<void> read_header() {
    Header& h = image_.header;
    if (header_size_ < sizeof h || !load(bytes_, header_at_, h) ||
        std::memcmp(h.magic, kMagic, sizeof kMagic) != 0)
      return damaged(Damage::header, header_at_);
    if (h.format_version != kFormatVersion)
      return fail(ErrorCode::image_format_version, header_at_, h.format_version, kFormatVersion);
    if (h.abi_number != kAbiNumber)
      return fail(ErrorCode::image_abi_number, header_at_, h.abi_number, kAbiNumber);
    for (uint32_t bit = 0; bit < 64; ++bit)
      if ((h.required & ~kKnownRequired) >> bit & 1)
        return fail(ErrorCode::image_required_bit, header_at_, bit);
    image_.target = nullptr;
    for (const TargetInfo& target : kTargets)
      if (static_cast<uint32_t>(target.target) == h.target) image_.target = &target;
    if (image_.target == nullptr || image_.target->elf_machine != elf_.machine ||
        (image_.target->pointer == 8) != elf_.is64)
      return fail(ErrorCode::image_target, header_at_, h.target);
    if (h.size > header_size_ ||
        h.size != sizeof h + uint64_t{h.section_count} * sizeof(SectionRow))
      return damaged(Damage::header, header_at_);
    return {};
  }

  [[nodiscard]] Result<void> check_size() {
    const Header& h = image_.header;
    if (h.image_size > bytes_.size()) return fail(ErrorCode::image_truncated, bytes_.size());
    if (h.image_size != bytes_.size()) return damaged(Damage::header, header_at_);
    if (!inside(h.text_offset, h.text_size)) return damaged(Damage::text, header_at_);
    return {};
  }

  [[nodiscard]] Result<void> check_segments() {
    const Header& h = image_.header;
    bool has_text = h.text_size == 0;
    for (uint32_t i = 0; i < elf_.count; ++i) {
      Segment s;
      if (!read_segment(bytes_, elf_, i, s)) return fail(ErrorCode::image_truncated, bytes_.size());
      const bool is_strange = s.type == kSegmentDynamic || s.type == kSegmentInterpreter;
      if (is_strange) return damaged(Damage::segment, elf_.table);
      if (s.type != kSegmentLoad) continue;
      if (s.offset != s.vaddr || s.filesz != s.memsz || (s.flags & kFlagWrite) != 0 ||
          !inside(s.offset, s.filesz))
        return damaged(Damage::segment, s.offset);
      if ((s.flags & kFlagExecute) == 0) continue;
      if (h.text_offset >= s.offset && uint64_t{h.text_offset} + h.text_size <= s.offset + s.filesz)
        has_text = true;
    }
    if (!has_text) return damaged(Damage::text, header_at_);
    return {};
  }

  template <class T>
  [[nodiscard]] Result<void> take_rows(const SectionRow& row, Rows<T>& out) {
    if (row.size % sizeof(T) != 0) return damaged(Damage::section, row.offset);
    out = Rows<T>(bytes_.subspan(row.offset, row.size));
    return {};
  }

  [[nodiscard]] Result<void> read_sections() {
    uint32_t seen = 0;
    for (uint32_t i = 0; i < image_.header.section_count; ++i) {
      SectionRow row;
      const uint64_t at = header_at_ + sizeof(Header) + uint64_t{i} * sizeof row;
      if (!load(bytes_, at, row) || !inside(row.offset, row.size) || row.offset % 4 != 0)
        return damaged(Damage::section, at);
      if (row.kind == 0 || row.kind > kLastSection) continue;
      if ((seen >> row.kind & 1) != 0) return damaged(Damage::section, at);
      seen |= 1u << row.kind;
      const std::span<const uint8_t> bytes = bytes_.subspan(row.offset, row.size);
      const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      switch (static_cast<SectionKind>(row.kind)) {
      case SectionKind::module: image_.module = bytes; break;
      case SectionKind::functions: TRY(take_rows(row, image_.functions)); break;
      case SectionKind::signatures: TRY(take_rows(row, image_.signatures)); break;
      case SectionKind::memories: TRY(take_rows(row, image_.memories)); break;
      case SectionKind::ranges: TRY(take_rows(row, image_.ranges)); break;
      case SectionKind::sites: image_.sites = bytes; break;
      case SectionKind::chains:
      case SectionKind::packed_chains:
        if (image_.chains.size() != 0 || !(row.kind == static_cast<uint32_t>(SectionKind::chains)
                                               ? image_.chains.read_rows(bytes)
                                               : image_.chains.read_packed(bytes)))
          return damaged(Damage::section, row.offset);
        break;
      case SectionKind::frames: image_.frames = bytes; break;
      case SectionKind::pads: TRY(take_rows(row, image_.pads)); break;
      case SectionKind::cpu: image_.cpu = text; break;
      case SectionKind::producer: image_.producer = text; break;
      case SectionKind::frame_fields: TRY(read_fields(row)); break;
      case SectionKind::value_rows: TRY(take_rows(row, image_.value_rows)); break;
      case SectionKind::values: image_.values = bytes; break;
      case SectionKind::heights: image_.heights = bytes; break;
      case SectionKind::trace_file: image_.trace_file = text; break;
      }
    }
    return {};
  }

  [[nodiscard]] Result<void> read_fields(const SectionRow& row) {
    if (!load(bytes_.first(row.offset + row.size), row.offset, image_.frame_fields))
      return damaged(Damage::section, row.offset);
    for (uint32_t bit = 0; bit < 32; ++bit)
      if (((image_.frame_fields & ~frame::known) >> bit & 1) != 0)
        return fail(ErrorCode::image_frame_field, row.offset, bit);
    return {};
  }

  [[nodiscard]] uint64_t place_of(const uint8_t* row) const {
    return static_cast<uint64_t>(row - bytes_.data());
  }

  [[nodiscard]] Result<void> check_functions() {
    for (uint32_t i = 0; i < image_.signatures.size(); ++i) {
      const SignatureRow row = image_.signatures[i];
      if ((row.trampoline != 0 && !image_.is_code(row.trampoline)) ||
          (row.tail_trampoline != 0 && !image_.is_code(row.tail_trampoline)))
        return damaged(Damage::signature, place_of(image_.signatures.address(i)));
    }
    for (uint32_t i = 0; i < image_.functions.size(); ++i) {
      const FunctionEntry entry = image_.functions[i];
      const uint64_t at = place_of(image_.functions.address(i));
      // Nobody enters it from outside then, so it needs no trampoline.
      if (entry.native == 0) continue;
      if (!image_.is_code(entry.native) || entry.signature >= image_.signatures.size())
        return damaged(Damage::function, at);
      const SignatureRow signature = image_.signatures[entry.signature];
      const int64_t tail = static_cast<int64_t>(at + offsetof(FunctionEntry, tail)) + entry.tail;
      if (entry.tail == 0 ? signature.trampoline == 0
                          : signature.tail_trampoline == 0 || tail < 0 || tail > UINT32_MAX ||
                                !image_.is_code(static_cast<uint32_t>(tail)))
        return damaged(Damage::function, at);
    }
    for (uint32_t i = 0; i < image_.memories.size(); ++i)
      if (image_.memories[i].access > static_cast<uint32_t>(MemoryAccess::explicit_checks))
        return damaged(Damage::memory, place_of(image_.memories.address(i)));
    return {};
  }

  [[nodiscard]] Result<void> check_ranges() {
    const Header& h = image_.header;
    uint64_t end = h.text_offset;
    uint32_t sites = 0;
    for (uint32_t i = 0; i < image_.ranges.size(); ++i) {
      const CodeRange range = image_.ranges[i];
      const uint64_t at = place_of(image_.ranges.address(i));
      if (range.offset < end || uint64_t{range.offset} + range.size > h.text_offset + h.text_size)
        return damaged(Damage::range, at);
      if (range.kind > static_cast<uint16_t>(RangeKind::helper) || range.prologue > range.size ||
          range.sites < sites || range.sites > image_.sites.size() || range.gap % 4 != 0 ||
          range.gap > kMaxGap)
        return damaged(Damage::range, at);
      if (range.frame != kNoFrame && range.frame >= image_.frames.size())
        return damaged(Damage::frame, at);
      end = uint64_t{range.offset} + range.size;
      sites = range.sites;
      note_range(range);
    }
    return {};
  }

  void note_range(const CodeRange& range) {
    image_.last_function = std::max(image_.last_function, range.function);
    image_.has_gaps |= range.gap != 0;
  }

  [[nodiscard]] Result<void> check_tables() {
    uint32_t bad = 0;
    if (!image_.chains.are_sound(bad))
      return damaged(Damage::chain, place_of(image_.chains.section().data()));
    uint32_t before = 0;
    for (uint32_t i = 0; i < image_.pads.size(); ++i) {
      const PadRow pad = image_.pads[i];
      // A call may be the last instruction of the text.
      if (pad.pc <= before || pad.pc < image_.header.text_offset ||
          pad.pc > image_.header.text_offset + image_.header.text_size || !image_.is_code(pad.pad))
        return damaged(Damage::pad, place_of(image_.pads.address(i)));
      before = pad.pc;
    }
    for (uint32_t i = 0; i < image_.value_rows.size(); ++i) {
      const ValueRow row = image_.value_rows[i];
      if (row.at >= image_.values.size() ||
          (i != 0 && row.function < image_.value_rows[i - 1].function))
        return damaged(Damage::value, place_of(image_.value_rows.address(i)));
    }
    return {};
  }

  /// Arguments of a call, and then some.
  static constexpr uint32_t kMaxGap = 1u << 20;

  std::span<const uint8_t> bytes_;
  Image image_{};
  ElfFacts elf_{};
  uint64_t header_at_ = 0;
  uint64_t header_size_ = 0;
};

} // namespace

SectionRow Image::section(SectionKind kind) const {
  const uint8_t* row = nullptr;
  const auto find = [&](std::span<const uint8_t> part) {
    row = part.data();
    return SectionRow{static_cast<uint32_t>(kind),
                      row == nullptr ? 0 : static_cast<uint32_t>(row - bytes.data()),
                      static_cast<uint32_t>(part.size())};
  };
  const auto text = [&](std::string_view part) {
    return find({reinterpret_cast<const uint8_t*>(part.data()), part.size()});
  };
  const auto rows = [&]<class T>(const Rows<T>& part) {
    return find({part.address(0), size_t{part.size()} * sizeof(T)});
  };
  switch (kind) {
  case SectionKind::module: return find(module);
  case SectionKind::functions: return rows(functions);
  case SectionKind::signatures: return rows(signatures);
  case SectionKind::memories: return rows(memories);
  case SectionKind::ranges: return rows(ranges);
  case SectionKind::sites: return find(sites);
  case SectionKind::chains: return chains.is_packed() ? SectionRow{} : find(chains.section());
  case SectionKind::packed_chains:
    return chains.is_packed() ? find(chains.section()) : SectionRow{};
  case SectionKind::frames: return find(frames);
  case SectionKind::pads: return rows(pads);
  case SectionKind::cpu: return text(cpu);
  case SectionKind::producer: return text(producer);
  case SectionKind::frame_fields: break;
  case SectionKind::value_rows: return rows(value_rows);
  case SectionKind::values: return find(values);
  case SectionKind::heights: return find(heights);
  case SectionKind::trace_file: return text(trace_file);
  }
  return {};
}

bool Image::is_code(uint32_t offset) const {
  return offset >= header.text_offset && offset - header.text_offset < header.text_size;
}

bool is_image(std::span<const uint8_t> bytes) {
  const Result<ElfFacts> elf = read_elf(bytes);
  if (!elf) return false;
  for (uint32_t i = 0; i < elf->count; ++i) {
    Segment segment;
    if (read_segment(bytes, *elf, i, segment) && segment.type == kProgramHeaderType) return true;
  }
  return false;
}

Result<Image> read(std::span<const uint8_t> bytes) { return Reader(bytes).run(); }

Result<Image> read_linked(std::span<const uint8_t> front, const uint8_t* code) {
  return Reader(front).run_linked(code);
}

uint64_t checksum(std::span<const uint8_t> bytes, uint32_t checksum_offset) {
  constexpr uint64_t kBasis = 0xCBF29CE484222325, kPrime = 0x100000001B3;
  uint64_t hash = kBasis;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const bool is_own = i >= checksum_offset && i - checksum_offset < sizeof(uint64_t);
    hash = (hash ^ (is_own ? 0 : bytes[i])) * kPrime;
  }
  return hash;
}

Result<void> verify_checksum(const Image& image) {
  if (image.header.checksum == 0) return {};
  // The header's place isn't kept: it is found by its magic number in front of the rows.
  const Result<ElfFacts> elf = read_elf(image.bytes);
  for (uint32_t i = 0; elf && i < elf->count; ++i) {
    Segment segment;
    if (!read_segment(image.bytes, *elf, i, segment) || segment.type != kProgramHeaderType)
      continue;
    const auto at = static_cast<uint32_t>(segment.offset + offsetof(Header, checksum));
    if (checksum(image.bytes, at) == image.header.checksum) return {};
  }
  return fail(ErrorCode::image_checksum);
}

} // namespace waxwing::image
