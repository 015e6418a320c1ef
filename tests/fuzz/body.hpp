// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The maker of one function's body.
#pragma once

#include <cstdint>
#include <vector>

#include "fuzz/module_plan.hpp"
#include "wasm/op.hpp"

namespace waxwing::fuzz {

/// Operators that take part by their row alone.
struct Operators {
  std::vector<Op> by_result[kTypes];
  std::vector<Op> effects;
};

class Body {
 public:
  Body(Choices& choices, const Plan& plan) : choices_(choices), plan_(plan) {}

  [[nodiscard]] Bytes random(uint32_t index);
  [[nodiscard]] Bytes exported(uint32_t index);
  [[nodiscard]] Bytes dump();
  [[nodiscard]] Bytes show();

 private:
  [[nodiscard]] bool has(Feature feature) const { return plan_.features.has(feature); }
  [[nodiscard]] bool exists(Type type) const {
    switch (type) {
    case Type::v128: return has(Feature::simd);
    case Type::funcref: return has(Feature::reference_types);
    case Type::anyref:
    case Type::object: return has(Feature::gc);
    case Type::exnref: return has(Feature::exceptions);
    default: return true;
    }
  }

  void add_locals(const std::vector<Type>& params, uint32_t count);

  [[nodiscard]] Bytes finish();

  // Instructions
  void op(Op op);
  void op(Op what, uint32_t index) {
    op(what);
    out_.u32(index);
  }
  void global_get(uint32_t index) { op(Op::global_get, index); }
  void global_set(uint32_t index) { op(Op::global_set, index); }
  [[nodiscard]] uint32_t scratch(Type type) const { return scratch_[static_cast<size_t>(type)]; }

  /// Counts a loop's turn or a call, and ends the function where there have been too many.
  void step();

  /// Takes the value on the stack into the hash.
  void mix(Type type);
  /// What `mix` takes of a reference that it does not look behind.
  void mix_null();

  void null(Type type) {
    op(Op::ref_null);
    out_.byte(heap_code(type));
  }
  void begin(Op what, Type result) {
    op(what);
    out_.type(result);
  }
  void begin(Op what) {
    op(what);
    out_.byte(0x40);
  }
  /// Also behind a constant: with a byte of its own, since some have several codes.
  void heap_op(Op what, uint8_t heap) {
    op(what);
    out_.byte(heap);
  }

  /// Makes NaNs on top of the stack canonical.
  void canonicalise(Op what, Type type);

  /// Drops `types` from the stack but for one of `wanted`; where there is none, makes one.
  void settle(const std::vector<Type>& types, Type wanted);
  void drop_all(const std::vector<Type>& types);

  // Operands
  [[nodiscard]] uint32_t some_memory() {
    return choices_.below(static_cast<uint32_t>(plan_.memories.size()));
  }
  [[nodiscard]] Type address_type(uint32_t memory) const {
    return plan_.memories[memory].is64 ? Type::i64 : Type::i32;
  }
  void masked(Type type, uint32_t mask, int depth);
  /// Mostly inside the memory, and a multiple of 2^`align`.
  void address(uint32_t memory, unsigned align, int depth);
  void length(Type type, int depth);
  void memarg(uint32_t memory, unsigned width, bool natural);

  /// An operator that takes part by its row, with its operands.
  void by_row(Op what, int depth);
  [[nodiscard]] Op pick(const std::vector<Op>& from);

  // Values
  /// A local of `type` that may be used freely; false where there is none.
  [[nodiscard]] bool some_local(Type type, uint32_t& index);
  [[nodiscard]] bool some_global(Type type, uint32_t& index);

  void leaf(Type type);
  void expression(Type type, int depth);
  void read_table(int depth) {
    masked(Type::i32, Plan::kTableSize * 2 - 1, depth - 1);
    op(Op::table_get, choices_.below(plan_.tables));
  }

  /// Sizes, and the results of growing: i32.
  void number_of_something(int depth);

  /// A block with one result, or of a whole type with parameters.
  void block_value(Type type, int depth);
  void inside(const std::vector<Type>& results, int depth);
  void body_of_block(const std::vector<Type>& results, int depth) {
    const uint32_t statements = choices_.below(3);
    for (uint32_t i = 0; i < statements; ++i) statement(depth - 1);
    for (const Type result : results) expression(result, depth - 1);
  }
  void store_or_drop(Type type);

  void if_value(Type type, int depth);

  // Calls
  void arguments(const FunctionType& type, int depth) {
    for (const Type param : type.params) expression(param, depth - 2);
  }
  /// A call of any kind; its results are on the stack.
  const std::vector<Type>& call(int depth);
  /// Mostly where `callee` is in table 0.
  void table_index(uint32_t callee, int depth);
  void tail_call(int depth);

  // Statements
  [[nodiscard]] uint32_t some_label() {
    return choices_.below(static_cast<uint32_t>(labels_.size()));
  }
  /// By value: what is made for them may open blocks.
  [[nodiscard]] std::vector<Type> label_types(uint32_t label) const {
    return labels_[labels_.size() - 1 - label];
  }

  void statement(int depth);
  /// Turns while a condition holds, and never for ever.
  void loop(int depth);
  /// Under a condition, what does not go on behind it.
  void guarded(int depth);
  void branch_table(int depth);
  void table_statement(int depth);
  void memory_statement(int depth);
  void reference_statement(int depth);

  // Objects and exceptions (body_object.cc)
  /// A new one, of aggregate `index` and not null.
  void new_object(uint32_t index, int depth);
  /// A reference to aggregate `index`, seldom null.
  void object(uint32_t index, int depth);
  void any_reference(int depth);
  /// False where no aggregate has a field of `type`.
  [[nodiscard]] bool read_field(Type type, int depth);
  /// i32.
  void ask_of_reference(int depth);
  [[nodiscard]] bool from_segment(uint32_t index, Op from_data, Op from_elements,
                                  uint32_t length_mask, int depth);
  void i31_of_scratch();
  void object_statement(int depth);
  void array_statement(uint32_t index, int depth);
  void value_of_field(const Field& field, int depth) { expression(field.type, depth - 1); }
  void array_index(int depth) { masked(Type::i32, choices_.one_in(24) ? 31 : 3, depth - 1); }
  void array_length(int depth);
  void get_field(uint32_t aggregate, uint32_t field);
  void throw_some(int depth);
  void try_statement(int depth);
  void try_value(Type type, int depth);

  static const Operators kOperators;

  Choices& choices_;
  const Plan& plan_;
  Bytes out_;
  std::vector<Type> locals_;
  uint32_t params_ = 0;
  /// Locals between the parameters and these are for single steps of the generator.
  uint32_t first_free_ = 0;
  uint32_t scratch_[kTypes] = {};
  /// The types that branches to each label take, innermost last.
  std::vector<std::vector<Type>> labels_;
  const std::vector<Type>* own_results_ = nullptr;
  /// Expressions and statements that may still be begun.
  uint32_t budget_ = 100;
};

} // namespace waxwing::fuzz
