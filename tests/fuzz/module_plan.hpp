// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the parts of the generator have in common: bytes in the binary format, and what there is in
// the module that is being made.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzz/generate.hpp"

namespace waxwing::fuzz {

enum class Type : uint8_t { i32, i64, f32, f64, v128, funcref };
inline constexpr unsigned kTypes = 6;

[[nodiscard]] constexpr uint8_t type_code(Type type) {
  constexpr uint8_t kCodes[kTypes] = {0x7F, 0x7E, 0x7D, 0x7C, 0x7B, 0x70};
  return kCodes[static_cast<size_t>(type)];
}

struct Bytes {
  std::vector<uint8_t> data;

  void byte(uint8_t value) { data.push_back(value); }
  void u64(uint64_t value) {
    do {
      const auto low = static_cast<uint8_t>(value & 0x7F);
      value >>= 7;
      byte(value != 0 ? low | 0x80 : low);
    } while (value != 0);
  }
  void u32(uint32_t value) { u64(value); }
  void s64(int64_t value) {
    for (;;) {
      const auto low = static_cast<uint8_t>(value & 0x7F);
      value >>= 7;
      const bool last = (value == 0 && (low & 0x40) == 0) || (value == -1 && (low & 0x40) != 0);
      byte(last ? low : low | 0x80);
      if (last) return;
    }
  }
  /// The `size` low bytes, lowest first.
  void raw(uint64_t bits, unsigned size) {
    for (unsigned i = 0; i < size; ++i) byte(static_cast<uint8_t>(bits >> (8 * i)));
  }
  void i32_const(int32_t value) {
    byte(0x41);
    s64(value);
  }
  void append(const Bytes& other) { data.insert(data.end(), other.data.begin(), other.data.end()); }
  void types(const std::vector<Type>& list) {
    u32(static_cast<uint32_t>(list.size()));
    for (const Type type : list) byte(type_code(type));
  }
  void name(std::string_view text) {
    u32(static_cast<uint32_t>(text.size()));
    for (const char c : text) byte(static_cast<uint8_t>(c));
  }
  /// An export named by a letter and a digit.
  void named(char letter, uint32_t number, uint8_t kind, uint32_t index) {
    const char text[] = {letter, static_cast<char>('0' + number)};
    name({text, 2});
    byte(kind);
    u32(index);
  }
};

struct FunctionType {
  std::vector<Type> params;
  std::vector<Type> results;
};

struct Plan {
  // Globals that every module has.
  static constexpr uint32_t kHash = 0;
  static constexpr uint32_t kCounter = 1;
  static constexpr uint32_t kFirstFree = 2;
  static constexpr uint32_t kTableSize = 8;
  static constexpr uint32_t kMaxPages = 4;
  /// Loops and calls that one exported function may run through.
  static constexpr int32_t kSteps = 400;

  struct Memory {
    bool is64;
    uint32_t pages;
  };

  FeatureSet features;
  std::vector<FunctionType> types;
  /// Types by function: `bodies` of random ones, as many exported ones that call them, and `dump`.
  std::vector<uint32_t> functions;
  uint32_t bodies = 0;
  std::vector<Memory> memories;
  std::vector<Type> globals;
  uint32_t tables = 0;
  uint32_t data_segments = 0; // passive ones, from index 1 on
  uint32_t element_segments = 0;

  [[nodiscard]] Type any_type(Choices& choices) const {
    const uint32_t kind = choices.below(16);
    if (kind >= 14 && features.has(Feature::reference_types)) return Type::funcref;
    if (kind >= 11 && features.has(Feature::simd)) return Type::v128;
    return static_cast<Type>(kind % 4);
  }
};

/// A constant expression or instruction of `type`: small numbers, limits, any bits.
void constant(Bytes& out, Choices& choices, Type type);

/// The body of random function `index`.
[[nodiscard]] Bytes make_body(Choices& choices, const Plan& plan, uint32_t index);
/// The body of the exported function that calls it and mixes its results.
[[nodiscard]] Bytes make_exported(Choices& choices, const Plan& plan, uint32_t index);
[[nodiscard]] Bytes make_dump(const Plan& plan);

} // namespace waxwing::fuzz
