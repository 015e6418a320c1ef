// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/module_lowering.hpp"

#include <algorithm>
#include <llvm/IR/MDBuilder.h>

#include "base/reader.hpp"
#include "compile/function_lowering.hpp"
#include "wasm/instruction.hpp"
#include "wasm/object_layout.hpp"

namespace waxwing::compile {

using image::Builtin;
using image::VmField;

bool is_guarded(const waxwing::Module& wasm, const Options& options, uint32_t memory) {
  const MemoryType& type = wasm.memories[memory];
  return !options.explicit_checks && options.info().guards && !type.limits.is64 &&
         type.page_log2 == 16;
}

std::string native_name(FuncIndex function) { return "f" + std::to_string(function); }
std::string direct_name(FuncIndex function) { return "guest." + std::to_string(function); }
std::string tail_name(FuncIndex function) { return "f" + std::to_string(function) + ".tail"; }

llvm::StringRef name_before_copy(llvm::StringRef symbol) {
  llvm::StringRef rest = symbol;
  FuncIndex function = 0;
  if (!rest.consume_front("f") || rest.consumeInteger(10, function)) return symbol;
  const llvm::StringRef added = rest;
  if (rest.consume_front(".tail") && (rest.empty() || rest.front() == '.'))
    return symbol.drop_back(rest.size());
  return added.starts_with(".") ? symbol.drop_back(added.size()) : symbol;
}

namespace {

llvm::MDNode* memory_type(llvm::LLVMContext& context, llvm::StringRef name) {
  llvm::MDBuilder metadata(context);
  llvm::MDNode* const type =
      metadata.createTBAAScalarTypeNode(name, metadata.createTBAARoot("waxwing"));
  return metadata.createTBAAStructTagNode(type, type, 0);
}

} // namespace

ModuleLowering::ModuleLowering(llvm::LLVMContext& context, const ModulePlan& plan, Part part,
                               const Options& options)
    : context_(context), plan_(plan), part_(part), wasm_(plan.wasm()), options_(options),
      ir_(std::make_unique<llvm::Module>("wasm", context)), debug_(*ir_),
      pointer_(llvm::PointerType::getUnqual(context)),
      word_(llvm::IntegerType::get(context, options.info().pointer * 8)),
      nothing_(llvm::MDNode::get(context, {})),
      access_domain_(llvm::MDBuilder(context).createAnonymousAliasScopeDomain("accesses")),
      guest_bytes_(memory_type(context, "guest")), extents_(memory_type(context, "extent")),
      native_(wasm_.functions.size()), tail_(wasm_.functions.size()),
      scopes_(part.end - part.begin) {}

llvm::Type* ModuleLowering::type(Kind kind) const {
  switch (kind) {
  case Kind::i32: return llvm::Type::getInt32Ty(context_);
  case Kind::i64: return llvm::Type::getInt64Ty(context_);
  case Kind::f32: return llvm::Type::getFloatTy(context_);
  case Kind::f64: return llvm::Type::getDoubleTy(context_);
  case Kind::v128: return llvm::FixedVectorType::get(llvm::Type::getInt8Ty(context_), 16);
  case Kind::ref: return pointer_;
  }
  return pointer_;
}

const Signature& ModuleLowering::signature(const DefType& type) {
  Signature made;
  made.name = signature_name(type.params, type.results);
  if (const auto found = signatures_.find(made.name); found != signatures_.end())
    return found->second;
  for (ValType param : type.params) made.params.push_back(kind_of(param));
  for (ValType result : type.results) made.results.push_back(kind_of(result));

  const Capabilities& target = options_.target_facts();
  const uint32_t p = options_.info().pointer;
  for (Kind kind : made.params) made.param_bytes += cell_bytes(kind, p);
  for (Kind kind : made.results) made.result_bytes += cell_bytes(kind, p);
  made.has_results_pointer =
      made.results.size() > 1 ||
      (made.results.size() == 1 && made.results[0] == Kind::v128 && !target.vector_arguments);

  std::vector<llvm::Type*> types;
  if (!options_.direct) types.push_back(pointer_);
  if (made.has_results_pointer) types.push_back(pointer_);
  const size_t fixed = types.size();
  for (Kind kind : made.params) {
    if (kind == Kind::v128 && !target.vector_arguments) {
      types.push_back(this->type(Kind::i64));
      types.push_back(this->type(Kind::i64));
    } else {
      types.push_back(this->type(kind));
    }
  }
  llvm::Type* const result = made.results.empty() || made.has_results_pointer
                                 ? llvm::Type::getVoidTy(context_)
                                 : this->type(made.results[0]);
  made.native = llvm::FunctionType::get(result, types, false);
  if (target.tail_entry == TailEntry::memory) types.resize(fixed);
  made.tail = llvm::FunctionType::get(result, types, false);
  std::string name = made.name;
  return signatures_.emplace(std::move(name), std::move(made)).first->second;
}

const std::vector<uint32_t>& ModuleLowering::field_offsets(TypeIndex type) {
  std::vector<uint32_t>& offsets = field_offsets_[type];
  const std::span<const FieldType> fields = wasm_.types[type].fields;
  if (offsets.size() == fields.size()) return offsets;
  FieldPlaces places(options_.info().pointer);
  for (const FieldType& field : fields) offsets.push_back(places.place(field.storage));
  return offsets;
}

void ModuleLowering::set_host_attributes(llvm::Function& function) const {
  if (function.getReturnType()->isIntegerTy(32)) function.addRetAttr(llvm::Attribute::SExt);
  for (llvm::Argument& argument : function.args())
    if (argument.getType()->isIntegerTy(32)) argument.addAttr(llvm::Attribute::SExt);
}

/// As a C compiler's: nothing looks at frames or asks where a trap was.
void ModuleLowering::set_direct_attributes(llvm::Function& function) const {
  function.addFnAttr("no-trapping-math", "true");
  function.addFnAttr("target-cpu", options_.cpu);
  function.addFnAttr("target-features", options_.features);
  if (!options_.tune_cpu.empty()) function.addFnAttr("tune-cpu", options_.tune_cpu);
  // A pointer may have been found in the wrong one of two numbers (compile/pointers.hpp).
  function.addFnAttr(llvm::Attribute::NullPointerIsValid);
  function.addFnAttr(llvm::Attribute::NoUnwind);
  function.setUWTableKind(llvm::UWTableKind::Async);
  if (options_.for_size) function.addFnAttr(llvm::Attribute::OptimizeForSize);
  set_host_attributes(function);
}

void ModuleLowering::set_attributes(llvm::Function& function, bool is_guest) const {
  if (options_.direct) {
    set_direct_attributes(function);
    return;
  }
  function.addFnAttr("frame-pointer", "all");
  // A vector on the stack is at most less aligned: then the stack pointer in a function is always
  // the same distance from its caller's, which landing at a catch counts on.
  function.addFnAttr("no-realign-stack");
  function.addFnAttr("disable-tail-calls", "true");
  function.addFnAttr("no-builtins");
  function.addFnAttr("min-legal-vector-width", "128");
  function.addFnAttr("prefer-vector-width", "128");
  function.addFnAttr("target-cpu", options_.cpu);
  function.addFnAttr("target-features", options_.features);
  if (!options_.tune_cpu.empty()) function.addFnAttr("tune-cpu", options_.tune_cpu);
  function.addFnAttr(llvm::Attribute::NullPointerIsValid);
  function.setUWTableKind(llvm::UWTableKind::Sync);
  if (!catches()) function.addFnAttr(llvm::Attribute::NoUnwind);
  if (options_.probes) function.addFnAttr("probe-stack", "inline-asm");
  if (options_.for_size) function.addFnAttr(llvm::Attribute::OptimizeForSize);
  // Frames with values are those of the functions of the module, one each.
  if (is_guest && options_.has_field(image::frame::locals | image::frame::params))
    function.addFnAttr(llvm::Attribute::NoInline);
  if (is_guest && catches()) function.setPersonalityFn(ir_->getFunction("waxwing_personality"));
  function.setDSOLocal(true);
  function.setVisibility(llvm::GlobalValue::HiddenVisibility);
}

llvm::Function* ModuleLowering::personality() {
  return llvm::cast<llvm::Function>(
      ir_->getOrInsertFunction("waxwing_personality",
                               llvm::FunctionType::get(llvm::Type::getInt32Ty(context_), true))
          .getCallee());
}

void ModuleLowering::declare() {
  ir_->setTargetTriple(llvm::Triple(options_.info().triple));
  ir_->setPICLevel(llvm::PICLevel::BigPIC);
  ir_->addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  for (const DefType& type : wasm_.types)
    if (type.kind != TypeKind::func) {
      ir_->addModuleFlag(llvm::Module::Override, kObjectsFlag, 1);
      break;
    }
  file_ = debug_.createFile(options_.debug_info ? options_.name : "wasm", "");
  debug_.createCompileUnit(llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_C), file_, "waxwing",
                           options_.optimization > 0, "", 0, "",
                           options_.debug_info ? llvm::DICompileUnit::LineTablesOnly
                                               : llvm::DICompileUnit::NoDebug);
  if (options_.debug_info) ir_->addModuleFlag(llvm::Module::Warning, "Dwarf Version", 5);

