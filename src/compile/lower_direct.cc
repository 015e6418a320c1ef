// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that mean something else where there is no sandbox (docs/native.md): addresses and
// functions are the machine's own, and nothing is checked that C compilers don't check.
#include "compile/direct_access.hpp"
#include "compile/direct_module.hpp"

namespace waxwing::compile {

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;

/// The relocation of the operator's immediate, or null. An operator has at most one.
const Relocation* relocation_of(F& f) {
  const auto found =
      Relocations::in(f.m.direct()->guest().relocations().code, f.offset() + 1, f.end_offset());
  return found.empty() ? nullptr : &found[0];
}

/// What it stands for; refuses the operator and gives null where there is no such thing.
llvm::Constant* relocated(F& f, const Relocation& relocation, uint64_t value) {
  auto address = f.m.direct()->address(relocation, value);
  if (address) return *address;
  f.refuse("without a sandbox: " + address.error().text);
  return llvm::ConstantPointerNull::get(f.m.pointer());
}

void constant64(F& f, At at) {
  const auto value = static_cast<uint64_t>(at.i64);
  if (const Relocation* const relocation = relocation_of(f))
    f.push(f.ir.CreatePtrToInt(relocated(f, *relocation, value), f.ir.getInt64Ty()));
  else
    f.push(f.i64(value));
}

// Memory.

llvm::Value* pointer(F& f, llvm::Value* address) {
  return f.ir.CreateIntToPtr(address, f.m.pointer());
}

void memory_copy(F& f, At) {
  const Values v = f.pop(3);
  f.ir.CreateMemMove(pointer(f, v[0]), llvm::Align(1), pointer(f, v[1]), llvm::Align(1), v[2]);
}

void memory_fill(F& f, At) {
  const Values v = f.pop(3);
  f.ir.CreateMemSet(pointer(f, v[0]), f.ir.CreateTrunc(v[1], f.ir.getInt8Ty()), v[2],
                    llvm::Align(1));
}

void no_pages(F& f, At) {
  f.refuse(
      "without a sandbox: the memory is the machine's, and there are no pages of it to count or "
      "to add; take memory from malloc of the host");
}

void no_segments(F& f, At) { f.refuse("without a sandbox: data segments are variables there"); }

// Globals.

void global_get(F& f, At at) {
  DirectModule& direct = *f.m.direct();
  if (at.x == direct.guest().stack_pointer()) {
    f.push(f.ir.CreateCall(direct.get_stack_pointer()));
    return;
  }
  const auto variable = direct.global(at.x);
  if (!variable) return f.refuse("without a sandbox: " + variable.error().text);
  f.push(f.ir.CreateLoad((*variable)->getValueType(), *variable));
}

void global_set(F& f, At at) {
  DirectModule& direct = *f.m.direct();
  llvm::Value* const value = f.pop();
  if (at.x == direct.guest().stack_pointer()) {
    f.ir.CreateCall(direct.set_stack_pointer(), {value});
    return;
  }
  const auto variable = direct.global(at.x);
  if (!variable) return f.refuse("without a sandbox: " + variable.error().text);
  f.ir.CreateStore(value, *variable);
}

// Calls.

/// Calls the host: arguments and the result are pointers where its declaration has them.
llvm::CallInst* call_host(F& f, llvm::Function* callee, Values arguments) {
  for (size_t i = 0; i < arguments.size(); ++i)
    if (callee->getFunctionType()->getParamType(static_cast<unsigned>(i))->isPointerTy())
      arguments[i] = pointer(f, arguments[i]);
  llvm::CallInst* const call = f.ir.CreateCall(callee, arguments);
  call->setAttributes(callee->getAttributes());
  return call;
}

llvm::Value* result_of(F& f, llvm::CallInst* call) {
  return call->getType()->isPointerTy() ? f.ir.CreatePtrToInt(call, f.ir.getInt64Ty()) : call;
}

void call(F& f, At at) {
  const Signature& signature = f.m.signature_of(at.x);
  const Values arguments = f.pop(signature.params.size());
  if (at.x >= f.wasm.imported_functions) {
    f.push_all(f.call_native(signature, f.m.native(at.x), nullptr, arguments));
    return;
  }
  llvm::CallInst* const made = call_host(f, f.m.direct()->function(at.x), arguments);
  if (!made->getType()->isVoidTy()) f.push(result_of(f, made));
}

/// The function at an index of the table, which is its address.
llvm::Value* callee_of(F& f, At at) {
  const TableType& table = f.wasm.tables[at.y].type;
  if (!table.limits.is64)
    f.refuse("without a sandbox: its table has indices of 32 bits, and addresses of functions have "
             "64: compile the guest with clang 22 for wasm64-unknown-unknown");
  return pointer(f, f.pop());
}

/// Calls under the C convention; a results pointer is the caller's scratch.
llvm::CallInst* call_indirectly(F& f, const Signature& signature, llvm::Value* callee,
                                const Values& arguments) {
  llvm::CallInst* const made = f.ir.CreateCall(signature.native, callee, arguments);
  for (size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i]->getType()->isIntegerTy(32))
      made->addParamAttr(static_cast<unsigned>(i), llvm::Attribute::SExt);
  if (made->getType()->isIntegerTy(32)) made->addRetAttr(llvm::Attribute::SExt);
  return made;
}

