// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/function_lowering.hpp"

#include <array>
#include <cstdio>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>

#include "compile/frames.hpp"

namespace waxwing::compile {

using image::Builtin;
using image::VmField;

namespace {

/// All rules by operator.
const std::array<const Rule*, kOpCount>& all_rules() {
  static const std::array<const Rule*, kOpCount> kRules = [] {
    std::array<const Rule*, kOpCount> rules{};
    for (const std::span<const Rule> family :
         {integer_rules(), float_rules(), conversion_rules(), vector_rules(),
          vector_integer_rules(), vector_float_rules(), variable_rules(), memory_rules(),
          control_rules(), call_rules(), exception_rules(), table_rules(), reference_rules(),
          cast_rules(), object_rules(), atomic_rules()})
      for (const Rule& rule : family) rules[static_cast<size_t>(rule.op)] = &rule;
    return rules;
  }();
  return kRules;
}

} // namespace

const Rule* rule_of(Op op) { return all_rules()[static_cast<size_t>(op)]; }

const Rule* direct_rule_of(Op op) {
  static const std::array<const Rule*, kOpCount> kRules = [] {
    std::array<const Rule*, kOpCount> rules = all_rules();
    for (const Rule& rule : direct_rules()) rules[static_cast<size_t>(rule.op)] = &rule;
    return rules;
  }();
  return kRules[static_cast<size_t>(op)];
}

FunctionLowering::FunctionLowering(ModuleLowering& module, FuncIndex index)
    : m(module), ir(module.context()), wasm(module.wasm()), function(index),
      type(wasm.type_of(index)), signature(module.signature(type)),
      llvm_function_(module.tail(index) != nullptr ? module.tail(index) : module.native(index)) {}

Outcome<void> FunctionLowering::run() {
  const ByteRange body = wasm.functions[function].body;
  ByteReader reader(wasm.slice(body), body.offset);
  at_.offset = body.offset;
  ir.SetInsertPoint(block("entry"));
  locate(body.offset, kGlueColumn);
  enter();
  if (auto read = read_locals(reader); !read) return read;
  check_stack();
  if (m.options().polls) poll();
  is_entry_ = false;
  Control own;
  own.op = Op::block;
  own.results = type.results;
  controls_.push_back(std::move(own));

  while (!controls_.empty()) {
    if (auto next = read_instruction(reader, wasm.features, at_); !next)
      return failure("the body is malformed", function);
    end_offset_ = reader.offset();
    if (dead_) {
      skip_dead(at_.op);
      continue;
    }
    if (auto lowered = lower_one(); !lowered) return lowered;
  }
  // Blocks that nothing leads to have no place in the function.
  for (llvm::BasicBlock& one : *llvm_function_)
    if (one.getTerminator() == nullptr) llvm::IRBuilder<>(&one).CreateUnreachable();
  return {};
}

Outcome<void> FunctionLowering::lower_one() {
  const Rule* const rule = m.options().direct ? direct_rule_of(at_.op) : rule_of(at_.op);
  locate(at_.offset);
  if (m.options().has_field(image::frame::sp))
    m.heights.emplace_back(at_.offset, static_cast<uint32_t>(stack_.size()));
  if (rule != nullptr) {
    if (m.options().meters) {
      if (charge_ == nullptr) begin_charge();
      ++operators_;
    }
    rule->lower(*this, at_);
    if (refused_.empty()) return {};
  }
  std::string text(op_name(at_.op));
  text += " is not compiled";
  if (!refused_.empty()) text += " " + refused_;
  char place[16];
  std::snprintf(place, sizeof place, "0x%x: ", at_.offset);
  return failure(place + text, function);
}

void FunctionLowering::skip_dead(Op op) {
  switch (op) {
  case Op::block:
  case Op::loop:
  case Op::if_:
  case Op::try_:
  case Op::try_table: ++dead_depth_; break;
  case Op::else_:
  case Op::catch_:
  case Op::catch_all:
    if (dead_depth_ == 0) rule_of(op)->lower(*this, at_);
    break;
  case Op::delegate:
    if (dead_depth_ == 0)
      rule_of(op)->lower(*this, at_);
    else
      --dead_depth_;
    break;
  case Op::end:
    if (dead_depth_ == 0)
      close();
    else
      --dead_depth_;
    break;
  default: break;
  }
}

/// Names the parameters.
void FunctionLowering::enter() {
  auto argument = llvm_function_->arg_begin();
  if (!m.options().direct) {
    vm_ = &*argument++;
    vm_->setName("vm");
  }
  if (signature.has_results_pointer) {
    results_ = &*argument++;
    results_->setName("results");
  }
  const bool in_memory = llvm_function_ == m.tail(function) &&
                         m.options().target_facts().tail_entry == TailEntry::memory;
  Values values;
  if (in_memory)
    values = m.load_cells(ir, signature.params, vm_field(VmField::tail_arguments));
  else
    for (Kind kind : signature.params) values.push_back(m.read_argument(ir, kind, argument));
  for (size_t i = 0; i < values.size(); ++i) {
    llvm::AllocaInst* const local = ir.CreateAlloca(m.type(signature.params[i]));
    ir.CreateStore(values[i], local);
    locals_.push_back(local);
    keep_local(static_cast<uint32_t>(i), values[i]);
  }
}

Outcome<void> FunctionLowering::read_locals(ByteReader& reader) {
  const auto groups = reader.leb_u32();
  for (uint32_t i = 0; groups && i < *groups; ++i) {
    const auto count = reader.leb_u32();
    const auto local_type = read_val_type(reader, wasm.features);
    if (!count || !local_type) return failure("the body is malformed", function);
    llvm::Type* const made = m.type(*local_type);
    for (uint32_t j = 0; j < *count; ++j) {
      llvm::AllocaInst* const local = ir.CreateAlloca(made);
      ir.CreateStore(llvm::Constant::getNullValue(made), local);
      locals_.push_back(local);
      keep_local(static_cast<uint32_t>(locals_.size() - 1), llvm::Constant::getNullValue(made));
    }
  }
  return {};
}

void FunctionLowering::keep_local(uint32_t index, llvm::Value* value) {
  if (m.options().has_field(image::frame::locals)) keep_value(kept_locals_, 'l', index, value);
}

void FunctionLowering::keep_params(const Values& values) {
  if (!m.options().has_field(image::frame::params)) return;
  for (uint32_t i = 0; i < values.size(); ++i) keep_value(kept_params_, 'p', i, values[i]);
}

/// Stores a value where the walk of frames finds it: in a slot of its own, which a trap leaves as
/// it is. Its name says what it holds (`ValueSlot`).
void FunctionLowering::keep_value(
    std::map<std::pair<uint32_t, llvm::Type*>, llvm::AllocaInst*>& slots, char letter,
    uint32_t index, llvm::Value* value) {
  llvm::AllocaInst*& slot = slots[{index, value->getType()}];
  if (slot == nullptr) {
    llvm::IRBuilder<> entry(&llvm_function_->getEntryBlock(),
                            llvm_function_->getEntryBlock().begin());
    slot = entry.CreateAlloca(value->getType());
    slot->setName(value_slot_name(letter, index));
  }
  ir.CreateStore(value, slot, /*isVolatile=*/true);
}

/// Where the end of the stack isn't found by faults, its limit is compared with first thing.
void FunctionLowering::check_stack() {
  if (m.options().probes) return;
  const std::string name = llvm_function_->getName().str();
  const auto wanted = m.frame_bytes.find(name);
  const uint32_t bytes = wanted != m.frame_bytes.end() ? wanted->second : 1024;
  llvm_function_->addFnAttr(kFrameAttribute, std::to_string(bytes));
  llvm::Value* const frame = ir.CreatePtrToInt(
      ir.CreateIntrinsic(llvm::Intrinsic::frameaddress, {m.pointer()}, {ir.getInt32(0)}), m.word());
  llvm::Value* const limit = ir.CreateAlignedLoad(
      m.word(), at(vm_field(VmField::store), m.layout().store_native_stack_limit()),
      llvm::Align(m.layout().pointer));
  llvm::Value* const needed = ir.CreateAdd(limit, llvm::ConstantInt::get(m.word(), bytes));
  trap_if(ir.CreateICmpULT(frame, needed), TrapKind::call_stack_exhausted);
}

void FunctionLowering::poll() {
  llvm::LoadInst* const word = ir.CreateAlignedLoad(
      ir.getInt32Ty(), at(vm_field(VmField::store), m.layout().store_interrupt_word()),
      llvm::Align(4));
  word->setAtomic(llvm::AtomicOrdering::Monotonic);
  llvm::BasicBlock* const set = block("interrupted");
  llvm::BasicBlock* const on = block("on");
  ir.CreateCondBr(ir.CreateIsNotNull(word), set, on);
  start_block(set);
  builtin(Builtin::interrupted, {});
  ir.CreateBr(on);
  start_block(on);
}

void FunctionLowering::begin_charge() {
  operators_ = 0;
  llvm::Value* const fuel = at(vm_field(VmField::store), m.layout().store_fuel());
  llvm::Value* const before = ir.CreateAlignedLoad(ir.getInt64Ty(), fuel, llvm::Align(8));
  // An argument keeps the builder from folding; the count takes its place.
  charge_ = llvm::BinaryOperator::CreateSub(before, i64(0));
  ir.Insert(charge_);
  ir.CreateAlignedStore(charge_, fuel, llvm::Align(8), true);
  trap_if(ir.CreateICmpSLT(charge_, i64(0)), TrapKind::out_of_fuel);
}

void FunctionLowering::end_charge() {
  if (charge_ == nullptr) return;
  charge_->setOperand(1, i64(operators_));
  charge_ = nullptr;
}

void FunctionLowering::locate(uint32_t offset, uint32_t column) {
  if (is_entry_) column |= kEntryColumn;
  ir.SetCurrentDebugLocation(llvm::DILocation::get(m.context(), offset, column, m.scope(function)));
}

/// The scope's name is read back from the memory operands of machine instructions (docs/abi.md,
/// section 10).
void FunctionLowering::mark_access(llvm::Instruction* access, uint32_t before) {
  identify(access);
  llvm::LLVMContext& context = m.context();
  const image::AccessShape shape{info(at_.op).width, before, at_.memarg.memory};
  char name[32];
  std::snprintf(name, sizeof name, "@%x.%llx", at_.offset,
                static_cast<unsigned long long>(shape.number()));
  // A scope of its own, from which nothing can be concluded.
  llvm::MDNode* const scope =
      llvm::MDBuilder(context).createAnonymousAliasScope(m.access_domain(), name);
  access->setMetadata(llvm::LLVMContext::MD_alias_scope, llvm::MDNode::get(context, {scope}));
  if (m.direct() == nullptr) access->setMetadata(llvm::LLVMContext::MD_tbaa, m.guest_bytes());
}

Values FunctionLowering::pop(size_t count) {
  Values values = top(count);
  stack_.resize(stack_.size() - count);
  return values;
}

std::span<const ValType> FunctionLowering::params_of(const BlockType& block_type) {
  if (block_type.kind != BlockType::Kind::index) return {};
  return wasm.types[block_type.index].params;
}

std::span<const ValType> FunctionLowering::results_of(const BlockType& block_type) {
  switch (block_type.kind) {
  case BlockType::Kind::empty: return {};
  case BlockType::Kind::index: return wasm.types[block_type.index].results;
  case BlockType::Kind::value: break;
  }
  // Spans of single values stay valid: what they point to has storage for the module's life.
  static constexpr ValType kPlain[] = {val::i32, val::i64, val::f32, val::f64, val::v128};
  for (const ValType& plain : kPlain)
    if (plain == block_type.value) return {&plain, 1};
  static constexpr ValType kReference[] = {val::anyref};
  return kReference; // all references are alike to the code
}

Control& FunctionLowering::open(Op op, const BlockType& block_type) {
  Control made;
  made.op = op;
  made.params = params_of(block_type);
  made.results = results_of(block_type);
  made.height = stack_.size() - made.params.size();
  made.offset = at_.offset;
  made.outer = controls_.size();
  made.end = llvm::BasicBlock::Create(m.context());
  llvm::IRBuilder<> end(made.end);
  for (ValType result : made.results) made.end_values.push_back(end.CreatePHI(m.type(result), 2));
  controls_.push_back(std::move(made));
  return controls_.back();
}

void FunctionLowering::branch_to(Control& target, const Values& values) {
  if (target.op == Op::loop) {
    for (size_t i = 0; i < values.size(); ++i)
      target.start_values[i]->addIncoming(values[i], ir.GetInsertBlock());
    ir.CreateBr(target.start);
    return;
  }
  if (target.end == nullptr) {
    return_values(values);
    return;
  }
  for (size_t i = 0; i < values.size(); ++i)
    target.end_values[i]->addIncoming(values[i], ir.GetInsertBlock());
  ir.CreateBr(target.end);
}

void FunctionLowering::branch(uint32_t depth, const Values& values) {
  branch_to(control(depth), values);
}

void FunctionLowering::return_values(const Values& values) {
  if (results_ != nullptr) {
    m.store_cells(ir, signature.results, values, results_);
    ir.CreateRetVoid();
  } else if (values.empty()) {
    ir.CreateRetVoid();
  } else {
    ir.CreateRet(values[0]);
  }
}

void FunctionLowering::close() {
  end_charge();
  Control closed = std::move(controls_.back());
  if (closed.op == Op::loop) closed.op = Op::block; // from here on, branches lead behind it
  if (!dead_) branch_to(closed, top(closed.results.size()));
  controls_.pop_back();
  stack_.resize(std::min(stack_.size(), closed.height));
  if (closed.end == nullptr) return; // the function's own
  if (closed.otherwise != nullptr) {
    // An `if` without `else`: its parameters are its results.
    start_block(closed.otherwise);
    branch_to(closed, closed.otherwise_params);
  }
  if (closed.dispatch != nullptr) end_try(*this, closed);
  if (closed.end->hasNPredecessors(0)) {
    delete closed.end;
    dead_ = true;
    dead_depth_ = 0;
    return;
  }
  closed.end->insertInto(llvm_function_);
  start_block(closed.end);
  dead_ = false;
  for (llvm::PHINode* value : closed.end_values) push(value);
}

void FunctionLowering::trap(TrapKind kind) {
  end_charge();
  if (m.options().tells_traps())
    emit_trap(kind);
  else
    ir.CreateBr(trap_block(kind));
}

void FunctionLowering::emit_trap(TrapKind kind) {
  if (m.options().call_traps) {
    end_in_trap(builtin(Builtin::trap, {i32(static_cast<uint32_t>(kind))}));
    return;
  }
  const llvm::DebugLoc before = ir.getCurrentDebugLocation();
  locate(m.options().tells_traps() ? at_.offset : 0, static_cast<uint32_t>(kind));
  llvm::CallInst* const call =
      ir.CreateIntrinsic(llvm::Intrinsic::trap, llvm::ArrayRef<llvm::Value*>());
  identify(call);
  // What kind of trap it is would be lost otherwise, too.
  call->addFnAttr(llvm::Attribute::NoMerge);
  ir.SetCurrentDebugLocation(before);
  ir.CreateUnreachable();
}

void FunctionLowering::end_in_trap(llvm::CallBase* call) {
  call->addFnAttr(llvm::Attribute::NoReturn);
  call->addFnAttr(llvm::Attribute::Cold);
  if (m.options().tells_traps()) {
    call->addFnAttr(llvm::Attribute::NoMerge);
  } else {
    // It stands for others of its kind.
    call->removeFnAttr(llvm::Attribute::NoMerge);
    call->setDebugLoc(llvm::DILocation::get(m.context(), 0, kBuiltinColumn, m.scope(function)));
  }
  ir.CreateUnreachable();
}

void FunctionLowering::identify(llvm::Instruction* at) {
  if (!m.options().check_sites) return;
  llvm::LLVMContext& context = m.context();
  llvm::Metadata* const offset =
      llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(ir.getInt32Ty(), at_.offset));
  llvm::Metadata* const stores = llvm::ConstantAsMetadata::get(
      llvm::ConstantInt::getBool(context, !llvm::isa<llvm::LoadInst>(at)));
  // The one reaches machine instructions on x86-64 only, the other those of accesses and traps.
  if (llvm::isa<llvm::CallBase>(at) && !llvm::isa<llvm::IntrinsicInst>(at))
    at->setMetadata("heapallocsite", llvm::MDNode::get(context, {offset, stores}));
  else
    at->setMetadata("pcsections",
                    llvm::MDNode::get(context, {llvm::MDString::get(context, "i"),
                                                llvm::MDNode::get(context, {offset, stores})}));
}

