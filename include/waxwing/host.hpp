// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "waxwing/error.hpp"
#include "waxwing/function.hpp"
#include "waxwing/object.hpp"
#include "waxwing/store.hpp"

/// Functions of the host, made from lambdas and anything else that can be called. Their WebAssembly
/// signature is worked out by the compiler.
namespace waxwing::inline v0 {

/// Who calls a host function: its optional first parameter, `Caller&`. Valid during the call.
class WAXWING_API Caller {
 public:
  /// The instance whose code calls; nothing where the host calls the function directly.
  [[nodiscard]] std::optional<Instance> instance() const;
  /// The memory that addresses are in: the one that the calling instance exports as `memory`, else
  /// its first; nothing where it has none.
  [[nodiscard]] std::optional<Memory> memory() const;
  /// Another memory, by the name that the calling instance exports it under.
  [[nodiscard]] std::optional<Memory> memory(std::string_view name) const;
  /// The object behind a reference of this store; null as in `Store::get`.
  template <class T>
  [[nodiscard]] T* get(ExternRef reference) const {
    return store().get<T>(reference);
  }
  /// Who called whom until here, innermost first: functions of guests in every engine; those of the
  /// host in between are left out. At most 128, the first and the last ones.
  [[nodiscard]] std::vector<Frame> trace() const;
  [[nodiscard]] Store& store() const;
  [[nodiscard]] impl::StoreState* state() const { return store_; }

  /// Checked access for the library's templates.
  [[nodiscard]] void* resolve(uint64_t address, uint64_t count, size_t size, size_t alignment);
  /// What the first failed `resolve` says.
  std::optional<Error> failure;

  Caller(impl::StoreState* store, void* instance) : store_(store), instance_(instance) {}

 private:
  impl::StoreState* store_;
  void* instance_;
};

namespace typed {

/// How a parameter of a host function comes from the guest's.
template <class T>
struct Param {
  static_assert(Type<T>::kIsValue,
                "a host function takes int32_t, uint32_t, int64_t, uint64_t, float, double, bool, "
                "V128, ExternRef, Func, Span<T> or Pointer<T>, and Caller& as the first");
  static constexpr std::array kKinds = {Type<T>::kKind};
  static T take(Caller& caller, const RawValue*& raw) {
    return Type<T>::get(*raw++, caller.state());
  }
};
template <class T>
struct Param<Span<T>> {
  static constexpr std::array kKinds = {ValueKind::i32, ValueKind::i32};
  static Span<T> take(Caller& caller, const RawValue*& raw) {
    const auto address = (*raw++).as<uint32_t>();
    const auto count = (*raw++).as<uint32_t>();
    void* at = caller.resolve(address, count, sizeof(T), alignof(T));
    return at == nullptr ? Span<T>() : Span<T>(static_cast<T*>(at), count);
  }
};
template <class T>
struct Param<Pointer<T>> {
  static constexpr std::array kKinds = {ValueKind::i32};
  static Pointer<T> take(Caller& caller, const RawValue*& raw) {
    return Pointer<T>(caller.resolve((*raw++).as<uint32_t>(), 1, sizeof(T), 1));
  }
};

template <class R>
struct HostResults : Results<R> {
  using Plain = R;
};
template <class R>
struct HostResults<Result<R>> : Results<R> {
  using Plain = R;
};

template <class... Kinds>
[[nodiscard]] constexpr auto join(const Kinds&... kinds) {
  std::array<ValueKind, (size_t{0} + ... + std::tuple_size_v<Kinds>)> all{};
  size_t at = 0;
  auto add = [&](const auto& some) {
    for (const ValueKind kind : some) all[at++] = kind;
  };
  (add(kinds), ...);
  (void)add;
  (void)at;
  return all;
}

/// What the library calls. `results` has room for all that the type says. A failure is left in
/// `Caller::failure`.
using HostEntry = void (*)(void* callable, Caller& caller, const RawValue* arguments,
                           RawValue* results);

template <bool TakesCaller, class R, class... A>
struct HostShape {
  static constexpr auto kParams = join(Param<std::remove_cvref_t<A>>::kKinds...);
  static constexpr auto kResults = HostResults<R>::kKinds;

