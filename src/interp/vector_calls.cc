// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators on vectors as functions, for the set of handlers that has none for them.
#include <array>
#include <utility>

#include "interp/simd.hpp"

namespace waxwing::interp {

namespace {

/// What a slot holds: in place where the alignment allows it, which saves the copy.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE decltype(auto) at(const uint8_t* slot) {
  if constexpr (std::same_as<T, V128> && alignof(V128) <= sizeof(Cell))
    return *reinterpret_cast<const V128*>(slot);
  else
    return load_unaligned<T>(slot);
}

template <Op O>
void operate(uint8_t* d, const uint8_t* a, [[maybe_unused]] const uint8_t* b,
             [[maybe_unused]] const uint8_t* c, [[maybe_unused]] unsigned lane) {
  using T = OpTypes<O>;
  constexpr OpInfo kRow = info(O);
  if constexpr (kRow.immediate == Imm::lane && kRow.param_count == 1)
    store_unaligned(d, eval<O>(at<V128>(a), lane));
  else if constexpr (kRow.immediate == Imm::lane)
    store_unaligned(d, eval<O>(at<V128>(a), at<typename T::B>(b), lane));
  else if constexpr (kRow.param_count == 1)
    store_unaligned(d, eval<O>(at<typename T::A>(a)));
  else if constexpr (kRow.param_count == 2)
    store_unaligned(d, eval<O>(at<V128>(a), at<typename T::B>(b)));
  else
    store_unaligned(d, eval<O>(at<V128>(a), at<V128>(b), at<V128>(c)));
}

template <Op O>
TrapKind access(VmContext* vm, uint8_t* fp, const AccessCall& call) {
  using Bytes = BytesOf<O>;
  uint8_t* memory = nullptr;
  if (const TrapKind kind = resolve_call(vm, fp, call, sizeof(Bytes), 1, memory);
      kind != TrapKind::none)
    return kind;
  if constexpr (O == Op::v128_store) {
    store_memory(memory, slot<V128>(fp, call.b));
  } else if constexpr (info(O).immediate == Imm::memarg) {
    set_slot<V128>(fp, call.d, loaded_vector<O>(load_memory<Bytes>(memory)));
  } else if constexpr (info(O).result_count == 0) {
    store_memory(memory, slot<Bytes>(fp, call.b + call.c * sizeof(Bytes)));
  } else {
    const auto loaded = load_memory<Bytes>(memory);
    const auto vector = slot<V128>(fp, call.b);
    set_slot<V128>(fp, call.d, vector);
    set_slot<Bytes>(fp, call.d + call.c * sizeof(Bytes), loaded);
  }
  return TrapKind::none;
}

constexpr bool is_access(const OpInfo& row) {
  return row.immediate == Imm::memarg || row.immediate == Imm::memarg_lane;
}

template <Op O>
constexpr VectorFunction function_of() {
  if constexpr (kFullHandlers || is_access(info(O)) || info(O).immediate == Imm::v128 ||
                info(O).immediate == Imm::shuffle)
    return nullptr;
  else
    return &operate<O>;
}
template <Op O>
constexpr AccessFunction access_function_of() {
  if constexpr (kFullHandlers || !is_access(info(O)))
    return nullptr;
  else
    return &access<O>;
}

// The operators of the prefix 0xFD lie side by side.
constexpr size_t kFirst = static_cast<size_t>(Op::v128_load);
constexpr size_t count_operators() {
  size_t count = 0;
  while (kFirst + count < kOpCount && kOpInfo[kFirst + count].prefix == 0xFD) ++count;
  return count;
}
template <size_t... I>
constexpr auto functions_of(std::index_sequence<I...>) {
  return std::array{function_of<static_cast<Op>(kFirst + I)>()...};
}
template <size_t... I>
constexpr auto access_functions_of(std::index_sequence<I...>) {
  return std::array{access_function_of<static_cast<Op>(kFirst + I)>()...};
}
constexpr auto kAll = std::make_index_sequence<count_operators()>();
constexpr auto kFunctions = functions_of(kAll);
constexpr auto kAccessFunctions = access_functions_of(kAll);

} // namespace

VectorFunction vector_function(Op op) { return kFunctions[static_cast<size_t>(op) - kFirst]; }
AccessFunction vector_access_function(Op op) {
  return kAccessFunctions[static_cast<size_t>(op) - kFirst];
}

} // namespace waxwing::interp
