// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the handlers of vectors, wide arithmetic and atomic operators are made of, beside what all
// handlers are (code.hpp, handlers.hpp).
#pragma once

#include "interp/calls.hpp"
#include "interp/handlers.hpp"
#include "runtime/atomics.hpp"
#include "wasm/eval_simd.hpp"

namespace waxwing::interp {

struct DstVector {
  Handler handler{};
  uint16_t d{};
  uint32_t bits[4]{};
};
struct ShuffleLanes {
  Handler handler{};
  uint16_t d{}, a{}, b{};
  uint32_t lanes[4]{};
};
struct DstSrc4 {
  Handler handler{};
  uint16_t d{}, a{}, b{}, c{}, e{};
};
/// A lane of the vector in `b`; loads put the result into `d`, stores ignore it.
struct AccessLane {
  Handler handler{};
  uint16_t d{}, a{}, b{}, lane{};
  uint32_t offset{};
};
struct AccessLaneAny {
  Handler handler{};
  uint16_t d{}, a{}, b{}, lane{};
  uint32_t memory{};
  uint32_t offset[2]{};
};

/// An operator on memory that is a function: the address in `a`, its other operands in `b` and `c`;
/// of an access to a lane, `c` is its number.
struct AccessCall;
using AccessFunction = TrapKind (*)(VmContext* vm, uint8_t* fp, const AccessCall& call);
struct AccessCall {
  Handler handler{};
  uint16_t d{}, a{}, b{}, c{};
  uint32_t memory{};
  uint32_t offset[2]{};
  /// For functions that stand for several operators.
  uint32_t kind{};
  AccessFunction function{};
};

/// The function behind an atomic operator on memory, and its `kind`; null for other operators and
/// for those that wait.
[[nodiscard]] AccessFunction atomic_function(Op op, uint32_t& kind);
/// The bytes that such an operator is about, which have to be at a multiple of `alignment`.
[[nodiscard]] TrapKind resolve_call(VmContext* vm, const uint8_t* fp, const AccessCall& call,
                                    size_t width, size_t alignment, uint8_t*& at);

/// An operator on vectors that is a function, of the addresses of the operands' slots and of the
/// slot for its result. A lane's number is `lane`, which is `VectorCall::c` as it is.
using VectorFunction = void (*)(uint8_t* d, const uint8_t* a, const uint8_t* b, const uint8_t* c,
                                unsigned lane);
struct VectorCall {
  Handler handler{};
  uint16_t d{}, a{}, b{}, c{};
  VectorFunction function{};
};

/// The function behind an operator on vectors where no handlers do its work (forms_small.def).
[[nodiscard]] VectorFunction vector_function(Op op);
/// The same for vectors in memory.
[[nodiscard]] AccessFunction vector_access_function(Op op);

/// `memory.atomic.wait32` and `wait64`, of `width` bytes; `function` is not used.
[[nodiscard]] Outcome wait_in_memory(const uint8_t* ip, uint8_t* fp, VmContext* vm,
                                     const AccessCall& call, size_t width);

namespace detail {
template <unsigned Width>
struct UnsignedOf;
template <>
struct UnsignedOf<0> {
  using Type = uint8_t;
};
template <>
struct UnsignedOf<1> {
  using Type = uint16_t;
};
template <>
struct UnsignedOf<2> {
  using Type = uint32_t;
};
template <>
struct UnsignedOf<3> {
  using Type = uint64_t;
};
template <>
struct UnsignedOf<4> {
  using Type = V128;
};
} // namespace detail

/// What a memory operator reads or writes, as bits.
template <Op O>
using BytesOf = typename detail::UnsignedOf<info(O).width>::Type;

/// The vector that a load makes of what it has read.
template <Op O>
[[nodiscard]] WAX_ALWAYS_INLINE V128 loaded_vector(BytesOf<O> bytes) {
  if constexpr (O == Op::v128_load)
    return bytes;
  else
    return vector_from_loaded<O>(bytes);
}

/// Lanes that are NaN as canonical NaNs.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE V128 canonical_lanes(V128 v) {
  for (unsigned i = 0; i < waxwing::detail::kLanes<T>; ++i)
    waxwing::detail::set_lane(v, i, canonical(waxwing::detail::lane_of<T>(v, i)));
  return v;
}

} // namespace waxwing::interp
