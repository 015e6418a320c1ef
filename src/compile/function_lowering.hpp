// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a validated body to LLVM IR, in one pass. Operators are lowered by rules: a table from each
// family's file, `lower_FAMILY.cc`, made into one by number. An operator without a rule is refused
// by name.
#pragma once

#include <array>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "base/reader.hpp"
#include "compile/module_lowering.hpp"
#include "wasm/instruction.hpp"
#include "wasm/trap.hpp"

namespace waxwing::compile {

class FunctionLowering;

/// How one operator is lowered.
struct Rule {
  Op op;
  void (*lower)(FunctionLowering& f, const waxwing::Instruction& at);
};

/// The families, each in `lower_NAME.cc`.
[[nodiscard]] std::span<const Rule> integer_rules();
[[nodiscard]] std::span<const Rule> float_rules();
[[nodiscard]] std::span<const Rule> conversion_rules();
[[nodiscard]] std::span<const Rule> vector_rules();
[[nodiscard]] std::span<const Rule> vector_integer_rules();
[[nodiscard]] std::span<const Rule> vector_float_rules();
[[nodiscard]] std::span<const Rule> variable_rules();
[[nodiscard]] std::span<const Rule> memory_rules();
[[nodiscard]] std::span<const Rule> control_rules();
[[nodiscard]] std::span<const Rule> call_rules();
[[nodiscard]] std::span<const Rule> exception_rules();
[[nodiscard]] std::span<const Rule> table_rules();
[[nodiscard]] std::span<const Rule> reference_rules();
[[nodiscard]] std::span<const Rule> cast_rules();
[[nodiscard]] std::span<const Rule> object_rules();
[[nodiscard]] std::span<const Rule> atomic_rules();

/// Those that take the place of the others where there is no sandbox.
[[nodiscard]] std::span<const Rule> direct_rules();

/// The rule of an operator, or null.
[[nodiscard]] const Rule* rule_of(Op op);
/// The same without a sandbox.
[[nodiscard]] const Rule* direct_rule_of(Op op);

/// A block that is open.
struct Control {
  Op op{};
  std::span<const ValType> params;
  std::span<const ValType> results;
  /// Of the operand stack at its start, without its parameters.
  size_t height = 0;
  /// Behind its end, with what its results become there. Null for the function's own.
  llvm::BasicBlock* end = nullptr;
  std::vector<llvm::PHINode*> end_values;
  /// Where a loop begins.
  llvm::BasicBlock* start = nullptr;
  std::vector<llvm::PHINode*> start_values;
  /// The else branch of an `if`, and its parameters.
  llvm::BasicBlock* otherwise = nullptr;
  Values otherwise_params;
  /// Of a `try_table` or `try`: the landing pad of calls in it, once there is one, and where its
  /// clauses are tried, with the exception.
  llvm::BasicBlock* pad = nullptr;
  llvm::BasicBlock* dispatch = nullptr;
  llvm::PHINode* exception = nullptr;
  std::vector<CatchClause> clauses;
  /// Of a `try` (`op` is `catch_` from its first clause on): where the next clause is tried, or
  /// null.
  llvm::BasicBlock* next_clause = nullptr;
  /// What none of its clauses catches belongs to the innermost try among this many controls.
  size_t outer = 0;
  uint32_t offset = 0;
};

class FunctionLowering {
 public:
  FunctionLowering(ModuleLowering& module, FuncIndex function);
  [[nodiscard]] Outcome<void> run();

  // What the rules work with.
  ModuleLowering& m;
  llvm::IRBuilder<> ir;
  const waxwing::Module& wasm;
  const FuncIndex function;
  const DefType& type;
  const Signature& signature;

  [[nodiscard]] llvm::Value* vm() const { return vm_; }
  [[nodiscard]] llvm::Value* results() const { return results_; }

