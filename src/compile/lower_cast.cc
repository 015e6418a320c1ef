// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests of what a reference refers to (spec section 4.6.1): by the canonical type of a function or
// an object, by the kind of an object, or by the low bit that tells an i31.
#include "compile/cast.hpp"

namespace waxwing::compile {

using image::VmField;

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;

llvm::Value* load_pointer(F& f, llvm::Value* base, uint64_t offset) {
  return f.ir.CreateAlignedLoad(f.m.pointer(), f.at(base, offset),
                                llvm::Align(f.m.layout().pointer));
}

/// A type, found in a function or an object, is the module's type `index` or below it.
void branch_on_subtype(F& f, llvm::Value* found, TypeIndex index, llvm::BasicBlock* yes,
                       llvm::BasicBlock* no) {
  const image::Layout layout = f.m.layout();
  const DefType& type = f.wasm.types[index];
  llvm::Value* const wanted =
      f.load_fixed(f.vm_field(VmField::types), uint64_t{index} * layout.pointer);
  llvm::Value* const same = f.ir.CreateICmpEQ(found, wanted);
  if (type.final_) {
    f.ir.CreateCondBr(same, yes, no);
    return;
  }
  // A proper subtype is deeper, and has the type in its display.
  llvm::BasicBlock* const other = f.block();
  llvm::BasicBlock* const deeper = f.block();
  f.ir.CreateCondBr(same, yes, other);
  f.start_block(other);
  llvm::Value* const depth =
      f.ir.CreateAlignedLoad(f.ir.getInt8Ty(), f.at(found, layout.type_depth()), llvm::Align(1));
  f.ir.CreateCondBr(f.ir.CreateICmpUGT(depth, f.ir.getInt8(type.depth)), deeper, no);
  f.start_block(deeper);
  llvm::Value* const display = load_pointer(f, found, layout.type_display());
  llvm::Value* const above = load_pointer(f, display, uint64_t{type.depth} * layout.pointer);
  f.ir.CreateCondBr(f.ir.CreateICmpEQ(above, wanted), yes, no);
}

bool is_function(F& f, HeapType type) {
  return type.is_concrete() && f.wasm.types[type.index()].kind == TypeKind::func;
}

/// What of an abstract type's members a reference that isn't null can be.
struct Members {
  bool all = false;
  bool i31 = false;
  bool structs = false;
  bool arrays = false;
};

Members members_of(HeapType type) {
  switch (HeapType::abstract(type.code()).bits()) {
  case heap::any.bits():
  case heap::func.bits():
  case heap::extern_.bits():
  case heap::exn.bits(): return {.all = true};
  case heap::eq.bits(): return {.i31 = true, .structs = true, .arrays = true};
  case heap::i31.bits(): return {.i31 = true};
  case heap::struct_.bits(): return {.structs = true};
  case heap::array.bits(): return {.arrays = true};
  default: return {}; // the bottom of a hierarchy
  }
}

llvm::Value* is_i31(F& f, llvm::Value* reference) {
  llvm::Value* const word = f.ir.CreatePtrToInt(reference, f.m.word());
  return f.ir.CreateIsNotNull(f.ir.CreateAnd(word, llvm::ConstantInt::get(f.m.word(), 1)));
}

/// Neither null nor an i31.
void branch_on_object(F& f, llvm::Value* object, const Members& wanted, llvm::BasicBlock* yes,
                      llvm::BasicBlock* no) {
  const image::Layout layout = f.m.layout();
  llvm::Value* const type = load_pointer(f, object, layout.object_type());
  llvm::Value* const kind =
      f.ir.CreateAlignedLoad(f.ir.getInt8Ty(), f.at(type, layout.type_object()), llvm::Align(1));
  llvm::Value* const is_struct = f.ir.CreateICmpEQ(kind, f.ir.getInt8(image::kStructKind));
  llvm::Value* const is_array = f.ir.CreateICmpEQ(kind, f.ir.getInt8(image::kArrayKind));
  f.ir.CreateCondBr(!wanted.structs  ? is_array
                    : !wanted.arrays ? is_struct
                                     : f.ir.CreateOr(is_struct, is_array),
                    yes, no);
}

template <bool Nullable>
void ref_test(F& f, At at) {
  llvm::BasicBlock* const yes = f.block();
  llvm::BasicBlock* const no = f.block();
  llvm::BasicBlock* const on = f.block();
  branch_on_type(f, f.pop(), at.cast.type, Nullable, yes, no);
  f.start_block(no);
  f.ir.CreateBr(on);
  f.start_block(yes);
  f.ir.CreateBr(on);
  f.start_block(on);
  llvm::PHINode* const result = f.ir.CreatePHI(f.ir.getInt32Ty(), 2);
  result->addIncoming(f.i32(1), yes);
  result->addIncoming(f.i32(0), no);
  f.push(result);
}

/// A cast only looks at its operand, which stays what it is.
template <bool Nullable>
void ref_cast(F& f, At at) {
  llvm::BasicBlock* const good = f.block();
  llvm::BasicBlock* const bad = f.trap_block(TrapKind::cast_failure);
  branch_on_type(f, f.top(1)[0], at.cast.type, Nullable, good, bad);
  f.start_block(good);
}

template <bool OnSuccess>
void br_on_cast(F& f, At at) {
  llvm::BasicBlock* const taken = f.block();
  llvm::BasicBlock* const on = f.block();
  branch_on_type(f, f.top(1)[0], at.cast.type2, at.cast.nullable2, OnSuccess ? taken : on,
                 OnSuccess ? on : taken);
  f.start_block(taken);
  f.branch(at.x, f.top(f.label_arity(at.x)));
  f.start_block(on);
  f.end_charge();
}

/// Both hierarchies represent a value by the same word.
void convert(F&, At) {}

void ref_i31(F& f, At) {
  llvm::Value* const value = f.ir.CreateOr(f.ir.CreateShl(f.pop(), 1), 1);
  f.push(f.ir.CreateIntToPtr(f.ir.CreateZExt(value, f.m.word()), f.m.pointer()));
}

template <bool Signed>
void i31_get(F& f, At) {
  llvm::Value* const reference = f.pop();
  f.trap_if(f.ir.CreateIsNull(reference), TrapKind::null_i31_reference);
  llvm::Value* const value =
      f.ir.CreateTrunc(f.ir.CreatePtrToInt(reference, f.m.word()), f.ir.getInt32Ty());
  f.push(Signed ? f.ir.CreateAShr(value, 1) : f.ir.CreateLShr(value, 1));
}

constexpr Rule kRules[] = {
    {Op::ref_test, ref_test<false>},
    {Op::ref_test_null, ref_test<true>},
    {Op::ref_cast, ref_cast<false>},
    {Op::ref_cast_null, ref_cast<true>},
    {Op::br_on_cast, br_on_cast<true>},
    {Op::br_on_cast_fail, br_on_cast<false>},
    {Op::any_convert_extern, convert},
    {Op::extern_convert_any, convert},
    {Op::ref_i31, ref_i31},
    {Op::i31_get_s, i31_get<true>},
    {Op::i31_get_u, i31_get<false>},
};

} // namespace

