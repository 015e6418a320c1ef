// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memories (spec section 4.6.4; docs/abi.md, section 11).
#include "compile/bulk_memory.hpp"
#include "compile/direct_access.hpp"
#include "compile/memory_access.hpp"

namespace waxwing::compile {

using image::Builtin;
using image::VmField;

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;

bool is_64(F& f, uint32_t memory) { return f.wasm.memories[memory].limits.is64; }

/// The `VmMemory` of a memory.
llvm::Value* memory_head(F& f, uint32_t memory) {
  if (memory == 0) return f.vm_field(VmField::memory0);
  return f.load_fixed(f.vm_field(VmField::memories), uint64_t{memory} * f.m.layout().pointer);
}

/// Base and size of a memory that may grow and move.
struct Extent {
  llvm::Value* base;
  llvm::Value* size;
};

Extent load_extent(F& f, uint32_t memory) {
  const image::Layout layout = f.m.layout();
  const llvm::Align align(layout.pointer);
  llvm::Value* const head = memory_head(f, memory);
  llvm::LoadInst* const size =
      f.ir.CreateAlignedLoad(f.m.word(), f.at(head, layout.memory_size()), align);
  llvm::LoadInst* const base =
      f.ir.CreateAlignedLoad(f.m.pointer(), f.at(head, layout.memory_base()), align);
  // A size that another thread has published is never seen before the base that it goes with.
  if (f.wasm.memories[memory].limits.shared) size->setAtomic(llvm::AtomicOrdering::Acquire);
  for (llvm::LoadInst* load : {size, base})
    load->setMetadata(llvm::LLVMContext::MD_tbaa, f.m.extents());
  return {base, size};
}

/// What an access may count on: the module's word for it is only taken without a sandbox, where it
/// is the C compiler's.
llvm::Align alignment(F& f, const MemArg& memarg) {
  return llvm::Align(f.m.direct() == nullptr ? 1 : uint64_t{1} << memarg.align);
}

} // namespace

llvm::Value* effective_address(F& f, const MemArg& memarg, llvm::Value* index, uint32_t width) {
  if (f.m.direct() != nullptr) return direct_address(f, memarg, index);
  llvm::IRBuilder<>& ir = f.ir;
  llvm::Type* const byte = ir.getInt8Ty();
  const bool index_is_64 = is_64(f, memarg.memory);
  if (f.m.is_guarded(memarg.memory)) {
    llvm::Value* const base = memarg.memory == 0 ? f.vm_field(VmField::memory0_base)
                                                 : f.load_fixed(memory_head(f, memarg.memory),
                                                                f.m.layout().memory_base());
    llvm::Value* const start = ir.CreateGEP(byte, base, ir.CreateZExt(index, ir.getInt64Ty()));
    return memarg.offset == 0 ? start : ir.CreateGEP(byte, start, f.i64(memarg.offset));
  }

  const Extent memory = load_extent(f, memarg.memory);
  llvm::IntegerType* const word = f.m.word();
  if (!index_is_64 && f.m.pointers_are_64()) {
    // 33 bits and a width: nothing wraps.
    llvm::Value* const sum =
        ir.CreateAdd(ir.CreateZExt(index, word), llvm::ConstantInt::get(word, memarg.offset));
    llvm::Value* const end = ir.CreateAdd(sum, llvm::ConstantInt::get(word, width));
    f.trap_if(ir.CreateICmpUGT(end, memory.size), TrapKind::out_of_bounds_memory_access);
    return ir.CreateGEP(byte, memory.base, sum);
  }
  // In the width of addresses, which is at least that of sizes.
  llvm::IntegerType* const address = index_is_64 ? ir.getInt64Ty() : word;
  llvm::Value* const size = ir.CreateZExt(memory.size, address);
  llvm::Value* const wide = llvm::ConstantInt::get(address, width);
  llvm::Value* sum = index;
  llvm::Value* bad = ir.CreateICmpULT(size, wide);
  if (memarg.offset != 0) {
    llvm::Value* const pair = ir.CreateBinaryIntrinsic(
        llvm::Intrinsic::uadd_with_overflow, index, llvm::ConstantInt::get(address, memarg.offset));
    sum = ir.CreateExtractValue(pair, 0);
    bad = ir.CreateOr(bad, ir.CreateExtractValue(pair, 1));
  }
  bad = ir.CreateOr(bad, ir.CreateICmpUGT(sum, ir.CreateSub(size, wide)));
  f.trap_if(bad, TrapKind::out_of_bounds_memory_access);
  return ir.CreateGEP(byte, memory.base, ir.CreateTrunc(sum, word));
}

llvm::LoadInst* load_memory(F& f, const MemArg& memarg, llvm::Type* type) {
  const uint32_t width = static_cast<uint32_t>(type->getPrimitiveSizeInBits().getFixedValue() / 8);
  llvm::Value* const address = effective_address(f, memarg, f.pop(), width);
  const bool is_exact = f.m.direct() == nullptr;
  llvm::LoadInst* const load =
      f.ir.CreateAlignedLoad(type, address, alignment(f, memarg), is_exact);
  f.mark_access(load);
  return load;
}