  template <class F>
  static void enter(void* callable, Caller& caller, const RawValue* arguments, RawValue* results) {
    auto& function = *static_cast<F*>(callable);
    const RawValue* next = arguments;
    // Braces: taken from the first to the last.
    std::tuple<std::remove_cvref_t<A>...> values{
        Param<std::remove_cvref_t<A>>::take(caller, next)...};
    (void)next;
    if (caller.failure) return;
    auto apply = [&](auto&... each) -> R {
      if constexpr (TakesCaller)
        return function(caller, each...);
      else
        return function(each...);
    };
    using Plain = typename HostResults<R>::Plain;
    if constexpr (std::is_void_v<R>) {
      std::apply(apply, values);
    } else if constexpr (std::is_same_v<R, Plain>) {
      HostResults<R>::put(std::apply(apply, values), results);
    } else {
      R outcome = std::apply(apply, values);
      if (!outcome)
        caller.failure = std::move(outcome.error());
      else if constexpr (!std::is_void_v<Plain>)
        HostResults<R>::put(*outcome, results);
    }
  }
};

template <class F>
struct Callable : Callable<decltype(&F::operator())> {};
template <class R, class... A>
struct Callable<R (*)(A...)> {
  using Shape = HostShape<false, R, A...>;
};
template <class R, class... A>
struct Callable<R (*)(Caller&, A...)> {
  using Shape = HostShape<true, R, A...>;
};
template <class R, class... A>
struct Callable<R (*)(A...) noexcept> : Callable<R (*)(A...)> {};
template <class R, class C, class... A>
struct Callable<R (C::*)(A...)> : Callable<R (*)(A...)> {};
template <class R, class C, class... A>
struct Callable<R (C::*)(A...) const> : Callable<R (*)(A...)> {};
template <class R, class C, class... A>
struct Callable<R (C::*)(A...) noexcept> : Callable<R (*)(A...)> {};
template <class R, class C, class... A>
struct Callable<R (C::*)(A...) const noexcept> : Callable<R (*)(A...)> {};

/// The callable object in a store, with the way to call and to end it.
struct HostRecord {
  std::shared_ptr<void> callable;
  HostEntry entry;
  std::span<const ValueKind> params;
  std::span<const ValueKind> results;
};
[[nodiscard]] WAXWING_API Result<Func> make_host_function(Store& store, HostRecord record);

template <class F>
[[nodiscard]] HostRecord record_of(F function) {
  using Shape = typename Callable<F>::Shape;
  return {std::make_shared<F>(std::move(function)), &Shape::template enter<F>, Shape::kParams,
          Shape::kResults};
}

} // namespace typed

/// The parameters of the WebAssembly function that a callable of type `F` makes, and its results,
/// as arrays of `ValueKind`, known to the compiler.
template <class F>
inline constexpr auto kParamsOf = typed::Callable<F>::Shape::kParams;
template <class F>
inline constexpr auto kResultsOf = typed::Callable<F>::Shape::kResults;

/// A function of the host from a lambda, function pointer or other object with one `operator()`.
///
/// Parameters are `int32_t`, `uint32_t`, `int64_t`, `uint64_t`, `float`, `double`, `bool`, `V128`,
/// `ExternRef`, `Func`, and `Span<T>` and `Pointer<T>` for what a guest passes by address;
/// `Caller&` may come first and is none of the guest's. It returns nothing, a value, a `std::tuple`
/// or `std::pair` of values, or a `Result` of any of these, whose error stops the guest: that of a
/// call back into a guest goes on as it is, any other becomes a trap of kind `host` with its
/// message. So does an exception that it throws.
///
/// The callable moves into the store and ends with it; what it captures is the function's own data.
/// It is called on the thread that runs the guest. Fails with `out_of_memory`.
template <class F>
[[nodiscard]] Result<Func> make_func(Store& store, F function) {
  return typed::make_host_function(store, typed::record_of(std::move(function)));
}

/// A function of the host whose type is known at run time only. `body` gets the arguments and sets
/// `results`, which begin as zeros and nulls; values of another type than `type` says are a trap of
/// kind `host`. Fails with `usage` for types that only a module can have.
[[nodiscard]] WAXWING_API Result<Func>
make_func(Store& store, const FunctionType& type,
          std::function<Result<void>(Caller& caller, std::span<const Value> arguments,
                                     std::span<Value> results)> body);

} // namespace waxwing::inline v0
