// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ELF file around an image (docs/abi.md, section 13): file offset and address are equal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "image/format.hpp"

namespace waxwing::compile {

struct ElfPart {
  uint64_t offset = 0;
  uint64_t size = 0;
};

struct ElfSymbol {
  std::string name;
  uint64_t address;
  uint64_t size;
};

/// A section for debuggers. It is not loaded.
struct ElfDebugSection {
  std::string name;
  std::vector<uint8_t> bytes;
  /// Where it has addresses of the image, as wide as pointers.
  std::vector<uint32_t> addresses;
};

struct ElfLayout {
  const image::TargetInfo* target = nullptr;
  /// Behind the program headers: what PT_WAX leads to.
  ElfPart metadata;
  ElfPart rodata;
  ElfPart text;
  std::vector<ElfSymbol> symbols;
  /// Written with a section `kElfAddresses` that leads to their addresses.
  std::vector<ElfDebugSection> debug;
};

[[nodiscard]] uint64_t elf_header_size(const image::TargetInfo& target);
[[nodiscard]] uint64_t program_header_size(const image::TargetInfo& target);

[[nodiscard]] std::vector<uint8_t> write_elf(const ElfLayout& layout,
                                             const std::vector<uint8_t>& metadata,
                                             const std::vector<uint8_t>& rodata,
                                             const std::vector<uint8_t>& text);

} // namespace waxwing::compile