void call_indirect(F& f, At at) {
  const Signature& signature = f.m.signature(f.wasm.types[at.x]);
  llvm::Value* const callee = callee_of(f, at);
  const Values arguments = f.pop(signature.params.size());
  if (signature.has_results_pointer) {
    f.push_all(f.call_native(signature, callee, nullptr, arguments));
    return;
  }
  llvm::CallInst* const made = call_indirectly(f, signature, callee, arguments);
  if (!made->getType()->isVoidTy()) f.push(made);
}

/// Returns what a call in tail position gives. With the same type as the function's own it is a
/// jump, else LLVM makes one where it can.
void return_call_result(F& f, llvm::CallInst* call) {
  const llvm::Function* const own = f.ir.GetInsertBlock()->getParent();
  const bool is_alike = call->getFunctionType() == own->getFunctionType();
  call->setTailCallKind(is_alike ? llvm::CallInst::TCK_MustTail : llvm::CallInst::TCK_Tail);
  if (call->getType()->isVoidTy())
    f.ir.CreateRetVoid();
  else
    f.ir.CreateRet(call);
  f.end_charge();
  f.die();
}

void return_call(F& f, At at) {
  const Signature& signature = f.m.signature_of(at.x);
  Values arguments = f.pop(signature.params.size());
  if (at.x >= f.wasm.imported_functions) {
    if (signature.has_results_pointer) arguments.insert(arguments.begin(), f.results());
    llvm::Function* const callee = f.m.native(at.x);
    llvm::CallInst* const made = f.ir.CreateCall(callee, arguments);
    made->setAttributes(callee->getAttributes());
    return_call_result(f, made);
    return;
  }
  llvm::CallInst* const made = call_host(f, f.m.direct()->function(at.x), arguments);
  f.return_values(made->getType()->isVoidTy() ? Values{} : Values{result_of(f, made)});
  f.end_charge();
  f.die();
}

void return_call_indirect(F& f, At at) {
  const Signature& signature = f.m.signature(f.wasm.types[at.x]);
  llvm::Value* const callee = callee_of(f, at);
  Values arguments = f.pop(signature.params.size());
  if (signature.has_results_pointer) arguments.insert(arguments.begin(), f.results());
  return_call_result(f, call_indirectly(f, signature, callee, arguments));
}

// Division, which C leaves undefined where wasm traps.

template <llvm::Instruction::BinaryOps Which>
void divide(F& f, At) {
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateBinOp(Which, a, b));
}

// What needs a runtime.

void no_references(F& f, At) {
  f.refuse("without a sandbox: there are no references and tables there; compile the guest without "
           "externref, and functions as pointers");
}
void no_exceptions(F& f, At) {
  f.refuse("without a sandbox: compile the guest with -fno-exceptions");
}
void no_waiting(F& f, At) {
  f.refuse("without a sandbox: guests with threads are not taken there; the host's can call it");
}

using BinOp = llvm::Instruction::BinaryOps;
constexpr Rule kRules[] = {
    {Op::i64_const, constant64},
    {Op::memory_copy, memory_copy},
    {Op::memory_fill, memory_fill},
    {Op::memory_size, no_pages},
    {Op::memory_grow, no_pages},
    {Op::memory_init, no_segments},
    {Op::data_drop, no_segments},
    {Op::global_get, global_get},
    {Op::global_set, global_set},
    {Op::call, call},
    {Op::return_call, return_call},
    {Op::call_indirect, call_indirect},
    {Op::return_call_indirect, return_call_indirect},
    {Op::i32_div_s, divide<BinOp::SDiv>},
    {Op::i64_div_s, divide<BinOp::SDiv>},
    {Op::i32_div_u, divide<BinOp::UDiv>},
    {Op::i64_div_u, divide<BinOp::UDiv>},
    {Op::i32_rem_s, divide<BinOp::SRem>},
    {Op::i64_rem_s, divide<BinOp::SRem>},
    {Op::i32_rem_u, divide<BinOp::URem>},
    {Op::i64_rem_u, divide<BinOp::URem>},
    {Op::memory_atomic_notify, no_waiting},
    {Op::memory_atomic_wait32, no_waiting},
    {Op::memory_atomic_wait64, no_waiting},
};

std::vector<Rule> make_rules() {
  std::vector<Rule> rules;
  for (const Rule& rule : exception_rules()) rules.push_back({rule.op, no_exceptions});
  for (const auto family : {table_rules(), reference_rules(), cast_rules(), object_rules()})
    for (const Rule& rule : family) rules.push_back({rule.op, no_references});
  rules.push_back({Op::call_ref, no_references});
  rules.push_back({Op::return_call_ref, no_references});
  rules.insert(rules.end(), std::begin(kRules), std::end(kRules));
  return rules;
}

} // namespace

llvm::Value* direct_address(F& f, const MemArg& memarg, llvm::Value* index) {
  llvm::Type* const byte = f.ir.getInt8Ty();
  const Relocation* const relocation = relocation_of(f);
  if (relocation == nullptr) {
    llvm::Value* const start = pointer(f, index);
    return memarg.offset == 0 ? start : f.ir.CreateGEP(byte, start, f.i64(memarg.offset));
  }
  llvm::Constant* const base = relocated(f, *relocation, memarg.offset);
  const auto* const number = llvm::dyn_cast<llvm::ConstantInt>(index);
  if (number != nullptr && number->isZero()) return base;
  return f.ir.CreateGEP(byte, base, index);
}

std::span<const Rule> direct_rules() {
  static const std::vector<Rule> kAll = make_rules();
  return kAll;
}

} // namespace waxwing::compile
