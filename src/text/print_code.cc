// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bodies and expressions as text (spec section 6.5), one instruction a line.
#include "text/print_values.hpp"
#include "text/printer.hpp"

namespace waxwing::text {

namespace {

constexpr uint32_t kMaxLocals = 50'000;

bool opens_block(Op op) {
  return op == Op::block || op == Op::loop || op == Op::if_ || op == Op::try_ ||
         op == Op::try_table;
}

// Whether `op` may continue a block whose last part began with `open`.
bool continues(Op op, Op open) {
  if (op == Op::else_) return open == Op::if_;
  return open == Op::try_ || open == Op::catch_;
}

} // namespace

ByteReader Printer::vector_reader(const Instruction& instruction) const {
  const uint32_t at = offset_of(instruction.vector);
  return {module_.bytes.subspan(at), at};
}

Result<void> Printer::body(FuncIndex function) {
  const Function& definition = module_.functions[function];
  const DefType* type = nullptr;
  if (definition.type < module_.types.size() &&
      module_.types[definition.type].kind == TypeKind::func)
    type = &module_.types[definition.type];
  function_ = function;
  block_count_ = 0;
  locals_.clear();
  open_.clear();
  open_labels_.clear();
  const auto params = static_cast<uint32_t>(type == nullptr ? 0 : type->params.size());
  if (options_.names)
    for (uint32_t i = 0; i < params; ++i)
      locals_.add(i, names_.find(NameSpace::local, function, i));

  line(1);
  out_ += "(func";
  this->definition(functions_, NameSpace::function, function);
  type_use(definition.type);
  if (type != nullptr) signature(*type, true);
  ByteReader reader(module_.slice(definition.body), definition.body.offset);
  TRY(locals(reader, type, function));
  TRY(instructions(reader, 2, definition.body.offset));
  if (!reader.at_end()) return fail(ErrorCode::end_opcode_expected, reader.offset());
  out_ += ')';
  return {};
}

Result<void> Printer::locals(ByteReader& reader, const DefType* type, FuncIndex function) {
  auto next = static_cast<uint32_t>(type == nullptr ? 0 : type->params.size());
  const uint32_t runs = TRY(reader.leb_u32());
  uint32_t total = 0;
  bool open = false;
  for (uint32_t run = 0; run < runs; ++run) {
    const uint32_t start = reader.offset();
    const uint32_t count = TRY(reader.leb_u32());
    if (count > kMaxLocals - total) return fail(ErrorCode::too_many_locals, start);
    total += count;
    const ValType local = TRY(read_val_type(reader, module_.features));
    for (uint32_t i = 0; i < count; ++i, ++next) {
      if (options_.names) locals_.add(next, names_.find(NameSpace::local, function, next));
      const std::string_view id = locals_.find(next);
      if (open && !id.empty()) {
        out_ += ')';
        open = false;
      }
      if (!open) {
        line(2);
        out_ += "(local";
        open = true;
      }
      out_ += ' ';
      if (!id.empty()) {
        append_id(out_, id);
        out_ += ' ';
      }
      val_type(local);
      if (!id.empty()) {
        out_ += ')';
        open = false;
      }
    }
  }
  if (open) out_ += ')';
  return {};
}

// Up to and with the `end` of the whole expression, which is not printed.
Result<void> Printer::instructions(ByteReader& reader, unsigned depth, uint32_t hint_base) {
  const size_t base = open_.size();
  for (Instruction instruction;;) {
    TRY(read_instruction(reader, module_.features, instruction));
    const Op op = instruction.op;
    const bool middle = op == Op::else_ || op == Op::catch_ || op == Op::catch_all;
    if (op == Op::end && open_.size() == base) return {};
    if (middle || op == Op::end || op == Op::delegate) {
      if (open_.size() == base || (middle && !continues(op, open_.back().op)) ||
          (op == Op::delegate && open_.back().op != Op::try_))
        return fail(ErrorCode::misplaced_operator, instruction.offset, 0, 0,
                    static_cast<uint16_t>(op));
      --depth;
      if (middle) {
        open_.back().op = op;
      } else {
        open_labels_.erase(open_.back().label);
        open_.pop_back();
      }
    }
    if (has_hints_ && depth >= 2 && (op == Op::if_ || op == Op::br_if)) {
      const auto hint = hints_.find(uint64_t{function_} << 32 | (instruction.offset - hint_base));
      if (hint != hints_.end()) {
        line(depth);
        out_ += hint->second != 0 ? "(@metadata.code.branch_hint \"\\01\")"
                                  : "(@metadata.code.branch_hint \"\\00\")";
      }
    }
    line(depth);
    out_ += op_name(op);
    TRY(opens_block(op) ? block(instruction) : immediates(instruction));
    if (opens_block(op) || middle) ++depth;
  }
}

// One instruction on the same line, in parentheses; longer expressions in a form of their own.
Result<void> Printer::folded_or(ConstExpr range, std::string_view wrapper) {
  ByteReader reader(module_.slice(range), range.offset);
  uint32_t count = 0;
  bool nested = false;
  for (Instruction instruction; !reader.at_end(); ++count) {
    TRY(read_instruction(reader, module_.features, instruction));
    nested = nested || opens_block(instruction.op);
  }
  out_ += ' ';
  if (count == 2 && !nested) {
    out_ += '(';
    TRY(expression(range));
    out_ += ')';
    return {};
  }
  if (!wrapper.empty()) {
    out_ += '(';
    out_ += wrapper;
    out_ += ' ';
  }
  TRY(expression(range));
  if (!wrapper.empty()) out_ += ')';
  return {};
}

Result<void> Printer::expression(ConstExpr range) {
  const size_t start = out_.size();
  open_.clear();
  open_labels_.clear();
  ByteReader reader(module_.slice(range), range.offset);
  TRY(instructions(reader, 0, 0));
  // From one instruction a line to all on one.
  if (out_.size() > start) out_.erase(start, 1);
  for (size_t i = start; i < out_.size(); ++i)
    if (out_[i] == '\n') out_[i] = ' ';
  return {};
}

void Printer::label(uint32_t depth) {
  out_ += ' ';
  if (depth < open_.size() && !open_[open_.size() - 1 - depth].label.empty())
    append_id(out_, open_[open_.size() - 1 - depth].label);
  else
    number(depth);
}

Result<void> Printer::block(const Instruction& instruction) {
  std::string id;
  const uint32_t block = block_count_++;
  if (options_.names) id = names_.find(NameSpace::label, function_, block);
  if (!id.empty()) {
    if (open_labels_.contains(id)) id += "#" + std::to_string(block);
    while (!open_labels_.insert(id).second) id += '#';
    out_ += ' ';
    append_id(out_, id);
  }
  switch (instruction.block.kind) {
  case BlockType::Kind::empty: break;
  case BlockType::Kind::value:
    out_ += " (result ";
    val_type(instruction.block.value);
    out_ += ')';
    break;
  case BlockType::Kind::index: type_use(instruction.block.index); break;
  }
  // The labels of the clauses count from outside the block.
  if (instruction.op == Op::try_table) TRY(catches(instruction));
  open_.push_back({instruction.op, std::move(id)});
  return {};
}

Result<void> Printer::catches(const Instruction& instruction) {
  ByteReader reader = vector_reader(instruction);
  constexpr std::string_view kKinds[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
  for (uint32_t i = 0; i < instruction.count; ++i) {
    const CatchClause clause = TRY(read_catch(reader));
    out_ += " (";
    out_ += kKinds[static_cast<size_t>(clause.kind)];
    if (clause.kind == CatchKind::catch_ || clause.kind == CatchKind::catch_ref) {
      out_ += ' ';
      reference(tags_, clause.tag);
    }
    label(clause.label);
    out_ += ')';
  }
  return {};
}

void Printer::memarg(const Instruction& instruction) {
  const MemArg& memarg = instruction.memarg;
  if (memarg.memory != 0) {
    out_ += ' ';
    reference(memories_, memarg.memory);
  }
  if (memarg.offset != 0) {
    out_ += " offset=";
    number(memarg.offset);
  }
  if (memarg.align != info(instruction.op).width) {
    out_ += " align=";
    number(uint64_t{1} << (memarg.align & 63));
  }
}

Result<void> Printer::immediates(const Instruction& instruction) {
  const auto index = [&](const Ids& ids, uint32_t value) {
    out_ += ' ';
    reference(ids, value);
  };
  const uint32_t x = instruction.x;
  const uint32_t y = instruction.y;
  switch (info(instruction.op).immediate) {
  case Imm::none:
  case Imm::fence: break;
  case Imm::block:
  case Imm::try_table: break; // written with their blocks
  case Imm::label: label(x); break;
  case Imm::br_table: {
    ByteReader reader = vector_reader(instruction);
    for (uint32_t i = 0; i <= instruction.count; ++i) label(TRY(reader.leb_u32()));
    break;
  }
  case Imm::func: index(functions_, x); break;
  case Imm::call_indirect:
    if (y != 0) index(tables_, y);
    type_use(x);
    break;
  case Imm::local: index(locals_, x); break;
  case Imm::global: index(globals_, x); break;
  case Imm::table: index(tables_, x); break;
  case Imm::memory:
    if (x != 0) index(memories_, x);
    break;
  case Imm::memarg:
  case Imm::atomic_memarg: memarg(instruction); break;
  case Imm::memarg_lane:
    memarg(instruction);
    out_ += ' ';
    number(instruction.lane);
    break;
  case Imm::i32:
    out_ += ' ';
    append_signed(out_, instruction.i32);
    break;
  case Imm::i64:
    out_ += ' ';
    append_signed(out_, instruction.i64);
    break;
  case Imm::f32:
    out_ += ' ';
    append_f32(out_, instruction.f32);
    break;
  case Imm::f64:
    out_ += ' ';
    append_f64(out_, instruction.f64);
    break;
  case Imm::v128:
    out_ += " i32x4";
    for (unsigned i = 0; i < 4; ++i) {
      out_ += ' ';
      append_hex(out_, load_unaligned<uint32_t>(instruction.v128.bytes + i * 4));
    }
    break;
  case Imm::lane:
    out_ += ' ';
    number(x);
    break;
  case Imm::shuffle:
    for (const uint8_t lane : instruction.v128.bytes) {
      out_ += ' ';
      number(lane);
    }
    break;
  case Imm::type: index(types_, x); break;
  case Imm::type_field:
    index(types_, x);
    out_ += ' ';
    if (x < fields_.size())
      reference(fields_[x], y);
    else
      number(y);
    break;
  case Imm::type_count:
    index(types_, x);
    out_ += ' ';
    number(y);
    break;
  case Imm::type_data:
    index(types_, x);
    index(data_, y);
    break;
  case Imm::type_elem:
    index(types_, x);
    index(elems_, y);
    break;
  case Imm::type_type:
    index(types_, x);
    index(types_, y);
    break;
  case Imm::heap_type:
    out_ += ' ';
    if (instruction.op == Op::ref_null)
      heap_type(instruction.cast.type);
    else
      ref_type(instruction.cast.type, instruction.cast.nullable);
    break;
  case Imm::br_on_cast:
    label(x);
    out_ += ' ';
    ref_type(instruction.cast.type, instruction.cast.nullable);
    out_ += ' ';
    ref_type(instruction.cast.type2, instruction.cast.nullable2);
    break;
  case Imm::select_t: {
    ByteReader reader = vector_reader(instruction);
    out_ += " (result";
    for (uint32_t i = 0; i < instruction.count; ++i) {
      out_ += ' ';
      val_type(TRY(read_val_type(reader, module_.features)));
    }
    out_ += ')';
    break;
  }
  case Imm::tag: index(tags_, x); break;
  case Imm::data: index(data_, x); break;
  case Imm::elem: index(elems_, x); break;
  case Imm::data_memory:
    if (y != 0) index(memories_, y);
    index(data_, x);
    break;
  case Imm::elem_table:
    if (y != 0) index(tables_, y);
    index(elems_, x);
    break;
  case Imm::memory_memory:
    if (x != 0 || y != 0) {
      index(memories_, x);
      index(memories_, y);
    }
    break;
  case Imm::table_table:
    if (x != 0 || y != 0) {
      index(tables_, x);
      index(tables_, y);
    }
    break;
  }
  return {};
}

} // namespace waxwing::text
