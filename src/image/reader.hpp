// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstring>
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "image/bit_reader.hpp"
#include "image/format.hpp"

namespace waxwing::image {

/// Rows of a section, wherever they lie.
template <class T>
class Rows {
 public:
  Rows() = default;
  explicit Rows(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(bytes_.size() / sizeof(T)); }
  [[nodiscard]] T operator[](uint32_t i) const {
    T row;
    std::memcpy(&row, bytes_.data() + size_t{i} * sizeof(T), sizeof row);
    return row;
  }
  [[nodiscard]] const uint8_t* address(uint32_t i) const {
    return bytes_.data() + size_t{i} * sizeof(T);
  }

 private:
  std::span<const uint8_t> bytes_;
};

/// The nodes of `chains` or `packed_chains`.
class Chains {
 public:
  /// False where the section can't be one.
  [[nodiscard]] bool read_rows(std::span<const uint8_t> section);
  [[nodiscard]] bool read_packed(std::span<const uint8_t> section);
  /// Whether each parent comes before its child; otherwise the first that doesn't is in `bad`.
  [[nodiscard]] bool are_sound(uint32_t& bad) const;

  [[nodiscard]] uint32_t size() const { return count_; }
  [[nodiscard]] ChainNode operator[](uint32_t i) const;
  [[nodiscard]] std::span<const uint8_t> section() const { return section_; }
  [[nodiscard]] bool is_packed() const { return bits_[0] != 0; }

 private:
  std::span<const uint8_t> section_;
  uint32_t count_ = 0;
  /// Of each field; zeros where nodes are whole rows.
  uint8_t bits_[3] = {};
};

/// What `ErrorCode::image_malformed` is about, in `Error::a`.
enum class Damage : uint32_t {
  elf_header,
  program_header,
  segment,
  header,
  section,
  text,
  function,
  signature,
  memory,
  range,
  chain,
  frame,
  pad,
  value,
  trace_file,
};

/// An image that has been checked: every offset below lies inside, and rows are as docs/abi.md
/// promises. Views into the bytes that it was read from.
struct Image {
  std::span<const uint8_t> bytes;
  /// What offsets of code count from: the first of `bytes`, but where a linker has put the code
  /// elsewhere.
  const uint8_t* code;
  Header header;
  const TargetInfo* target;
  std::span<const uint8_t> module;
  Rows<FunctionEntry> functions;
  Rows<SignatureRow> signatures;
  Rows<MemoryRow> memories;
  Rows<CodeRange> ranges;
  std::span<const uint8_t> sites;
  Chains chains;
  std::span<const uint8_t> frames;
  Rows<PadRow> pads;
  /// `frame` bits.
  uint32_t frame_fields;
  Rows<ValueRow> value_rows;
  std::span<const uint8_t> values;
  std::span<const uint8_t> heights;
  /// The name of the file with what was split off, and that file once it has been joined.
  std::string_view trace_file;
  std::span<const uint8_t> trace;
  std::string_view cpu;
  std::string_view producer;
  /// The largest index of a function that a range has; whether some range has a gap.
  uint32_t last_function;
  bool has_gaps;

  /// The file's range of section `kind`, of size 0 where there is none.
  [[nodiscard]] SectionRow section(SectionKind kind) const;
  /// Whether text begins at `offset`, which may have the bit of a Thumb address.
  [[nodiscard]] bool is_code(uint32_t offset) const;
  [[nodiscard]] bool has_frames() const {
    return (header.required & required::call_stack_frames) != 0;
  }
  /// Whether calls have sites.
  [[nodiscard]] bool tells_calls() const {
    return (header.optional & optional::no_call_sites) == 0;
  }
  /// Whether there is anything that traces could come from.
  [[nodiscard]] bool is_traced() const { return tells_calls() || has_frames() || is_split(); }
  /// Whether the tables of its traces are elsewhere.
  [[nodiscard]] bool is_split() const { return (header.optional & optional::split_trace) != 0; }
};

/// Whether bytes look like an image at all: an ELF file with our program header. Nothing else is
/// checked.
[[nodiscard]] bool is_image(std::span<const uint8_t> bytes);

/// Reads and checks an image for any target. Fails with one of the errors `image_*`: damage with
/// what it is about in `a` (`Damage`) and the place in the file as offset; numbers that are not
/// known with the one found in `a` and the known one in `b`; a bit that is not known with its
/// number in `a`.
[[nodiscard]] Result<Image> read(std::span<const uint8_t> bytes);

/// Reads what a linker has put into this program (`load_linked`). Its rows are not checked: they
/// are as trusted as the code that they are about.
[[nodiscard]] Result<Image> read_linked(std::span<const uint8_t> front, const uint8_t* code);

/// Compares the checksum, if the image has one.
[[nodiscard]] Result<void> verify_checksum(const Image& image);

/// FNV-1a over the image with the checksum's own bytes, at `checksum_offset`, as zeros.
[[nodiscard]] uint64_t checksum(std::span<const uint8_t> bytes, uint32_t checksum_offset);

} // namespace waxwing::image