  void push(llvm::Value* value) { stack_.push_back(value); }
  void push_all(const Values& values) { stack_.insert(stack_.end(), values.begin(), values.end()); }
  [[nodiscard]] llvm::Value* pop() {
    llvm::Value* const value = stack_.back();
    stack_.pop_back();
    return value;
  }
  void drop_to(size_t height) { stack_.resize(height); }
  /// The topmost `count` operands, lowest first.
  [[nodiscard]] Values pop(size_t count);
  [[nodiscard]] Values top(size_t count) const {
    return Values(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
  }
  [[nodiscard]] llvm::AllocaInst* local(uint32_t index) const { return locals_[index]; }
  /// Local `index` becomes `value`.
  void set_local(uint32_t index, llvm::Value* value) {
    ir.CreateStore(value, locals_[index]);
    keep_local(index, value);
  }
  /// Arguments of an imported function that is about to be called, for its frame.
  void keep_params(const Values& values);

  // Control.
  [[nodiscard]] Control& control(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  [[nodiscard]] std::vector<Control>& controls() { return controls_; }
  [[nodiscard]] Control& open(Op op, const BlockType& type);
  /// Ends the innermost block.
  void close();
  [[nodiscard]] llvm::BasicBlock* block(const char* name = "") {
    return llvm::BasicBlock::Create(m.context(), name, llvm_function_);
  }
  /// The innermost try among the first `count` controls that exceptions go to, or null.
  [[nodiscard]] Control* open_try(size_t count);
  /// Branches to a label with `values`; leaves the code behind it unreachable.
  void branch(uint32_t depth, const Values& values);
  /// The same for a control that may no longer be on the stack.
  void branch_to(Control& target, const Values& values);
  void return_values(const Values& values);
  [[nodiscard]] size_t label_arity(uint32_t depth) {
    const Control& c = control(depth);
    return c.op == Op::loop ? c.params.size() : c.results.size();
  }
  /// What follows, up to the block's end, can't be reached.
  void die() { dead_ = true; }
  [[nodiscard]] bool is_dead() const { return dead_; }
  void revive() { dead_ = false; }
  void start_block(llvm::BasicBlock* at) { ir.SetInsertPoint(at); }
  /// Ends a basic block of the fuel count.
  void end_charge();

  // Traps.
  void trap(TrapKind kind);
  void trap_if(llvm::Value* condition, TrapKind kind);
  /// A block that traps, for a condition that takes more than one. Others may branch to it, too.
  [[nodiscard]] llvm::BasicBlock* trap_block(TrapKind kind);
  /// Ends the block behind a call that raises a trap.
  void end_in_trap(llvm::CallBase* call);

  // Calls.
  /// Calls `callee` under a native signature; `context` is its VmContext, null without a sandbox.
  /// `made` is told of the call.
  [[nodiscard]] Values call_native(const Signature& signature, llvm::Value* callee,
                                   llvm::Value* context, const Values& arguments,
                                   llvm::CallBase** made = nullptr);
  /// A call that may throw: continues in a new block, or in the landing pad of the innermost
  /// `try_table`.
  llvm::CallBase* call_or_invoke(llvm::FunctionCallee callee, const Values& arguments);
  /// `instead` is a function of the image that is called as the builtin is, and may jump to it.
  llvm::CallBase* builtin(image::Builtin builtin, const Values& arguments,
                          llvm::Function* instead = nullptr);
  /// Room for `bytes` of cells, reused by every call of the function.
  [[nodiscard]] llvm::Value* scratch(uint32_t bytes);

  // Memory.
  [[nodiscard]] llvm::Value* vm_field(image::VmField field) { return m.vm_field(ir, vm_, field); }
  [[nodiscard]] llvm::Value* load_fixed(llvm::Value* base, uint64_t offset) {
    return m.load_fixed(ir, base, offset);
  }
  [[nodiscard]] llvm::Value* at(llvm::Value* base, uint64_t offset) {
    return m.at(ir, base, offset);
  }
  [[nodiscard]] llvm::Value* i32(uint32_t value) { return ir.getInt32(value); }
  [[nodiscard]] llvm::Value* i64(uint64_t value) { return ir.getInt64(value); }
  /// Marks an access to a memory with the offset of its operator, whose bytes begin `before` the
  /// access's own.
  void mark_access(llvm::Instruction* access, uint32_t before = 0);

  /// For a rule that finds that it can't: the operator is refused.
  void refuse(std::string why) {
    if (refused_.empty()) refused_ = std::move(why);
  }
  [[nodiscard]] uint32_t offset() const { return at_.offset; }
  [[nodiscard]] const waxwing::Instruction& at_instruction() const { return at_; }
  /// Of the byte behind the operator and its immediates.
  [[nodiscard]] uint32_t end_offset() const { return end_offset_; }
  [[nodiscard]] std::span<const ValType> params_of(const BlockType& type);
  [[nodiscard]] std::span<const ValType> results_of(const BlockType& type);

 private:
  void enter();
  [[nodiscard]] Outcome<void> read_locals(ByteReader& reader);
  [[nodiscard]] Outcome<void> lower_one();
  void skip_dead(Op op);
  void emit_trap(TrapKind kind);
  /// Lets an instruction carry the offset of its operator by another way than its location.
  void identify(llvm::Instruction* at);
  void keep_local(uint32_t index, llvm::Value* value);
  void keep_value(std::map<std::pair<uint32_t, llvm::Type*>, llvm::AllocaInst*>& slots, char letter,
                  uint32_t index, llvm::Value* value);
  void check_stack();
  void poll();
  void begin_charge();
  void locate(uint32_t offset, uint32_t column = 0);
  [[nodiscard]] llvm::BasicBlock* pad();

  llvm::Function* llvm_function_;
  llvm::Value* vm_ = nullptr;
  llvm::Value* results_ = nullptr;
  llvm::AllocaInst* scratch_ = nullptr;
  uint32_t scratch_bytes_ = 0;
  Values stack_;
  std::vector<Control> controls_;
  std::vector<llvm::AllocaInst*> locals_;
  std::map<std::pair<uint32_t, llvm::Type*>, llvm::AllocaInst*> kept_locals_;
  std::map<std::pair<uint32_t, llvm::Type*>, llvm::AllocaInst*> kept_params_;
  /// The last one of each kind.
  std::array<llvm::BasicBlock*, kTrapKinds> trap_blocks_{};
  waxwing::Instruction at_;
  uint32_t end_offset_ = 0;
  std::string refused_;
  bool dead_ = false;
  uint32_t dead_depth_ = 0;
  /// Before the first operator.
  bool is_entry_ = true;
  std::vector<ValType> single_types_;
  // Fuel: the count of the current basic block, filled in at its end.
  llvm::BinaryOperator* charge_ = nullptr;
  uint32_t operators_ = 0;

 public:
  /// Marks what follows as a call in tail position, or (with a trap's number) as its trap.
  void mark(uint32_t column) { locate(at_.offset, column); }
  void poll_interrupt() { poll(); }
};

// `lower_exception.cc`
/// Whether exceptions of what follows belong to the control.
[[nodiscard]] bool is_open_try(const Control& control);
/// The landing pad of an open try.
void make_pad(FunctionLowering& f, Control& control);
/// At the end of a try that something leads to: its clauses, and the way on for the rest.
void end_try(FunctionLowering& f, Control& closed);
/// The legacy clauses; `tag` is null for `catch_all`.
void begin_clause(FunctionLowering& f, const uint32_t* tag);

/// Columns of locations that say what an instruction is; of `llvm.trap` the column is its TrapKind.
inline constexpr uint32_t kTailColumn = 1;
/// Instructions that no operator stands for.
inline constexpr uint32_t kGlueColumn = 2;
/// Calls of builtins, which may trap.
inline constexpr uint32_t kBuiltinColumn = 3;
/// Added where the instruction belongs to the entry of a function, and the offset is only near.
inline constexpr uint32_t kEntryColumn = 1 << 8;

} // namespace waxwing::compile
