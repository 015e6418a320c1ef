// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "waxwing/error.hpp"
#include "waxwing/types.hpp"
#include "waxwing/value.hpp"

namespace waxwing::inline v0 {

class Call;
template <class Signature>
class TypedFunc;

class WAXWING_API Func {
 public:
  constexpr Func() = default;

  [[nodiscard]] constexpr bool is_null() const { return ref_ == nullptr; }
  [[nodiscard]] FunctionType type() const;

  /// Calls it. Fails with `usage` where the arguments don't fit `type`, else with `trap` or
  /// `exception`.
  Result<std::vector<Value>> call(std::span<const Value> arguments = {}) const;
  /// A call as an object, to be run by `Call::resume`. Fails where the arguments don't fit.
  [[nodiscard]] Result<Call> start(std::span<const Value> arguments = {}) const;
  /// The same function for calls that are checked once, here: `Signature` is like
  /// `int32_t(int32_t, double)`. Fails with `usage` where it is not the function's.
  template <class Signature>
  [[nodiscard]] Result<TypedFunc<Signature>> typed() const;

  /// The words that stand for it in a store; for the library's templates.
  [[nodiscard]] constexpr void* word() const { return ref_; }
  [[nodiscard]] constexpr impl::StoreState* store() const { return store_; }
  constexpr Func(impl::StoreState* store, void* ref)
      : store_(ref == nullptr ? nullptr : store), ref_(ref) {}
  friend constexpr bool operator==(const Func& a, const Func& b) { return a.ref_ == b.ref_; }

 private:
  impl::StoreState* store_ = nullptr;
  void* ref_ = nullptr;
};

/// What a reference that is no function refers to.
enum class ObjectKind : uint8_t { null, i31, struct_, array, exception, host };

/// A value with its type. References belong to a store and are valid as long as it; what one refers
/// to lives at least as long as the value and its copies (`ExternRef` and `Func` by themselves keep
/// nothing alive).
class WAXWING_API Value {
 public:
  /// The i32 0.
  Value() = default;
  // NOLINTBEGIN(google-explicit-constructor): a value is what the C++ type says.
  Value(int32_t value) : type_(ValueKind::i32), raw_(RawValue::of(value)) {}
  Value(uint32_t value) : type_(ValueKind::i32), raw_(RawValue::of(value)) {}
  Value(int64_t value) : type_(ValueKind::i64), raw_(RawValue::of(value)) {}
  Value(uint64_t value) : type_(ValueKind::i64), raw_(RawValue::of(value)) {}
  Value(float value) : type_(ValueKind::f32), raw_(RawValue::of(value)) {}
  Value(double value) : type_(ValueKind::f64), raw_(RawValue::of(value)) {}
  Value(const V128& value) : type_(ValueKind::v128), raw_(RawValue::of(value)) {}
  Value(ExternRef value)
      : type_(ValueKind::externref), raw_(RawValue::of(static_cast<uintptr_t>(value.word()))) {}
  Value(const Func& value)
      : type_(ValueKind::funcref), raw_(RawValue::of(value.word())), store_(value.store()) {}
  // NOLINTEND(google-explicit-constructor)
  /// Bits that the library has given out.
  Value(ValueType type, const RawValue& raw, impl::StoreState* store,
        std::shared_ptr<const impl::Root> root = {})
      : type_(type), raw_(raw), store_(store), root_(std::move(root)) {}

  [[nodiscard]] const ValueType& type() const { return type_; }
  [[nodiscard]] ValueKind kind() const { return type_.kind(); }
  [[nodiscard]] const RawValue& raw() const { return raw_; }

  // The value as what `kind` says it is; asking for another is a mistake whose answer is its bits.
  [[nodiscard]] int32_t i32() const { return raw_.as<int32_t>(); }
  [[nodiscard]] int64_t i64() const { return raw_.as<int64_t>(); }
  [[nodiscard]] float f32() const { return raw_.as<float>(); }
  [[nodiscard]] double f64() const { return raw_.as<double>(); }
  [[nodiscard]] V128 v128() const { return raw_.as<V128>(); }
  [[nodiscard]] ExternRef externref() const { return ExternRef(raw_.as<uintptr_t>()); }
  [[nodiscard]] Func funcref() const { return {store_, raw_.as<void*>()}; }
  /// Whether it is a reference to nothing.
  [[nodiscard]] bool is_null() const { return type_.is_reference() && raw_.as<uintptr_t>() == 0; }
  /// What a reference refers to, whatever its type says; `null` also for numbers and functions.
  [[nodiscard]] ObjectKind object_kind() const;
  /// The number of an i31, as signed one.
  [[nodiscard]] int32_t i31() const;
  /// As the text format has it: numbers with as few digits as give the same value back, a vector by
  /// 32-bit lanes, a reference as `ref.null`, `ref.func 3`, `ref.i31 -1`, `ref.struct`.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] impl::StoreState* store_state() const { return store_; }

