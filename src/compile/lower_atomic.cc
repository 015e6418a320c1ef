// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Atomic operators on memory (threads proposal, section "Atomic memory accesses"): sequentially
// consistent accesses of the processor behind a check of alignment (docs/abi.md, section 11).
#include "compile/memory_access.hpp"

namespace waxwing::compile {

using image::Builtin;

namespace {

using F = FunctionLowering;
using At = const waxwing::Instruction&;
using llvm::AtomicOrdering;
using llvm::AtomicRMWInst;

// Codes come in groups of seven, one a width: loads, stores, then the read-modify-write kinds.
constexpr uint32_t kFirstCode = 0x10;
constexpr uint32_t kGroupSize = 7;
enum Group : uint32_t { kLoads, kStores, kAdd, kSub, kAnd, kOr, kXor, kXchg, kCmpxchg };

Group group_of(Op op) { return static_cast<Group>((info(op).code - kFirstCode) / kGroupSize); }

/// The sum of index and offset, which may wrap, is a multiple of the width: carries out of its
/// lowest bits don't matter.
void check_alignment(F& f, const MemArg& memarg, llvm::Value* index, uint32_t width) {
  if (width == 1 || f.m.direct() != nullptr) return;
  llvm::Type* const type = index->getType();
  llvm::Value* const sum = f.ir.CreateAdd(index, llvm::ConstantInt::get(type, memarg.offset));
  llvm::Value* const low = f.ir.CreateAnd(sum, llvm::ConstantInt::get(type, width - 1));
  f.trap_if(f.ir.CreateIsNotNull(low), TrapKind::unaligned_atomic);
}

uint32_t width_of(Op op) { return 1u << info(op).width; }

/// An access that the target has no instructions for.
llvm::Value* call_atomic_64(F& f, Group group, llvm::Value* address, llvm::Value* operand,
                            llvm::Value* expected) {
  llvm::Value* const zero = f.i64(0);
  return f.builtin(Builtin::atomic_64, {f.i32(group), address, operand == nullptr ? zero : operand,
                                        expected == nullptr ? zero : expected});
}

AtomicRMWInst::BinOp operation_of(Group group) {
  switch (group) {
  case kAdd: return AtomicRMWInst::Add;
  case kSub: return AtomicRMWInst::Sub;
  case kAnd: return AtomicRMWInst::And;
  case kOr: return AtomicRMWInst::Or;
  case kXor: return AtomicRMWInst::Xor;
  default: return AtomicRMWInst::Xchg;
  }
}

/// The access itself, on a value as wide as the memory's; null for a store.
llvm::Value* access(F& f, Group group, llvm::Value* address, llvm::IntegerType* type,
                    llvm::Value* operand, llvm::Value* expected) {
  const llvm::Align align(type->getBitWidth() / 8);
  llvm::IRBuilder<>& ir = f.ir;
  if (type->getBitWidth() == 64 && !f.m.options().target_facts().atomic_64)
    return call_atomic_64(f, group, address, operand, expected);
  constexpr AtomicOrdering kOrder = AtomicOrdering::SequentiallyConsistent;
  switch (group) {
  case kLoads: {
    llvm::LoadInst* const load = ir.CreateAlignedLoad(type, address, align, true);
    load->setAtomic(kOrder);
    f.mark_access(load);
    return load;
  }
  case kStores: {
    llvm::StoreInst* const store = ir.CreateAlignedStore(operand, address, align, true);
    store->setAtomic(kOrder);
    f.mark_access(store);
    return nullptr;
  }
  case kCmpxchg: {
    llvm::AtomicCmpXchgInst* const exchange =
        ir.CreateAtomicCmpXchg(address, expected, operand, align, kOrder, kOrder);
    exchange->setVolatile(true);
    f.mark_access(exchange);
    return ir.CreateExtractValue(exchange, 0);
  }
  default: {
    AtomicRMWInst* const update =
        ir.CreateAtomicRMW(operation_of(group), address, operand, align, kOrder);
    update->setVolatile(true);
    f.mark_access(update);
    return update;
  }
  }
}

void atomic(F& f, At at) {
  const Group group = group_of(at.op);
  const uint32_t width = width_of(at.op);
  llvm::IntegerType* const type = f.ir.getIntNTy(width * 8);
  llvm::Value* operand = group == kLoads ? nullptr : f.pop();
  llvm::Value* expected = group == kCmpxchg ? f.pop() : nullptr;
  llvm::Value* const index = f.pop();
  // Narrow accesses take the low bits of their operands, and give zero-extended results.
  if (operand != nullptr) operand = f.ir.CreateTrunc(operand, type);
  if (expected != nullptr) expected = f.ir.CreateTrunc(expected, type);
  check_alignment(f, at.memarg, index, width);
  llvm::Value* const address = effective_address(f, at.memarg, index, width);
  llvm::Value* const before = access(f, group, address, type, operand, expected);
  if (group == kStores) return;
  const bool is_64 = info(at.op).results[0] == Letter::i64;
  f.push(f.ir.CreateZExt(before, is_64 ? f.ir.getInt64Ty() : f.ir.getInt32Ty()));
}

/// The address that a builtin takes: with the offset, in 64 bits. One that wraps is out of bounds.
llvm::Value* whole_address(F& f, const MemArg& memarg, llvm::Value* index, uint32_t width) {
  check_alignment(f, memarg, index, width);
  if (!index->getType()->isIntegerTy(64))
    return f.ir.CreateAdd(to_64(f, index), f.i64(memarg.offset));
  llvm::Value* const pair =
      f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::uadd_with_overflow, index, f.i64(memarg.offset));
  f.trap_if(f.ir.CreateExtractValue(pair, 1), TrapKind::out_of_bounds_memory_access);
  return f.ir.CreateExtractValue(pair, 0);
}

void notify(F& f, At at) {
  llvm::Value* const count = f.pop();
  llvm::Value* const address = whole_address(f, at.memarg, f.pop(), width_of(at.op));
  f.push(f.builtin(Builtin::atomic_notify, {f.i32(at.memarg.memory), address, count}));
}

template <Builtin Which>
void wait(F& f, At at) {
  llvm::Value* const timeout = f.pop();
  llvm::Value* const expected = f.pop();
  llvm::Value* const address = whole_address(f, at.memarg, f.pop(), width_of(at.op));
  f.push(f.builtin(Which, {f.i32(at.memarg.memory), address, expected, timeout}));
}

void fence(F& f, At) { f.ir.CreateFence(AtomicOrdering::SequentiallyConsistent); }

/// The accesses of the table, and the operators that are none.
std::vector<Rule> make_rules() {
  std::vector<Rule> rules{{Op::memory_atomic_notify, notify},
                          {Op::memory_atomic_wait32, wait<Builtin::atomic_wait32>},
                          {Op::memory_atomic_wait64, wait<Builtin::atomic_wait64>},
                          {Op::atomic_fence, fence}};
#define WAX_OP(prefix, code, name, text, immediate, width, signature, feature)                     \
  if (prefix == 0xFE && code >= kFirstCode) rules.push_back({Op::name, atomic});
#include "wasm/op.def"
#undef WAX_OP
  return rules;
}

} // namespace

std::span<const Rule> atomic_rules() {
  static const std::vector<Rule> kRules = make_rules();
  return kRules;
}

} // namespace waxwing::compile
