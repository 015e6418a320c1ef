// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/plan.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/reader.hpp"
#include "compile/signature.hpp"
#include "wasm/instruction.hpp"

namespace waxwing::compile {

bool is_reachable(const waxwing::Module& wasm, FuncIndex function) {
  return wasm.is_declared(function) || (wasm.has_start && wasm.start == function);
}

ModulePlan::ModulePlan(const waxwing::Module& wasm, bool in_parts)
    : wasm_(wasm), part_of_(wasm.functions.size()), makes_tail_calls_(wasm.functions.size()),
      is_local_(wasm.functions.size()), signature_of_(wasm.functions.size()),
      is_written_(wasm.tables.size()) {
  divide(in_parts);
  for (FuncIndex i = wasm.imported_functions; i < wasm.functions.size(); ++i)
    is_local_[i] = !is_reachable(wasm, i);
  for (uint32_t part = 0; part < parts_.size(); ++part)
    for (FuncIndex i = parts_[part].begin; i < parts_[part].end; ++i) look_through(i, part);
  find_signatures();
  closed_tables_ = find_closed_tables(wasm_, is_written_);
}

void ModulePlan::divide(bool in_parts) {
  const auto count = static_cast<FuncIndex>(wasm_.functions.size());
  size_t all = 0;
  for (FuncIndex i = wasm_.imported_functions; i < count; ++i) all += wasm_.functions[i].body.size;
  const size_t wanted =
      in_parts ? std::max(kPartBytes, (all + kMostParts - 1) / kMostParts) : SIZE_MAX;
  Part part{wasm_.imported_functions, wasm_.imported_functions};
  size_t bytes = 0;
  for (FuncIndex i = wasm_.imported_functions; i < count; ++i) {
    if (bytes >= wanted) {
      parts_.push_back(part);
      part.begin = i;
      bytes = 0;
    }
    part_of_[i] = static_cast<uint32_t>(parts_.size());
    part.end = i + 1;
    bytes += wasm_.functions[i].body.size;
  }
  parts_.push_back(part);
}

void ModulePlan::look_through(FuncIndex function, uint32_t part) {
  const ByteRange body = wasm_.functions[function].body;
  ByteReader reader(wasm_.slice(body), body.offset);
  // The body is valid: reading fails at its end only.
  const auto groups = reader.leb_u32();
  for (uint32_t i = 0; groups && i < *groups; ++i) {
    (void)reader.leb_u32();
    (void)read_val_type(reader, wasm_.features);
  }
  for (waxwing::Instruction at; !reader.at_end();) {
    if (!read_instruction(reader, wasm_.features, at)) break;
    switch (at.op) {
    case Op::return_call:
    case Op::return_call_indirect:
    case Op::return_call_ref: makes_tail_calls_[function] = true; break;
    case Op::try_:
    case Op::try_table: catches_ = true; break;
    case Op::table_set:
    case Op::table_grow:
    case Op::table_fill:
    case Op::table_copy: is_written_[at.x] = true; break;
    case Op::table_init: is_written_[at.y] = true; break;
    default: break;
    }
    if ((at.op == Op::call || at.op == Op::return_call) && at.x >= wasm_.imported_functions &&
        part_of_[at.x] != part)
      is_local_[at.x] = false;
  }
}

void ModulePlan::find_signatures() {
  std::unordered_map<std::string, uint32_t> rows;
  for (FuncIndex i = wasm_.imported_functions; i < wasm_.functions.size(); ++i) {
    const DefType& type = wasm_.type_of(i);
    std::string name = signature_name(type.params, type.results);
    const auto [row, is_new] = rows.emplace(name, static_cast<uint32_t>(signatures_.size()));
    if (is_new) signatures_.push_back(std::move(name));
    signature_of_[i] = row->second;
  }
}

} // namespace waxwing::compile