void store_memory(F& f, const MemArg& memarg, llvm::Value* value) {
  const uint32_t width =
      static_cast<uint32_t>(value->getType()->getPrimitiveSizeInBits().getFixedValue() / 8);
  llvm::Value* const address = effective_address(f, memarg, f.pop(), width);
  if (f.m.options().target_facts().torn_stores && width > 1 && f.m.is_guarded(memarg.memory)) {
    llvm::LoadInst* const probe = f.ir.CreateAlignedLoad(
        f.ir.getInt8Ty(), f.ir.CreateGEP(f.ir.getInt8Ty(), address, f.i64(width - 1)),
        llvm::Align(1), true);
    f.mark_access(probe, width - 1);
  }
  const bool is_exact = f.m.direct() == nullptr;
  f.mark_access(f.ir.CreateAlignedStore(value, address, alignment(f, memarg), is_exact));
}

llvm::Value* to_64(F& f, llvm::Value* value) { return f.ir.CreateZExt(value, f.ir.getInt64Ty()); }

namespace {

/// What a letter of op.def is.
llvm::Type* type_of(F& f, Letter letter) {
  switch (letter) {
  case Letter::i32: return f.ir.getInt32Ty();
  case Letter::i64: return f.ir.getInt64Ty();
  case Letter::f32: return f.ir.getFloatTy();
  case Letter::f64: return f.ir.getDoubleTy();
  default: return f.m.type(Kind::v128);
  }
}

enum class Extension : uint8_t { none, sign, zero };

template <Extension How>
void load(F& f, At at) {
  const OpInfo& row = info(at.op);
  llvm::Type* const result = type_of(f, row.results[0]);
  if constexpr (How == Extension::none) {
    f.push(load_memory(f, at.memarg, result));
  } else {
    llvm::Value* const narrow = load_memory(f, at.memarg, f.ir.getIntNTy(8u << row.width));
    f.push(How == Extension::sign ? f.ir.CreateSExt(narrow, result)
                                  : f.ir.CreateZExt(narrow, result));
  }
}

void store(F& f, At at) { store_memory(f, at.memarg, f.pop()); }

void store_narrow(F& f, At at) {
  llvm::Value* const value = f.pop();
  store_memory(f, at.memarg, f.ir.CreateTrunc(value, f.ir.getIntNTy(8u << info(at.op).width)));
}

void memory_size(F& f, At at) {
  llvm::Type* const result = is_64(f, at.x) ? f.ir.getInt64Ty() : f.ir.getInt32Ty();
  llvm::Value* const pages =
      f.ir.CreateLShr(load_extent(f, at.x).size, uint64_t{f.wasm.memories[at.x].page_log2});
  f.push(f.ir.CreateZExtOrTrunc(pages, result));
}

void memory_grow(F& f, At at) {
  llvm::Value* const pages = f.pop();
  llvm::Value* const before = f.builtin(Builtin::memory_grow, {f.i32(at.x), to_64(f, pages)});
  f.push(f.ir.CreateTrunc(before, pages->getType()));
}

void memory_init(F& f, At at) {
  const Values v = f.pop(3);
  f.builtin(Builtin::memory_init, {f.i32(at.y), f.i32(at.x), to_64(f, v[0]), v[1], v[2]});
}

void data_drop(F& f, At at) { f.builtin(Builtin::data_drop, {f.i32(at.x)}); }

void memory_copy(F& f, At at) {
  const Values v = f.pop(3);
  f.builtin(Builtin::memory_copy,
            {f.i32(at.x), f.i32(at.y), to_64(f, v[0]), to_64(f, v[1]), to_64(f, v[2])},
            at.x == at.y && moves_few_bytes(f.m, at.x) ? short_copy(f.m) : nullptr);
}

void memory_fill(F& f, At at) {
  const Values v = f.pop(3);
  f.builtin(Builtin::memory_fill, {f.i32(at.x), to_64(f, v[0]), v[1], to_64(f, v[2])},
            moves_few_bytes(f.m, at.x) ? short_fill(f.m) : nullptr);
}

constexpr Rule kRules[] = {
    {Op::i32_load, load<Extension::none>},
    {Op::i64_load, load<Extension::none>},
    {Op::f32_load, load<Extension::none>},
    {Op::f64_load, load<Extension::none>},
    {Op::i32_load8_s, load<Extension::sign>},
    {Op::i32_load8_u, load<Extension::zero>},
    {Op::i32_load16_s, load<Extension::sign>},
    {Op::i32_load16_u, load<Extension::zero>},
    {Op::i64_load8_s, load<Extension::sign>},
    {Op::i64_load8_u, load<Extension::zero>},
    {Op::i64_load16_s, load<Extension::sign>},
    {Op::i64_load16_u, load<Extension::zero>},
    {Op::i64_load32_s, load<Extension::sign>},
    {Op::i64_load32_u, load<Extension::zero>},
    {Op::i32_store, store},
    {Op::i64_store, store},
    {Op::f32_store, store},
    {Op::f64_store, store},
    {Op::i32_store8, store_narrow},
    {Op::i32_store16, store_narrow},
    {Op::i64_store8, store_narrow},
    {Op::i64_store16, store_narrow},
    {Op::i64_store32, store_narrow},
    {Op::memory_size, memory_size},
    {Op::memory_grow, memory_grow},
    {Op::memory_init, memory_init},
    {Op::data_drop, data_drop},
    {Op::memory_copy, memory_copy},
    {Op::memory_fill, memory_fill},
};

} // namespace

std::span<const Rule> memory_rules() { return kRules; }

} // namespace waxwing::compile
