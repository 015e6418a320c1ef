// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the numeric operators are made of: the C++ types of their operands and results, and the
// shape of their evaluation. The semantics are in eval_*.hpp, one file a family.
#pragma once

#include <bit>
#include <cfloat>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "base/bits.hpp"
#include "base/config.hpp"
#include "wasm/op.hpp"
#include "wasm/trap.hpp"

namespace waxwing {

// Every operation rounds to its own format, and NaN payloads survive loads and stores: that is how
// SSE2, VFP and NEON work, and how x87 does not.
static_assert(FLT_EVAL_METHOD == 0);
static_assert(std::numeric_limits<float>::is_iec559 && std::numeric_limits<double>::is_iec559);

/// The result of an operator that can trap. `value` is meaningless unless `trap` is
/// `TrapKind::none`. Always inlined away into a branch.
template <class T>
struct Checked {
  T value;
  TrapKind trap;

  constexpr Checked(T v) : value(v), trap(TrapKind::none) {}
  constexpr Checked(TrapKind kind) : value{}, trap(kind) {}

  [[nodiscard]] constexpr bool ok() const { return trap == TrapKind::none; }
};

/// The two results of a wide arithmetic operator, in the order in which they are pushed.
struct Wide {
  uint64_t low;
  uint64_t high;
  friend bool operator==(const Wide&, const Wide&) = default;
};

namespace detail {
template <Letter>
struct CppTypeOf;
template <>
struct CppTypeOf<Letter::none> {
  using Type = void;
};
template <>
struct CppTypeOf<Letter::i32> {
  using Type = uint32_t;
};
template <>
struct CppTypeOf<Letter::i64> {
  using Type = uint64_t;
};
template <>
struct CppTypeOf<Letter::f32> {
  using Type = float;
};
template <>
struct CppTypeOf<Letter::f64> {
  using Type = double;
};
template <>
struct CppTypeOf<Letter::v128> {
  using Type = V128;
};
template <>
struct CppTypeOf<Letter::address> {
  using Type = uint64_t;
};

template <class T>
inline constexpr bool kIsChecked = false;
template <class T>
inline constexpr bool kIsChecked<Checked<T>> = true;
} // namespace detail

/// The C++ type that carries values of a letter of `op.def`: integers are unsigned, addresses 64
/// bits wide, floats are `float` and `double` (their bits are never changed by being carried).
template <Letter L>
using CppType = typename detail::CppTypeOf<L>::Type;

/// Operand and result types of an operator with a signature; `void` where there is none.
template <Op O>
struct OpTypes {
  static_assert(!info(O).special, "an operator with a rule of its own has no fixed types");
  using A = CppType<info(O).params[0]>;
  using B = CppType<info(O).params[1]>;
  using C = CppType<info(O).params[2]>;
  using D = CppType<info(O).params[3]>;
  using Result = std::conditional_t<info(O).result_count == 2, Wide, CppType<info(O).results[0]>>;
  static constexpr unsigned kParamCount = info(O).param_count;
};

/// The semantics of one numeric operator: specialised in eval_*.hpp with a static function `of`.
template <Op O>
struct Eval;

/// Applies a numeric operator (spec section 4.3). Operands in the order of the text format, then
/// the immediates: `eval<Op::i32_div_s>(a, b)`, `eval<Op::i8x16_extract_lane_s>(vector, lane)`,
/// `eval<Op::i8x16_shuffle>(a, b, lanes)`. Gives `Checked<Result>` for operators that can trap
/// (`kCanTrap`), otherwise the `Result` of `OpTypes`. No operand is undefined behaviour. A NaN that
/// an arithmetic operator makes is canonical when all NaN operands are, and quiet in any case.
template <Op O, class... Operands>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr auto eval(const Operands&... operands) {
  return Eval<O>::of(operands...);
}

/// Whether `eval` knows the operator (its header being included).
template <Op O>
concept Evaluable = requires { &Eval<O>::of; };

namespace detail {
template <class R, class... Operands>
R result_of(R (*)(Operands...));
} // namespace detail

/// What `eval<O>` returns.
template <Op O>
using EvalResult = decltype(detail::result_of(&Eval<O>::of));

/// Whether `eval<O>` gives a `Checked` result.
template <Op O>
inline constexpr bool kCanTrap = detail::kIsChecked<EvalResult<O>>;

namespace detail {

[[nodiscard]] WAX_ALWAYS_INLINE constexpr int32_t as_signed(uint32_t a) {
  return static_cast<int32_t>(a);
}
[[nodiscard]] WAX_ALWAYS_INLINE constexpr int64_t as_signed(uint64_t a) {
  return static_cast<int64_t>(a);
}

/// Format constants of a float type, and its bits.
template <class T>
struct FloatFormat;
template <>
struct FloatFormat<float> {
  using Bits = uint32_t;
  using SignedBits = int32_t;
  static constexpr Bits kSign = 0x80000000u;
  static constexpr Bits kQuiet = 0x00400000u;
  static constexpr Bits kCanonicalNan = 0x7FC00000u;
  /// From here on every value is an integer.
  static constexpr float kIntegersFrom = 0x1p23f;
};
template <>
struct FloatFormat<double> {
  using Bits = uint64_t;
  using SignedBits = int64_t;
  static constexpr Bits kSign = 0x8000000000000000u;
  static constexpr Bits kQuiet = 0x0008000000000000u;
  static constexpr Bits kCanonicalNan = 0x7FF8000000000000u;
  static constexpr double kIntegersFrom = 0x1p52;
};

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr typename FloatFormat<T>::Bits bits_of(T a) {
  return std::bit_cast<typename FloatFormat<T>::Bits>(a);
}

} // namespace detail
} // namespace waxwing
