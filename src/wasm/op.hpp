// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wasm/feature.hpp"

namespace waxwing {

/// Every operator, numbered densely in the order of `wasm/op.def`.
enum class Op : uint16_t {
#define WAX_OP(prefix, code, name, text, immediate, width, signature, feature) name,
#include "wasm/op.def"
#undef WAX_OP
};

inline constexpr size_t kOpCount = 0
#define WAX_OP(prefix, code, name, text, immediate, width, signature, feature) +1
#include "wasm/op.def"
#undef WAX_OP
    ;

/// What follows an operator's code (spec section 5.4). `x` and `y` name the fields of `Instruction`
/// that the decoder fills.
enum class Imm : uint8_t {
  none,
  block,         // block type
  label,         // x label
  br_table,      // vector of labels, default label
  func,          // x function
  call_indirect, // x type, y table
  local,         // x local
  global,        // x global
  table,         // x table
  memory,        // x memory
  memarg,        // memarg
  memarg_lane,   // memarg, lane
  atomic_memarg, // memarg whose alignment must be the natural one
  i32,
  i64,
  f32,
  f64,
  v128,
  lane,          // x lane
  shuffle,       // 16 lanes (in `v128`)
  type,          // x type
  type_field,    // x type, y field
  type_count,    // x type, y count
  type_data,     // x type, y data segment
  type_elem,     // x type, y elem segment
  type_type,     // x type, y type
  heap_type,     // heap type (in `type`); nullable for the forms that say so
  br_on_cast,    // flags, x label, two heap types (in `type` and `type2`)
  select_t,      // vector of value types
  try_table,     // block type, vector of catch clauses
  tag,           // x tag
  data,          // x data segment
  elem,          // x elem segment
  data_memory,   // x data segment, y memory
  elem_table,    // x elem segment, y table
  memory_memory, // x destination, y source
  table_table,   // x destination, y source
  fence,         // one zero byte
};

/// The value letters of `op.def`.
enum class Letter : uint8_t { none, i32, i64, f32, f64, v128, address };

/// One row of the table. `special` operators have a validation rule of their own, and `params` and
/// `results` are empty for them.
struct OpInfo {
  uint8_t prefix;
  uint16_t code;
  Imm immediate;
  uint8_t width;
  Feature feature;
  bool special;
  uint8_t param_count;
  uint8_t result_count;
  Letter params[4];
  Letter results[2];
};

namespace detail {
consteval Letter letter_of(char c) {
  switch (c) {
  case 'i': return Letter::i32;
  case 'l': return Letter::i64;
  case 'f': return Letter::f32;
  case 'd': return Letter::f64;
  case 'v': return Letter::v128;
  case 'a': return Letter::address;
  default: __builtin_trap(); // not a constant: an unknown letter does not compile
  }
}
consteval OpInfo make_op_info(unsigned prefix, unsigned code, Imm immediate, unsigned width,
                              std::string_view signature, Feature feature) {
  OpInfo info{};
  info.prefix = static_cast<uint8_t>(prefix);
  info.code = static_cast<uint16_t>(code);
  info.immediate = immediate;
  info.width = static_cast<uint8_t>(width);
  info.feature = feature;
  info.special = signature == "*";
  bool results = false;
  for (char c : signature) {
    if (c == '*') break;
    if (c == ':')
      results = true;
    else if (results)
      info.results[info.result_count++] = letter_of(c);
    else
      info.params[info.param_count++] = letter_of(c);
  }
  return info;
}
} // namespace detail

inline constexpr OpInfo kOpInfo[kOpCount] = {
#define WAX_OP(prefix, code, name, text, immediate, width, signature, feature)                     \
  detail::make_op_info(prefix, code, Imm::immediate, width, signature, Feature::feature),
#include "wasm/op.def"
#undef WAX_OP
};

[[nodiscard]] constexpr const OpInfo& info(Op op) { return kOpInfo[static_cast<size_t>(op)]; }

/// No operator has this number; `find_op` returns it for codes that are not in the table.
inline constexpr Op kNoOp = static_cast<Op>(0xFFFF);

/// The operator with `code` behind `prefix` (0 for one-byte operators), or `kNoOp`. Constant time.
[[nodiscard]] Op find_op(uint8_t prefix, uint32_t code);

/// The mnemonic of the text format. In an object of its own (`op_names.cc`) that small targets need
/// not link.
[[nodiscard]] std::string_view op_name(Op op);

/// The operator that a mnemonic names, or `kNoOp`. Mnemonics that several codes share (`select`,
/// `ref.test`, `ref.cast`) give the first of them.
[[nodiscard]] Op find_op_by_name(std::string_view name);

} // namespace waxwing