  if (catches()) personality();
  // In the order of their indices.
  llvm::DISubroutineType* const type = debug_.createSubroutineType(debug_.getOrCreateTypeArray({}));
  for (FuncIndex i = part_.begin; i < part_.end; ++i) {
    llvm::Function* body = native(i);
    if (tail(i) != nullptr) body = tail(i);
    // The line is the function's index: frames of inlined code are told apart by it.
    llvm::DISubprogram* const scope = debug_.createFunction(
        file_, native_name(i), "", file_, i, type, i, llvm::DINode::FlagZero,
        llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagLocalToUnit);
    body->setSubprogram(scope);
    scopes_[i - part_.begin] = scope;
  }
}

llvm::Function* ModuleLowering::native(FuncIndex function) {
  llvm::Function*& made = native_[function];
  if (made != nullptr) return made;
  made =
      llvm::Function::Create(signature_of(function).native, llvm::GlobalValue::ExternalLinkage,
                             options_.direct ? direct_name(function) : native_name(function), *ir_);
  set_attributes(*made, true);
  // Shapes of what other code calls stay as they are; a function that only its own part calls
  // directly may be changed, or go away.
  if (plan_.is_local(function) || options_.direct) {
    made->setVisibility(llvm::GlobalValue::DefaultVisibility);
    made->setLinkage(llvm::GlobalValue::InternalLinkage);
  }
  return made;
}

