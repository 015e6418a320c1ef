// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>

#include "base/reader.hpp"
#include "base/vec.hpp"
#include "wasm/instruction.hpp"
#include "wasm/module.hpp"

namespace waxwing {

/// Checks instruction sequences by the algorithm of the spec's appendix on validation: a stack of
/// operand types, a stack of control frames, and which locals are set. Its memory is kept from one
/// function to the next and bounded by a small multiple of the body's size.
///
/// Errors are at the first byte of the instruction they speak of, with the operator as `detail`.
/// A `type_mismatch` has the expected type's bits in `a` and the found one's in `b`; 0 stands for
/// "nothing".
class FunctionValidator {
 public:
  explicit FunctionValidator(const Allocator& allocator)
      : operands_(allocator), controls_(allocator), runs_(allocator), locals_(allocator),
        is_set_(allocator), set_(allocator) {}

  /// Checks the body of `function`, which is not an import.
  [[nodiscard]] Result<void> check_body(const Module& module, FuncIndex function);

  /// Checks a constant expression of type `expected` (spec section 3.4.12) that may read the first
  /// `visible_globals` globals. Functions that it refers to get their bit in `declared`, which may
  /// be empty if nobody wants to know.
  [[nodiscard]] Result<void> check_constant(const Module& module, ConstExpr expression,
                                            ValType expected, uint32_t visible_globals,
                                            std::span<uint8_t> declared);

 private:
  struct Control {
    Op op{};
    bool unreachable = false;
    BlockType::Kind kind{};
    ValType value;           // of a block type that is one
    TypeIndex index = 0;     // of a block type that is an index
    uint32_t height = 0;     // of the operand stack at its start, without its parameters
    uint32_t set_height = 0; // of `set_` at its start
  };
  /// Locals up to `end` (and from the end of the run before) have `type`.
  struct LocalRun {
    uint32_t end;
    ValType type;
  };

  // validate_body.cc
  [[nodiscard]] Result<void> read_locals(const DefType& type, ByteReader& reader);
  [[nodiscard]] Result<void> check_instructions(ByteReader& reader);
  [[nodiscard]] Result<void> missing_end(const ByteReader& reader) const;
  [[nodiscard]] Result<void> check_simple(const OpInfo& row);
  [[nodiscard]] Result<void> check_immediate(const OpInfo& row, ValType& address);
  [[nodiscard]] Result<void> check_memarg(const OpInfo& row, ValType& address);
  [[nodiscard]] Result<void> check_special();
  [[nodiscard]] Result<void> check_local();
  [[nodiscard]] Result<void> check_global();
  [[nodiscard]] Result<void> check_select();
  [[nodiscard]] Result<void> check_typed_select();
  [[nodiscard]] Result<void> check_bulk_memory();
  [[nodiscard]] Result<ValType> local_type(uint32_t index) const;
  [[nodiscard]] Result<void> check_constant_operator(uint32_t visible_globals) const;

  // validate_quick.cc
  /// Checks instructions from `at` on, as far as they are simple and right; returns the first one
  /// that isn't.
  [[nodiscard]] const uint8_t* check_quick(const uint8_t* at, const uint8_t* end);

  // validate_control.cc
  [[nodiscard]] Result<void> check_control();
  [[nodiscard]] Result<void> check_end();
  [[nodiscard]] Result<void> check_else();
  [[nodiscard]] Result<void> check_br_table();
  [[nodiscard]] Result<void> check_call();
  [[nodiscard]] Result<void> check_call_indirect(bool is_tail);
  [[nodiscard]] Result<void> check_call_ref(bool is_tail);
  [[nodiscard]] Result<void> apply(const DefType& type, bool is_tail);
  [[nodiscard]] Result<void> check_block_type(const BlockType& type) const;
  [[nodiscard]] Result<void> check_try_table();
  [[nodiscard]] Result<void> check_catch_clause(const CatchClause& clause) const;
  [[nodiscard]] Result<void> check_legacy_catch();
  [[nodiscard]] Result<void> push_control(Op op, const BlockType& type);
  [[nodiscard]] Result<Control> pop_control();
  [[nodiscard]] Result<Control*> label(uint32_t depth);
  void set_unreachable();

