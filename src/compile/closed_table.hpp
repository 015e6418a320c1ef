// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables whose elements are known for good: of functions, with no way for anything but the module's
// own segments to write to them. Calls through one need not look at the table.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "wasm/module.hpp"

namespace waxwing::compile {

/// One table. Where `is_closed`, functions of the module itself (`kNoIndex`: null) from its first
/// element on; what lies behind them is null or outside.
struct ClosedTable {
  bool is_closed = false;
  std::vector<FuncIndex> elements;
  /// Canonical supertypes of the functions' types, sorted.
  std::vector<TypeIndex> supertypes;
  /// By canonical type, the places of the functions that have it, where these are at most `kFew`.
  std::map<TypeIndex, std::vector<uint32_t>> few;
};

/// So many functions are told apart by comparing the index with the place of each.
inline constexpr size_t kFew = 4;

/// A row of the table as compiled code has it, 8 bytes: the canonical type of the function plus 1
/// (0 for null), and the place of its native entry relative to the first row.
inline constexpr uint32_t kClosedRowBytes = 8;

/// The tables of a module; `is_written` has those that its code writes to or lets grow.
[[nodiscard]] std::vector<ClosedTable> find_closed_tables(const waxwing::Module& wasm,
                                                          const std::vector<bool>& is_written);

/// Whether of the functions in the table those of type `type`, and no others, match it.
[[nodiscard]] bool tells_by_equality(const waxwing::Module& wasm, const ClosedTable& table,
                                     TypeIndex type);

} // namespace waxwing::compile