llvm::Function* ModuleLowering::tail(FuncIndex function) {
  if (!plan_.makes_tail_calls(function) || options_.direct) return nullptr;
  llvm::Function*& made = tail_[function];
  if (made != nullptr) return made;
  made = llvm::Function::Create(signature_of(function).tail, llvm::GlobalValue::ExternalLinkage,
                                tail_name(function), *ir_);
  set_attributes(*made, true);
  if (options_.target_facts().tail_entry == TailEntry::tailcc)
    made->setCallingConv(llvm::CallingConv::Tail);
  made->addFnAttr(llvm::Attribute::NoInline);
  return made;
}

Outcome<void> ModuleLowering::lower(FuncIndex function) {
  FunctionLowering lowering(*this, function);
  return lowering.run();
}

void ModuleLowering::finish() {
  if (options_.direct) {
    debug_.finalize();
    return;
  }
  // A trampoline is in the part of the first function that needs it.
  const size_t rows = plan_.signatures().size();
  std::vector<bool> has_trampoline(rows);
  std::vector<bool> has_tail_trampoline(rows);
  for (FuncIndex i = wasm_.imported_functions; i < part_.end; ++i) {
    const uint32_t row = plan_.signature_of(i);
    const bool is_own = i >= part_.begin;
    if (!has_trampoline[row] && is_own) make_trampoline(signature_of(i), false);
    has_trampoline[row] = true;
    if (!plan_.makes_tail_calls(i)) continue;
    if (is_own) make_wrapper(i);
    if (!has_tail_trampoline[row] && is_own) make_trampoline(signature_of(i), true);
    has_tail_trampoline[row] = true;
  }
  if (part_.begin == wasm_.imported_functions) define_closed_tables();
  debug_.finalize();
}