void branch_on_function_type(F& f, llvm::Value* reference, TypeIndex index, llvm::BasicBlock* yes,
                             llvm::BasicBlock* no) {
  branch_on_subtype(f, load_pointer(f, reference, f.m.layout().ref_type()), index, yes, no);
}

void branch_on_type(F& f, llvm::Value* reference, HeapType type, bool nullable,
                    llvm::BasicBlock* yes, llvm::BasicBlock* no) {
  llvm::BasicBlock* const some = f.block();
  f.ir.CreateCondBr(f.ir.CreateIsNull(reference), nullable ? yes : no, some);
  f.start_block(some);
  if (is_function(f, type)) {
    branch_on_function_type(f, reference, type.index(), yes, no);
    return;
  }
  const Members wanted = type.is_concrete() ? Members{} : members_of(type);
  if (wanted.all) {
    f.ir.CreateBr(yes);
    return;
  }
  if (!type.is_concrete() && !wanted.structs && !wanted.arrays) {
    if (wanted.i31)
      f.ir.CreateCondBr(is_i31(f, reference), yes, no);
    else
      f.ir.CreateBr(no);
    return;
  }
  llvm::BasicBlock* const object = f.block();
  f.ir.CreateCondBr(is_i31(f, reference), wanted.i31 ? yes : no, object);
  f.start_block(object);
  if (type.is_concrete())
    branch_on_subtype(f, load_pointer(f, reference, f.m.layout().object_type()), type.index(), yes,
                      no);
  else
    branch_on_object(f, reference, wanted, yes, no);
}

std::span<const Rule> cast_rules() { return kRules; }

} // namespace waxwing::compile
