// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bodies of fused handlers (handlers_fused.def). An access comes before anything is written,
// so that it can be tried again.
#pragma once

// Pairs of operators
#define WAX_CHAIN_SS DstSrc3
#define WAX_CHAIN_SI Chain
#define WAX_CHAIN_IS Chain
#define WAX_CHAIN_II Chain
#define WAX_SECOND_S(T) slot<T>(fp, i.b)
#define WAX_SECOND_I(T) extended<T>(i.imm)
#define WAX_SECOND_N(T) T{0}
#define WAX_THIRD_S(T) slot<T>(fp, i.c)
#define WAX_THIRD_I(T) extended<T>(i.imm2)
#define WAX_BODY_Chain(p, q, d, x, y, z)                                                           \
  WAX_HANDLER(WAX_NAME_Chain(p, q, d, x, y, z), WAX_CHAIN_##y##z)                                  \
  using T = OpTypes<Op::p>;                                                                        \
  using U = OpTypes<Op::q>;                                                                        \
  const auto first = eval<Op::p>(WAX_GET_##x(T::A, a), WAX_SECOND_##y(T::B));                      \
  WAX_PUT_##d(U::Result, eval<Op::q>(first, WAX_THIRD_##z(U::B)));                                 \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_ChainFloat(p, q, d, x, y, z) WAX_BODY_Chain(p, q, d, x, y, z)
#define WAX_BODY_ChainBehind(p, q, d, x, y, z)                                                     \
  WAX_HANDLER(WAX_NAME_ChainBehind(p, q, d, x, y, z), WAX_CHAIN_##y##z)                            \
  using T = OpTypes<Op::p>;                                                                        \
  using U = OpTypes<Op::q>;                                                                        \
  const auto first = eval<Op::p>(WAX_GET_##x(T::A, a), WAX_SECOND_##y(T::B));                      \
  WAX_PUT_##d(U::Result, eval<Op::q>(WAX_THIRD_##z(U::A), first));                                 \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Wide(op, d, x)                                                                    \
  WAX_HANDLER(WAX_NAME_Wide(op, d, x), DstSrcImm64)                                                \
  using T = OpTypes<Op::op>;                                                                       \
  WAX_PUT_##d(T::Result, eval<Op::op>(WAX_GET_##x(T::A, a), immediate<T::B>(i)));                  \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Reversed(op, d, x)                                                                \
  WAX_HANDLER(WAX_NAME_Reversed(op, d, x), ImmLayout<OpTypes<Op::op>::A>)                          \
  using T = OpTypes<Op::op>;                                                                       \
  WAX_PUT_##d(T::Result, eval<Op::op>(immediate<T::A>(i), WAX_GET_##x(T::B, a)));                  \
  WAX_NEXT();                                                                                      \
  WAX_END

// Accesses
#define WAX_FUSED_ADDRESS(x, y)                                                                    \
  const uint32_t sum = WAX_GET_##x(uint32_t, a) + WAX_SECOND_##y(uint32_t);                        \
  const uint64_t address = uint64_t{sum} + i.offset;                                               \
  WAX_CHECK(address, sizeof(M::Memory))
#define WAX_BODY_LoadThen(p, q, d, x, y)                                                           \
  WAX_HANDLER(WAX_NAME_LoadThen(p, q, d, x, y), AccessThen)                                        \
  using M = Traffic<Op::p>;                                                                        \
  using U = OpTypes<Op::q>;                                                                        \
  WAX_FUSED_ADDRESS(x, y);                                                                         \
  const auto loaded = static_cast<M::Value>(load_memory<M::Memory>(mem + address));                \
  WAX_PUT_##d(U::Result, eval<Op::q>(loaded, WAX_THIRD_S(U::B)));                                  \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_LoadBehind(p, q, d, x, y)                                                         \
  WAX_HANDLER(WAX_NAME_LoadBehind(p, q, d, x, y), AccessThen)                                      \
  using M = Traffic<Op::p>;                                                                        \
  using U = OpTypes<Op::q>;                                                                        \
  WAX_FUSED_ADDRESS(x, y);                                                                         \
  const auto loaded = static_cast<M::Value>(load_memory<M::Memory>(mem + address));                \
  WAX_PUT_##d(U::Result, eval<Op::q>(WAX_THIRD_S(U::A), loaded));                                  \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_STORE_ADDRESS_S                                                                        \
  uint64_t { slot<uint32_t>(fp, i.c) }
#define WAX_STORE_ADDRESS_A                                                                        \
  uint64_t { static_cast<uint32_t>(ia) }
#define WAX_BODY_ThenStore(p, q, x, y, z)                                                          \
  WAX_HANDLER(WAX_NAME_ThenStore(p, q, x, y, z), AccessThen)                                       \
  using T = OpTypes<Op::p>;                                                                        \
  using M = Traffic<Op::q>;                                                                        \
  const uint64_t address = WAX_STORE_ADDRESS_##z + i.offset;                                       \
  WAX_CHECK(address, sizeof(M::Memory));                                                           \
  const auto value = eval<Op::p>(WAX_GET_##x(T::A, a), WAX_SECOND_##y(T::B));                      \
  store_memory(mem + address, static_cast<M::Memory>(value));                                      \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_ThenStoreFloat(p, q, x, y, z) WAX_BODY_ThenStore(p, q, x, y, z)
#define WAX_BODY_LoadIndex(op, d, x, y)                                                            \
  WAX_HANDLER(WAX_NAME_LoadIndex(op, d, x, y), AccessThen)                                         \
  using T = Traffic<Op::op>;                                                                       \
  const uint32_t index = eval<Op::i32_shl>(WAX_GET_##x(uint32_t, a), extended<uint32_t>(i.imm));   \
  const uint32_t sum = index + WAX_SECOND_##y(uint32_t);                                           \
  const uint64_t address = uint64_t{sum} + i.offset;                                               \
  WAX_CHECK(address, sizeof(T::Memory));                                                           \
  WAX_PUT_##d(T::Value, load_memory<T::Memory>(mem + address));                                    \
  WAX_NEXT();                                                                                      \
  WAX_END

// Branches
#define WAX_COMPARED_S(T) slot<T>(fp, i.b)
#define WAX_COMPARED_I(T) extended<T>(i.imm)
#define WAX_BODY_IfLoad(p, q, x, y)                                                                \
  WAX_HANDLER(WAX_NAME_IfLoad(p, q, x, y), BranchLoad)                                             \
  using M = Traffic<Op::p>;                                                                        \
  using T = OpTypes<Op::q>;                                                                        \
  const uint64_t address = WAX_ADDRESS_##x + i.offset;                                             \
  WAX_CHECK(address, sizeof(M::Memory));                                                           \
  const auto loaded = static_cast<M::Value>(load_memory<M::Memory>(mem + address));                \
  if (eval<Op::q>(loaded, WAX_COMPARED_##y(T::B)) != 0) WAX_TAKE();                                \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_FIRST_S slot<uint32_t>(fp, i.a)
#define WAX_FIRST_I static_cast<uint32_t>(i.imm)
#define WAX_SECOND_TERM_S slot<uint32_t>(fp, i.b)
#define WAX_SECOND_TERM_I static_cast<uint32_t>(i.imm2)
#define WAX_BODY_SelectConstant(op, d, x, y, z)                                                    \
  WAX_HANDLER(WAX_NAME_SelectConstant(op, d, x, y, z), Chain)                                      \
  const uint32_t first = WAX_FIRST_##y;                                                            \
  const uint32_t second = WAX_SECOND_TERM_##z;                                                     \
  WAX_PUT_##d(uint32_t, WAX_GET_##x(uint32_t, c) != 0 ? first : second);                           \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_TableLoad(op, x)                                                                  \
  WAX_HANDLER(WAX_NAME_TableLoad(op, x), BranchTableLoad)                                          \
  using M = Traffic<Op::op>;                                                                       \
  const uint64_t address = WAX_ADDRESS_##x + i.offset;                                             \
  WAX_CHECK(address, sizeof(M::Memory));                                                           \
  auto index = static_cast<uint32_t>(load_memory<M::Memory>(mem + address));                       \
  if (index > i.count) index = i.count;                                                            \
  ip += load_unaligned<int32_t>(ip + sizeof(BranchTableLoad) + size_t{index} * sizeof(int32_t));   \
  WAX_DISPATCH();                                                                                  \
  WAX_END
#define WAX_BODY_GlobalAdd(op, d)                                                                  \
  WAX_HANDLER(WAX_NAME_GlobalAdd(op, d), GlobalAdd)                                                \
  WAX_PUT_##d(uint32_t,                                                                            \
              load_unaligned<uint32_t>(own_global(vm, i.global)) + static_cast<uint32_t>(i.imm));  \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Fused_i32_add_global                                                              \
  WAX_HANDLER(i32_add_global, GlobalAdd)                                                           \
  const uint32_t sum = slot<uint32_t>(fp, i.a) + static_cast<uint32_t>(i.imm);                     \
  store_unaligned<uint32_t>(own_global(vm, i.global), sum);                                        \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_ThenReturn(op, x, y)                                                              \
  WAX_HANDLER(WAX_NAME_ThenReturn(op, x, y), OperatorReturn)                                       \
  using T = OpTypes<Op::op>;                                                                       \
  const T::Result value = eval<Op::op>(WAX_GET_##x(T::A, a), WAX_SECOND_##y(T::B));                \
  set_accumulator(ia, fs, fd, value);                                                              \
  set_slot<T::Result>(fp, 0, value);                                                               \
  WAX_POP();                                                                                       \
  WAX_END
#define WAX_BODY_ThenReturnFloat(op, x, y) WAX_BODY_ThenReturn(op, x, y)
#define WAX_BODY_LoopPair(op, y)                                                                   \
  WAX_HANDLER(WAX_NAME_LoopPair(op, y), LoopBranchPair)                                            \
  set_slot<uint32_t>(fp, i.d1, slot<uint32_t>(fp, i.a1) + static_cast<uint32_t>(i.step1));         \
  const uint32_t bound = WAX_COMPARED_##y(uint32_t);                                               \
  const uint32_t value = slot<uint32_t>(fp, i.d) + static_cast<uint32_t>(i.step);                  \
  WAX_PUT_B(uint32_t, value);                                                                      \
  if (eval<Op::op>(value, bound) != 0) WAX_TAKE();                                                 \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_LoopSum(op, y)                                                                    \
  WAX_HANDLER(WAX_NAME_LoopSum(op, y), LoopBranchSum)                                              \
  const uint32_t bound = WAX_COMPARED_##y(uint32_t);                                               \
  const uint32_t value = slot<uint32_t>(fp, i.d) + slot<uint32_t>(fp, i.a);                        \
  WAX_PUT_B(uint32_t, value);                                                                      \
  if (eval<Op::op>(value, bound) != 0) WAX_TAKE();                                                 \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_Fused(op) WAX_BODY_Fused_##op
#define WAX_BODY_Fused_add_pair                                                                    \
  WAX_HANDLER(add_pair, AddPair)                                                                   \
  set_slot<uint32_t>(fp, i.d1, slot<uint32_t>(fp, i.a1) + static_cast<uint32_t>(i.step1));         \
  WAX_PUT_B(uint32_t, slot<uint32_t>(fp, i.a) + static_cast<uint32_t>(i.step));                    \
  WAX_NEXT();                                                                                      \
  WAX_END
#define WAX_BODY_CopyBranch(name, T)                                                               \
  WAX_HANDLER(name, CopyJump)                                                                      \
  set_slot<T>(fp, i.d, slot<T>(fp, i.a));                                                          \
  WAX_TAKE();                                                                                      \
  WAX_END
#define WAX_BODY_Fused_copy_32_br WAX_BODY_CopyBranch(copy_32_br, uint32_t)
#define WAX_BODY_Fused_copy_64_br WAX_BODY_CopyBranch(copy_64_br, uint64_t)
#define WAX_BODY_Fused_const_32_br                                                                 \
  WAX_HANDLER(const_32_br, ConstJump)                                                              \
  set_slot<uint32_t>(fp, i.d, static_cast<uint32_t>(i.imm));                                       \
  WAX_TAKE();                                                                                      \
  WAX_END
#define WAX_BODY_Fused_add_br                                                                      \
  WAX_HANDLER(add_br, AddJump)                                                                     \
  set_slot<uint32_t>(fp, i.d, slot<uint32_t>(fp, i.a) + static_cast<uint32_t>(i.imm));             \
  WAX_TAKE();                                                                                      \
  WAX_END
#define WAX_BODY_CopyCall(name, copies)                                                            \
  WAX_HANDLER(name, CopyCall)                                                                      \
  Function* const callee = i.callee;                                                               \
  copies;                                                                                          \
  ip += sizeof i;                                                                                  \
  WAX_PUSH(callee);                                                                                \
  WAX_END
#define WAX_COPY_1(T) set_slot<T>(fp, i.d, slot<T>(fp, i.a))
#define WAX_COPY_2(T) set_slot<T>(fp, i.d2, slot<T>(fp, i.a2))
#define WAX_BODY_Fused_copy_32_call WAX_BODY_CopyCall(copy_32_call, WAX_COPY_1(uint32_t))
#define WAX_BODY_Fused_copy_64_call WAX_BODY_CopyCall(copy_64_call, WAX_COPY_1(uint64_t))
#define WAX_BODY_Fused_copy_32_32_call                                                             \
  WAX_BODY_CopyCall(copy_32_32_call, WAX_COPY_1(uint32_t); WAX_COPY_2(uint32_t))
#define WAX_BODY_Fused_copy_32_64_call                                                             \
  WAX_BODY_CopyCall(copy_32_64_call, WAX_COPY_1(uint32_t); WAX_COPY_2(uint64_t))
#define WAX_BODY_Fused_copy_64_32_call                                                             \
  WAX_BODY_CopyCall(copy_64_32_call, WAX_COPY_1(uint64_t); WAX_COPY_2(uint32_t))
#define WAX_BODY_Fused_copy_64_64_call                                                             \
  WAX_BODY_CopyCall(copy_64_64_call, WAX_COPY_1(uint64_t); WAX_COPY_2(uint64_t))
