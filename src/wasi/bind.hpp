// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <tuple>
#include <type_traits>

#include "runtime/instance.hpp"
#include "runtime/store.hpp"
#include "wasi/guest.hpp"
#include "wasi/process.hpp"

/// From the type of a member function of `Process` to the type of the guest's function and the code
/// between the two.
namespace waxwing::wasi {

/// How a parameter arrives: the guest's types, and the making of it from cells.
template <class T>
struct Parameter {
  static_assert(std::is_integral_v<T> && (sizeof(T) == 4 || sizeof(T) == 8));
  static constexpr std::array kTypes = {sizeof(T) == 8 ? val::i64 : val::i32};
  static T take(const runtime::Cell*& cell) {
    const T value = runtime::load_cell<T>(cell);
    cell += cells_of(kTypes[0]);
    return value;
  }
};

template <class T>
struct Parameter<Ptr<T>> {
  static constexpr std::array kTypes = {val::i32};
  static Ptr<T> take(const runtime::Cell*& cell) { return {Parameter<uint32_t>::take(cell)}; }
};

template <class T>
struct Parameter<Array<T>> {
  static constexpr std::array kTypes = {val::i32, val::i32};
  static Array<T> take(const runtime::Cell*& cell) {
    const uint32_t address = Parameter<uint32_t>::take(cell);
    return {address, Parameter<uint32_t>::take(cell)};
  }
};

template <>
struct Parameter<Path> {
  static constexpr std::array kTypes = {val::i32, val::i32};
  static Path take(const runtime::Cell*& cell) {
    const uint32_t address = Parameter<uint32_t>::take(cell);
    return {address, Parameter<uint32_t>::take(cell)};
  }
};

template <class Method>
struct Signature;

template <class Result, class... Parameters>
struct Signature<Result (Process::*)(Call&, Parameters...)> {
  static constexpr size_t kCount = (size_t{0} + ... + Parameter<Parameters>::kTypes.size());

  static constexpr auto kParams = [] {
    std::array<ValType, kCount> types{};
    size_t at = 0;
    auto add = [&](const auto& some) {
      for (const ValType type : some) types[at++] = type;
    };
    (add(Parameter<Parameters>::kTypes), ...);
    (void)add;
    return types;
  }();
  static constexpr std::array<ValType, 1> kErrno = {val::i32};

  [[nodiscard]] static constexpr std::span<const ValType> params() { return kParams; }
  [[nodiscard]] static constexpr std::span<const ValType> results() {
    if constexpr (std::is_void_v<Result>) return {};
    return kErrno;
  }

  static void invoke(Result (Process::*method)(Call&, Parameters...), Process& process, Call& call,
                     runtime::Cell* cells) {
    const runtime::Cell* next = cells;
    // Braces: taken from the cells in order.
    std::tuple<Parameters...> arguments{Parameter<Parameters>::take(next)...};
    (void)next;
    const auto apply = [&](const Parameters&... each) { return (process.*method)(call, each...); };
    if constexpr (std::is_void_v<Result>) {
      std::apply(apply, arguments);
    } else {
      const Status status = std::apply(apply, arguments);
      const Errno error = status ? Errno(Errno::success) : status.error();
      runtime::store_cell<uint32_t>(cells, error.value());
    }
  }
};

/// The memory that a call by `caller` is about: the one that it exports as `memory`.
[[nodiscard]] const runtime::Memory* memory_of(runtime::Instance* caller);

/// The function that the runtime calls; its `data` is the `Process`.
template <auto kMethod, Abi kAbi>
runtime::Outcome call_method(runtime::HostCall& host) {
  Call call{.memory = GuestMemory(memory_of(host.caller)),
            .abi = kAbi,
            .interrupt =
                host.store.engine().config().interruptible ? &host.store.interrupt_word : nullptr};
  Signature<decltype(kMethod)>::invoke(kMethod, *static_cast<Process*>(host.data), call,
                                       host.cells);
  if (call.exits) return host.store.raise_exit(call.exit_code);
  return runtime::Outcome::ok;
}

} // namespace waxwing::wasi