 private:
  ValueType type_;
  RawValue raw_;
  impl::StoreState* store_ = nullptr;
  /// Keeps the object of a reference alive.
  std::shared_ptr<const impl::Root> root_;
};

/// One call of a function, as an object: made by `Func::start`, run by `resume`, and its results
/// taken by `finish`. An event loop that holds calls this way, and resumes each until it is no
/// longer `ready`, also serves calls that give way in the middle, which no engine does yet.
///
/// Moved, not copied. Must end before its store; belongs to the store's thread.
class WAXWING_API Call {
 public:
  enum class State : uint8_t {
    /// `resume` goes on with it.
    ready,
    /// It has returned; `finish` gives the results.
    finished,
    /// It has trapped, thrown, or was stopped; `finish` gives the error.
    failed,
  };

  ~Call();
  Call(Call&&) noexcept;
  Call& operator=(Call&&) noexcept;

  [[nodiscard]] State state() const;
  /// Runs it until it ends; a call that has ended stays as it is. Returns the new state.
  State resume();
  /// How it ended: results or error, which are moved out. One that is `ready` is resumed first.
  [[nodiscard]] Result<std::vector<Value>> finish();

 private:
  friend struct impl::CallState;
  explicit Call(std::unique_ptr<impl::CallState> state);
  std::unique_ptr<impl::CallState> state_;
};

/// How C++ types and values of a guest correspond.
namespace typed {

template <class T>
struct Type {
  static constexpr bool kIsValue = false;
};

template <class T, ValueKind Kind>
struct Number {
  static constexpr bool kIsValue = true;
  static constexpr ValueKind kKind = Kind;
  static RawValue put(const T& value) { return RawValue::of(value); }
  static T get(const RawValue& raw, impl::StoreState*) { return raw.as<T>(); }
};

template <>
struct Type<int32_t> : Number<int32_t, ValueKind::i32> {};
template <>
struct Type<uint32_t> : Number<uint32_t, ValueKind::i32> {};
template <>
struct Type<int64_t> : Number<int64_t, ValueKind::i64> {};
template <>
struct Type<uint64_t> : Number<uint64_t, ValueKind::i64> {};
template <>
struct Type<float> : Number<float, ValueKind::f32> {};
template <>
struct Type<double> : Number<double, ValueKind::f64> {};
template <>
struct Type<V128> : Number<V128, ValueKind::v128> {};

template <>
struct Type<bool> {
  static constexpr bool kIsValue = true;
  static constexpr ValueKind kKind = ValueKind::i32;
  static RawValue put(bool value) { return RawValue::of<uint32_t>(value ? 1 : 0); }
  static bool get(const RawValue& raw, impl::StoreState*) { return raw.as<uint32_t>() != 0; }
};
template <>
struct Type<ExternRef> {
  static constexpr bool kIsValue = true;
  static constexpr ValueKind kKind = ValueKind::externref;
  static RawValue put(ExternRef value) {
    return RawValue::of(static_cast<uintptr_t>(value.word()));
  }
  static ExternRef get(const RawValue& raw, impl::StoreState*) {
    return ExternRef(raw.as<uintptr_t>());
  }
};
template <>
struct Type<Func> {
  static constexpr bool kIsValue = true;
  static constexpr ValueKind kKind = ValueKind::funcref;
  static RawValue put(const Func& value) { return RawValue::of(value.word()); }
  static Func get(const RawValue& raw, impl::StoreState* store) { return {store, raw.as<void*>()}; }
};

/// What a function returns: nothing, one value, or a tuple or pair of them.
template <class R>
struct Results {
  static_assert(Type<R>::kIsValue,
                "a guest's function returns int32_t, uint32_t, int64_t, uint64_t, float, double, "
                "bool, V128, ExternRef, Func, or a tuple of these");
  static constexpr std::array kKinds = {Type<R>::kKind};
  static void put(const R& value, RawValue* to) { to[0] = Type<R>::put(value); }
  static R get(const RawValue* from, impl::StoreState* store) {
    return Type<R>::get(from[0], store);
  }
};
template <>
struct Results<void> {
  static constexpr std::array<ValueKind, 0> kKinds = {};
};
template <class... T>
struct Results<std::tuple<T...>> {
  static constexpr std::array<ValueKind, sizeof...(T)> kKinds = {Type<T>::kKind...};
  static void put(const std::tuple<T...>& values, RawValue* to) {
    std::apply([&](const T&... value) { ((*to++ = Type<T>::put(value)), ...); }, values);
  }
  static std::tuple<T...> get(const RawValue* from, impl::StoreState* store) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return std::tuple<T...>{Type<T>::get(from[I], store)...};
    }(std::index_sequence_for<T...>{});
  }
};
template <class A, class B>
struct Results<std::pair<A, B>> {
  static constexpr std::array<ValueKind, 2> kKinds = {Type<A>::kKind, Type<B>::kKind};
  static void put(const std::pair<A, B>& values, RawValue* to) {
    to[0] = Type<A>::put(values.first);
    to[1] = Type<B>::put(values.second);
  }
  static std::pair<A, B> get(const RawValue* from, impl::StoreState* store) {
    return {Type<A>::get(from[0], store), Type<B>::get(from[1], store)};
  }
};

