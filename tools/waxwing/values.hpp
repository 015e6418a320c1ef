// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bits.hpp"
#include "runtime/cell.hpp"
#include "runtime/gc/heap.hpp"
#include "wasm/types.hpp"

/// Values that cross between a guest and a person.
namespace waxwing::tool {

/// A value with its type. `bits` holds a number in its low bytes, a reference as `runtime::Ref`.
struct Value {
  ValType type;
  V128 bits{};

  template <class T>
  [[nodiscard]] T as() const {
    return load_unaligned<T>(bits.bytes);
  }
  template <class T>
  static Value of(ValType type, const T& value) {
    Value result{type, {}};
    static_assert(sizeof value <= sizeof result.bits);
    std::memcpy(result.bits.bytes, &value, sizeof value);
    return result;
  }
};

/// References that stand for numbers of the host, in the hierarchies of `extern` and `any`. They
/// live as long as this, which ends before the store.
class HostReferences {
 public:
  explicit HostReferences(runtime::Heap& heap) : heap_(heap) {}

  /// The one reference for `number`; 0 where there is no room for it.
  [[nodiscard]] runtime::Ref of(uint32_t number);

 private:
  runtime::Heap& heap_;
  std::map<uint32_t, std::unique_ptr<runtime::Rooted>> made_;
};

/// The number that a reference of these hierarchies stands for, if it is one of the host's.
[[nodiscard]] std::optional<uint32_t> host_number(runtime::Ref ref);

/// Writes a value to the cells of a call, or reads one, and moves `cell` behind it.
void put_value(runtime::Cell*& cell, const Value& value);
[[nodiscard]] Value take_value(const runtime::Cell*& cell, ValType type);

/// `type` with the abstract type above it in place of a concrete one, whose number only the
/// registry knows.
[[nodiscard]] ValType known_type(const runtime::TypeRegistry& types, ValType type);

/// Integers as signed decimals, floats with the fewest digits that give the same number back, NaNs
/// with payload where it is not the canonical one, vectors by 32-bit lanes.
[[nodiscard]] std::string format_value(const Value& value);
[[nodiscard]] std::string format_f32(uint32_t bits);
[[nodiscard]] std::string format_f64(uint64_t bits);

} // namespace waxwing::tool
