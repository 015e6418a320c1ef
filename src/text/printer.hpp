// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Internal to the room: the printer behind `print_module`.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "text/name_section.hpp"
#include "text/print.hpp"
#include "wasm/instruction.hpp"

namespace waxwing::text {

/// The identifiers of one index space: names made unique, by a suffix where two are the same.
class Ids {
 public:
  /// The identifier of `index`, which wants to be called `name`; empty for no name.
  void add(uint32_t index, std::string_view name);
  [[nodiscard]] std::string_view find(uint32_t index) const;
  void clear();

 private:
  std::unordered_map<uint32_t, std::string> ids_;
  std::unordered_set<std::string_view> taken_;
};

class Printer {
 public:
  Printer(const Module& module, const PrintOptions& options)
      : module_(module), options_(options), names_(module) {}

  Result<std::string> run();

 private:
  // --- Module (print.cc)
  void collect_ids();
  void collect(Ids& ids, NameSpace space, size_t count);
  void line(unsigned depth);
  /// ` $id` of a definition with its original name where the identifier had to differ, or a comment
  /// with its index.
  void definition(const Ids& ids, NameSpace space, uint32_t index);
  void reference(const Ids& ids, uint32_t index);
  void types();
  void type(TypeIndex index, unsigned depth);
  void field(const FieldType& field);
  void imports();
  Result<void> tables();
  void memories();
  Result<void> globals();
  void tags();
  void exports();
  Result<void> elements();
  Result<void> functions();
  Result<void> data();
  void customs();
  [[nodiscard]] std::string_view place_of(const CustomSection& section) const;
  void custom(const CustomSection& section);
  void data_lines(std::string_view bytes);
  void read_hints();

  // --- Types (print_types.cc)
  void val_type(ValType type);
  void heap_type(HeapType type);
  void ref_type(HeapType type, bool nullable);
  void limits(const Limits& limits);
  void memory_type(const MemoryType& type);
  void table_type(const TableType& type);
  void global_type(const GlobalType& type);
  void type_use(TypeIndex type);
  void extern_type(ExternKind kind, uint32_t index);
  /// `(param ...)* (result ...)*`, one `param` each where parameters have identifiers.
  void signature(const DefType& type, bool ids);

  // --- Code (print_code.cc)
  Result<void> body(FuncIndex function);
  Result<void> locals(ByteReader& reader, const DefType* type, FuncIndex function);
  Result<void> instructions(ByteReader& reader, unsigned depth, uint32_t hint_base);
  Result<void> expression(ConstExpr range);
  /// The expression as one folded instruction, or `(offset ...)` with `wrapper` in front.
  Result<void> folded_or(ConstExpr range, std::string_view wrapper);
  Result<void> immediates(const Instruction& instruction);
  void memarg(const Instruction& instruction);
  /// The label and type of a block, and its clauses; pushes the block.
  Result<void> block(const Instruction& instruction);
  void label(uint32_t depth);
  Result<void> catches(const Instruction& instruction);
  ByteReader vector_reader(const Instruction& instruction) const;
  [[nodiscard]] uint32_t offset_of(const uint8_t* position) const {
    return static_cast<uint32_t>(position - module_.bytes.data());
  }
  void number(uint64_t value);

  const Module& module_;
  const PrintOptions& options_;
  NameSection names_;
  std::string out_;
  Ids functions_, types_, tables_, memories_, globals_, tags_, elems_, data_, locals_;
  std::vector<Ids> fields_;
  FuncIndex function_ = 0;
  /// Open blocks of the body, outermost first: the operator that began each (or its last part) and
  /// its identifier, which no other open block has.
  struct Open {
    Op op;
    std::string label;
  };
  std::vector<Open> open_;
  std::unordered_set<std::string> open_labels_;
  uint32_t block_count_ = 0;
  /// Hint by function and offset from the start of its body.
  std::unordered_map<uint64_t, uint8_t> hints_;
  bool has_hints_ = false;
};

} // namespace waxwing::text
