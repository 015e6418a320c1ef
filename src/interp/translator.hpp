// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a validated body to code, in one pass. The operand stack is kept by the translator and
// written to the frame only where it has to be: an entry is a constant, a local that was not
// copied, a value that only the accumulator holds, or at last a slot of the frame at a place of its
// own (its home). See docs/interpreter.md.
#pragma once

#include <initializer_list>
#include <span>

#include "base/vec.hpp"
#include "interp/catches.hpp"
#include "interp/code.hpp"
#include "interp/handlers.hpp"
#include "interp/module_code.hpp"
#include "wasm/instruction.hpp"

namespace waxwing::interp {

/// What the interpreter tells apart of value types; references are integers.
enum class Type : uint8_t { i32, i64, f32, f64, v128 };

inline constexpr Type kRefType = kPointerIs64 ? Type::i64 : Type::i32;

[[nodiscard]] constexpr Type type_of(ValType type) {
  switch (type.code()) {
  case val::i32.code(): return Type::i32;
  case val::i64.code(): return Type::i64;
  case val::f32.code(): return Type::f32;
  case val::f64.code(): return Type::f64;
  case val::v128.code(): return Type::v128;
  default: return kRefType;
  }
}
[[nodiscard]] constexpr uint32_t size_of(Type type) {
  constexpr uint8_t kSizes[] = {4, 8, 4, 8, 16};
  return kSizes[static_cast<size_t>(type)];
}
/// Bytes of the frame that a value takes.
[[nodiscard]] constexpr uint32_t slot_size(Type type) {
  return align_up(size_of(type), uint32_t{sizeof(Cell)});
}

/// Operand kinds of an instruction with two operands, in the order of `forms_full.def`. Without
/// accumulators only SS and SI are emitted.
enum class Form : uint8_t { SS, AS, SI, AI, SA };

// The first form of an operator in a family; `Id{}` where the set of handlers has none.
#define WAX_EACH(name) WAX_ID(name)
#define WAX_ID(name) Id::name,
#define WAX_FIRST(family, ...) first_of({WAX_NAMES_OF(family, __VA_ARGS__)})
[[nodiscard]] constexpr Id first_of(std::initializer_list<Id> ids) {
  return ids.size() == 0 ? Id{} : *ids.begin();
}

/// The handlers of an operator in a family lie side by side.
[[nodiscard]] constexpr Id nth(Id first, unsigned n) {
  return static_cast<Id>(static_cast<unsigned>(first) + n);
}
/// Handlers for each form that has a result: one that puts it into the accumulator, and one that
/// puts it into a slot too; or one for a slot alone.
inline constexpr unsigned kDestinations = kFullHandlers ? 2 : 1;
/// The handler that puts its result into a slot, of the one that an instruction was emitted with.
[[nodiscard]] constexpr Id with_slot(Id id) { return nth(id, kDestinations - 1); }
/// Which of the forms of two operands.
[[nodiscard]] constexpr unsigned index_of(Form form) {
  if (kFullHandlers) return static_cast<unsigned>(form);
  return form == Form::SI || form == Form::AI ? 1 : 0;
}
/// Of the families with two operands and a result.
[[nodiscard]] constexpr Id with(Id first, Form form) {
  return nth(first, index_of(form) * kDestinations);
}
/// Of the families with one operand and a result: in a slot, or in the accumulator.
[[nodiscard]] constexpr Id with_one(Id first, bool accumulator) {
  return nth(first, accumulator ? kDestinations : 0);
}

/// The handlers of one operator, by the first form of each family that it has.
struct Rule {
  enum class Family : uint8_t { none, unary, commutative, binary, compare, load, store };
  Family family = Family::none;
  bool float_store = false;
  Id base{};
  Id if_base{};
  Id if_not_base{};
  Id loop_base{};
  Id sum_base{}; // loads and stores whose address is a sum
  // The same for memories that are not in the registers.
  Id other_base{};
  Id other_sum_base{};
  Id any_base{};
  Id field_base{};
  Id element_base{};

  friend bool operator==(const Rule&, const Rule&) = default;
};

class Translator {
 public:
  Translator(const ModuleCode& code, const Allocator& allocator);

