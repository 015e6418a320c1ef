// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bodies of the handlers, written once in terms of a form of dispatch, which has defined:
//   WAX_HANDLER(name, Layout) … WAX_END   around a body; `i` is the instruction
//   WAX_NEXT()          goes on behind the instruction
//   WAX_DISPATCH()      goes on at `ip`
//   WAX_GO(name)        goes on in another handler with the state as it is
//   WAX_EXIT(outcome)   leaves the interpreter
// A branch dispatches twice, once for each way, so that the processor predicts them apart.
#pragma once

#include "interp/calls.hpp"
#include "interp/handlers.hpp"

#define WAX_GET_S(T, field) slot<T>(fp, i.field)
#define WAX_GET_A(T, field) accumulator<T>(ia, fs, fd)
#define WAX_GET_I(T, field) immediate<T>(i)
#define WAX_PUT_A(T, value) set_accumulator(ia, fs, fd, static_cast<T>(value))
#define WAX_PUT_S(T, value) set_slot<T>(fp, i.d, static_cast<T>(value))
#define WAX_PUT_B(T, value)                                                                        \
  {                                                                                                \
    const T wax_out = static_cast<T>(value);                                                       \
    set_accumulator(ia, fs, fd, wax_out);                                                          \
    set_slot<T>(fp, i.d, wax_out);                                                                 \
  }
#define WAX_TRAP(kind)                                                                             \
  {                                                                                                \
    ia = static_cast<uint64_t>(kind);                                                              \
    WAX_GO(trap_out);                                                                              \
  }
#define WAX_TAKE()                                                                                 \
  {                                                                                                \
    ip += i.rel;                                                                                   \
    WAX_DISPATCH();                                                                                \
  }

#define WAX_LAYOUT_S(T) DstSrc2
#define WAX_LAYOUT_A(T) DstSrc2
#define WAX_LAYOUT_I(T) ImmLayout<T>
#define WAX_BRANCH_S(T) Branch
#define WAX_BRANCH_A(T) Branch
#define WAX_BRANCH_I(T) BranchImmLayout<T>