llvm::GlobalVariable* ModuleLowering::closed_rows(uint32_t table) {
  const std::string name = "table." + std::to_string(table);
  if (llvm::GlobalVariable* const made = ir_->getGlobalVariable(name, true)) return made;
  llvm::Type* const half = llvm::Type::getInt32Ty(context_);
  llvm::Type* const type =
      llvm::ArrayType::get(llvm::StructType::get(half, half), closed_table(table).elements.size());
  auto* const made =
      new llvm::GlobalVariable(*ir_, type, true, llvm::GlobalValue::ExternalLinkage, nullptr, name);
  made->setVisibility(llvm::GlobalValue::HiddenVisibility);
  made->setDSOLocal(true);
  made->setAlignment(llvm::Align(kClosedRowBytes));
  return made;
}

/// In the first part; the linker leaves out those that no call goes through.
void ModuleLowering::define_closed_tables() {
  llvm::Type* const half = llvm::Type::getInt32Ty(context_);
  for (uint32_t i = 0; i < wasm_.tables.size(); ++i) {
    const ClosedTable& table = closed_table(i);
    if (!table.is_closed || table.elements.empty()) continue;
    llvm::GlobalVariable* const rows = closed_rows(i);
    auto* const type = llvm::cast<llvm::ArrayType>(rows->getValueType());
    auto* const row_type = llvm::cast<llvm::StructType>(type->getElementType());
    std::vector<llvm::Constant*> all;
    for (const FuncIndex function : table.elements) {
      if (function == kNoIndex) {
        all.push_back(llvm::ConstantAggregateZero::get(row_type));
        continue;
      }
      llvm::Constant* distance =
          llvm::ConstantExpr::getSub(llvm::ConstantExpr::getPtrToInt(native(function), word_),
                                     llvm::ConstantExpr::getPtrToInt(rows, word_));
      if (word_ != half) distance = llvm::ConstantExpr::getTrunc(distance, half);
      all.push_back(llvm::ConstantStruct::get(
          row_type,
          {llvm::ConstantInt::get(half, wasm_.type_of(function).canonical + 1), distance}));
    }
    rows->setInitializer(llvm::ConstantArray::get(type, all));
  }
}