/// Whether `function` takes and returns exactly these.
[[nodiscard]] WAXWING_API Result<void> check_signature(const Func& function,
                                                       std::span<const ValueKind> params,
                                                       std::span<const ValueKind> results);
/// Calls with values that fit. `values` holds the arguments, and then the results.
[[nodiscard]] WAXWING_API Result<void> call(const Func& function, RawValue* values);
/// The same where references among the arguments have to be checked.
[[nodiscard]] WAXWING_API Result<void> call_checked(const Func& function, RawValue* values);

} // namespace typed

/// A function whose signature was checked once. Calls take no allocation of memory. A handle, valid
/// as long as its store.
template <class R, class... A>
class TypedFunc<R(A...)> {
  static_assert((typed::Type<A>::kIsValue && ...),
                "a guest's function takes int32_t, uint32_t, int64_t, uint64_t, float, double, "
                "bool, V128, ExternRef or Func");

 public:
  /// Calls it. Fails with `trap` or `exception` (and `usage` where a reference is of another store,
  /// or null where that is not allowed).
  Result<R> operator()(A... arguments) const {
    constexpr size_t kResults = typed::Results<R>::kKinds.size();
    constexpr size_t kValues = sizeof...(A) > kResults ? sizeof...(A) : kResults;
    std::array<RawValue, kValues == 0 ? 1 : kValues> values{typed::Type<A>::put(arguments)...};
    constexpr bool kHasReferences = ((typed::Type<A>::kKind >= ValueKind::funcref) || ... || false);
    Result<void> called = kHasReferences ? typed::call_checked(func_, values.data())
                                         : typed::call(func_, values.data());
    if (!called) return std::unexpected(std::move(called.error()));
    if constexpr (std::is_void_v<R>)
      return {};
    else
      return typed::Results<R>::get(values.data(), func_.store());
  }
  Result<R> call(A... arguments) const { return (*this)(arguments...); }
  [[nodiscard]] const Func& func() const { return func_; }

 private:
  friend class Func;
  explicit TypedFunc(const Func& func) : func_(func) {}
  static Result<void> check(const Func& func) {
    static constexpr std::array<ValueKind, sizeof...(A)> kParams = {typed::Type<A>::kKind...};
    return typed::check_signature(func, kParams, typed::Results<R>::kKinds);
  }
  Func func_;
};

template <class Signature>
Result<TypedFunc<Signature>> Func::typed() const {
  if (Result<void> fits = TypedFunc<Signature>::check(*this); !fits)
    return std::unexpected(std::move(fits.error()));
  return TypedFunc<Signature>(*this);
}

} // namespace waxwing::inline v0
