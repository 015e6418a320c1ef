// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The .wax format: the one description of it, for the compiler that writes images and the loader
// that reads them (docs/abi.md, section 13). Includes nothing of the house.
//
// An image is an ELF file in which file offset and address are equal. All offsets below count from
// its first byte. All structs are little-endian, packed without gaps, and aligned to 4 bytes in the
// file. Offsets of code that is called have bit 0 set where the target is Thumb.
#pragma once

#include <cstdint>

namespace waxwing::image {

/// The type of the program header that leads to `Header`.
inline constexpr uint32_t kProgramHeaderType = 0x60574158;
inline constexpr char kMagic[8] = {'w', 'a', 'x', 'w', 'i', 'n', 'g', '\0'};
/// Of the file: header, sections, rows.
inline constexpr uint32_t kFormatVersion = 2;
/// Of everything else in docs/abi.md.
inline constexpr uint32_t kAbiNumber = 1;

enum class Target : uint32_t {
#define WAX_TARGET(number, name, ...) name = number,
#include "image/target.def"
#undef WAX_TARGET
};

/// What a target is, by its number; the numbers are without gaps from 1.
struct TargetInfo {
  Target target;
  const char* name;
  uint32_t pointer;
  uint16_t elf_machine;
  uint32_t page;
  const char* triple;
  const char* cpu;
  const char* features;
  bool signal_traps;
  bool probes;
  bool guards;
};
inline constexpr TargetInfo kTargets[] = {
#define WAX_TARGET(number, name, pointer, machine, page, triple, cpu, features, traps, probes,     \
                   guards)                                                                         \
  {Target::name, #name, pointer, machine, page, triple, cpu, features, traps, probes, guards},
#include "image/target.def"
#undef WAX_TARGET
};

// The bits of `Header::required` and `Header::optional`.
namespace required {
#define WAX_IMAGE_REQUIRED(bit, name, text) inline constexpr uint64_t name = uint64_t{1} << bit;
#define WAX_IMAGE_OPTIONAL(bit, name, text)
#include "image/feature.def"
#undef WAX_IMAGE_OPTIONAL
#undef WAX_IMAGE_REQUIRED
} // namespace required
namespace optional {
#define WAX_IMAGE_REQUIRED(bit, name, text)
#define WAX_IMAGE_OPTIONAL(bit, name, text) inline constexpr uint64_t name = uint64_t{1} << bit;
#include "image/feature.def"
#undef WAX_IMAGE_OPTIONAL
#undef WAX_IMAGE_REQUIRED
} // namespace optional

/// What a host without handlers of faults cannot give.
inline constexpr uint64_t kNeedFaultHandlers =
    required::signal_traps | required::guarded_memories | required::probed_stack;

/// What frames tell: bits of the section `frame_fields`.
namespace frame {
#define WAX_FRAME_FIELD(bit, name, word) inline constexpr uint32_t name = uint32_t{1} << bit;
#include "image/frame.def"
#undef WAX_FRAME_FIELD
inline constexpr uint32_t known = 0
#define WAX_FRAME_FIELD(bit, name, word) | name
#include "image/frame.def"
#undef WAX_FRAME_FIELD
    ;
} // namespace frame

enum class SectionKind : uint32_t {
  module = 1,
  functions = 2,
  signatures = 3,
  memories = 4,
  ranges = 5,
  sites = 6,
  chains = 7,
  frames = 8,
  pads = 9,
  cpu = 10,
  producer = 11,
  frame_fields = 12,
  value_rows = 13,
  values = 14,
  heights = 15,
  /// The name of the file with the rest, beside the image (`split_trace`).
  trace_file = 16,
  /// In the place of `chains`.
  packed_chains = 17,
};
inline constexpr uint32_t kLastSection = static_cast<uint32_t>(SectionKind::packed_chains);

/// The head of what was split off an image: `SectionRow`s follow, of `module` (whole but for its
/// code), `ranges`, `sites`, `chains` or `packed_chains`, and `heights`, which stand for those of
/// the image. Offsets count from its first byte.
struct TraceFileHeader {
  char magic[8];
  uint32_t format_version;
  uint32_t section_count;
  /// That of the image.
  uint8_t build_id[16];
  /// Of the image, where it tells how sites are to be read.
  uint64_t required;
  uint64_t optional;
  uint32_t target;
  uint32_t size;
};
inline constexpr char kTraceMagic[8] = {'w', 'a', 'x', 't', 'r', 'a', 'c', 'e'};
static_assert(sizeof(TraceFileHeader) == 56);

/// Where a section is. A kind appears at most once; kinds that a loader does not know are skipped.
struct SectionRow {
  uint32_t kind;
  uint32_t offset;
  uint32_t size;
};

struct Header {
  char magic[8];
  uint32_t format_version;
  uint32_t abi_number;
  /// Bytes of this struct and the rows behind it.
  uint32_t size;
  uint32_t target;
  uint64_t required;
  uint64_t optional;
  /// `FeatureSet` bits that the module was checked with.
  uint64_t wasm_features;
  /// Bytes of the whole image.
  uint32_t image_size;
  uint32_t section_count;
  /// The text: where code may be.
  uint32_t text_offset;
  uint32_t text_size;
  /// FNV-1a of 64 bits over the whole image with this field as 0; 0 where none was made.
  uint64_t checksum;
  /// Names this image and what was split off from it: derived from its text.
  uint8_t build_id[16];
  // followed by SectionRow[section_count]
};
static_assert(sizeof(Header) == 88 && sizeof(SectionRow) == 12);

/// The section of the ELF file (of which a loader reads nothing) that leads to the addresses in its
/// debug information, which count from the image's first byte: rows of `ElfAddress`.
inline constexpr const char* kElfAddresses = ".wax.addresses";
struct ElfAddress {
  /// Number of the ELF section, and the place in it.
  uint32_t section;
  uint32_t offset;
};

/// One for each function of the module that is not imported. `FuncRef::record` of a compiled
/// function points to it, and code reads `tail`.
struct FunctionEntry {
  /// The native entry, or 0: the function is not compiled and runs from the module inside, or
  /// nothing but code of the image calls it (no export, element or `ref.func`; not the start
  /// function), and it has been inlined away.
  uint32_t native;
  /// The tail entry relative to the address of this field, or 0 where there is none.
  int32_t tail;
  /// Index of its row in `signatures`.
  uint32_t signature;
  uint32_t flags;
};
static_assert(sizeof(FunctionEntry) == 16);

/// Trampolines of a native signature; a missing one is 0.
struct SignatureRow {
  uint32_t trampoline;
  uint32_t tail_trampoline;
};
static_assert(sizeof(SignatureRow) == 8);

enum class MemoryAccess : uint32_t { guarded = 0, explicit_checks = 1 };

/// How the code reaches a memory of the module, imported ones first.
struct MemoryRow {
  uint32_t access;
};

enum class RangeKind : uint16_t {
  function = 0,
  /// Native entry of a function whose body is behind its tail entry: no frame of the guest's.
  wrapper = 1,
  trampoline = 2,
  adapter = 3,
  /// What LLVM calls by name.
  helper = 4,
};

/// A piece of text. A function has several where its cold blocks lie elsewhere; pieces without a
/// prologue of their own have `prologue` 0.
struct CodeRange {
  uint32_t offset;
  uint32_t size;
  /// Index in the module's function index space; of `wrapper` too. Else 0.
  uint32_t function;
  uint16_t kind;
  /// Bytes from `offset` to the first instruction that finds the frame pointer set up.
  uint16_t prologue;
  /// First byte of its sites in `sites`; the next range's is the end. Ranges without sites have the
  /// same as the next.
  uint32_t sites;
  /// The wasm offset that the first site's is relative to.
  uint32_t wasm_offset;
  /// First byte of its row in `frames`, or `kNoFrame`.
  uint32_t frame;
  /// Bytes between the saved frame pointer's slot and the return address (x86-64 tail entries).
  uint32_t gap;
};
static_assert(sizeof(CodeRange) == 32);
inline constexpr uint32_t kNoFrame = 0xFFFFFFFF;

// Sites of a range, one after the other by program counter. Each is
//   head   ULEB128: bits 0-1 SiteKind, bit 2 `kSiteInexact`, bit 3 `kSiteChain`, bit 4 `kSiteTail`,
//          from bit 5 on the distance of its pc from the one before (from the range's start for the
//          first), in units of `pc_unit(target)`
//   offset SLEB128: the wasm offset's distance from the one before (`CodeRange::wasm_offset`)
//   chain  ULEB128, with `kSiteChain`: the inline chain from here on, a number of `chains` plus 1,
//   or
//          0 for none. A range starts with none.
//   trap   one byte for `trap`: the TrapKind
//   shape  ULEB128 for `shaped_access`: the number of its `AccessShape`, which further accesses of
//          the range share. A range starts with `kFirstShape`.
// The pc of a call is its return address, of others that of the instruction. `offset` is that of
// the innermost inlined function's instruction; chain nodes have those of its callers.
//
// With the required bit `dense_sites` (images of a time between) each is either two bytes, for most
// accesses, or more. Two bytes, the lower first, with bit 0 clear:
//   bits 1-2   the shape: `ShapeQueue`
//   bits 3-8   distance of the pc, as above
//   bits 9-15  distance of the wasm offset, plus `kShortOffsetBias`
//   [shape     ULEB128, where bits 1-2 are 3]
// An exact access in the chain of the site before. Everything else begins with a byte whose bit 0
// is set:
//   bits 1-2   SiteKind, never `shaped_access`
//   bits 3-5   `kSiteInexact`, `kSiteChain` and `kSiteTail`, each one bit higher than above
//   bits 6-7   the shape, for accesses
// and goes on with the distance of the pc (ULEB128), that of the offset (SLEB128), and chain, trap
// and shape as above.
//
// With the required bit `packed_sites` (all images since there is that bit) each is a row of bits,
// lowest first, with numbers as exponential Golomb codes (`BitReader::number`). It begins with
//   0      an access with the first shape of `ShapeQueue`
//   1      and two bits: 0 an access with the second shape, 1 a call, 2 an access with the third
//          shape, 3 anything else, which goes on with 2 bits SiteKind (never `shaped_access`), bits
//          for `kSiteInexact`, `kSiteChain` and `kSiteTail`, and 2 bits for the shape; with
//          `kSiteChain` a number of order `kChainOrder`, the chain
// and goes on with
//   distance  of the pc, a number of order `kDistanceOrder`
//   offset    its distance modulo 2^32, with its sign folded in, of order `kOffsetOrder`
//   trap      8 bits, for `trap`
//   shape     of order `kShapeOrder`, where the bits for it are `ShapeQueue::kOther`
// Fewer than 8 bits are left at a range's end, and mean nothing.
enum class SiteKind : uint8_t { call = 0, trap = 1, access = 2, shaped_access = 3 };
inline constexpr uint32_t kSiteKindMask = 3;
inline constexpr uint32_t kSiteInexact = 4;
inline constexpr uint32_t kSiteChain = 8;
/// A call in tail position: its frame is left out of traces.
inline constexpr uint32_t kSiteTail = 16;
inline constexpr uint32_t kSiteShift = 5;
inline constexpr uint32_t kShortDistances = 1 << 6;
inline constexpr int32_t kShortOffsetBias = 16;
inline constexpr int32_t kShortOffsets = 1 << 7;
inline constexpr unsigned kDistanceOrder = 3;
inline constexpr unsigned kOffsetOrder = 4;
inline constexpr unsigned kChainOrder = 5;
inline constexpr unsigned kShapeOrder = 6;
/// A signed number as an unsigned one: 0, -1, 1, -2...
[[nodiscard]] constexpr uint32_t fold_sign(int32_t value) {
  return static_cast<uint32_t>(value) << 1 ^ static_cast<uint32_t>(value >> 31);
}
[[nodiscard]] constexpr int32_t unfold_sign(uint32_t value) {
  return static_cast<int32_t>(value >> 1 ^ (0u - (value & 1)));
}
/// What a packed site begins with, behind a bit that is set.
enum class SiteHead : uint8_t { second_shape = 0, call = 1, third_shape = 2, other = 3 };
/// No site has fewer bits.
inline constexpr unsigned kLeastSiteBits = 8;

/// Which bytes of a memory an operator accesses, seen from one of its instructions.
struct AccessShape {
  /// The logarithm of the operator's bytes, at most 7.
  uint32_t width_log2;
  /// How many of them lie before the first that the instruction accesses, at most 31.
  uint32_t before;
  /// Index of the memory in the module.
  uint32_t memory;

