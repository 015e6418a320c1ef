// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The custom sections `linking`, `reloc.CODE` and `reloc.DATA` of a linked module
// (tool-conventions, Linking.md): which of its numbers are addresses, and of what.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compile/failure.hpp"
#include "wasm/module.hpp"

namespace waxwing::compile {

enum class SymbolKind : uint8_t { function, data, global, section, tag, table };

struct GuestSymbol {
  SymbolKind kind{};
  uint32_t flags = 0;
  /// In the index space of its kind; of data, its segment.
  uint32_t index = 0;
  std::string_view name;
  /// Of data: the place in its segment. An absolute one's is its address.
  uint64_t offset = 0;
  uint64_t size = 0;

  [[nodiscard]] bool is_undefined() const { return (flags & 0x10) != 0; }
  [[nodiscard]] bool is_absolute() const { return (flags & 0x200) != 0; }
};

/// Kinds of relocations, with the numbers of the format.
enum class RelocationKind : uint8_t {
  function_index_leb = 0,
  table_index_sleb = 1,
  table_index_i32 = 2,
  memory_addr_leb = 3,
  memory_addr_sleb = 4,
  memory_addr_i32 = 5,
  type_index_leb = 6,
  global_index_leb = 7,
  function_offset_i32 = 8,
  section_offset_i32 = 9,
  tag_index_leb = 10,
  memory_addr_rel_sleb = 11,
  table_index_rel_sleb = 12,
  global_index_i32 = 13,
  memory_addr_leb64 = 14,
  memory_addr_sleb64 = 15,
  memory_addr_i64 = 16,
  memory_addr_rel_sleb64 = 17,
  table_index_sleb64 = 18,
  table_index_i64 = 19,
  table_number_leb = 20,
  memory_addr_tls_sleb = 21,
  function_offset_i64 = 22,
  memory_addr_locrel_i32 = 23,
  table_index_rel_sleb64 = 24,
  memory_addr_tls_sleb64 = 25,
  function_index_i32 = 26,
};

/// As the format's documentation calls it.
[[nodiscard]] const char* relocation_name(RelocationKind kind);
/// Whether what it marks is an address or the index of a function in a table: the rest are indices
/// that the module itself gives a meaning.
[[nodiscard]] bool is_address(RelocationKind kind);

struct Relocation {
  /// Of the first byte that it is about, in the module.
  uint32_t offset = 0;
  RelocationKind kind{};
  /// Into `GuestSymbols::symbols`.
  uint32_t symbol = 0;
  int64_t addend = 0;
};

struct Relocations {
  std::vector<GuestSymbol> symbols;
  /// Those that are addresses, by offset, no two at one.
  std::vector<Relocation> code;
  std::vector<Relocation> data;
  /// Names of data segments, where the module tells; empty ones else.
  std::vector<std::string_view> segment_names;

  /// Those of `of` whose offset is in [`begin`, `end`).
  [[nodiscard]] static std::span<const Relocation> in(const std::vector<Relocation>& of,
                                                      uint32_t begin, uint32_t end);
};

/// Reads them. `wasm` has been decoded and validated and outlives what is made: names point into
/// it. Fails with an offset where they are missing or malformed, and for kinds of relocations that
/// no linked 64-bit module has.
[[nodiscard]] Outcome<Relocations> read_relocations(const waxwing::Module& wasm);

} // namespace waxwing::compile
