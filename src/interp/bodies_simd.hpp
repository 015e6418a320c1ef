// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bodies of the handlers of handlers_simd.def, in the terms of bodies.hpp.
#pragma once

#include "interp/simd.hpp"

#define WAX_BODY_Vector1(op)                                                                       \
  WAX_HANDLER(WAX_NAME_Vector1(op), DstSrc)                                                        \
  using T = OpTypes<Op::op>;                                                                       \
  set_slot<V128>(fp, i.d, eval<Op::op>(slot<T::A>(fp, i.a)));                                      \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Vector2(op)                                                                       \
  WAX_HANDLER(WAX_NAME_Vector2(op), DstSrc2)                                                       \
  using T = OpTypes<Op::op>;                                                                       \
  set_slot<V128>(fp, i.d, eval<Op::op>(slot<T::A>(fp, i.a), slot<T::B>(fp, i.b)));                 \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Vector3(op)                                                                       \
  WAX_HANDLER(WAX_NAME_Vector3(op), DstSrc3)                                                       \
  set_slot<V128>(fp, i.d,                                                                          \
                 eval<Op::op>(slot<V128>(fp, i.a), slot<V128>(fp, i.b), slot<V128>(fp, i.c)));     \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Shuffle(op)                                                                       \
  WAX_HANDLER(WAX_NAME_Shuffle(op), ShuffleLanes)                                                  \
  set_slot<V128>(                                                                                  \
      fp, i.d,                                                                                     \
      eval<Op::op>(slot<V128>(fp, i.a), slot<V128>(fp, i.b), load_unaligned<V128>(&i.lanes)));     \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_ReplaceLane(op)                                                                   \
  WAX_HANDLER(WAX_NAME_ReplaceLane(op), DstSrc3)                                                   \
  using T = OpTypes<Op::op>;                                                                       \
  set_slot<V128>(fp, i.d, eval<Op::op>(slot<V128>(fp, i.a), slot<T::B>(fp, i.b), unsigned{i.c}));  \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_FromVector(op, d)                                                                 \
  WAX_HANDLER(WAX_NAME_FromVector(op, d), DstSrc)                                                  \
  WAX_PUT_##d(uint32_t, eval<Op::op>(slot<V128>(fp, i.a)));                                        \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_ExtractLane(op, d)                                                                \
  WAX_HANDLER(WAX_NAME_ExtractLane(op, d), DstSrc2)                                                \
  WAX_PUT_##d(OpTypes<Op::op>::Result, eval<Op::op>(slot<V128>(fp, i.a), unsigned{i.b}));          \
  WAX_NEXT();                                                                                      \
  WAX_END

#define WAX_BODY_Single_v128_const                                                                 \
  WAX_HANDLER(v128_const, DstVector)                                                               \
  set_slot<V128>(fp, i.d, load_unaligned<V128>(&i.bits));                                          \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_v128_select                                                                \
  WAX_HANDLER(v128_select, DstSrc3)                                                                \
  set_slot<V128>(fp, i.d, slot<V128>(fp, slot<uint32_t>(fp, i.c) != 0 ? i.a : i.b));               \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_CanonicalLanes(name, T)                                                           \
  WAX_HANDLER(name, DstSrc)                                                                        \
  set_slot<V128>(fp, i.d, canonical_lanes<T>(slot<V128>(fp, i.a)));                                \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_f32x4_canonical WAX_BODY_CanonicalLanes(f32x4_canonical, float)
#define WAX_BODY_Single_f64x2_canonical WAX_BODY_CanonicalLanes(f64x2_canonical, double)

// Memory
#define WAX_NARROW_ADDRESS(op)                                                                     \
  using Bytes = BytesOf<Op::op>;                                                                   \
  const uint64_t address = uint64_t{slot<uint32_t>(fp, i.a)} + i.offset;                           \
  WAX_CHECK(address, sizeof(Bytes));                                                               \
  [[maybe_unused]] uint8_t* const at = mem + address;
#define WAX_ANY_ADDRESS(op)                                                                        \
  using Bytes = BytesOf<Op::op>;                                                                   \
  uint8_t* const at = resolve_any(vm, fp, i, sizeof(Bytes));                                       \
  if (at == nullptr) [[unlikely]]                                                                  \
    WAX_GO(other_fault);
#define WAX_VECTOR_ACCESS(name, Layout, find, access)                                              \
  WAX_HANDLER(name, Layout)                                                                        \
  find access;                                                                                     \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_READ_VECTOR(op) set_slot<V128>(fp, i.d, loaded_vector<Op::op>(load_memory<Bytes>(at)))