  // validate_references.cc
  [[nodiscard]] Result<void> check_reference();
  [[nodiscard]] Result<void> check_table();
  [[nodiscard]] Result<void> check_table_copy();
  [[nodiscard]] Result<void> check_cast();
  [[nodiscard]] Result<void> check_br_on_cast();
  [[nodiscard]] Result<void> check_br_on_null();
  [[nodiscard]] Result<void> check_struct();
  [[nodiscard]] Result<void> check_array();
  [[nodiscard]] Result<void> check_array_new();
  [[nodiscard]] Result<void> check_array_segment(const FieldType& element);
  [[nodiscard]] Result<ValType> pop_ref();

  // Indices into the module's spaces.
  [[nodiscard]] Result<const DefType*> type_at(uint32_t index) const;
  [[nodiscard]] Result<const DefType*> func_type_at(uint32_t index) const;
  [[nodiscard]] Result<const DefType*> struct_type_at(uint32_t index) const;
  [[nodiscard]] Result<const DefType*> array_type_at(uint32_t index) const;
  [[nodiscard]] Result<const TableType*> table_at(uint32_t index) const;
  [[nodiscard]] Result<ValType> memory_address(uint32_t index) const;
  [[nodiscard]] Result<const DefType*> tag_type_at(uint32_t index) const;
  [[nodiscard]] Result<void> check_data_index(uint32_t index) const;
  [[nodiscard]] Result<void> check_elem_index(uint32_t index) const;
  [[nodiscard]] Result<void> check_type(ValType type) const;
  [[nodiscard]] Result<void> check_type(HeapType type) const;

  // Types of a frame's block; the spans last until `controls_` grows.
  [[nodiscard]] std::span<const ValType> params(const Control& control) const;
  [[nodiscard]] std::span<const ValType> results(const Control& control) const;
  /// What a branch to the frame carries.
  [[nodiscard]] std::span<const ValType> label_types(const Control& control) const;

  // The operand stack.
  [[nodiscard]] Result<void> push(ValType type) { return operands_.push(type); }
  [[nodiscard]] Result<void> push(std::span<const ValType> types);
  /// Takes an operand of type `expected` off the stack.
  [[nodiscard]] Result<void> pop(ValType expected) {
    if (operands_.size() > controls_.back().height && operands_.back() == expected) [[likely]] {
      operands_.truncate(operands_.size() - 1);
      return {};
    }
    return pop_other(expected);
  }
  [[nodiscard]] Result<void> pop_other(ValType expected);
  [[nodiscard]] Result<void> pop(std::span<const ValType> types);
  /// Takes any operand; the bottom type where unreachable code has none.
  [[nodiscard]] Result<ValType> pop_any();
  /// Checks that the top of the stack matches `types` and leaves it as it is.
  [[nodiscard]] Result<void> check_top(std::span<const ValType> types);

  [[nodiscard]] std::unexpected<Error> error(ErrorCode code, uint32_t a = 0, uint32_t b = 0) const;
  [[nodiscard]] std::unexpected<Error> mismatch(ValType expected, ValType found) const {
    return error(ErrorCode::type_mismatch, expected.bits(), found.bits());
  }

  Vec<ValType> operands_;
  Vec<Control> controls_;
  Vec<LocalRun> runs_;
  /// Types of the first locals, as many as the body is long; all later ones are in `runs_` only.
  Vec<ValType> locals_;
  /// One bit a local, where there are any without a default value.
  Vec<uint8_t> is_set_;
  /// Such locals in the order in which they were set, so that leaving a block can undo it.
  Vec<uint32_t> set_;
  uint32_t local_count_ = 0;
  bool tracks_locals_ = false;

  const Module* module_ = nullptr;
  const DefType* type_ = nullptr; // of the function
  std::span<uint8_t> declared_;   // of a constant expression
  bool is_constant_ = false;
  Instruction at_;
  ByteReader vector_{{}};
};

} // namespace waxwing
