// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "wasi/bind.hpp"

namespace waxwing::wasi {

/// A function of WASI as linkers know it.
struct FunctionRow {
  std::string_view name;
  std::span<const ValType> params;
  std::span<const ValType> results;
  runtime::HostCallback snapshot1;
  runtime::HostCallback unstable;
};

template <auto kMethod>
constexpr FunctionRow function_row(std::string_view name) {
  using Type = Signature<decltype(kMethod)>;
  return {name, Type::params(), Type::results(), &call_method<kMethod, Abi::snapshot1>,
          &call_method<kMethod, Abi::unstable>};
}

} // namespace waxwing::wasi
