// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integer operators (spec section 4.3.2) and wide arithmetic: one row an operator. Rows of
// WAX_EVAL_INT stand for the i32 and the i64 operator; `T` is the operand type, `S` the signed one.
#pragma once

#include "wasm/eval_types.hpp"

namespace waxwing {
namespace detail {

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr Checked<T> div_s(T a, T b) {
  using S = std::make_signed_t<T>;
  if (WAX_UNLIKELY(b == 0)) return TrapKind::integer_divide_by_zero;
  if (WAX_UNLIKELY(as_signed(b) == -1 && as_signed(a) == std::numeric_limits<S>::min()))
    return TrapKind::integer_overflow;
  return static_cast<T>(as_signed(a) / as_signed(b));
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr Checked<T> div_u(T a, T b) {
  if (WAX_UNLIKELY(b == 0)) return TrapKind::integer_divide_by_zero;
  return static_cast<T>(a / b);
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr Checked<T> rem_s(T a, T b) {
  if (WAX_UNLIKELY(b == 0)) return TrapKind::integer_divide_by_zero;
  // The quotient of the smallest number and -1 does not exist, the remainder does.
  if (WAX_UNLIKELY(as_signed(b) == -1)) return T{0};
  return static_cast<T>(as_signed(a) % as_signed(b));
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr Checked<T> rem_u(T a, T b) {
  if (WAX_UNLIKELY(b == 0)) return TrapKind::integer_divide_by_zero;
  return static_cast<T>(a % b);
}

/// The number of bits of `T`, less one: shift counts are taken modulo the width.
template <class T>
inline constexpr T kShiftMask = sizeof(T) * 8 - 1;

/// The full product; `Double` is an unsigned type of 128 bits, or `uint64_t` where there is none.
template <class Double>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr Wide mul_wide(uint64_t a, uint64_t b) {
  if constexpr (sizeof(Double) == 16) {
    const Double product = Double{a} * b;
    return {static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64)};
  } else {
    const uint64_t a0 = a & 0xFFFFFFFFu, a1 = a >> 32;
    const uint64_t b0 = b & 0xFFFFFFFFu, b1 = b >> 32;
    const uint64_t middle1 = a1 * b0 + (a0 * b0 >> 32);
    const uint64_t middle2 = a0 * b1 + (middle1 & 0xFFFFFFFFu);
    return {a * b, a1 * b1 + (middle1 >> 32) + (middle2 >> 32)};
  }
}

[[nodiscard]] WAX_ALWAYS_INLINE constexpr Wide mul_wide_s(uint64_t a, uint64_t b) {
  Wide product = mul_wide<LargestUint>(a, b);
  // A negative operand counts 2^64 too much as an unsigned one.
  if (as_signed(a) < 0) product.high -= b;
  if (as_signed(b) < 0) product.high -= a;
  return product;
}

} // namespace detail

#define WAX_EVAL(name, operands, result)                                                           \
  template <>                                                                                      \
  struct Eval<Op::name> {                                                                          \
    WAX_ALWAYS_INLINE static constexpr auto of operands { return result; }                         \
  };
#define WAX_EVAL_INT(name, operands, result)                                                       \
  template <>                                                                                      \
  struct Eval<Op::i32_##name> {                                                                    \
    using T = uint32_t;                                                                            \
    using S = int32_t;                                                                             \
    WAX_ALWAYS_INLINE static constexpr auto of operands { return result; }                         \
  };                                                                                               \
  template <>                                                                                      \
  struct Eval<Op::i64_##name> {                                                                    \
    using T = uint64_t;                                                                            \
    using S = int64_t;                                                                             \
    WAX_ALWAYS_INLINE static constexpr auto of operands { return result; }                         \
  };

WAX_EVAL_INT(eqz, (T a), uint32_t{a == 0})
WAX_EVAL_INT(eq, (T a, T b), uint32_t{a == b})
WAX_EVAL_INT(ne, (T a, T b), uint32_t{a != b})
WAX_EVAL_INT(lt_s, (T a, T b), uint32_t{static_cast<S>(a) < static_cast<S>(b)})
WAX_EVAL_INT(lt_u, (T a, T b), uint32_t{a < b})
WAX_EVAL_INT(gt_s, (T a, T b), uint32_t{static_cast<S>(a) > static_cast<S>(b)})
WAX_EVAL_INT(gt_u, (T a, T b), uint32_t{a > b})
WAX_EVAL_INT(le_s, (T a, T b), uint32_t{static_cast<S>(a) <= static_cast<S>(b)})
WAX_EVAL_INT(le_u, (T a, T b), uint32_t{a <= b})
WAX_EVAL_INT(ge_s, (T a, T b), uint32_t{static_cast<S>(a) >= static_cast<S>(b)})
WAX_EVAL_INT(ge_u, (T a, T b), uint32_t{a >= b})

WAX_EVAL_INT(clz, (T a), static_cast<T>(std::countl_zero(a)))
WAX_EVAL_INT(ctz, (T a), static_cast<T>(std::countr_zero(a)))
WAX_EVAL_INT(popcnt, (T a), static_cast<T>(std::popcount(a)))

WAX_EVAL_INT(add, (T a, T b), a + b)
WAX_EVAL_INT(sub, (T a, T b), a - b)
WAX_EVAL_INT(mul, (T a, T b), a* b)
WAX_EVAL_INT(div_s, (T a, T b), detail::div_s(a, b))
WAX_EVAL_INT(div_u, (T a, T b), detail::div_u(a, b))
WAX_EVAL_INT(rem_s, (T a, T b), detail::rem_s(a, b))
WAX_EVAL_INT(rem_u, (T a, T b), detail::rem_u(a, b))
WAX_EVAL_INT(and, (T a, T b), a& b)
WAX_EVAL_INT(or, (T a, T b), a | b)
WAX_EVAL_INT(xor, (T a, T b), a ^ b)
WAX_EVAL_INT(shl, (T a, T b), a << (b & detail::kShiftMask<T>))
WAX_EVAL_INT(shr_s, (T a, T b), static_cast<T>(static_cast<S>(a) >> (b & detail::kShiftMask<T>)))
WAX_EVAL_INT(shr_u, (T a, T b), a >> (b & detail::kShiftMask<T>))
WAX_EVAL_INT(rotl, (T a, T b), std::rotl(a, static_cast<int>(b& detail::kShiftMask<T>)))
WAX_EVAL_INT(rotr, (T a, T b), std::rotr(a, static_cast<int>(b& detail::kShiftMask<T>)))

WAX_EVAL_INT(extend8_s, (T a), static_cast<T>(static_cast<S>(static_cast<int8_t>(a))))
WAX_EVAL_INT(extend16_s, (T a), static_cast<T>(static_cast<S>(static_cast<int16_t>(a))))
WAX_EVAL(i64_extend32_s, (uint64_t a), static_cast<uint64_t>(int64_t{static_cast<int32_t>(a)}))

WAX_EVAL(i32_wrap_i64, (uint64_t a), static_cast<uint32_t>(a))
WAX_EVAL(i64_extend_i32_s, (uint32_t a), static_cast<uint64_t>(int64_t{static_cast<int32_t>(a)}))
WAX_EVAL(i64_extend_i32_u, (uint32_t a), uint64_t{a})

WAX_EVAL(i64_add128, (uint64_t a_low, uint64_t a_high, uint64_t b_low, uint64_t b_high),
         (Wide{a_low + b_low, a_high + b_high + (a_low + b_low < a_low)}))
WAX_EVAL(i64_sub128, (uint64_t a_low, uint64_t a_high, uint64_t b_low, uint64_t b_high),
         (Wide{a_low - b_low, a_high - b_high - (a_low < b_low)}))
WAX_EVAL(i64_mul_wide_s, (uint64_t a, uint64_t b), detail::mul_wide_s(a, b))
WAX_EVAL(i64_mul_wide_u, (uint64_t a, uint64_t b), detail::mul_wide<LargestUint>(a, b))

#undef WAX_EVAL
#undef WAX_EVAL_INT

} // namespace waxwing