llvm::Function* ModuleLowering::bad_index(uint32_t table) {
  const std::string name = "bad_index." + std::to_string(table);
  if (llvm::Function* const made = ir_->getFunction(name)) return made;
  llvm::Type* const half = llvm::Type::getInt32Ty(context_);
  llvm::Function* const made = llvm::Function::Create(
      llvm::FunctionType::get(llvm::Type::getVoidTy(context_), {pointer_, half}, false),
      llvm::GlobalValue::LinkOnceODRLinkage, name, *ir_);
  // As adapters: each part that needs it has one.
  made->setComdat(ir_->getOrInsertComdat(name));
  set_attributes(*made, false);
  for (const auto attribute :
       {llvm::Attribute::NoInline, llvm::Attribute::NoReturn, llvm::Attribute::Cold})
    made->addFnAttr(attribute);
  // No function of the module's, which would be in traces; the column tells the trap all the same.
  llvm::DISubprogram* const scope =
      debug_.createFunction(file_, name, "", file_, 0, debug_.createSubroutineType({}), 0,
                            llvm::DINode::FlagArtificial, llvm::DISubprogram::SPFlagDefinition);
  llvm::Value* const index = made->getArg(1);
  const auto block = [&] { return llvm::BasicBlock::Create(context_, "", made); };
  llvm::IRBuilder<> ir(block());
  const auto trap = [&](TrapKind kind) {
    llvm::CallInst* call = nullptr;
    if (options_.call_traps) {
      call = call_builtin(ir, made->getArg(0), Builtin::trap,
                          {ir.getInt32(static_cast<uint32_t>(kind))});
      call->addFnAttr(llvm::Attribute::NoReturn);
    } else {
      call = ir.CreateIntrinsic(llvm::Intrinsic::trap, llvm::ArrayRef<llvm::Value*>());
      call->setDebugLoc(llvm::DILocation::get(context_, 0, static_cast<uint32_t>(kind), scope));
    }
    call->addFnAttr(llvm::Attribute::NoMerge);
    ir.CreateUnreachable();
  };
  const auto trap_if = [&](llvm::Value* condition, TrapKind kind) {
    llvm::BasicBlock* const bad = block();
    llvm::BasicBlock* const good = block();
    ir.CreateCondBr(condition, bad, good);
    ir.SetInsertPoint(bad);
    trap(kind);
    ir.SetInsertPoint(good);
  };
  const auto size = static_cast<uint32_t>(wasm_.tables[table].type.limits.min);
  const auto known = static_cast<uint32_t>(closed_table(table).elements.size());
  llvm::GlobalVariable* const rows = closed_rows(table);
  trap_if(ir.CreateICmpUGE(index, ir.getInt32(size)), TrapKind::undefined_element);
  if (known < size)
    trap_if(ir.CreateICmpUGE(index, ir.getInt32(known)), TrapKind::uninitialized_element);
  llvm::Value* const row = ir.CreateInBoundsGEP(
      rows->getValueType(), rows, {ir.getInt32(0), ir.CreateZExtOrTrunc(index, word_)});
  llvm::Value* const type = ir.CreateAlignedLoad(half, row, llvm::Align(kClosedRowBytes));
  trap_if(ir.CreateICmpEQ(type, ir.getInt32(0)), TrapKind::uninitialized_element);
  trap(TrapKind::indirect_call_type_mismatch);
  return made;
}

void ModuleLowering::make_wrapper(FuncIndex function) {
  const Signature& signature = signature_of(function);
  llvm::Function* const native = this->native(function);
  llvm::IRBuilder<> ir(llvm::BasicBlock::Create(context_, "", native));
  Values arguments;
  if (options_.target_facts().tail_entry == TailEntry::tailcc) {
    for (llvm::Argument& argument : native->args()) arguments.push_back(&argument);
  } else {
    auto argument = native->arg_begin();
    arguments.push_back(&*argument++);
    if (signature.has_results_pointer) arguments.push_back(&*argument++);
    Values values;
    for (Kind kind : signature.params) values.push_back(read_argument(ir, kind, argument));
    store_cells(ir, signature.params, values,
                vm_field(ir, native->getArg(0), VmField::tail_arguments));
  }
  llvm::CallInst* const call = ir.CreateCall(tail(function), arguments);
  call->setCallingConv(tail(function)->getCallingConv());
  call->setIsNoInline();
  keep_apart(call);
  if (call->getType()->isVoidTy())
    ir.CreateRetVoid();
  else
    ir.CreateRet(call);
}

