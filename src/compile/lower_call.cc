// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls and tail calls (docs/abi.md, sections 5 and 6).
#include <llvm/IR/MDBuilder.h>
#include <map>

#include "compile/call_target.hpp"
#include "compile/cast.hpp"
#include "compile/closed_table.hpp"

namespace waxwing::compile {

using image::Builtin;
using image::VmField;

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;

llvm::Value* load_pointer(F& f, llvm::Value* base, uint64_t offset) {
  return f.ir.CreateAlignedLoad(f.m.pointer(), f.at(base, offset),
                                llvm::Align(f.m.layout().pointer));
}

void set_callee(F& f, llvm::Value* reference) {
  f.ir.CreateAlignedStore(reference, f.at(f.vm(), f.m.layout().vm(VmField::callee)),
                          llvm::Align(f.m.layout().pointer));
}

llvm::Value* imported(F& f, uint32_t function) {
  return f.load_fixed(f.vm_field(VmField::imported_functions),
                      uint64_t{function} * f.m.layout().pointer);
}

/// Calls through a reference that isn't null and has the right type.
Values call_reference(F& f, const Signature& signature, llvm::Value* reference,
                      const Values& arguments) {
  const image::Layout layout = f.m.layout();
  set_callee(f, reference);
  llvm::Value* const native = load_pointer(f, reference, layout.ref_native());
  llvm::Value* const is_native = f.ir.CreateIsNotNull(native);
  // Foreign functions are few: with these weights it is a branch, which is foretold, and what is
  // called does not wait for the comparison.
  llvm::MDNode* const weights = llvm::MDBuilder(f.m.context()).createBranchWeights(1 << 20, 1);
  const auto select = [&](llvm::Value* one, llvm::Value* other) {
    llvm::Value* const made = f.ir.CreateSelect(is_native, one, other);
    if (auto* const instruction = llvm::dyn_cast<llvm::Instruction>(made))
      instruction->setMetadata(llvm::LLVMContext::MD_prof, weights);
    return made;
  };
  llvm::Value* const code = select(native, f.m.adapter(signature, false));
  llvm::Value* const context = select(load_pointer(f, reference, layout.ref_vmctx()), f.vm());
  return f.call_native(signature, code, context, arguments);
}

/// Returns what a call in tail position has returned.
void return_call_result(F& f, llvm::CallBase* call) {
  if (call->getType()->isVoidTy())
    f.ir.CreateRetVoid();
  else
    f.ir.CreateRet(call);
}

/// An ordinary call whose results are the function's own: the results pointer is passed on.
void call_and_return(F& f, const Signature& signature, llvm::Value* callee, llvm::Value* context,
                     const Values& values) {
  Values arguments{context};
  if (signature.has_results_pointer) arguments.push_back(f.results());
  for (size_t i = 0; i < values.size(); ++i)
    f.m.append_arguments(f.ir, signature.params[i], values[i], arguments);
  f.mark(kTailColumn);
  llvm::CallInst* const call = f.ir.CreateCall(signature.native, callee, arguments);
  f.m.keep_apart(call);
  // Only a call can be left out of traces.
  call->setIsNoInline();
  return_call_result(f, call);
}

/// Jumps to a tail entry.
void jump(F& f, const Signature& signature, llvm::Value* entry, llvm::Value* context,
          const Values& values) {
  const bool in_memory = f.m.options().target_facts().tail_entry == TailEntry::memory;
  Values arguments{context};
  if (signature.has_results_pointer) arguments.push_back(f.results());
  if (in_memory)
    f.m.store_cells(f.ir, signature.params, values, f.vm_field(VmField::tail_arguments));
  else
    for (size_t i = 0; i < values.size(); ++i)
      f.m.append_arguments(f.ir, signature.params[i], values[i], arguments);
  llvm::CallInst* const call = f.ir.CreateCall(signature.tail, entry, arguments);
  if (!in_memory) call->setCallingConv(llvm::CallingConv::Tail);
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  return_call_result(f, call);
}

void jump_reference(F& f, const Signature& signature, llvm::Value* reference,
                    const Values& values) {
  const image::Layout layout = f.m.layout();
  set_callee(f, reference);
  llvm::Value* const native = load_pointer(f, reference, layout.ref_native());
  llvm::BasicBlock* const foreign = f.block("foreign");
  llvm::BasicBlock* const compiled = f.block("compiled");
  f.ir.CreateCondBr(f.ir.CreateIsNull(native), foreign, compiled);

  f.start_block(foreign);
  call_and_return(f, signature, f.m.adapter(signature, true), f.vm(), values);

  f.start_block(compiled);
  llvm::Value* const context = load_pointer(f, reference, layout.ref_vmctx());
  llvm::Value* const field =
      f.at(load_pointer(f, reference, layout.ref_record()), layout.entry_tail());
  llvm::Value* const distance = f.ir.CreateAlignedLoad(f.ir.getInt32Ty(), field, llvm::Align(4));
  llvm::BasicBlock* const plain = f.block("plain");
  llvm::BasicBlock* const tail = f.block("tail");
  f.ir.CreateCondBr(f.ir.CreateIsNull(distance), plain, tail);

  f.start_block(plain);
  call_and_return(f, signature, native, context, values);

  f.start_block(tail);
  llvm::Value* const entry =
      f.ir.CreateGEP(f.ir.getInt8Ty(), field, f.ir.CreateSExtOrTrunc(distance, f.m.word()));
  jump(f, signature, entry, context, values);
}

void call(F& f, At at) {
  const Signature& signature = f.m.signature_of(at.x);
  const Values arguments = f.pop(signature.params.size());
  if (at.x < f.wasm.imported_functions) f.keep_params(arguments);
  f.push_all(at.x < f.wasm.imported_functions
                 ? call_reference(f, signature, imported(f, at.x), arguments)
                 : f.call_native(signature, f.m.native(at.x), f.vm(), arguments));
}

void return_call(F& f, At at) {
  const Signature& signature = f.m.signature_of(at.x);
  const Values arguments = f.pop(signature.params.size());
  if (at.x < f.wasm.imported_functions)
    jump_reference(f, signature, imported(f, at.x), arguments);
  else if (f.m.tail(at.x) != nullptr)
    jump(f, signature, f.m.tail(at.x), f.vm(), arguments);
  else
    call_and_return(f, signature, f.m.native(at.x), f.vm(), arguments);
  f.end_charge();
  f.die();
}

/// The element of a table, checked to be a function of type `index`.
llvm::Value* callee_in_table(F& f, TypeIndex index, uint32_t table) {
  llvm::Value* const reference = load_element(f, table, f.pop(), TrapKind::undefined_element);
  f.trap_if(f.ir.CreateIsNull(reference), TrapKind::uninitialized_element);
  const HeapType element = f.wasm.tables[table].type.element.heap_type();
  if (!matches(f.wasm, element, HeapType::concrete(index))) {
    llvm::BasicBlock* const good = f.block();
    branch_on_function_type(f, reference, index, good,
                            f.trap_block(TrapKind::indirect_call_type_mismatch));
    f.start_block(good);
  }
  return reference;
}

/// Where calls through a closed table go that lead to no function of the type: which trap it is,
/// code that they share finds out, and they keep no more than a call.
llvm::BasicBlock* bad_index(F& f, At at, llvm::Value* index) {
  llvm::BasicBlock* const from = f.ir.GetInsertBlock();
  llvm::BasicBlock* const bad = f.block("bad");
  f.start_block(bad);
  llvm::CallBase* const call = f.builtin(Builtin::trap, {index}, f.m.bad_index(at.y));
  if (!f.m.options().call_traps)
    call->setArgOperand(0, llvm::PoisonValue::get(call->getArgOperand(0)->getType()));
  f.end_in_trap(call);
  f.start_block(from);
  return bad;
}

/// Bytes of a body that may be inlined for the chance that it is called.
constexpr size_t kShortBody = 96;

/// Calls one of few functions, those at `places` of a closed table, each directly.
void call_one_of(F& f, At at, const ClosedTable& table, const std::vector<uint32_t>& places) {
  constexpr uint32_t kLikely = 1 << 20;
  const Signature& signature = f.m.signature(f.wasm.types[at.x]);
  llvm::Value* const index = f.pop();
  const Values arguments = f.pop(signature.params.size());
  llvm::SwitchInst* const choice = f.ir.CreateSwitch(index, bad_index(f, at, index));
  llvm::BasicBlock* const behind = f.block();
  std::vector<llvm::PHINode*> results;
  results.reserve(signature.results.size());
  f.start_block(behind);
  for (Kind kind : signature.results) results.push_back(f.ir.CreatePHI(f.m.type(kind), kFew));

  std::map<FuncIndex, llvm::BasicBlock*> calls;
  std::vector<uint32_t> weights{1};
  for (const uint32_t place : places) {
    const FuncIndex function = table.elements[place];
    const auto [entry, is_new] = calls.try_emplace(function, nullptr);
    if (is_new) {
      entry->second = f.block();
      f.start_block(entry->second);
      llvm::CallBase* call = nullptr;
      const Values values =
          f.call_native(signature, f.m.native(function), f.vm(), arguments, &call);
      if (f.wasm.functions[function].body.size > kShortBody) call->setIsNoInline();
      for (size_t i = 0; i < results.size(); ++i)
        results[i]->addIncoming(values[i], f.ir.GetInsertBlock());
      f.ir.CreateBr(behind);
    }
    choice->addCase(f.ir.getInt32(place), entry->second);
    weights.push_back(kLikely);
  }
  choice->setMetadata(llvm::LLVMContext::MD_prof,
                      llvm::MDBuilder(f.m.context()).createBranchWeights(weights));
  f.start_block(behind);
  f.push_all(Values(results.begin(), results.end()));
}

/// Calls through a table whose elements are known: they are functions of this very module, and
/// rows in the image say where they are.
void call_closed(F& f, At at, const ClosedTable& table) {
  const Signature& signature = f.m.signature(f.wasm.types[at.x]);
  llvm::Value* const index = f.pop();
  const Values arguments = f.pop(signature.params.size());
  llvm::BasicBlock* const inside = f.block();
  llvm::BasicBlock* const good = f.block();
  llvm::BasicBlock* const bad = bad_index(f, at, index);
  llvm::MDNode* const weights = llvm::MDBuilder(f.m.context()).createBranchWeights(1 << 20, 1);
  f.ir.CreateCondBr(f.ir.CreateICmpULT(index, f.i32(static_cast<uint32_t>(table.elements.size()))),
                    inside, bad, weights);

  f.start_block(inside);
  llvm::GlobalVariable* const rows = f.m.closed_rows(at.y);
  llvm::Type* const half = f.ir.getInt32Ty();
  llvm::Value* const row = f.ir.CreateInBoundsGEP(rows->getValueType(), rows,
                                                  {f.i32(0), f.ir.CreateZExt(index, f.m.word())});
  llvm::Value* const type = f.ir.CreateAlignedLoad(half, row, llvm::Align(kClosedRowBytes));
  f.ir.CreateCondBr(f.ir.CreateICmpEQ(type, f.i32(f.wasm.types[at.x].canonical + 1)), good, bad,
                    weights);

  f.start_block(good);
  llvm::Value* const distance =
      f.ir.CreateAlignedLoad(half, f.at(row, kClosedRowBytes / 2), llvm::Align(4));
  llvm::Value* const code =
      f.ir.CreateGEP(f.ir.getInt8Ty(), rows, f.ir.CreateSExtOrTrunc(distance, f.m.word()));
  f.push_all(f.call_native(signature, code, f.vm(), arguments));
}

/// How many places of a table an index is compared with before it is looked up instead: one is
/// shorter, too.
size_t most_compared(const Options& options) {
  return options.optimization < 2 ? 0 : options.for_size ? 1 : kFew;
}

void call_indirect(F& f, At at) {
  if (const ClosedTable& table = f.m.closed_table(at.y);
      table.is_closed && !table.elements.empty() && tells_by_equality(f.wasm, table, at.x)) {
    const auto few = table.few.find(f.wasm.types[at.x].canonical);
    if (few != table.few.end() && few->second.size() <= most_compared(f.m.options()))
      return call_one_of(f, at, table, few->second);
    return call_closed(f, at, table);
  }
  const Signature& signature = f.m.signature(f.wasm.types[at.x]);
  llvm::Value* const reference = callee_in_table(f, at.x, at.y);
  const Values arguments = f.pop(signature.params.size());
  f.push_all(call_reference(f, signature, reference, arguments));
}

void return_call_indirect(F& f, At at) {
  const Signature& signature = f.m.signature(f.wasm.types[at.x]);
  llvm::Value* const reference = callee_in_table(f, at.x, at.y);
  jump_reference(f, signature, reference, f.pop(signature.params.size()));
  f.end_charge();
  f.die();
}

llvm::Value* callee_on_stack(F& f) {
  llvm::Value* const reference = f.pop();
  f.trap_if(f.ir.CreateIsNull(reference), TrapKind::null_function_reference);
  return reference;
}

void call_ref(F& f, At at) {
  const Signature& signature = f.m.signature(f.wasm.types[at.x]);
  llvm::Value* const reference = callee_on_stack(f);
  const Values arguments = f.pop(signature.params.size());
  f.push_all(call_reference(f, signature, reference, arguments));
}

void return_call_ref(F& f, At at) {
  const Signature& signature = f.m.signature(f.wasm.types[at.x]);
  llvm::Value* const reference = callee_on_stack(f);
  jump_reference(f, signature, reference, f.pop(signature.params.size()));
  f.end_charge();
  f.die();
}

constexpr Rule kRules[] = {
    {Op::call, call},
    {Op::return_call, return_call},
    {Op::call_indirect, call_indirect},
    {Op::return_call_indirect, return_call_indirect},
    {Op::call_ref, call_ref},
    {Op::return_call_ref, return_call_ref},
};

} // namespace

std::span<const Rule> call_rules() { return kRules; }

} // namespace waxwing::compile
