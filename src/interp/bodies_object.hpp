// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bodies of the handlers for structs, arrays and references (see bodies.hpp).
#pragma once

#include "runtime/gc/object.hpp"

// Structs
#define WAX_BODY_LoadField(op, d, x)                                                               \
  WAX_HANDLER(WAX_NAME_LoadField(op, d, x), Access)                                                \
  using T = Traffic<Op::op>;                                                                       \
  const Ref ref = WAX_GET_##x(Ref, a);                                                             \
  if (ref == 0) [[unlikely]]                                                                       \
    WAX_TRAP(TrapKind::null_structure_reference);                                                  \
  WAX_PUT_##d(T::Value, load_unaligned<T::Memory>(field_at(ref, i.offset)));                       \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_StoreField(op, x, y)                                                              \
  WAX_HANDLER(WAX_NAME_StoreField(op, x, y), StoreSlot)                                            \
  using T = Traffic<Op::op>;                                                                       \
  const Ref ref = WAX_GET_##x(Ref, a);                                                             \
  if (ref == 0) [[unlikely]]                                                                       \
    WAX_TRAP(TrapKind::null_structure_reference);                                                  \
  store_unaligned(field_at(ref, i.offset), static_cast<T::Memory>(WAX_GET_##y(T::Value, b)));      \
  WAX_NEXT();                                                                                      \
  WAX_END

// Arrays: `i.offset` is where the elements start.
#define WAX_FIND_IN_ARRAY(ref_value, index_value)                                                  \
  const Ref ref = ref_value;                                                                       \
  const uint32_t index = index_value;                                                              \
  if (ref == 0) [[unlikely]]                                                                       \
    WAX_TRAP(TrapKind::null_array_reference);                                                      \
  if (index >= array_at(ref)->length) [[unlikely]] {                                               \
    note_fault(vm, index, array_at(ref)->length);                                                  \
    WAX_GO(array_fault);                                                                           \
  }
#define WAX_BODY_LoadElement(op, d, x, y)                                                          \
  WAX_HANDLER(WAX_NAME_LoadElement(op, d, x, y), AccessSum)                                        \
  using T = Traffic<Op::op>;                                                                       \
  WAX_FIND_IN_ARRAY(WAX_GET_##x(Ref, a), WAX_GET_##y(uint32_t, b))                                 \
  WAX_PUT_##d(T::Value, load_unaligned<T::Memory>(                                                 \
                            field_at(ref, i.offset + size_t{index} * sizeof(T::Memory))));         \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_StoreElement(op, x, y, v)                                                         \
  WAX_HANDLER(WAX_NAME_StoreElement(op, x, y, v), StoreSumSlot)                                    \
  using T = Traffic<Op::op>;                                                                       \
  WAX_FIND_IN_ARRAY(WAX_GET_##x(Ref, a), WAX_GET_##y(uint32_t, a2))                                \
  store_unaligned(field_at(ref, i.offset + size_t{index} * sizeof(T::Memory)),                     \
                  static_cast<T::Memory>(WAX_GET_##v(T::Value, b)));                               \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_array_fault                                                                \
  WAX_HANDLER(array_fault, Plain)                                                                  \
  (void)i;                                                                                         \
  WAX_EXIT(stop_array(ip, fp, vm));                                                                \
  WAX_END

// References
#define WAX_BODY_OnRef(op, d, x) WAX_BODY_OnRef_##op(d, x)
#define WAX_BODY_OnRef_(name, T, type, trap, d, x, result)                                         \
  WAX_HANDLER(name##_##d##x, DstSrc)                                                               \
  const T value = WAX_GET_##x(T, a);                                                               \
  if (trap != TrapKind::none && value == 0) [[unlikely]]                                           \
    WAX_TRAP(trap);                                                                                \
  WAX_PUT_##d(type, result);                                                                       \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_OnRef_array_len(d, x)                                                             \
  WAX_BODY_OnRef_(array_len, Ref, uint32_t, TrapKind::null_array_reference, d, x,                  \
                  array_at(value)->length)
#define WAX_BODY_OnRef_i31_get_s(d, x)                                                             \
  WAX_BODY_OnRef_(i31_get_s, Ref, uint32_t, TrapKind::null_i31_reference, d, x,                    \
                  runtime::i31_signed(value))
#define WAX_BODY_OnRef_i31_get_u(d, x)                                                             \
  WAX_BODY_OnRef_(i31_get_u, Ref, uint32_t, TrapKind::null_i31_reference, d, x,                    \
                  runtime::i31_unsigned(value))
#define WAX_BODY_OnRef_ref_i31(d, x)                                                               \
  WAX_BODY_OnRef_(ref_i31, uint32_t, RefBits, TrapKind::none, d, x, runtime::make_i31(value))
#define WAX_BODY_OnRef_ref_test(d, x)                                                              \
  WAX_HANDLER(ref_test_##d##x, RefTest)                                                            \
  WAX_PUT_##d(uint32_t, runtime::matches(WAX_GET_##x(Ref, a), i.target) ? 1 : 0);                  \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_RefCast(x)                                                                        \
  WAX_HANDLER(ref_cast_##x, RefTest)                                                               \
  if (!runtime::matches(WAX_GET_##x(Ref, a), i.target)) [[unlikely]]                               \
    WAX_TRAP(TrapKind::cast_failure);                                                              \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_ref_cast_S WAX_BODY_RefCast(S)
#define WAX_BODY_FromAcc_ref_cast_A WAX_BODY_RefCast(A)
#define WAX_BODY_IfCast(name, x, sense)                                                            \
  WAX_HANDLER(name, RefBranch)                                                                     \
  if (runtime::matches(WAX_GET_##x(Ref, a), i.target) == sense) WAX_TAKE();                        \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_if_cast_S WAX_BODY_IfCast(if_cast_S, S, true)
#define WAX_BODY_FromAcc_if_cast_A WAX_BODY_IfCast(if_cast_A, A, true)
#define WAX_BODY_Single_if_not_cast_S WAX_BODY_IfCast(if_not_cast_S, S, false)
#define WAX_BODY_FromAcc_if_not_cast_A WAX_BODY_IfCast(if_not_cast_A, A, false)

#define WAX_BODY_Single_object                                                                     \
  WAX_HANDLER(object, ObjectCall)                                                                  \
  const TrapKind kind = i.function(vm, fp, i);                                                     \
  if (kind != TrapKind::none) [[unlikely]]                                                         \
    WAX_TRAP(kind);                                                                                \
  WAX_NEXT();                                                                                      \
  WAX_END
