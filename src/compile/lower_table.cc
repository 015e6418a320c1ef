// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables (spec section 4.6.6).
#include "compile/call_target.hpp"
#include "compile/memory_access.hpp"

namespace waxwing::compile {

using image::Builtin;
using image::VmField;

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;

llvm::Value* table_head(F& f, uint32_t table) {
  return f.load_fixed(f.vm_field(VmField::tables), uint64_t{table} * f.m.layout().pointer);
}

llvm::Value* load_size(F& f, llvm::Value* head) {
  return f.ir.CreateAlignedLoad(f.ir.getInt64Ty(), f.at(head, f.m.layout().table_size()),
                                llvm::Align(8));
}

/// The address of an element.
llvm::Value* element_address(F& f, uint32_t table, llvm::Value* index, TrapKind kind) {
  llvm::Value* const head = table_head(f, table);
  llvm::Value* const wide = to_64(f, index);
  f.trap_if(f.ir.CreateICmpUGE(wide, load_size(f, head)), kind);
  llvm::Value* const elements = f.ir.CreateAlignedLoad(
      f.m.pointer(), f.at(head, f.m.layout().table_elements()), llvm::Align(f.m.layout().pointer));
  return f.ir.CreateGEP(f.m.pointer(), elements, f.ir.CreateTrunc(wide, f.m.word()));
}

void table_get(F& f, At at) {
  f.push(load_element(f, at.x, f.pop(), TrapKind::out_of_bounds_table_access));
}

/// Volatile, as a store to a global is.
void table_set(F& f, At at) {
  llvm::Value* const value = f.pop();
  llvm::Value* const address =
      element_address(f, at.x, f.pop(), TrapKind::out_of_bounds_table_access);
  f.ir.CreateAlignedStore(value, address, llvm::Align(f.m.layout().pointer), true);
}

llvm::Type* address_type(F& f, uint32_t table) {
  return f.wasm.tables[table].type.limits.is64 ? f.ir.getInt64Ty() : f.ir.getInt32Ty();
}

void table_size(F& f, At at) {
  llvm::Value* const size = load_size(f, table_head(f, at.x));
  f.push(f.ir.CreateTrunc(size, address_type(f, at.x)));
}

void table_grow(F& f, At at) {
  const Values v = f.pop(2); // init, count
  llvm::Value* const before = f.builtin(Builtin::table_grow, {f.i32(at.x), to_64(f, v[1]), v[0]});
  f.push(f.ir.CreateTrunc(before, address_type(f, at.x)));
}

void table_fill(F& f, At at) {
  const Values v = f.pop(3);
  f.builtin(Builtin::table_fill, {f.i32(at.x), to_64(f, v[0]), v[1], to_64(f, v[2])});
}

void table_copy(F& f, At at) {
  const Values v = f.pop(3);
  f.builtin(Builtin::table_copy,
            {f.i32(at.x), f.i32(at.y), to_64(f, v[0]), to_64(f, v[1]), to_64(f, v[2])});
}

void table_init(F& f, At at) {
  const Values v = f.pop(3);
  f.builtin(Builtin::table_init, {f.i32(at.y), f.i32(at.x), to_64(f, v[0]), v[1], v[2]});
}

void elem_drop(F& f, At at) { f.builtin(Builtin::elem_drop, {f.i32(at.x)}); }

constexpr Rule kRules[] = {
    {Op::table_get, table_get},   {Op::table_set, table_set},   {Op::table_size, table_size},
    {Op::table_grow, table_grow}, {Op::table_fill, table_fill}, {Op::table_copy, table_copy},
    {Op::table_init, table_init}, {Op::elem_drop, elem_drop},
};

} // namespace

llvm::Value* load_element(F& f, uint32_t table, llvm::Value* index, TrapKind kind) {
  return f.ir.CreateAlignedLoad(f.m.pointer(), element_address(f, table, index, kind),
                                llvm::Align(f.m.layout().pointer));
}

std::span<const Rule> table_rules() { return kRules; }

} // namespace waxwing::compile
