// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/closed_table.hpp"

#include <algorithm>
#include <optional>

#include "compile/const_expression.hpp"

namespace waxwing::compile {

namespace {

/// Rows beyond that are not worth their room.
constexpr size_t kMostElements = size_t{1} << 18;

/// What a segment has at `i`; nothing where that is not known.
std::optional<FuncIndex> element(const waxwing::Module& wasm, const ElemSegment& segment,
                                 size_t i) {
  if (i < segment.functions.size()) return segment.functions[i];
  const auto at = only_operator(wasm, segment.expressions[i - segment.functions.size()]);
  if (!at) return std::nullopt;
  if (at->op == Op::ref_func) return at->x;
  if (at->op == Op::ref_null) return kNoIndex;
  return std::nullopt;
}

/// Puts a segment into a table; false where it can't be foretold what that does.
bool apply(const waxwing::Module& wasm, const ElemSegment& segment, uint64_t size,
           ClosedTable& table) {
  const auto offset = only_operator(wasm, segment.offset);
  if (!offset || offset->op != Op::i32_const) return false;
  const uint64_t begin = static_cast<uint32_t>(offset->i32);
  // One that doesn't fit ends the instantiation.
  if (begin + segment.size() > size || begin + segment.size() > kMostElements) return false;
  if (table.elements.size() < begin + segment.size())
    table.elements.resize(begin + segment.size(), kNoIndex);
  for (size_t i = 0; i < segment.size(); ++i) {
    const auto function = element(wasm, segment, i);
    if (!function || (*function != kNoIndex && *function < wasm.imported_functions)) return false;
    table.elements[begin + i] = *function;
  }
  return true;
}

void find_few(const waxwing::Module& wasm, ClosedTable& table) {
  for (uint32_t i = 0; i < table.elements.size(); ++i) {
    if (table.elements[i] == kNoIndex) continue;
    std::vector<uint32_t>& places = table.few[wasm.type_of(table.elements[i]).canonical];
    if (places.size() <= kFew) places.push_back(i);
  }
  std::erase_if(table.few, [](const auto& entry) { return entry.second.size() > kFew; });
}

} // namespace

std::vector<ClosedTable> find_closed_tables(const waxwing::Module& wasm,
                                            const std::vector<bool>& is_written) {
  std::vector<ClosedTable> tables(wasm.tables.size());
  // Functions that got into a table of another module before a segment that fails can be called
  // while this module's own tables are as that left them.
  for (const ElemSegment& segment : wasm.elements)
    if (segment.mode == SegmentMode::active && segment.table < wasm.imported_tables) return tables;

  for (uint32_t i = wasm.imported_tables; i < wasm.tables.size(); ++i) {
    const TableDecl& declared = wasm.tables[i];
    const bool is_exported =
        std::any_of(wasm.exports.begin(), wasm.exports.end(), [&](const Export& item) {
          return item.kind == ExternKind::table && item.index == i;
        });
    if (is_written[i] || is_exported || declared.type.limits.is64 || declared.init.size != 0 ||
        !matches(wasm, declared.type.element.heap_type(), heap::func))
      continue;
    ClosedTable& table = tables[i];
    table.is_closed =
        std::all_of(wasm.elements.begin(), wasm.elements.end(), [&](const ElemSegment& segment) {
          return segment.mode != SegmentMode::active || segment.table != i ||
                 apply(wasm, segment, declared.type.limits.min, table);
        });
    for (const FuncIndex function : table.elements) {
      if (function == kNoIndex) continue;
      TypeIndex above = wasm.type_of(function).supertype;
      for (; above != kNoIndex; above = wasm.types[above].supertype)
        table.supertypes.push_back(wasm.types[above].canonical);
    }
    std::sort(table.supertypes.begin(), table.supertypes.end());
    table.supertypes.erase(std::unique(table.supertypes.begin(), table.supertypes.end()),
                           table.supertypes.end());
    if (table.is_closed) find_few(wasm, table);
  }
  return tables;
}

bool tells_by_equality(const waxwing::Module& wasm, const ClosedTable& table, TypeIndex type) {
  return !std::binary_search(table.supertypes.begin(), table.supertypes.end(),
                             wasm.types[type].canonical);
}

} // namespace waxwing::compile