void FunctionLowering::trap_if(llvm::Value* condition, TrapKind kind) {
  llvm::BasicBlock* const bad = trap_block(kind);
  llvm::BasicBlock* const good = block();
  llvm::MDNode* const weights = llvm::MDBuilder(m.context()).createBranchWeights(1, 1 << 20);
  ir.CreateCondBr(condition, bad, good, weights);
  start_block(good);
}

llvm::BasicBlock* FunctionLowering::trap_block(TrapKind kind) {
  // Where nobody asks for offsets, one of a kind is enough.
  llvm::BasicBlock*& shared = trap_blocks_[static_cast<size_t>(kind)];
  if (shared != nullptr && !m.options().tells_traps()) return shared;
  llvm::BasicBlock* const from = ir.GetInsertBlock();
  shared = block("trap");
  start_block(shared);
  emit_trap(kind);
  start_block(from);
  return shared;
}

llvm::Value* FunctionLowering::scratch(uint32_t bytes) {
  if (scratch_ == nullptr) {
    llvm::IRBuilder<> entry(&llvm_function_->getEntryBlock(),
                            llvm_function_->getEntryBlock().begin());
    scratch_ = entry.CreateAlloca(ir.getInt8Ty(), i32(16), "cells");
    scratch_->setAlignment(llvm::Align(8));
  }
  if (bytes > scratch_bytes_) {
    scratch_bytes_ = bytes;
    scratch_->setOperand(0, i32(bytes));
  }
  return scratch_;
}

