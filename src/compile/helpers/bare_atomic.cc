// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Atomics of 64 bits for processors without an instruction for them, under the names that LLVM
// calls (the sized functions of libatomic). Orders are ignored: all are sequentially consistent.
#include "compile/helpers/helpers.hpp"

using namespace waxwing::helpers;

namespace {

/// Puts what `change` makes of the old value in its place, and returns the old one.
template <class Change>
u64 update(volatile void* at, Change change) {
  const Alone alone;
  auto* const value = static_cast<volatile u64*>(at);
  const u64 old = *value;
  *value = change(old);
  return old;
}

} // namespace

HELPER u64 __atomic_load_8(const volatile void* at, int) {
  const Alone alone;
  return *static_cast<const volatile u64*>(at);
}
HELPER void __atomic_store_8(volatile void* at, u64 value, int) {
  update(at, [value](u64) { return value; });
}
HELPER u64 __atomic_exchange_8(volatile void* at, u64 value, int) {
  return update(at, [value](u64) { return value; });
}
HELPER bool __atomic_compare_exchange_8(volatile void* at, void* expected, u64 value, int, int) {
  u64& wanted = *static_cast<u64*>(expected);
  const u64 old = update(at, [&](u64 now) { return now == wanted ? value : now; });
  const bool equal = old == wanted;
  wanted = old;
  return equal;
}
HELPER u64 __atomic_fetch_add_8(volatile void* at, u64 value, int) {
  return update(at, [value](u64 old) { return old + value; });
}
HELPER u64 __atomic_fetch_sub_8(volatile void* at, u64 value, int) {
  return update(at, [value](u64 old) { return old - value; });
}
HELPER u64 __atomic_fetch_and_8(volatile void* at, u64 value, int) {
  return update(at, [value](u64 old) { return old & value; });
}
HELPER u64 __atomic_fetch_or_8(volatile void* at, u64 value, int) {
  return update(at, [value](u64 old) { return old | value; });
}
HELPER u64 __atomic_fetch_xor_8(volatile void* at, u64 value, int) {
  return update(at, [value](u64 old) { return old ^ value; });
}
