// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.hpp"
#include "base/error.hpp"
#include "base/vec.hpp"
#include "wasm/feature.hpp"
#include "wasm/types.hpp"

namespace waxwing {

/// A part of the module's bytes, by offset from their start.
struct ByteRange {
  uint32_t offset = 0;
  uint32_t size = 0;
};

/// A constant expression: its bytes, the final `end` included.
using ConstExpr = ByteRange;

struct Import {
  std::string_view module;
  std::string_view name;
  ExternKind kind{};
  /// Index in the index space of its kind.
  uint32_t index = 0;
  uint32_t offset = 0;
};

struct Export {
  std::string_view name;
  ExternKind kind{};
  uint32_t index = 0;
  uint32_t offset = 0;
};

struct Function {
  TypeIndex type = 0;
  /// The body in the code section: local declarations, instructions, `end`. Empty for an import.
  ByteRange body;
};

struct TableDecl {
  TableType type;
  /// Empty: elements start as null.
  ConstExpr init;
  /// Of the declaration's first byte in the module.
  uint32_t offset = 0;
};

struct GlobalDecl {
  GlobalType type;
  ConstExpr init;
  /// Of the declaration's first byte in the module.
  uint32_t offset = 0;
};

struct TagDecl {
  TypeIndex type = 0;
  /// Of the declaration's first byte in the module.
  uint32_t offset = 0;
};

enum class SegmentMode : uint8_t { active, passive, declarative };

struct ElemSegment {
  SegmentMode mode{};
  uint32_t table = 0;
  ConstExpr offset;
  ValType type;
  /// Either function indices (`functions`) or expressions.
  std::span<const FuncIndex> functions;
  std::span<const ConstExpr> expressions;
  /// Of the segment's first byte in the module.
  uint32_t start = 0;
  [[nodiscard]] size_t size() const { return functions.size() + expressions.size(); }
};

struct DataSegment {
  SegmentMode mode{};
  uint32_t memory = 0;
  ConstExpr offset;
  ByteRange bytes;
  /// Of the segment's first byte in the module.
  uint32_t start = 0;
};

struct CustomSection {
  std::string_view name;
  ByteRange bytes;
  /// Id of the last known section before it, 0 where there is none.
  uint8_t after = 0;
};

/// What `decode` makes of the binary format: the module's index spaces as plain vectors, imports
/// first. Immutable after validation and shared by all engines and threads. Spans and string views
/// point into its arena or its bytes; the bytes are owned by it only where `owned_bytes` holds
/// them, else by the caller, who keeps them as long as the module.
struct Module {
  explicit Module(const Allocator& from);
  Module(Module&&) = delete;

  const Allocator& allocator;
  Arena arena;
  Buffer owned_bytes;
  std::span<const uint8_t> bytes;
  FeatureSet features;

  Vec<DefType> types;
  Vec<Import> imports;
  Vec<Function> functions;
  Vec<TableDecl> tables;
  Vec<MemoryType> memories;
  Vec<GlobalDecl> globals;
  Vec<TagDecl> tags;
  Vec<Export> exports;
  Vec<ElemSegment> elements;
  Vec<DataSegment> data;
  Vec<CustomSection> customs;
  uint32_t imported_functions = 0;
  uint32_t imported_tables = 0;
  uint32_t imported_memories = 0;
  uint32_t imported_globals = 0;
  uint32_t imported_tags = 0;
  bool has_start = false;
  FuncIndex start = 0;
  uint32_t start_offset = 0;
  /// Set before decoding: there may be functions without a code section, whose bodies are empty
  /// then.
  bool has_no_code = false;
  bool has_data_count = false;
  uint32_t data_count = 0;
  /// The elements of the function and memory sections, without their counts.
  ByteRange function_section;
  ByteRange memory_section;
  /// The code section's payload, which DWARF counts its addresses from.
  ByteRange code_section;
  /// One bit a function: it may be the operand of `ref.func` (spec section 3.4.10, C.refs).
  Vec<uint8_t> declared_refs;
  /// Indices into `exports` in the order of their names; filled by validation.
  Vec<uint32_t> exports_by_name;

  [[nodiscard]] std::span<const uint8_t> slice(ByteRange range) const {
    return bytes.subspan(range.offset, range.size);
  }
  [[nodiscard]] const DefType& type_of(FuncIndex function) const {
    return types[functions[function].type];
  }
  [[nodiscard]] bool is_declared(FuncIndex function) const {
    return (declared_refs[function / 8] >> (function % 8) & 1) != 0;
  }
  /// The export named `name`, or null.
  [[nodiscard]] const Export* find_export(std::string_view name) const;
  /// The function whose body holds the byte at `offset`, or `kNoIndex`.
  [[nodiscard]] FuncIndex function_at(uint32_t offset) const;
};

/// Reads a module's structure (spec chapter 5) into `module`, which is empty before; function
/// bodies and constant expressions are located and, for the expressions, skipped over, but function
/// bodies are not read. Nothing is checked that is validation's. Fails with the offset of what is
/// malformed; memory use is bounded by a small multiple of the input's size.
[[nodiscard]] Result<void> decode(std::span<const uint8_t> bytes, FeatureSet features,
                                  Module& module);

/// Checks everything but function bodies (spec section 3.4) and fills what validation derives:
/// canonical types, depths, declared references.
[[nodiscard]] Result<void> validate_declarations(Module& module);

/// Working memory of the validation of bodies, kept from one function to the next. One per thread;
/// defined in `wasm/validate.hpp`.
class FunctionValidator;

/// Checks one body (spec section 3.4.3 and appendix on validation), malformed instructions
/// included. Safe to call from several threads on one module, each with a validator of its own.
[[nodiscard]] Result<void> validate_function(const Module& module, FuncIndex function,
                                             FunctionValidator& validator);

/// `validate_declarations`, then every body.
[[nodiscard]] Result<void> validate(Module& module);

/// Whether `sub` matches `super` (spec section 3.3), both in terms of `module`'s types.
[[nodiscard]] bool matches(const Module& module, HeapType sub, HeapType super);
[[nodiscard]] bool matches(const Module& module, ValType sub, ValType super);

} // namespace waxwing
