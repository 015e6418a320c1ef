// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <type_traits>

namespace waxwing {

/// Every way in which reading, checking, linking or preparing a module can fail. One row each in
/// `base/error.def`; the texts live in an object of their own (`describe/`), so that a small target
/// can do without them.
enum class ErrorCode : uint16_t {
#define WAX_ERROR(name, text) name,
#include "base/error.def"
#undef WAX_ERROR
};

/// What went wrong and where: 16 bytes, trivially copyable, never owns anything.
///
/// `offset` is a byte offset in the module (or, for text, in the source; for linking, the index of
/// the import). `a` and `b` are two numbers whose meaning depends on the code, most often
/// "expected" and "found" (for `type_mismatch` they are `ValType` bits, for `unknown_*` the index
/// and the count). `detail` carries what else a code needs (an operator, a section id).
struct Error {
  ErrorCode code{};
  uint16_t detail = 0;
  uint32_t offset = 0;
  uint32_t a = 0;
  uint32_t b = 0;

  friend bool operator==(const Error&, const Error&) = default;
};
static_assert(sizeof(Error) == 16);

template <class T>
using Result = std::expected<T, Error>;

/// Makes the failed side of a `Result`.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, uint64_t offset, uint32_t a = 0,
                                                 uint32_t b = 0, uint16_t detail = 0) {
  return std::unexpected(Error{code, detail, static_cast<uint32_t>(offset), a, b});
}

namespace detail {
/// An error that is a code alone, and so many places make one that its result is made by a call.
struct BareFailure {
  ErrorCode code;

  template <class T>
  [[nodiscard]] [[gnu::noinline, gnu::cold]] static Result<T> make(ErrorCode code) {
    return std::unexpected(Error{.code = code});
  }
  template <class T>
  [[nodiscard]] [[gnu::always_inline]] operator std::expected<T, Error>() const {
    return make<T>(code);
  }
};
} // namespace detail

/// The same for a code alone.
[[nodiscard]] inline detail::BareFailure fail(ErrorCode code) { return {code}; }
[[nodiscard]] inline detail::BareFailure out_of_memory() { return {ErrorCode::out_of_memory}; }

namespace detail {
template <class T, class E>
T take(std::expected<T, E>& r) {
  return static_cast<T&&>(*r);
}
template <class E>
void take(std::expected<void, E>&) {}

/// The error of a result on its way into another, without the copy that a `std::unexpected` is.
template <class E>
struct PassedOn {
  E& error;

  template <class T, class F>
    requires std::is_constructible_v<F, E&>
  [[nodiscard]] [[gnu::always_inline]] operator std::expected<T, F>() const {
    return std::expected<T, F>(std::unexpect, error);
  }
};
template <class T, class E>
[[nodiscard]] [[gnu::always_inline]] inline PassedOn<E> pass_on(std::expected<T, E>& failed) {
  return {failed.error()};
}
} // namespace detail

} // namespace waxwing

/// The value of a `Result` (or of an `expected` with another error), or an early return with its
/// error. The one way to pass an error on.
#define TRY(...) WAX_TRY_NUMBERED(__COUNTER__, __VA_ARGS__)
// A name of its own for each use, so that one inside another shadows nothing.
#define WAX_TRY_NUMBERED(number, ...) WAX_TRY_NAMED(number, __VA_ARGS__)
#define WAX_TRY_NAMED(number, ...)                                                                 \
  ({                                                                                               \
    auto wax_try_##number = (__VA_ARGS__);                                                         \
    if (__builtin_expect(!wax_try_##number.has_value(), 0))                                        \
      return ::waxwing::detail::pass_on(wax_try_##number);                                         \
    ::waxwing::detail::take(wax_try_##number);                                                     \
  })