void ModuleLowering::make_trampoline(const Signature& signature, bool tail) {
  llvm::Function* const made =
      llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(context_),
                                                     {pointer_, pointer_, pointer_}, false),
                             llvm::GlobalValue::ExternalLinkage,
                             (tail ? "tail_trampoline." : "trampoline.") + signature.name, *ir_);
  set_attributes(*made, false);
  llvm::IRBuilder<> ir(llvm::BasicBlock::Create(context_, "", made));
  llvm::Value* const vm = made->getArg(0);
  llvm::Value* const cells = made->getArg(2);
  Values arguments{vm};
  if (signature.has_results_pointer) arguments.push_back(cells);
  const Values params = load_cells(ir, signature.params, cells);
  const bool in_memory = tail && options_.target_facts().tail_entry == TailEntry::memory;
  if (in_memory)
    store_cells(ir, signature.params, params, vm_field(ir, vm, VmField::tail_arguments));
  else
    for (size_t i = 0; i < params.size(); ++i)
      append_arguments(ir, signature.params[i], params[i], arguments);
  llvm::CallInst* const call =
      ir.CreateCall(tail ? signature.tail : signature.native, made->getArg(1), arguments);
  if (tail && !in_memory) call->setCallingConv(llvm::CallingConv::Tail);
  if (!call->getType()->isVoidTy()) store_cell(ir, signature.results[0], call, cells, 0);
  ir.CreateRetVoid();
}

llvm::Function* ModuleLowering::adapter(const Signature& signature, bool tail) {
  const std::string name = (tail ? "tail_adapter." : "adapter.") + signature.name;
  if (llvm::Function* const made = ir_->getFunction(name)) return made;
  llvm::Function* const made =
      llvm::Function::Create(signature.native, llvm::GlobalValue::LinkOnceODRLinkage, name, *ir_);
  // Each part that needs it has one, and the linker keeps the first.
  made->setComdat(ir_->getOrInsertComdat(name));
  set_attributes(*made, false);
  made->addFnAttr(llvm::Attribute::NoInline);
  llvm::IRBuilder<> ir(llvm::BasicBlock::Create(context_, "", made));
  const uint32_t bytes = std::max(signature.cells(), options_.info().pointer);
  llvm::AllocaInst* const cells =
      ir.CreateAlloca(llvm::ArrayType::get(ir.getInt8Ty(), bytes), nullptr, "cells");
  cells->setAlignment(llvm::Align(8));
  auto argument = made->arg_begin();
  llvm::Value* const vm = &*argument++;
  llvm::Value* const results = signature.has_results_pointer ? &*argument++ : nullptr;
  Values values;
  for (Kind kind : signature.params) values.push_back(read_argument(ir, kind, argument));
  store_cells(ir, signature.params, values, cells);
  call_builtin(ir, vm, tail ? Builtin::tail_call : Builtin::call, {cells});
  const Values loaded = load_cells(ir, signature.results, cells);
  if (results != nullptr) store_cells(ir, signature.results, loaded, results);
  if (results != nullptr || loaded.empty())
    ir.CreateRetVoid();
  else
    ir.CreateRet(loaded[0]);
  return made;
}

void ModuleLowering::append_arguments(llvm::IRBuilder<>& ir, Kind kind, llvm::Value* value,
                                      Values& out) const {
  if (kind != Kind::v128 || options_.target_facts().vector_arguments) {
    out.push_back(value);
    return;
  }
  llvm::Value* const halves =
      ir.CreateBitCast(value, llvm::FixedVectorType::get(ir.getInt64Ty(), 2));
  out.push_back(ir.CreateExtractElement(halves, uint64_t{0}));
  out.push_back(ir.CreateExtractElement(halves, uint64_t{1}));
}

llvm::Value* ModuleLowering::read_argument(llvm::IRBuilder<>& ir, Kind kind,
                                           llvm::Function::arg_iterator& argument) const {
  if (kind != Kind::v128 || options_.target_facts().vector_arguments) return &*argument++;
  auto* const type = llvm::FixedVectorType::get(ir.getInt64Ty(), 2);
  llvm::Value* value = llvm::PoisonValue::get(type);
  value = ir.CreateInsertElement(value, &*argument++, uint64_t{0});
  value = ir.CreateInsertElement(value, &*argument++, uint64_t{1});
  return ir.CreateBitCast(value, this->type(Kind::v128));
}

