// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locals and globals (spec sections 4.6.2 and 4.6.3), and what only moves operands.
#include "compile/function_lowering.hpp"

namespace waxwing::compile {

using image::VmField;

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;

void local_get(F& f, At at) {
  llvm::AllocaInst* const local = f.local(at.x);
  f.push(f.ir.CreateLoad(local->getAllocatedType(), local));
}

void local_set(F& f, At at) { f.set_local(at.x, f.pop()); }

void local_tee(F& f, At at) { f.set_local(at.x, f.top(1)[0]); }

llvm::Value* global_address(F& f, uint32_t index) {
  if (index < f.wasm.imported_globals)
    return f.load_fixed(f.vm_field(VmField::globals), uint64_t{index} * f.m.layout().pointer);
  return f.at(f.vm_field(VmField::own_globals),
              uint64_t{index - f.wasm.imported_globals} * f.m.layout().global_stride());
}

void global_get(F& f, At at) {
  llvm::Value* const address = global_address(f, at.x);
  f.push(f.ir.CreateAlignedLoad(f.m.type(f.wasm.globals[at.x].type.type), address,
                                llvm::Align(f.m.layout().pointer)));
}

/// What a trap leaves behind is seen from outside: the store is volatile, so that it stays before
/// accesses that may trap and behind those that came first.
void global_set(F& f, At at) {
  llvm::Value* const value = f.pop();
  f.ir.CreateAlignedStore(value, global_address(f, at.x), llvm::Align(f.m.layout().pointer), true);
}

void drop(F& f, At) { (void)f.pop(); }

void select(F& f, At) {
  llvm::Value* const condition = f.ir.CreateIsNotNull(f.pop());
  llvm::Value* const b = f.pop();
  llvm::Value* const a = f.pop();
  f.push(f.ir.CreateSelect(condition, a, b));
}

constexpr Rule kRules[] = {
    {Op::local_get, local_get},   {Op::local_set, local_set},   {Op::local_tee, local_tee},
    {Op::global_get, global_get}, {Op::global_set, global_set}, {Op::drop, drop},
    {Op::select_, select},        {Op::select_t, select},
};

} // namespace

std::span<const Rule> variable_rules() { return kRules; }

} // namespace waxwing::compile