  /// Translates the body of `function`, whose record knows the header's place. The result is valid
  /// until the next call.
  [[nodiscard]] Result<void> translate(const Function& function);
  [[nodiscard]] std::span<const uint8_t> code() const { return code_.span(); }
  [[nodiscard]] CatchTable catches() const { return {regions_.span(), catches_.span()}; }
  /// Where in the code the function begins.
  [[nodiscard]] uint32_t entry() const { return entry_; }
  /// Bytes from the frame's start that the function may touch.
  [[nodiscard]] uint32_t frame_bytes() const { return frame_bytes_; }

  /// Offset in the module of the operator that the byte at `code_offset` of the code was made for.
  /// Found by translating the body once more, which gives the same code: traces are rare, and so
  /// the code carries no tables for them.
  [[nodiscard]] Result<uint32_t> locate(const Function& function, uint32_t code_offset);

 private:
  static constexpr uint32_t kNone = 0xFFFFFFFF;
  /// The last offset that fits a narrow operand, with room for the value.
  static constexpr uint32_t kFarthest = 0xFFFF;
  static constexpr unsigned kScratchSlots = 4;

  struct Entry {
    enum class Kind : uint8_t {
      slot,     // at home
      local,    // local `index`, not copied
      constant, // `bits`
      acc,      // in the accumulator of its type, put there by the instruction at `index`
    };
    Kind kind{};
    Type type{};
    Id id{}; // of the instruction at `index`
    uint32_t home = 0;
    uint32_t index = 0;
    uint64_t bits = 0;
  };

  /// What the translator knows of an accumulator.
  struct Accumulator {
    /// Stack entry that only it holds, or -1.
    int32_t owner = -1;
    /// Slot whose value it holds too, or `kNone`.
    uint32_t cached = kNone;
    Type type{};
  };

  /// An instruction that may still be taken back or changed.
  struct Recent {
    enum class Kind : uint8_t {
      none,
      other,
      binary,
      chain, // two operators: `first`, then `op`
      unary,
      load,
      copy,
      copies,
      constant,
      add_pair,
      vector,
    };
    /// Of a load, in the order of the forms of `LoadThen`.
    enum class Address : uint8_t { S, A, SS, AS, SI, AI, constant };
    Kind kind = Kind::none;
    Op op{};
    Op first{};
    Form form{};
    Address address{};
    /// The accumulator that it writes.
    uint8_t which = 0;
    Id id{};
    /// The operator that it was made for.
    uint32_t origin = 0;
    uint32_t position = kNone;
    /// Slot that a destination was given, or `kNone`.
    uint32_t slot = kNone;
    Accumulator before{};
  };

  struct Fixup {
    uint32_t field;
    uint32_t base;
    uint32_t next;
  };
  /// A place that code branches to; a chain of fixups until it is bound.
  struct Label {
    uint32_t position = kNone;
    uint32_t chain = kNone;
    /// Of the catches that lead here.
    uint32_t catch_chain = kNone;
    [[nodiscard]] bool is_used() const { return chain != kNone || catch_chain != kNone; }
  };

  struct Control {
    enum class Kind : uint8_t { function, block, loop, if_, else_, try_, catch_ };
    Kind kind{};
    BlockType type{};
    /// Of the operand stack and of the frame at its start, without its parameters.
    uint32_t base = 0;
    uint32_t height = 0;
    Label start{}; // loops
    Label end{};
    Label otherwise{}; // the else branch
    Label stub{};      // for br_table
    uint32_t stub_owner = kNone;
    /// Of `set_` at its start.
    uint32_t set_height = 0;
    /// Try regions that were open at its start.
    uint32_t level = 0;
    // Of a try: where its region begins while it is open, its number once it is recorded, and what
    // it catches.
    uint32_t region_begin = kNone;
    uint32_t region = kNone;
    uint32_t first_orphan = 0;
    uint32_t first_catch = kNone;
    uint32_t last_catch = kNone;
  };

  struct Local {
    uint32_t offset;
    /// Stack entries that stand for it.
    uint32_t uses;
    Type type;
    /// Set on every way to here (as the spec's validation tracks it).
    bool is_set;
  };

