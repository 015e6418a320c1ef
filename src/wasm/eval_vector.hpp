// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the vector operators (eval_simd_*.hpp) are written with: the compilers' vector types, in and
// out of V128 by copy, so that every target with vector instructions uses them. Where there are
// none
// (`kComputesVectors` false) the same expressions are about one lane, in loops over all.
#pragma once

#include "wasm/eval_types.hpp"

namespace waxwing::detail {

template <class T>
struct VectorOf {
  using Full[[gnu::vector_size(kComputesVectors ? 16 : sizeof(T))]] = T;
  using Half [[gnu::vector_size(8)]] = T;
};
/// 16 bytes of lanes of `T`, or one of them.
template <class T>
using Vector = typename VectorOf<T>::Full;
/// 8 bytes of them.
template <class T>
using HalfVector = typename VectorOf<T>::Half;

template <class T>
inline constexpr unsigned kLanes = 16 / sizeof(T);

/// The integer type of twice the width.
template <class T>
struct WiderOf;
template <>
struct WiderOf<int8_t> {
  using Type = int16_t;
};
template <>
struct WiderOf<uint8_t> {
  using Type = uint16_t;
};
template <>
struct WiderOf<int16_t> {
  using Type = int32_t;
};
template <>
struct WiderOf<uint16_t> {
  using Type = uint32_t;
};
template <>
struct WiderOf<int32_t> {
  using Type = int64_t;
};
template <>
struct WiderOf<uint32_t> {
  using Type = uint64_t;
};
template <class T>
using Wider = typename WiderOf<T>::Type;

/// The lanes of a vector, as `T`: as many as `Vector<T>` has, from byte `from` on.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<T> lanes(const V128& v, unsigned from = 0) {
  Vector<T> out;
  std::memcpy(&out, v.bytes + from, sizeof out);
  return out;
}

/// The unsigned integer of so many bytes.
template <size_t Bytes>
using BitsOfWidth = std::conditional_t<
    Bytes == 1, uint8_t,
    std::conditional_t<Bytes == 2, uint16_t, std::conditional_t<Bytes == 4, uint32_t, uint64_t>>>;
/// What products and sums of `T` are computed in, without overflow that is undefined.
template <class T>
using Ring = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

/// Lane `I` of a vector, or any, by copy.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE T lane_of(const V128& v, unsigned lane) {
  T out;
  std::memcpy(&out, v.bytes + lane * sizeof(T), sizeof(T));
  return out;
}

template <class T>
WAX_ALWAYS_INLINE void set_lane(V128& v, unsigned lane, T value) {
  std::memcpy(v.bytes + lane * sizeof(T), &value, sizeof(T));
}

/// Any 16 bytes as a V128; fewer are repeated.
template <class Any>
[[nodiscard]] WAX_ALWAYS_INLINE V128 packed(const Any& v) {
  static_assert(sizeof(Any) == 16 || !kComputesVectors);
  V128 out;
  for (unsigned i = 0; i < 16; i += unsigned{sizeof(Any)})
    std::memcpy(out.bytes + i, &v, sizeof(Any));
  return out;
}

/// `f` of the lanes of vectors, as `T`.
template <class T, class F, class... Vectors>
[[nodiscard]] WAX_ALWAYS_INLINE V128 lanewise(const F& f, const Vectors&... v) {
  if constexpr (kComputesVectors) {
    return packed(f(lanes<T>(v)...));
  } else {
    V128 out;
    for (unsigned i = 0; i < 16; i += unsigned{sizeof(T)}) {
      const auto result = f(lanes<T>(v, i)...);
      std::memcpy(out.bytes + i, &result, sizeof(T));
    }
    return out;
  }
}

/// A vector of `f(i)` for each lane `i`.
template <class T, class F>
[[nodiscard]] WAX_ALWAYS_INLINE V128 make_lanes(const F& f) {
  V128 out;
  for (unsigned i = 0; i < kLanes<T>; ++i) set_lane<T>(out, i, f(i));
  return out;
}

/// The same bits in other lanes.
template <class T, class Any>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<T> as_lanes(const Any& v) {
  static_assert(sizeof(Any) == sizeof(Vector<T>));
  Vector<T> out;
  std::memcpy(&out, &v, sizeof out);
  return out;
}

/// Every lane `value`.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<T> splat(T value) {
  return Vector<T>{} + value;
}

/// Bitwise `mask ? a : b`.
template <class U>
[[nodiscard]] WAX_ALWAYS_INLINE U select_bits(U mask, U a, U b) {
  return (a & mask) | (b & ~mask);
}

/// Lanewise `mask ? a : b` for the result of a comparison.
template <class T, class Mask>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<T> select_lanes(const Mask& mask, Vector<T> a, Vector<T> b) {
  using U = std::conditional_t<kComputesVectors, uint64_t, BitsOfWidth<sizeof(T)>>;
  return as_lanes<T>(select_bits(as_lanes<U>(mask), as_lanes<U>(a), as_lanes<U>(b)));
}

/// The lower (`High` false) or upper eight bytes, as lanes of twice the width.
template <class T, bool High>
[[nodiscard]] WAX_ALWAYS_INLINE Vector<Wider<T>> extend_half_lanes(const V128& v) {
  HalfVector<T> half;
  std::memcpy(&half, v.bytes + (High ? 8 : 0), 8);
  return __builtin_convertvector(half, Vector<Wider<T>>);
}
template <class T, bool High>
[[nodiscard]] WAX_ALWAYS_INLINE V128 extend_half(const V128& v) {
  using W = Wider<T>;
  if constexpr (kComputesVectors)
    return packed(extend_half_lanes<T, High>(v));
  else
    return make_lanes<W>([&](unsigned i) { return W{lane_of<T>(v, i + (High ? kLanes<W> : 0))}; });
}

/// Two vectors of wide lanes that hold values of `T`, as one vector of `T`.
template <class T, class Any>
[[nodiscard]] WAX_ALWAYS_INLINE V128 join_halves(const Any& low, const Any& high) {
  const HalfVector<T> halves[2] = {__builtin_convertvector(low, HalfVector<T>),
                                   __builtin_convertvector(high, HalfVector<T>)};
  return packed(halves);
}

/// Applies a scalar operator to every lane; a result that is a truth value becomes a mask.
template <Op Scalar, class T, class... Vectors>
[[nodiscard]] WAX_ALWAYS_INLINE V128 by_lane(const Vectors&... v) {
  V128 out;
  for (unsigned i = 0; i < kLanes<T>; ++i) {
    const auto result = eval<Scalar>(lane_of<T>(v, i)...);
    if constexpr (std::is_same_v<decltype(result), const T>)
      set_lane<T>(out, i, result);
    else
      set_lane(out, i, static_cast<typename FloatFormat<T>::Bits>(-static_cast<int64_t>(result)));
  }
  return out;
}

} // namespace waxwing::detail
