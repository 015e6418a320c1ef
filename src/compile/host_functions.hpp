// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What of the C library a guest without a sandbox may call (host_functions.def).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "wasm/types.hpp"

namespace waxwing::compile {

enum class HostKind : uint8_t { plain, shim, refused, made };

/// What a function of `HostKind::made` does.
enum class MadeOperation : uint8_t {
  none,
  // Of 128-bit integers.
  mul,
  udiv,
  urem,
  sdiv,
  srem,
  shl,
  lshr,
  ashr,
  // Of 128-bit floats.
  fadd,
  fsub,
  fmul,
  fdiv,
  /// -1, 0 or 1 for less, equal and greater; where there is no order, 1 or -1.
  order_or_above,
  order_or_below,
  unordered,
  extend,
  truncate,
  from_signed,
  from_unsigned,
  to_signed,
  to_unsigned,
};

struct HostFunction {
  const char* name;
  HostKind kind;
  /// The result's letter, then those of parameters; of a refused one empty.
  const char* signature;
  /// The header that declares it, or why it is refused.
  const char* text;
  MadeOperation operation = MadeOperation::none;

  /// What an object calls it.
  [[nodiscard]] std::string symbol() const {
    if (kind == HostKind::made) return std::string("guest.") + name;
    return kind == HostKind::shim ? std::string("waxwing_nosandbox_") + name : name;
  }
};

[[nodiscard]] std::span<const HostFunction> host_functions();
/// The one of that name, or null.
[[nodiscard]] const HostFunction* find_host_function(std::string_view name);
/// The name that one that is not there was most likely meant to be, or null.
[[nodiscard]] const HostFunction* nearest_host_function(std::string_view name);
/// Whether a guest has declared it as it is.
[[nodiscard]] bool has_type(const HostFunction& function, const DefType& type);
/// Its type for messages: (i64, i64) -> i32.
[[nodiscard]] std::string type_text(const HostFunction& function);
[[nodiscard]] std::string type_text(const DefType& type);

} // namespace waxwing::compile
