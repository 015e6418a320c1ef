// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "waxwing/types.hpp"

namespace waxwing::inline v0 {

/// A vector of 128 bits, lowest byte first.
struct V128 {
  alignas(16) std::array<uint8_t, 16> bytes{};
  friend bool operator==(const V128&, const V128&) = default;
};

/// A reference to an object of the host, made by `Store::reference`; or to whatever a guest has
/// made an `externref` of. To the guest it is opaque and cannot be forged. A default one is null.
/// Means nothing to another store, and is checked wherever it comes in.
class ExternRef {
 public:
  constexpr ExternRef() = default;
  constexpr explicit ExternRef(uint64_t word) : word_(word) {}
  [[nodiscard]] constexpr bool is_null() const { return word_ == 0; }
  [[nodiscard]] constexpr uint64_t word() const { return word_; }
  friend constexpr bool operator==(ExternRef, ExternRef) = default;

 private:
  uint64_t word_ = 0;
};

/// A function: of an instance, or of the host. A handle, valid as long as its store; a default one
/// is the null reference. See `waxwing/function.hpp` for what can be done with one.
class WAXWING_API Func;

/// A value on its way between host and guest, without its type.
struct alignas(16) RawValue {
  std::array<uint8_t, 16> bytes{};

  template <class T>
  [[nodiscard]] static RawValue of(const T& value) {
    static_assert(sizeof(T) <= 16);
    RawValue raw;
    std::memcpy(raw.bytes.data(), &value, sizeof value);
    return raw;
  }
  template <class T>
  [[nodiscard]] T as() const {
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
};

} // namespace waxwing::inline v0