// Numbers
#define WAX_BODY_Unary(op, d, x)                                                                   \
  WAX_HANDLER(WAX_NAME_Unary(op, d, x), DstSrc)                                                    \
  using T = OpTypes<Op::op>;                                                                       \
  const auto r = eval<Op::op>(WAX_GET_##x(T::A, a));                                               \
  if (trap_of(r) != TrapKind::none) [[unlikely]]                                                   \
    WAX_TRAP(trap_of(r));                                                                          \
  WAX_PUT_##d(T::Result, value_of(r));                                                             \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Binary(op, d, x, y)                                                               \
  WAX_HANDLER(WAX_NAME_Binary(op, d, x, y), WAX_LAYOUT_##y(OpTypes<Op::op>::B))                    \
  using T = OpTypes<Op::op>;                                                                       \
  const auto r = eval<Op::op>(WAX_GET_##x(T::A, a), WAX_GET_##y(T::B, b));                         \
  if (trap_of(r) != TrapKind::none) [[unlikely]]                                                   \
    WAX_TRAP(trap_of(r));                                                                          \
  WAX_PUT_##d(T::Result, value_of(r));                                                             \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Commutative(op, d, x, y) WAX_BODY_Binary(op, d, x, y)
#define WAX_BODY_FloatCompare(op, d, x, y) WAX_BODY_Binary(op, d, x, y)
#define WAX_BODY_Canonical(type, d, x)                                                             \
  WAX_HANDLER(WAX_NAME_Canonical(type, d, x), DstSrc)                                              \
  using T = OpTypes<Op::type##_abs>::A;                                                            \
  const T value = WAX_GET_##x(T, a);                                                               \
  WAX_PUT_##d(T, canonical(value));                                                                \
  WAX_NEXT();                                                                                      \
  WAX_END

// Branches
#define WAX_BODY_If(op, x, y)                                                                      \
  WAX_HANDLER(WAX_NAME_If(op, x, y), WAX_BRANCH_##y(OpTypes<Op::op>::B))                           \
  using T = OpTypes<Op::op>;                                                                       \
  if (eval<Op::op>(WAX_GET_##x(T::A, a), WAX_GET_##y(T::B, b)) != 0) WAX_TAKE();                   \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_IfNot(name, op, x, y)                                                             \
  WAX_HANDLER(name, WAX_BRANCH_##y(OpTypes<Op::op>::B))                                            \
  using T = OpTypes<Op::op>;                                                                       \
  if (eval<Op::op>(WAX_GET_##x(T::A, a), WAX_GET_##y(T::B, b)) == 0) WAX_TAKE();                   \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_IfFloat(op, x, y) WAX_BODY_If(op, x, y)
#define WAX_BODY_IfAnd(op, x, y) WAX_BODY_If(op, x, y)
#define WAX_BODY_IfNotFloat(op, x, y) WAX_BODY_IfNot(WAX_NAME_IfNotFloat(op, x, y), op, x, y)
#define WAX_BODY_IfNotAnd(op, x, y) WAX_BODY_IfNot(WAX_NAME_IfNotAnd(op, x, y), op, x, y)
#define WAX_LOOP_S LoopBranch
#define WAX_LOOP_I LoopBranchImm
#define WAX_BODY_Loop(op, y)                                                                       \
  WAX_HANDLER(WAX_NAME_Loop(op, y), WAX_LOOP_##y)                                                  \
  using T = OpTypes<Op::op>::A;                                                                    \
  const T bound = WAX_GET_##y(T, b);                                                               \
  const T value = slot<T>(fp, i.d) + static_cast<T>(int64_t{i.step});                              \
  WAX_PUT_B(T, value);                                                                             \
  if (eval<Op::op>(value, bound) != 0) WAX_TAKE();                                                 \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_LoopLong(op, y) WAX_BODY_Loop(op, y)

// Memory
#define WAX_CHECK(address, width)                                                                  \
  if (outside(address, width, size)) [[unlikely]] {                                                \
    note_fault(vm, address, width);                                                                \
    WAX_GO(memory_fault);                                                                          \
  }
#define WAX_ADDRESS_S                                                                              \
  uint64_t { slot<uint32_t>(fp, i.a) }
#define WAX_ADDRESS_A                                                                              \
  uint64_t { static_cast<uint32_t>(ia) }
#define WAX_ADDRESS_I uint64_t{0}
#define WAX_BODY_Load(op, d, x)                                                                    \
  WAX_HANDLER(WAX_NAME_Load(op, d, x), Access)                                                     \
  using T = Traffic<Op::op>;                                                                       \
  const uint64_t address = WAX_ADDRESS_##x + i.offset;                                             \
  WAX_CHECK(address, sizeof(T::Memory));                                                           \
  WAX_PUT_##d(T::Value, load_memory<T::Memory>(mem + address));                                    \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_SUM_S AccessSum
#define WAX_SUM_I AccessSumImm
#define WAX_BODY_LoadSum(op, d, x, y)                                                              \
  WAX_HANDLER(WAX_NAME_LoadSum(op, d, x, y), WAX_SUM_##y)                                          \
  using T = Traffic<Op::op>;                                                                       \
  const uint32_t sum = WAX_GET_##x(uint32_t, a) + WAX_GET_##y(uint32_t, b);                        \
  const uint64_t address = uint64_t{sum} + i.offset;                                               \
  WAX_CHECK(address, sizeof(T::Memory));                                                           \
  WAX_PUT_##d(T::Value, load_memory<T::Memory>(mem + address));                                    \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_LoadAny(op, d, x)                                                                 \
  WAX_HANDLER(WAX_NAME_LoadAny(op, d, x), AccessAny)                                               \
  using T = Traffic<Op::op>;                                                                       \
  const uint8_t* at = any_at(vm, fp, i, sizeof(T::Memory));                                        \
  if (at == nullptr) [[unlikely]]                                                                  \
    WAX_GO(other_fault);                                                                           \
  WAX_PUT_##d(T::Value, load_memory<T::Memory>(at));                                               \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_STORE_S StoreSlot
#define WAX_STORE_A StoreSlot
#define WAX_STORE_I StoreImm
#define WAX_BODY_Store(op, x, y)                                                                   \
  WAX_HANDLER(WAX_NAME_Store(op, x, y), WAX_STORE_##y)                                             \
  using T = Traffic<Op::op>;                                                                       \
  const uint64_t address = WAX_ADDRESS_##x + i.offset;                                             \
  WAX_CHECK(address, sizeof(T::Memory));                                                           \
  store_memory(mem + address, static_cast<T::Memory>(WAX_GET_##y(T::Value, b)));                   \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_StoreFloat(op, x, y) WAX_BODY_Store(op, x, y)
#define WAX_STORE_SUM_SS StoreSumSlot
#define WAX_STORE_SUM_SI StoreSum
#define WAX_STORE_SUM_IS StoreSumImm
#define WAX_STORE_SUM_II StoreSumImm
#define WAX_SUMMAND_S slot<uint32_t>(fp, i.a2)
#define WAX_SUMMAND_I static_cast<uint32_t>(i.sum)
#define WAX_BODY_StoreSum(op, x, y, v)                                                             \
  WAX_HANDLER(WAX_NAME_StoreSum(op, x, y, v), WAX_STORE_SUM_##y##v)                                \
  using T = Traffic<Op::op>;                                                                       \
  const uint32_t sum = WAX_GET_##x(uint32_t, a) + WAX_SUMMAND_##y;                                 \
  const uint64_t address = uint64_t{sum} + i.offset;                                               \
  WAX_CHECK(address, sizeof(T::Memory));                                                           \
  store_memory(mem + address, static_cast<T::Memory>(WAX_GET_##v(T::Value, b)));                   \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_StoreSumFloat(op, x, y, v) WAX_BODY_StoreSum(op, x, y, v)
#define WAX_BODY_StoreAny(op, x, y)                                                                \
  WAX_HANDLER(WAX_NAME_StoreAny(op, x, y), StoreAny)                                               \
  using T = Traffic<Op::op>;                                                                       \
  uint8_t* at = any_at(vm, fp, i, sizeof(T::Memory));                                              \
  if (at == nullptr) [[unlikely]]                                                                  \
    WAX_GO(other_fault);                                                                           \
  store_memory(at, static_cast<T::Memory>(WAX_GET_##y(T::Value, b)));                              \
  WAX_NEXT();                                                                                      \
  WAX_END

// Memories that are not in the registers: `word` is that of `OtherAccess`.
#define WAX_OTHER(name, Layout)                                                                    \
  WAX_HANDLER(name, Layout)                                                                        \
  const auto word = load_unaligned<uint64_t>(&i.word)
#define WAX_AT_OTHER(address, width)                                                               \
  const auto place = static_cast<uint32_t>(word >> 16 & 0xFFFF);                                   \
  const runtime::MemoryView other = runtime::view_of(memory_at(vm, place));                        \
  if (outside(address, width, other.size)) [[unlikely]] {                                          \
    note_fault(vm, address, width, place);                                                         \
    WAX_GO(other_fault);                                                                           \
  }                                                                                                \
  uint8_t* const at = other.base + address
#define WAX_OTHER_S slot<uint32_t>(fp, word & 0xFFFF)
#define WAX_OTHER_A static_cast<uint32_t>(ia)
#define WAX_OTHER_I uint32_t{0}
#define WAX_OTHER_ADDRESS(x) uint64_t{WAX_OTHER_##x} + (word >> 32)
// The second summand, `z` if immediate, and the offset behind it.
#define WAX_OTHER_SECOND_S(z) slot<uint32_t>(fp, word >> 32 & 0xFFFF)
#define WAX_OTHER_SECOND_I(z) static_cast<uint32_t>(z)
#define WAX_OTHER_OFFSET_S (word >> 48)
#define WAX_OTHER_OFFSET_I (word >> 32)
#define WAX_OTHER_SUM(x, y, z)                                                                     \
  uint64_t{static_cast<uint32_t>(WAX_OTHER_##x + WAX_OTHER_SECOND_##y(z))} + WAX_OTHER_OFFSET_##y
#define WAX_BODY_OtherLoad(op, d, x)                                                               \
  WAX_OTHER(WAX_NAME_OtherLoad(op, d, x), OtherAccess);                                            \
  using T = Traffic<Op::op>;                                                                       \
  const uint64_t address = WAX_OTHER_ADDRESS(x);                                                   \
  WAX_AT_OTHER(address, sizeof(T::Memory));                                                        \
  WAX_PUT_##d(T::Value, load_memory<T::Memory>(at));                                               \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_OtherLoadSum(op, d, x, y)                                                         \
  WAX_OTHER(WAX_NAME_OtherLoadSum(op, d, x, y), OtherAccess);                                      \
  using T = Traffic<Op::op>;                                                                       \
  const uint64_t address = WAX_OTHER_SUM(x, y, i.imm);                                             \
  WAX_AT_OTHER(address, sizeof(T::Memory));                                                        \
  WAX_PUT_##d(T::Value, load_memory<T::Memory>(at));                                               \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_OtherStore(op, x, y)                                                              \
  WAX_OTHER(WAX_NAME_OtherStore(op, x, y), OtherAccess);                                           \
  using T = Traffic<Op::op>;                                                                       \
  const uint64_t address = WAX_OTHER_ADDRESS(x);                                                   \
  WAX_AT_OTHER(address, sizeof(T::Memory));                                                        \
  store_memory(at, static_cast<T::Memory>(WAX_GET_##y(T::Value, b)));                              \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_OtherStoreFloat(op, x, y) WAX_BODY_OtherStore(op, x, y)
#define WAX_BODY_OtherStoreSum(op, x, y, v)                                                        \
  WAX_OTHER(WAX_NAME_OtherStoreSum(op, x, y, v), OtherAccessSum);                                  \
  using T = Traffic<Op::op>;                                                                       \
  const uint64_t address = WAX_OTHER_SUM(x, y, i.sum);                                             \
  WAX_AT_OTHER(address, sizeof(T::Memory));                                                        \
  store_memory(at, static_cast<T::Memory>(WAX_GET_##v(T::Value, b)));                              \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_OtherStoreSumFloat(op, x, y, v) WAX_BODY_OtherStoreSum(op, x, y, v)

// Moves
#define WAX_TYPE_i32 uint32_t
#define WAX_TYPE_i64 uint64_t
#define WAX_TYPE_f32 float
#define WAX_TYPE_f64 double
#define WAX_BODY_FromAcc(op) WAX_BODY_FromAcc_##op
#define WAX_BODY_FromAcc_(type)                                                                    \
  WAX_HANDLER(type##_set, WideDst)                                                                 \
  set_slot<WAX_TYPE_##type>(fp, i.d, accumulator<WAX_TYPE_##type>(ia, fs, fd));                    \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_FromAcc_i32_set WAX_BODY_FromAcc_(i32)
#define WAX_BODY_FromAcc_i64_set WAX_BODY_FromAcc_(i64)
#define WAX_BODY_FromAcc_f32_set WAX_BODY_FromAcc_(f32)
#define WAX_BODY_FromAcc_f64_set WAX_BODY_FromAcc_(f64)
// Conditions are i32, and in a slot or in the accumulator, where a choice between integers could
// not lie at the same time.
#define WAX_BODY_Select(op, d, x) WAX_BODY_Select_##op(d, x)
#define WAX_BODY_Select_(type, name, d, x)                                                         \
  WAX_HANDLER(name##_##d##x, DstSrc3)                                                              \
  const auto first = slot<WAX_TYPE_##type>(fp, i.a);                                               \
  const auto second = slot<WAX_TYPE_##type>(fp, i.b);                                              \
  WAX_PUT_##d(WAX_TYPE_##type, WAX_GET_##x(uint32_t, c) != 0 ? first : second);                    \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Select_i32_select(d, x) WAX_BODY_Select_(i32, i32_select, d, x)
#define WAX_BODY_Select_i64_select(d, x) WAX_BODY_Select_(i64, i64_select, d, x)
#define WAX_BODY_Select_f32_select(d, x) WAX_BODY_Select_(f32, f32_select, d, x)
#define WAX_BODY_Select_f64_select(d, x) WAX_BODY_Select_(f64, f64_select, d, x)
#define WAX_BODY_Typed(op, d) WAX_BODY_Typed_##op(d)
#define WAX_BODY_GlobalGet(type, d)                                                                \
  WAX_HANDLER(type##_global_get_##d, GlobalAccess)                                                 \
  WAX_PUT_##d(WAX_TYPE_##type, load_unaligned<WAX_TYPE_##type>(own_global(vm, i.global)));         \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Typed_i32_global_get(d) WAX_BODY_GlobalGet(i32, d)
#define WAX_BODY_Typed_i64_global_get(d) WAX_BODY_GlobalGet(i64, d)
#define WAX_BODY_Typed_f32_global_get(d) WAX_BODY_GlobalGet(f32, d)
#define WAX_BODY_Typed_f64_global_get(d) WAX_BODY_GlobalGet(f64, d)
#define WAX_BODY_ImportGet(type, d)                                                                \
  WAX_HANDLER(type##_import_get_##d, GlobalAccess)                                                 \
  WAX_PUT_##d(WAX_TYPE_##type, load_unaligned<WAX_TYPE_##type>(vm->globals[i.global]->value));     \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Typed_i32_import_get(d) WAX_BODY_ImportGet(i32, d)
#define WAX_BODY_Typed_i64_import_get(d) WAX_BODY_ImportGet(i64, d)
#define WAX_BODY_Typed_f32_import_get(d) WAX_BODY_ImportGet(f32, d)
#define WAX_BODY_Typed_f64_import_get(d) WAX_BODY_ImportGet(f64, d)

#define WAX_BODY_Single(op) WAX_BODY_Single_##op
#define WAX_BODY_Copy(name, Layout, T)                                                             \
  WAX_HANDLER(name, Layout)                                                                        \
  set_slot<T>(fp, i.d, slot<T>(fp, i.a));                                                          \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_copy_32 WAX_BODY_Copy(copy_32, WideCopy, uint32_t)
#define WAX_BODY_Single_copy_64 WAX_BODY_Copy(copy_64, WideCopy, uint64_t)
#define WAX_BODY_Single_copy_128 WAX_BODY_Copy(copy_128, WideCopy, V128)
#define WAX_BODY_CopyPair(name, T, U)                                                              \
  WAX_HANDLER(name, CopyPair)                                                                      \
  set_slot<T>(fp, i.d, slot<T>(fp, i.a));                                                          \
  set_slot<U>(fp, i.d2, slot<U>(fp, i.a2));                                                        \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_copy_32_32 WAX_BODY_CopyPair(copy_32_32, uint32_t, uint32_t)
#define WAX_BODY_Single_copy_32_64 WAX_BODY_CopyPair(copy_32_64, uint32_t, uint64_t)
#define WAX_BODY_Single_copy_64_32 WAX_BODY_CopyPair(copy_64_32, uint64_t, uint32_t)
#define WAX_BODY_Single_copy_64_64 WAX_BODY_CopyPair(copy_64_64, uint64_t, uint64_t)
#define WAX_BODY_Constant(name, Layout, T)                                                         \
  WAX_HANDLER(name, Layout)                                                                        \
  set_slot<T>(fp, i.d, immediate<T>(i));                                                           \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_const_32 WAX_BODY_Constant(const_32, WideConst, uint32_t)
#define WAX_BODY_Single_const_64 WAX_BODY_Constant(const_64, WideConst64, uint64_t)
#define WAX_BODY_Single_zero                                                                       \
  WAX_HANDLER(zero, Zero)                                                                          \
  uint8_t* at = fp + i.at;                                                                         \
  uint8_t* const end = at + size_t{i.count} * kZeroUnit;                                           \
  do {                                                                                             \
    store_unaligned(at, V128{});                                                                   \
    store_unaligned(at + sizeof(V128), V128{});                                                    \
    at += kZeroUnit;                                                                               \
  } while (at != end);                                                                             \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_GlobalSet(name, T, target, value)                                                 \
  WAX_HANDLER(name, GlobalAccess)                                                                  \
  store_unaligned<T>(target, value);                                                               \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_OWN own_global(vm, i.global)
#define WAX_IMPORTED vm->globals[i.global]->value
#define WAX_BODY_Single_i32_global_set                                                             \
  WAX_BODY_GlobalSet(i32_global_set, uint32_t, WAX_OWN, WAX_GET_S(uint32_t, d))
#define WAX_BODY_Single_i64_global_set                                                             \
  WAX_BODY_GlobalSet(i64_global_set, uint64_t, WAX_OWN, WAX_GET_S(uint64_t, d))
#define WAX_BODY_FromAcc_i32_global_set_A                                                          \
  WAX_BODY_GlobalSet(i32_global_set_A, uint32_t, WAX_OWN, WAX_GET_A(uint32_t, d))
#define WAX_BODY_FromAcc_i64_global_set_A                                                          \
  WAX_BODY_GlobalSet(i64_global_set_A, uint64_t, WAX_OWN, WAX_GET_A(uint64_t, d))
#define WAX_BODY_FromAcc_f32_global_set_A                                                          \
  WAX_BODY_GlobalSet(f32_global_set_A, float, WAX_OWN, WAX_GET_A(float, d))
#define WAX_BODY_FromAcc_f64_global_set_A                                                          \
  WAX_BODY_GlobalSet(f64_global_set_A, double, WAX_OWN, WAX_GET_A(double, d))
#define WAX_BODY_Single_i32_import_set                                                             \
  WAX_BODY_GlobalSet(i32_import_set, uint32_t, WAX_IMPORTED, WAX_GET_S(uint32_t, d))
#define WAX_BODY_Single_i64_import_set                                                             \
  WAX_BODY_GlobalSet(i64_import_set, uint64_t, WAX_IMPORTED, WAX_GET_S(uint64_t, d))

// Control
#define WAX_BODY_Single_br                                                                         \
  WAX_HANDLER(br, Jump)                                                                            \
  WAX_TAKE();                                                                                      \
  WAX_END
#define WAX_BODY_IfOne(name, T, x, test)                                                           \
  WAX_HANDLER(name, Branch)                                                                        \
  if (WAX_GET_##x(T, a) test) WAX_TAKE();                                                          \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_if_i32_S WAX_BODY_IfOne(if_i32_S, uint32_t, S, != 0)
#define WAX_BODY_FromAcc_if_i32_A WAX_BODY_IfOne(if_i32_A, uint32_t, A, != 0)
#define WAX_BODY_Single_if_not_i32_S WAX_BODY_IfOne(if_not_i32_S, uint32_t, S, == 0)
#define WAX_BODY_FromAcc_if_not_i32_A WAX_BODY_IfOne(if_not_i32_A, uint32_t, A, == 0)
#define WAX_BODY_Single_if_ref_S WAX_BODY_IfOne(if_ref_S, Ref, S, != 0)
#define WAX_BODY_Single_if_not_ref_S WAX_BODY_IfOne(if_not_ref_S, Ref, S, == 0)
#define WAX_BODY_BranchTable(name, x)                                                              \
  WAX_HANDLER(name, BranchTable)                                                                   \
  uint32_t index = WAX_GET_##x(uint32_t, a);                                                       \
  if (index > i.count) index = i.count;                                                            \
  ip += load_unaligned<int32_t>(ip + sizeof(BranchTable) + size_t{index} * sizeof(int32_t));       \
  WAX_DISPATCH();                                                                                  \
  WAX_END
#define WAX_BODY_Single_br_table_S WAX_BODY_BranchTable(br_table_S, S)
#define WAX_BODY_FromAcc_br_table_A WAX_BODY_BranchTable(br_table_A, A)

#define WAX_POP()                                                                                  \
  {                                                                                                \
    const auto header = load_unaligned<Header>(fp + i.header);                                     \
    ip = header.ip;                                                                                \
    fp = header.fp;                                                                                \
    WAX_DISPATCH();                                                                                \
  }
#define WAX_BODY_Single_return_                                                                    \
  WAX_HANDLER(return_, Return)                                                                     \
  WAX_POP();                                                                                       \
  WAX_END
#define WAX_RETURN_S(T) Return
#define WAX_RETURN_A(T) Return
#define WAX_RETURN_I(T) std::conditional_t<sizeof(T) == 8, Return64, Return>
#define WAX_BODY_Return(op, x) WAX_BODY_Return_##op(x)
#define WAX_BODY_Return_(type, x)                                                                  \
  WAX_HANDLER(type##_return_##x, WAX_RETURN_##x(WAX_TYPE_##type))                                  \
  using T = WAX_TYPE_##type;                                                                       \
  const T value = WAX_GET_##x(T, a);                                                               \
  set_accumulator(ia, fs, fd, value);                                                              \
  set_slot<T>(fp, 0, value);                                                                       \
  WAX_POP();                                                                                       \
  WAX_END
#define WAX_BODY_Return_i32_return(x) WAX_BODY_Return_(i32, x)
#define WAX_BODY_Return_i64_return(x) WAX_BODY_Return_(i64, x)
#define WAX_BODY_Return_f32_return(x) WAX_BODY_Return_(f32, x)
#define WAX_BODY_Return_f64_return(x) WAX_BODY_Return_(f64, x)

// `ip` is behind the call, `callee` a function of this instance.
#define WAX_PUSH(callee)                                                                           \
  {                                                                                                \
    const CallEnd& end = call_end(ip);                                                             \
    uint8_t* const frame = fp + end.frame;                                                         \
    const uint8_t* const entry = (callee)->entry.load(std::memory_order_acquire);                  \
    if (lacks_room(vm, frame, (callee)->frame_bytes.load(std::memory_order_relaxed))) {            \
      ip -= sizeof(CallEnd);                                                                       \
      WAX_TRAP(TrapKind::call_stack_exhausted);                                                    \
    }                                                                                              \
    store_unaligned(fp + end.header, Header{ip, fp});                                              \
    fp = frame;                                                                                    \
    ip = entry;                                                                                    \
    WAX_DISPATCH();                                                                                \
  }
// `ip` is behind the call, `ref` any function.
#define WAX_PUSH_REF(ref)                                                                          \
  {                                                                                                \
    if (is_local((ref), vm)) [[likely]]                                                            \
      WAX_PUSH(static_cast<Function*>((ref)->record));                                             \
    ia = reinterpret_cast<uintptr_t>(ref);                                                         \
    WAX_GO(call_foreign);                                                                          \
  }
#define WAX_BODY_Single_call                                                                       \
  WAX_HANDLER(call, Call)                                                                          \
  Function* const callee = i.callee;                                                               \
  ip += sizeof i;                                                                                  \
  WAX_PUSH(callee);                                                                                \
  WAX_END
#define WAX_BODY_Single_call_import                                                                \
  WAX_HANDLER(call_import, CallImport)                                                             \
  const FuncRef* const ref = vm->imported_functions[i.index];                                      \
  ip += sizeof i;                                                                                  \
  WAX_PUSH_REF(ref);                                                                               \
  WAX_END
#define WAX_ELEMENT_TRAP(kind)                                                                     \
  {                                                                                                \
    note_fault(vm, index, i.table);                                                                \
    ia = static_cast<uint64_t>(kind);                                                              \
    WAX_GO(element_fault);                                                                         \
  }
#define WAX_FIND_ELEMENT(index_value)                                                              \
  const uint64_t index = index_value;                                                              \
  const runtime::Table& table = *vm->tables[i.table];                                              \
  if (index >= table.size) [[unlikely]]                                                            \
    WAX_ELEMENT_TRAP(TrapKind::undefined_element);                                                 \
  const auto* ref = reinterpret_cast<const FuncRef*>(table.elements[index]);                       \
  if (ref == nullptr) [[unlikely]]                                                                 \
    WAX_ELEMENT_TRAP(TrapKind::uninitialized_element);                                             \
  if (!is_subtype(ref->type, i.type)) [[unlikely]]                                                 \
    WAX_ELEMENT_TRAP(TrapKind::indirect_call_type_mismatch);
#define WAX_BODY_CallIndirect(name, index_value)                                                   \
  WAX_HANDLER(name, CallIndirect)                                                                  \
  WAX_FIND_ELEMENT(index_value)                                                                    \
  ip += sizeof i;                                                                                  \
  WAX_PUSH_REF(ref);                                                                               \
  WAX_END
#define WAX_BODY_Single_call_indirect WAX_BODY_CallIndirect(call_indirect, slot<uint32_t>(fp, i.a))
#define WAX_BODY_FromAcc_call_indirect_A                                                           \
  WAX_BODY_CallIndirect(call_indirect_A, static_cast<uint32_t>(ia))
#define WAX_BODY_Single_call_indirect_64                                                           \
  WAX_BODY_CallIndirect(call_indirect_64, slot<uint64_t>(fp, i.a))
#define WAX_BODY_Single_call_ref                                                                   \
  WAX_HANDLER(call_ref, CallRef)                                                                   \
  const auto* ref = reinterpret_cast<const FuncRef*>(slot<Ref>(fp, i.a));                          \
  if (ref == nullptr) [[unlikely]]                                                                 \
    WAX_TRAP(TrapKind::null_function_reference);                                                   \
  ip += sizeof i;                                                                                  \
  WAX_PUSH_REF(ref);                                                                               \
  WAX_END
// Tail calls: the arguments and the header move, then the callee starts in this frame's place.
#define WAX_REPLACE(callee)                                                                        \
  {                                                                                                \
    const uint8_t* const entry = (callee)->entry.load(std::memory_order_acquire);                  \
    if (lacks_room(vm, fp, (callee)->frame_bytes.load(std::memory_order_relaxed)))                 \
      WAX_TRAP(TrapKind::call_stack_exhausted);                                                    \
    const auto header = load_unaligned<Header>(fp + i.header);                                     \
    move_arguments(fp, fp + i.from, i.bytes);                                                      \
    store_unaligned(fp + (callee)->header, header);                                                \
    ip = entry;                                                                                    \
    WAX_DISPATCH();                                                                                \
  }
#define WAX_REPLACE_REF(ref)                                                                       \
  {                                                                                                \
    if (is_local((ref), vm)) [[likely]]                                                            \
      WAX_REPLACE(static_cast<Function*>((ref)->record));                                          \
    ia = reinterpret_cast<uintptr_t>(ref);                                                         \
    WAX_GO(tail_call_foreign);                                                                     \
  }
#define WAX_BODY_Single_return_call                                                                \
  WAX_HANDLER(return_call, TailCall)                                                               \
  WAX_REPLACE(i.callee);                                                                           \
  WAX_END
#define WAX_BODY_Single_return_call_import                                                         \
  WAX_HANDLER(return_call_import, TailCallImport)                                                  \
  const FuncRef* const ref = vm->imported_functions[i.index];                                      \
  WAX_REPLACE_REF(ref);                                                                            \
  WAX_END
#define WAX_BODY_TailCallIndirect(name, index_value)                                               \
  WAX_HANDLER(name, TailCallIndirect)                                                              \
  WAX_FIND_ELEMENT(index_value)                                                                    \
  WAX_REPLACE_REF(ref);                                                                            \
  WAX_END
#define WAX_BODY_Single_return_call_indirect                                                       \
  WAX_BODY_TailCallIndirect(return_call_indirect, slot<uint32_t>(fp, i.a))
#define WAX_BODY_Single_return_call_indirect_64                                                    \
  WAX_BODY_TailCallIndirect(return_call_indirect_64, slot<uint64_t>(fp, i.a))
#define WAX_BODY_Single_return_call_ref                                                            \
  WAX_HANDLER(return_call_ref, TailCallRef)                                                        \
  const auto* ref = reinterpret_cast<const FuncRef*>(slot<Ref>(fp, i.a));                          \
  if (ref == nullptr) [[unlikely]]                                                                 \
    WAX_TRAP(TrapKind::null_function_reference);                                                   \
  WAX_REPLACE_REF(ref);                                                                            \
  WAX_END

// What needs the runtime. The registers it works on are the activation's: the address of a local
// variable would keep GCC from making the tail call.
#define WAX_SAVE_REGISTERS()                                                                       \
  Registers& r = activation_of(vm).registers;                                                      \
  r.ip = ip;                                                                                       \
  r.fp = fp;                                                                                       \
  r.mem = mem;                                                                                     \
  r.size = size;                                                                                   \
  r.vm = vm
#define WAX_LOAD_REGISTERS()                                                                       \
  ip = r.ip;                                                                                       \
  fp = r.fp;                                                                                       \
  mem = r.mem;                                                                                     \
  size = r.size;                                                                                   \
  vm = r.vm
#define WAX_OUTCOME(call)                                                                          \
  const Outcome outcome = call;                                                                    \
  if (outcome != Outcome::ok) [[unlikely]]                                                         \
  WAX_EXIT(outcome)
#define WAX_BODY_Single_call_foreign                                                               \
  WAX_HANDLER(call_foreign, Plain)                                                                 \
  (void)i;                                                                                         \
  WAX_SAVE_REGISTERS();                                                                            \
  WAX_OUTCOME(call_foreign(r, reinterpret_cast<const FuncRef*>(static_cast<uintptr_t>(ia))));      \
  ia = r.ia;                                                                                       \
  fs = r.fs;                                                                                       \
  fd = r.fd;                                                                                       \
  WAX_LOAD_REGISTERS();                                                                            \
  WAX_DISPATCH();                                                                                  \
  WAX_END
#define WAX_BODY_Single_tail_call_foreign                                                          \
  WAX_HANDLER(tail_call_foreign, TailCallImport)                                                   \
  WAX_SAVE_REGISTERS();                                                                            \
  WAX_OUTCOME(                                                                                     \
      tail_call_foreign(r, reinterpret_cast<const FuncRef*>(static_cast<uintptr_t>(ia)), i));      \
  ia = r.ia;                                                                                       \
  fs = r.fs;                                                                                       \
  fd = r.fd;                                                                                       \
  WAX_LOAD_REGISTERS();                                                                            \
  WAX_DISPATCH();                                                                                  \
  WAX_END
#define WAX_BODY_Single_throw_tag                                                                  \
  WAX_HANDLER(throw_tag, Throw)                                                                    \
  WAX_SAVE_REGISTERS();                                                                            \
  WAX_OUTCOME(throw_tag(r, i));                                                                    \
  WAX_LOAD_REGISTERS();                                                                            \
  WAX_DISPATCH();                                                                                  \
  WAX_END
#define WAX_BODY_Single_throw_ref                                                                  \
  WAX_HANDLER(throw_ref, Throw)                                                                    \
  WAX_SAVE_REGISTERS();                                                                            \
  WAX_OUTCOME(throw_ref(r, i));                                                                    \
  WAX_LOAD_REGISTERS();                                                                            \
  WAX_DISPATCH();                                                                                  \
  WAX_END
#define WAX_BODY_Single_switch_back                                                                \
  WAX_HANDLER(switch_back, Plain)                                                                  \
  (void)i;                                                                                         \
  WAX_SAVE_REGISTERS();                                                                            \
  switch_back(r);                                                                                  \
  WAX_LOAD_REGISTERS();                                                                            \
  WAX_DISPATCH();                                                                                  \
  WAX_END
#define WAX_BODY_Single_translate                                                                  \
  WAX_HANDLER(translate, Plain)                                                                    \
  (void)i;                                                                                         \
  WAX_SAVE_REGISTERS();                                                                            \
  WAX_OUTCOME(translate_at_first_call(r));                                                         \
  WAX_LOAD_REGISTERS();                                                                            \
  WAX_DISPATCH();                                                                                  \
  WAX_END
#define WAX_BODY_Single_helper                                                                     \
  WAX_HANDLER(helper, HelperCall)                                                                  \
  const TrapKind kind = i.helper(vm, fp, i);                                                       \
  if (kind != TrapKind::none) [[unlikely]]                                                         \
    WAX_TRAP(kind);                                                                                \
  mem = memory_base(vm);                                                                           \
  size = memory_size(vm);                                                                          \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_leave                                                                      \
  WAX_HANDLER(leave, Plain)                                                                        \
  (void)i;                                                                                         \
  WAX_EXIT(Outcome::ok);                                                                           \
  WAX_END
#define WAX_BODY_Single_trap                                                                       \
  WAX_HANDLER(trap, Count)                                                                         \
  WAX_TRAP(i.count);                                                                               \
  WAX_END
// After a call that had no room, `ip` is inside the call's record, so this one may not look at it.
#define WAX_BODY_Single_trap_out                                                                   \
  WAX_HANDLER(trap_out, uint8_t)                                                                   \
  (void)i;                                                                                         \
  WAX_EXIT(stop(ip, fp, vm, static_cast<TrapKind>(ia)));                                           \
  WAX_END
#define WAX_BODY_Single_memory_fault                                                               \
  WAX_HANDLER(memory_fault, Plain)                                                                 \
  (void)i;                                                                                         \
  Activation& activation = activation_of(vm);                                                      \
  const runtime::VmMemory& used = memory_at(vm, activation.register_place);                        \
  /* Another thread, or another instance, may have grown the memory since it was looked at. */     \
  if (used.size.load(std::memory_order_acquire) > size) {                                          \
    mem = used.base.load(std::memory_order_relaxed);                                               \
    size = used.size.load(std::memory_order_acquire);                                              \
    WAX_DISPATCH();                                                                                \
  }                                                                                                \
  activation.fault_place = activation.register_place;                                              \
  WAX_EXIT(stop_fault(ip, fp, vm));                                                                \
  WAX_END
#define WAX_BODY_Single_use_memory                                                                 \
  WAX_HANDLER(use_memory, Count)                                                                   \
  const runtime::VmMemory& used = memory_at(vm, i.count);                                          \
  activation_of(vm).register_place = i.count;                                                      \
  mem = used.base.load(std::memory_order_relaxed);                                                 \
  size = used.size.load(std::memory_order_acquire);                                                \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_other_fault                                                                \
  WAX_HANDLER(other_fault, Plain)                                                                  \
  (void)i;                                                                                         \
  WAX_EXIT(stop_fault(ip, fp, vm));                                                                \
  WAX_END
#define WAX_BODY_Single_element_fault                                                              \
  WAX_HANDLER(element_fault, Plain)                                                                \
  (void)i;                                                                                         \
  WAX_EXIT(stop_element(ip, fp, vm, static_cast<TrapKind>(ia)));                                   \
  WAX_END
#define WAX_BODY_Single_poll                                                                       \
  WAX_HANDLER(poll, Plain)                                                                         \
  if (is_interrupted(vm)) [[unlikely]] {                                                           \
    WAX_OUTCOME(stop_interrupted(ip, fp, vm));                                                     \
  }                                                                                                \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_charge                                                                     \
  WAX_HANDLER(charge, Count)                                                                       \
  if (!pay(vm, i.count)) [[unlikely]]                                                              \
    WAX_TRAP(TrapKind::out_of_fuel);                                                               \
  WAX_NEXT();                                                                                      \
  WAX_END

#include "interp/bodies_fused.hpp"
#include "interp/bodies_object.hpp"
#include "interp/bodies_simd.hpp"

#define WAX_BODY_FAMILY(family, ...) WAX_FORMS_##family(WAX_BODY_##family, __VA_ARGS__)