  [[nodiscard]] constexpr uint64_t number() const {
    return width_log2 | before << 3 | uint64_t{memory} << 8;
  }
  [[nodiscard]] static constexpr AccessShape of(uint64_t number) {
    return {static_cast<uint32_t>(number & 7), static_cast<uint32_t>(number >> 3 & 31),
            static_cast<uint32_t>(number >> 8)};
  }
};
inline constexpr uint64_t kFirstShape = AccessShape{2, 0, 0}.number();

/// The shapes of the last accesses, the latest first: an access says which of them it has, or
/// `kOther` and then the shape. A range starts with 4, 8 and 1 bytes of memory 0.
class ShapeQueue {
 public:
  static constexpr uint32_t kOther = 3;
  /// The place of `shape`, which comes first from now on.
  constexpr uint32_t use(uint64_t shape) {
    uint32_t place = 0;
    while (place < kOther && shapes_[place] != shape) ++place;
    move(place, shape);
    return place;
  }
  /// The shape at `place` (below `kOther`), which comes first from now on.
  constexpr uint64_t take(uint32_t place) {
    const uint64_t shape = shapes_[place];
    move(place, shape);
    return shape;
  }

 private:
  constexpr void move(uint32_t place, uint64_t shape) {
    for (uint32_t i = place < kOther ? place : kOther - 1; i > 0; --i) shapes_[i] = shapes_[i - 1];
    shapes_[0] = shape;
  }
  uint64_t shapes_[kOther] = {kFirstShape, AccessShape{3, 0, 0}.number(),
                              AccessShape{0, 0, 0}.number()};
};

/// Smallest step between instructions.
[[nodiscard]] constexpr uint32_t pc_unit(Target target) {
  switch (target) {
  case Target::x86_64: return 1;
  case Target::aarch64:
  case Target::armv7: return 4;
  default: return 2;
  }
}

/// A function that was inlined, and where. Walking from a site: the function of `chains[c]` holds
/// the site's offset; it was inlined at `call` of the function of its parent, or of the range
/// itself where `parent` is 0 (parents are numbers plus 1).
struct ChainNode {
  uint32_t function;
  /// Wasm offset of the call, in the function that it was inlined into.
  uint32_t call;
  uint32_t parent;
};
static_assert(sizeof(ChainNode) == 12);

// The section `packed_chains`: three bytes, the bits (`kLeastChainBits` to 32) that a node's three
// fields take in this order, and the nodes, one after the other, lowest bit first. Fewer bits than
// a node has are left at the end, and mean nothing.
inline constexpr unsigned kLeastChainBits = 3;

// A row of `frames`: what a landing pad of the range, and the walk past the range, need.
//   sp     SLEB128: stack pointer of the body minus frame pointer
//   cfa    SLEB128: stack pointer behind the return to the caller minus frame pointer
//   count  ULEB128, then for each saved register, frame pointer and return address aside:
//   number ULEB128: DWARF number of the register
//   at     SLEB128: its slot minus the frame pointer; float registers are 8 bytes (16 for q
//   registers
//          that are saved whole: none of our conventions does)

/// Where the frames of a function have values: `at` is the first byte of its row in `values`, which
/// is a count (ULEB128) and for each value
///   what   ULEB128: bit 0 set for an argument of the imported function that is called, clear for a
///          local; from bit 1 on its index
///   kind   one byte: i32 0, i64 1, f32 2, f64 3, v128 4, a reference 5
///   at     SLEB128: its slot minus the frame pointer
/// Sorted by function.
struct ValueRow {
  uint32_t function;
  uint32_t at;
};
static_assert(sizeof(ValueRow) == 8);
enum class FrameValueKind : uint8_t { i32, i64, f32, f64, v128, reference };

// The section `heights`: operands on the stack where an operator begins, for those that have sites,
// by offset; for each ULEB128 the distance of its offset from the one before, and the count.

/// A call that may throw: where it goes on with an exception. Sorted by `pc`.
struct PadRow {
  /// The return address.
  uint32_t pc;
  uint32_t pad;
};
static_assert(sizeof(PadRow) == 8);

} // namespace waxwing::image