  // translator.cc: bodies, control
  [[nodiscard]] Result<void> run(const Function& function, bool far);
  [[nodiscard]] Result<void> read_locals(const Function& function);
  [[nodiscard]] Result<void> choose_memory();
  void use_memory(uint32_t memory);
  [[nodiscard]] Result<void> translate_body();
  [[nodiscard]] Result<void> translate_operator(Op op);
  [[nodiscard]] Result<void> skip_dead();
  [[nodiscard]] Result<void> begin(Control::Kind kind);
  [[nodiscard]] Result<void> end();
  [[nodiscard]] Result<void> else_();
  [[nodiscard]] Result<void> br(uint32_t depth);
  [[nodiscard]] Result<void> br_if(uint32_t depth);
  [[nodiscard]] Result<void> br_on_null(uint32_t depth, bool on_null);
  [[nodiscard]] Result<void> br_table();
  [[nodiscard]] Result<void> return_();
  void return_values();
  /// Takes the topmost values, which stay, to where a label is.
  void go_to(Control& target);
  void settle(Entry& entry);
  void settle_results();
  [[nodiscard]] Result<void> call(uint32_t function);
  [[nodiscard]] Result<void> call_indirect(uint32_t type, uint32_t table, bool tail);
  [[nodiscard]] Result<void> call_ref(uint32_t type, bool tail);
  /// Whether calls of a function go through its reference: an image has code for it.
  [[nodiscard]] bool has_machine_code(uint32_t function) const;
  [[nodiscard]] Result<void> push_reference(uint32_t function);
  [[nodiscard]] Result<void> tail_call(uint32_t function);
  [[nodiscard]] uint32_t prepare_call(std::span<const ValType> params, const RuntimeType& type);
  [[nodiscard]] Result<void> finish_call(uint32_t frame, std::span<const ValType> results);
  void die();
  void unset(uint32_t height);
  void finish_locals();
  void begin_charge();
  void end_charge();

  // translator_exceptions.cc
  void seal();
  void open_region(Control& control);
  [[nodiscard]] Result<void> close_region(Control& control);
  [[nodiscard]] Result<void> add_catch(Control& control, const Catch& entry);
  void catch_at(Label& label);
  void bind_catches(Label& label);
  [[nodiscard]] Result<void> try_table();
  [[nodiscard]] Result<void> catch_returns(uint32_t chain);
  [[nodiscard]] Result<void> throw_(uint32_t tag);
  [[nodiscard]] Result<void> throw_ref();
  [[nodiscard]] Result<void> try_();
  [[nodiscard]] Result<void> catch_(const uint32_t* tag);
  [[nodiscard]] Result<void> delegate(uint32_t depth);
  [[nodiscard]] Result<void> rethrow(uint32_t depth);

  // translator_stack.cc: operands, instructions, branches
  /// Each for all layouts does its work in a function for the bytes of one.
  template <class L>
  uint32_t emit(Id id, L layout);
  uint32_t append(Id id, void* instruction, size_t size);
  void take_back();
  [[nodiscard]] Result<void> push(Entry entry);
  [[nodiscard]] Entry pop();
  void drop_to(uint32_t size);
  template <class L>
  [[nodiscard]] Result<void> produce(Type type, Id id, L layout);
  [[nodiscard]] Result<void> append_producer(Type type, Id id, void* instruction, size_t size);
  [[nodiscard]] Result<void> push_slot(Type type);
  void spill(unsigned accumulator);
  void spill_all();
  void to_home(Entry& entry);
  [[nodiscard]] uint16_t source(Entry& entry, unsigned scratch);
  [[nodiscard]] uint32_t wide_source(Entry& entry);
  [[nodiscard]] bool in_accumulator(const Entry& entry) const;
  void written(uint32_t offset, uint32_t size);
  void copy(Type type, uint32_t to, uint32_t from);
  void constant(Type type, uint32_t to, uint64_t bits);
  void place(Entry& entry, uint32_t to, bool may_patch);
  void place_all(std::span<const ValType> types, uint32_t to, bool may_patch);
  void patch_destination(const Entry& entry, uint32_t slot);
  void flush_locals();
  [[nodiscard]] Result<void> set_local(uint32_t index, bool tee);
  void preserve(uint32_t index, Entry* pending);
  void jump(Label& label);
  void refer(Label& label, uint32_t field, uint32_t base);
  void bind(Label& label);
  void forget();
  void branch_if(Entry& condition, bool sense, Label& label);
  void branch_compare(Op op, Form form, bool sense, const DstSrcImm64& operands, Label& label);
  void branch_ref(Entry& reference, bool sense, Label& label);

