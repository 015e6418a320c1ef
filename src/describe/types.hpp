// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wasm/module.hpp"
#include "wasm/types.hpp"

/// Types in the words of the text format.
namespace waxwing::describe {

[[nodiscard]] std::string heap_type_text(HeapType type);
[[nodiscard]] std::string val_type_text(ValType type);
/// `(param i32) (result i64)`; empty for a function without either.
[[nodiscard]] std::string signature_text(std::span<const ValType> params,
                                         std::span<const ValType> results);
/// `(func ...)`, `(struct ...)`, `(array ...)`, with `sub` where it is not plain.
[[nodiscard]] std::string def_type_text(const DefType& type);
[[nodiscard]] std::string limits_text(const Limits& limits);
[[nodiscard]] std::string memory_type_text(const MemoryType& type);
[[nodiscard]] std::string table_type_text(const TableType& type);
[[nodiscard]] std::string global_type_text(const GlobalType& type);
[[nodiscard]] std::string_view kind_text(ExternKind kind);
/// The type of whatever `kind` and `index` name in a module, as an import or export description
/// without its name.
[[nodiscard]] std::string extern_type_text(const Module& module, ExternKind kind, uint32_t index);

} // namespace waxwing::describe