#define WAX_WRITE_VECTOR store_memory(at, slot<V128>(fp, i.b))
#define WAX_READ_LANE                                                                              \
  V128 v = slot<V128>(fp, i.b);                                                                    \
  waxwing::detail::set_lane(v, i.lane, load_memory<Bytes>(at));                                    \
  set_slot<V128>(fp, i.d, v)
#define WAX_WRITE_LANE                                                                             \
  store_memory(at, waxwing::detail::lane_of<Bytes>(slot<V128>(fp, i.b), i.lane))
#define WAX_BODY_VectorLoad(op)                                                                    \
  WAX_VECTOR_ACCESS(WAX_NAME_VectorLoad(op), Access, WAX_NARROW_ADDRESS(op), WAX_READ_VECTOR(op))
#define WAX_BODY_VectorLoadAny(op)                                                                 \
  WAX_VECTOR_ACCESS(WAX_NAME_VectorLoadAny(op), AccessAny, WAX_ANY_ADDRESS(op), WAX_READ_VECTOR(op))
#define WAX_BODY_VectorStore(op)                                                                   \
  WAX_VECTOR_ACCESS(WAX_NAME_VectorStore(op), StoreSlot, WAX_NARROW_ADDRESS(op), WAX_WRITE_VECTOR)
#define WAX_BODY_VectorStoreAny(op)                                                                \
  WAX_VECTOR_ACCESS(WAX_NAME_VectorStoreAny(op), StoreAny, WAX_ANY_ADDRESS(op), WAX_WRITE_VECTOR)
#define WAX_BODY_LaneLoad(op)                                                                      \
  WAX_VECTOR_ACCESS(WAX_NAME_LaneLoad(op), AccessLane, WAX_NARROW_ADDRESS(op), WAX_READ_LANE)
#define WAX_BODY_LaneLoadAny(op)                                                                   \
  WAX_VECTOR_ACCESS(WAX_NAME_LaneLoadAny(op), AccessLaneAny, WAX_ANY_ADDRESS(op), WAX_READ_LANE)
#define WAX_BODY_LaneStore(op)                                                                     \
  WAX_VECTOR_ACCESS(WAX_NAME_LaneStore(op), AccessLane, WAX_NARROW_ADDRESS(op), WAX_WRITE_LANE)
#define WAX_BODY_LaneStoreAny(op)                                                                  \
  WAX_VECTOR_ACCESS(WAX_NAME_LaneStoreAny(op), AccessLaneAny, WAX_ANY_ADDRESS(op), WAX_WRITE_LANE)

// Wide arithmetic: the two results lie side by side.
#define WAX_BODY_Wide2(op)                                                                         \
  WAX_HANDLER(WAX_NAME_Wide2(op), DstSrc2)                                                         \
  set_slot<Wide>(fp, i.d, eval<Op::op>(slot<uint64_t>(fp, i.a), slot<uint64_t>(fp, i.b)));         \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Wide4(op)                                                                         \
  WAX_HANDLER(WAX_NAME_Wide4(op), DstSrc4)                                                         \
  set_slot<Wide>(fp, i.d,                                                                          \
                 eval<Op::op>(slot<uint64_t>(fp, i.a), slot<uint64_t>(fp, i.b),                    \
                              slot<uint64_t>(fp, i.c), slot<uint64_t>(fp, i.e)));                  \
  WAX_NEXT();                                                                                      \
  WAX_END

// Operators on vectors as functions
#define WAX_BODY_VectorCall(name)                                                                  \
  WAX_HANDLER(name, VectorCall)                                                                    \
  i.function(fp + i.d, fp + i.a, fp + i.b, fp + i.c, i.c);                                         \
  WAX_NEXT();                                                                                      \
  WAX_END

// Atomic operators are functions: some targets take a lock for them, which handlers may not.
#define WAX_BODY_Single_access                                                                     \
  WAX_HANDLER(access, AccessCall)                                                                  \
  const TrapKind kind = i.function(vm, fp, i);                                                     \
  if (kind != TrapKind::none) [[unlikely]]                                                         \
    WAX_TRAP(kind);                                                                                \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Wait(name, T)                                                                     \
  WAX_HANDLER(name, AccessCall)                                                                    \
  WAX_OUTCOME(wait_in_memory(ip, fp, vm, i, sizeof(T)));                                           \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Single_atomic_wait32 WAX_BODY_Wait(atomic_wait32, uint32_t)
#define WAX_BODY_Single_atomic_wait64 WAX_BODY_Wait(atomic_wait64, uint64_t)
#define WAX_BODY_Single_atomic_fence                                                               \
  WAX_HANDLER(atomic_fence, Plain)                                                                 \
  runtime::atomic_fence();                                                                         \
  WAX_NEXT();                                                                                      \
  WAX_END
