// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References (spec section 4.6.1), as far as they need no heap.
#include "compile/function_lowering.hpp"

namespace waxwing::compile {

using image::Builtin;

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;

void ref_null(F& f, At) { f.push(llvm::ConstantPointerNull::get(f.m.pointer())); }

void ref_is_null(F& f, At) {
  f.push(f.ir.CreateZExt(f.ir.CreateIsNull(f.pop()), f.ir.getInt32Ty()));
}

void ref_func(F& f, At at) { f.push(f.builtin(Builtin::ref_func, {f.i32(at.x)})); }

void ref_eq(F& f, At) {
  const Values v = f.pop(2);
  f.push(f.ir.CreateZExt(f.ir.CreateICmpEQ(v[0], v[1]), f.ir.getInt32Ty()));
}

void ref_as_non_null(F& f, At) {
  f.trap_if(f.ir.CreateIsNull(f.top(1)[0]), TrapKind::null_reference);
}

/// Branches where the reference on top is null (and is gone), or isn't (and stays).
template <bool OnNull>
void br_on(F& f, At at) {
  llvm::Value* const reference = f.top(1)[0];
  llvm::BasicBlock* const taken = f.block();
  llvm::BasicBlock* const on = f.block();
  llvm::Value* const is_null = f.ir.CreateIsNull(reference);
  if constexpr (OnNull) {
    f.ir.CreateCondBr(is_null, taken, on);
    (void)f.pop();
  } else {
    f.ir.CreateCondBr(is_null, on, taken);
  }
  f.start_block(taken);
  f.branch(at.x, f.top(f.label_arity(at.x)));
  f.start_block(on);
  f.end_charge();
  if constexpr (OnNull)
    f.push(reference);
  else
    (void)f.pop();
}

constexpr Rule kRules[] = {
    {Op::ref_null, ref_null},
    {Op::ref_is_null, ref_is_null},
    {Op::ref_func, ref_func},
    {Op::ref_eq, ref_eq},
    {Op::ref_as_non_null, ref_as_non_null},
    {Op::br_on_null, br_on<true>},
    {Op::br_on_non_null, br_on<false>},
};

} // namespace

std::span<const Rule> reference_rules() { return kRules; }

} // namespace waxwing::compile
