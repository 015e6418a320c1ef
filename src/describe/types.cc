// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "describe/types.hpp"

#include <fmt/format.h>

namespace waxwing::describe {

namespace {

std::string_view abstract_name(uint8_t code) {
  switch (code) {
  case 0x74: return "noexn";
  case 0x73: return "nofunc";
  case 0x72: return "noextern";
  case 0x71: return "none";
  case 0x70: return "func";
  case 0x6F: return "extern";
  case 0x6E: return "any";
  case 0x6D: return "eq";
  case 0x6C: return "i31";
  case 0x6B: return "struct";
  case 0x6A: return "array";
  case 0x69: return "exn";
  default: return "bottom";
  }
}

/// The abbreviation of a nullable reference to an abstract type.
std::string_view short_name(uint8_t code) {
  switch (code) {
  case 0x74: return "nullexnref";
  case 0x73: return "nullfuncref";
  case 0x72: return "nullexternref";
  case 0x71: return "nullref";
  case 0x70: return "funcref";
  case 0x6F: return "externref";
  case 0x6E: return "anyref";
  case 0x6D: return "eqref";
  case 0x6C: return "i31ref";
  case 0x6B: return "structref";
  case 0x6A: return "arrayref";
  case 0x69: return "exnref";
  default: return "bottom";
  }
}

std::string field_text(const FieldType& field) {
  const std::string storage = val_type_text(field.storage);
  return field.mutable_ ? fmt::format("(mut {})", storage) : storage;
}

} // namespace

std::string heap_type_text(HeapType type) {
  if (type.is_concrete()) return std::to_string(type.index());
  const std::string_view name = abstract_name(type.code());
  return type.is_shared() ? fmt::format("(shared {})", name) : std::string(name);
}

std::string val_type_text(ValType type) {
  switch (type.code()) {
  case 0x7F: return "i32";
  case 0x7E: return "i64";
  case 0x7D: return "f32";
  case 0x7C: return "f64";
  case 0x7B: return "v128";
  case 0x78: return "i8";
  case 0x77: return "i16";
  case 0x00: return "bottom";
  default: break;
  }
  const HeapType heap = type.heap_type();
  if (type.is_nullable() && !heap.is_concrete() && !heap.is_shared())
    return std::string(short_name(heap.code()));
  return fmt::format("(ref {}{})", type.is_nullable() ? "null " : "", heap_type_text(heap));
}

std::string signature_text(std::span<const ValType> params, std::span<const ValType> results) {
  std::string out;
  auto list = [&out](std::string_view word, std::span<const ValType> types) {
    if (types.empty()) return;
    out += fmt::format("{}({}", out.empty() ? "" : " ", word);
    for (ValType type : types) out += ' ' + val_type_text(type);
    out += ')';
  };
  list("param", params);
  list("result", results);
  return out;
}

std::string def_type_text(const DefType& type) {
  std::string out;
  switch (type.kind) {
  case TypeKind::func: {
    const std::string signature = signature_text(type.params, type.results);
    out = signature.empty() ? "(func)" : fmt::format("(func {})", signature);
    break;
  }
  case TypeKind::struct_:
    out = "(struct";
    for (const FieldType& field : type.fields) out += fmt::format(" (field {})", field_text(field));
    out += ')';
    break;
  case TypeKind::array:
    out = fmt::format("(array {})", type.fields.empty() ? "" : field_text(type.fields[0]));
    break;
  }
  if (type.shared) out = fmt::format("(shared {})", out);
  if (type.final_ && type.supertype == kNoIndex) return out;
  std::string sub = type.final_ ? "(sub final " : "(sub ";
  if (type.supertype != kNoIndex) sub += fmt::format("{} ", type.supertype);
  return sub + out + ")";
}

std::string limits_text(const Limits& limits) {
  std::string out = limits.is64 ? "i64 " : "";
  out += std::to_string(limits.min);
  if (limits.has_max) out += fmt::format(" {}", limits.max);
  if (limits.shared) out += " shared";
  return out;
}

std::string memory_type_text(const MemoryType& type) {
  std::string out = limits_text(type.limits);
  if (type.page_log2 != 16) out += fmt::format(" (pagesize {})", uint64_t{1} << type.page_log2);
  return out;
}

std::string table_type_text(const TableType& type) {
  return limits_text(type.limits) + " " + val_type_text(type.element);
}

std::string global_type_text(const GlobalType& type) {
  std::string value = val_type_text(type.type);
  if (!type.mutable_ && !type.shared) return value;
  return fmt::format("({}{}{})", type.shared ? "shared " : "", type.mutable_ ? "mut " : "", value);
}

std::string_view kind_text(ExternKind kind) {
  switch (kind) {
  case ExternKind::func: return "func";
  case ExternKind::table: return "table";
  case ExternKind::memory: return "memory";
  case ExternKind::global: return "global";
  case ExternKind::tag: return "tag";
  }
  return "?";
}

std::string extern_type_text(const Module& module, ExternKind kind, uint32_t index) {
  auto function_text = [&module](TypeIndex type) -> std::string {
    if (type >= module.types.size()) return fmt::format("(type {})", type);
    return signature_text(module.types[type].params, module.types[type].results);
  };
  switch (kind) {
  case ExternKind::func:
    return index < module.functions.size() ? function_text(module.functions[index].type) : "";
  case ExternKind::table:
    return index < module.tables.size() ? table_type_text(module.tables[index].type) : "";
  case ExternKind::memory:
    return index < module.memories.size() ? memory_type_text(module.memories[index]) : "";
  case ExternKind::global:
    return index < module.globals.size() ? global_type_text(module.globals[index].type) : "";
  case ExternKind::tag:
    return index < module.tags.size() ? function_text(module.tags[index].type) : "";
  }
  return {};
}

} // namespace waxwing::describe