void ModuleLowering::store_cell(llvm::IRBuilder<>& ir, Kind kind, llvm::Value* value,
                                llvm::Value* cells, uint32_t offset) const {
  (void)kind;
  ir.CreateAlignedStore(value, at(ir, cells, offset), llvm::Align(options_.info().pointer));
}

llvm::Value* ModuleLowering::load_cell(llvm::IRBuilder<>& ir, Kind kind, llvm::Value* cells,
                                       uint32_t offset) const {
  return ir.CreateAlignedLoad(type(kind), at(ir, cells, offset),
                              llvm::Align(options_.info().pointer));
}

void ModuleLowering::store_cells(llvm::IRBuilder<>& ir, const std::vector<Kind>& kinds,
                                 const Values& values, llvm::Value* cells) const {
  uint32_t offset = 0;
  for (size_t i = 0; i < kinds.size(); ++i) {
    store_cell(ir, kinds[i], values[i], cells, offset);
    offset += cell_bytes(kinds[i], options_.info().pointer);
  }
}

Values ModuleLowering::load_cells(llvm::IRBuilder<>& ir, const std::vector<Kind>& kinds,
                                  llvm::Value* cells) const {
  Values values;
  uint32_t offset = 0;
  for (Kind kind : kinds) {
    values.push_back(load_cell(ir, kind, cells, offset));
    offset += cell_bytes(kind, options_.info().pointer);
  }
  return values;
}

llvm::Value* ModuleLowering::at(llvm::IRBuilder<>& ir, llvm::Value* base, uint64_t offset) const {
  return offset == 0 ? base
                     : ir.CreateGEP(ir.getInt8Ty(), base, llvm::ConstantInt::get(word_, offset));
}

llvm::Value* ModuleLowering::load_fixed(llvm::IRBuilder<>& ir, llvm::Value* base,
                                        uint64_t offset) const {
  llvm::LoadInst* const load =
      ir.CreateAlignedLoad(pointer_, at(ir, base, offset), llvm::Align(options_.info().pointer));
  load->setMetadata(llvm::LLVMContext::MD_invariant_load, nothing_);
  return load;
}

llvm::Value* ModuleLowering::vm_field(llvm::IRBuilder<>& ir, llvm::Value* vm, VmField field) const {
  return load_fixed(ir, vm, layout().vm(field));
}

llvm::FunctionType* ModuleLowering::builtin_type(Builtin builtin) const {
  const image::BuiltinInfo& info = image::kBuiltins[static_cast<size_t>(builtin)];
  const auto type_of = [&](char letter) -> llvm::Type* {
    switch (letter) {
    case 'p': return pointer_;
    case 'i': return llvm::Type::getInt32Ty(context_);
    case 'l': return llvm::Type::getInt64Ty(context_);
    default: return llvm::Type::getVoidTy(context_);
    }
  };
  std::vector<llvm::Type*> types;
  for (const char* letter = info.parameters; *letter != 0; ++letter)
    types.push_back(type_of(*letter));
  return llvm::FunctionType::get(type_of(info.result), types, false);
}

llvm::FunctionCallee ModuleLowering::builtin(llvm::IRBuilder<>& ir, llvm::Value* vm,
                                             Builtin builtin) const {
  return {builtin_type(builtin),
          load_fixed(ir, vm_field(ir, vm, VmField::builtins), layout().builtin(builtin))};
}

llvm::CallInst* ModuleLowering::call_builtin(llvm::IRBuilder<>& ir, llvm::Value* vm,
                                             Builtin builtin, const Values& arguments) const {
  Values all{vm};
  all.insert(all.end(), arguments.begin(), arguments.end());
  llvm::CallInst* const call = ir.CreateCall(this->builtin(ir, vm, builtin), all);
  keep_apart(call);
  return call;
}

} // namespace waxwing::compile