  // translator_operators.cc: operators by family
  [[nodiscard]] Result<void> unary(Op op);
  [[nodiscard]] Result<void> binary(Op op);
  [[nodiscard]] Result<void> made(Op op, Type type);
  [[nodiscard]] Result<void> load(Op op, const MemArg& memarg);
  [[nodiscard]] Result<void> store(Op op, const MemArg& memarg);
  [[nodiscard]] bool is_fresh_sum(const Entry& entry) const;
  [[nodiscard]] bool is_fresh(const Entry& entry, Recent::Kind kind) const;
  [[nodiscard]] Result<void> select();
  [[nodiscard]] Result<void> global_get(uint32_t index);
  [[nodiscard]] Result<void> global_set(uint32_t index);
  [[nodiscard]] Result<void> is_null();
  [[nodiscard]] Result<void> as_non_null();
  [[nodiscard]] Result<void> canonicalise(Type type);
  [[nodiscard]] Result<void> helper(Helper helper, uint32_t x, uint32_t y,
                                    std::span<const Type> params, const Type* result);
  [[nodiscard]] Result<void> translate_rest(Op op);
  [[nodiscard]] Result<void> trap(TrapKind kind);

  // translator_fused.cc: several operators in one instruction
  struct Address {
    uint16_t a = 0, b = 0;
    uint32_t offset = 0;
    int32_t imm = 0;
  };
  [[nodiscard]] Address address_of_last() const;
  [[nodiscard]] Result<bool> fuse_binary(Op op, Form form, Entry& a, Entry& b);
  [[nodiscard]] Result<bool> fuse_first_constant(Op op, const Entry& a, Entry& b);
  [[nodiscard]] Result<bool> fuse_wide_constant(Op op, Entry& a, const Entry& b);
  [[nodiscard]] Result<bool> fuse_load(Op op, Entry& address, uint32_t offset);
  [[nodiscard]] bool fuse_store(Op op, Entry& address, Entry& value, uint32_t offset);
  [[nodiscard]] bool fuse_if_load(Op compare, Form form, const DstSrcImm64& operands, Label& label);
  [[nodiscard]] bool fuse_loop(Op compare, Form form, const DstSrcImm64& operands, Label& label);
  [[nodiscard]] Result<bool> fuse_select(Entry& a, Entry& b, Entry& condition);
  [[nodiscard]] uint32_t fuse_table(const Entry& index, uint32_t count);
  [[nodiscard]] Result<bool> fuse_global_add(Op op, const Entry& a, const Entry& b);
  [[nodiscard]] bool fuse_global_set(const Entry& value, uint32_t global);
  [[nodiscard]] bool fuse_return(const Entry& value);
  [[nodiscard]] bool fuse_jump(Label& label);
  [[nodiscard]] bool fuse_call(Function* callee, const CallEnd& end);
  void pair_adds();

  // translator_object.cc: structs, arrays, references
  [[nodiscard]] Result<void> object(Op op);
  [[nodiscard]] Result<void> get_field(const Instruction& instruction);
  [[nodiscard]] Result<void> set_field(const Instruction& instruction);
  [[nodiscard]] Result<void> get_element(const Instruction& instruction);
  [[nodiscard]] Result<void> set_element(const Instruction& instruction);
  [[nodiscard]] Result<void> on_ref(Id base, Type result);
  [[nodiscard]] Result<void> ref_cast(const Instruction& instruction);
  [[nodiscard]] Result<void> br_on_cast(const Instruction& instruction);
  [[nodiscard]] Result<void> object_call(ObjectFunction function, ObjectCall call, size_t operands,
                                         const Type* result);