llvm::CallBase* FunctionLowering::call_or_invoke(llvm::FunctionCallee callee,
                                                 const Values& arguments) {
  llvm::BasicBlock* const unwind = pad();
  llvm::CallBase* call;
  if (unwind == nullptr) {
    call = ir.CreateCall(callee, arguments);
  } else {
    llvm::BasicBlock* const on = block();
    call = ir.CreateInvoke(callee, on, unwind, arguments);
    start_block(on);
  }
  if (auto* const known = llvm::dyn_cast<llvm::Function>(callee.getCallee()))
    call->setCallingConv(known->getCallingConv());
  identify(call);
  m.keep_apart(call);
  return call;
}

llvm::CallBase* FunctionLowering::builtin(Builtin which, const Values& arguments,
                                          llvm::Function* instead) {
  Values all{vm_};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const llvm::DebugLoc before = ir.getCurrentDebugLocation();
  locate(at_.offset, kBuiltinColumn);
  llvm::CallInst* const call = ir.CreateCall(
      instead != nullptr ? llvm::FunctionCallee(instead) : m.builtin(ir, vm_, which), all);
  ir.SetCurrentDebugLocation(before);
  identify(call);
  m.keep_apart(call);
  return call;
}

Values FunctionLowering::call_native(const Signature& callee_signature, llvm::Value* callee,
                                     llvm::Value* context, const Values& values,
                                     llvm::CallBase** made) {
  Values arguments;
  if (context != nullptr) arguments.push_back(context);
  llvm::Value* cells = nullptr;
  if (callee_signature.has_results_pointer) {
    cells = scratch(callee_signature.result_bytes);
    arguments.push_back(cells);
  }
  for (size_t i = 0; i < values.size(); ++i)
    m.append_arguments(ir, callee_signature.params[i], values[i], arguments);
  llvm::CallBase* const call = call_or_invoke({callee_signature.native, callee}, arguments);
  if (made != nullptr) *made = call;
  if (cells != nullptr) return m.load_cells(ir, callee_signature.results, cells);
  if (callee_signature.results.empty()) return {};
  return {call};
}

llvm::BasicBlock* FunctionLowering::pad() {
  Control* const around = open_try(controls_.size());
  if (around == nullptr) return nullptr;
  if (around->pad == nullptr) make_pad(*this, *around);
  return around->pad;
}

Control* FunctionLowering::open_try(size_t count) {
  for (size_t i = m.catches() ? count : 0; i != 0; --i)
    if (is_open_try(controls_[i - 1])) return &controls_[i - 1];
  return nullptr;
}

} // namespace waxwing::compile