  // translator_simd.cc: vectors, wide arithmetic, atomic operators
  template <class L>
  [[nodiscard]] Result<void> produce_slots(std::initializer_list<Type> types, Id id, L layout);
  [[nodiscard]] Result<void> append_to_slots(std::initializer_list<Type> types, Id id,
                                             void* instruction, size_t size);
  [[nodiscard]] Result<void> vector(Op op);
  [[nodiscard]] Result<void> vector_access(Op op);
  [[nodiscard]] Result<void> lane_access(Op op);
  [[nodiscard]] Result<void> wide(Op op);
  [[nodiscard]] Result<void> atomic(Op op);
  [[nodiscard]] Result<void> access_call(Op op);

  [[nodiscard]] uint8_t byte() { return *at_++; }
  [[nodiscard]] uint32_t leb_u32();
  [[nodiscard]] uint64_t leb_u64();
  [[nodiscard]] int64_t leb_s64();
  [[nodiscard]] MemArg memarg();
  [[nodiscard]] Result<BlockType> block_type();
  [[nodiscard]] std::span<const ValType> params_of(const BlockType& type) const;
  [[nodiscard]] std::span<const ValType> results_of(const BlockType& type) const;
  [[nodiscard]] std::span<const ValType> label_types(const Control& control) const;
  [[nodiscard]] Control& control(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  [[nodiscard]] Type memory_address(uint32_t memory) const;
  /// Whether the handlers for the memory in the registers will do.
  [[nodiscard]] bool is_near(const MemArg& memarg) const {
    return memarg.memory == main_memory_ && memory_address(memarg.memory) == Type::i32;
  }
  [[nodiscard]] Type table_address(uint32_t table) const;
  void need(uint32_t bytes) {
    if (bytes > frame_bytes_) frame_bytes_ = bytes;
  }
  [[nodiscard]] static int accumulator_of(Type type) {
    return type == Type::v128 ? -1 : type == Type::f32 ? 1 : type == Type::f64 ? 2 : 0;
  }

  const ModuleCode& module_code_;
  const runtime::LoadedModule& loaded_;
  const Module& module_;
  const Handler* const handlers_;
  bool polls_ = false;
  bool metering_ = false;
  bool deterministic_ = false;

  Buffer code_;
  Vec<Entry> stack_;
  Vec<Control> controls_;
  Vec<Local> locals_;
  Vec<Fixup> fixups_;
  /// Locals in the order in which they were set.
  Vec<uint32_t> set_;
  Vec<TryRegion> regions_;
  Vec<Catch> catches_;
  /// Recorded regions whose surrounding one is not recorded yet.
  Vec<uint32_t> orphans_;
  uint32_t open_regions_ = 0;

  // The body that is being translated.
  FuncIndex function_ = 0;
  const RuntimeType* type_ = nullptr;
  uint32_t header_ = 0;
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  uint32_t body_offset_ = 0;
  const uint8_t* body_ = nullptr;
  /// Bytes of the frame that the operand stack reaches to.
  uint32_t height_ = 0;
  uint32_t frame_bytes_ = 0;
  uint32_t scratch_ = 0;
  uint32_t entry_ = 0;
  /// The memory that the registers are about: not always the first where there are several.
  uint32_t main_memory_ = 0;
  /// The locals that may be read before they are set lie between these offsets.
  uint32_t zero_from_ = kNone;
  uint32_t zero_to_ = 0;
  /// The frame is larger than narrow operands reach.
  bool far_ = false;
  bool too_far_ = false;
  bool failed_ = false;
  bool dead_ = false;
  uint32_t dead_depth_ = 0;
  Accumulator accumulators_[3];
  Recent last_;
  Recent previous_;
  // Fuel: the charge of the current basic block.
  uint32_t charge_ = kNone;
  uint32_t operators_ = 0;
  // For `locate`.
  uint32_t wanted_ = kNone;
  uint32_t operator_offset_ = 0;
  uint32_t found_ = 0;
};

/// Family `none` for operators that the translator knows by name.
[[nodiscard]] const Rule& rule(Op op);

} // namespace waxwing::interp

#include "interp/translator_inline.hpp"
