// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the parts of the generator have in common: bytes in the binary format, and what there is in
// the module that is being made.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "fuzz/generate.hpp"

namespace waxwing::fuzz {

/// All are defaultable. `object` is a reference to the module's type 0, a structure that others are
/// subtypes of.
enum class Type : uint8_t { i32, i64, f32, f64, v128, funcref, anyref, object, exnref };
inline constexpr unsigned kTypes = 9;

[[nodiscard]] constexpr bool is_reference(Type type) { return type >= Type::funcref; }

/// The codes of heap types that have one byte.
enum HeapCode : uint8_t {
  kNoneHeap = 0x71,
  kFuncHeap = 0x70,
  kAnyHeap = 0x6E,
  kEqHeap = 0x6D,
  kI31Heap = 0x6C,
  kStructHeap = 0x6B,
  kArrayHeap = 0x6A,
  kExnHeap = 0x69,
};

/// The heap type of a reference type, as it is written behind `ref.null`.
[[nodiscard]] constexpr uint8_t heap_code(Type type) {
  switch (type) {
  case Type::anyref: return kAnyHeap;
  case Type::object: return 0;
  case Type::exnref: return kExnHeap;
  default: return kFuncHeap;
  }
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
  void type(Type type) {
    constexpr uint8_t kNumeric[] = {0x7F, 0x7E, 0x7D, 0x7C, 0x7B};
    if (!is_reference(type)) return byte(kNumeric[static_cast<size_t>(type)]);
    if (type == Type::object) byte(0x63);
    byte(heap_code(type));
  }
  void types(const std::vector<Type>& list) {
    u32(static_cast<uint32_t>(list.size()));
    for (const Type one : list) type(one);
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

/// What a field or an element is stored as.
enum class Packed : uint8_t { no, i8, i16 };

struct Field {
  Type type; // i32 where it is packed
  Packed packed;
  bool is_mutable;
};

/// A structure, or an array, whose only field is its element.
struct Aggregate {
  static constexpr uint32_t kNone = UINT32_MAX;

  bool is_array;
  uint32_t super; // kNone: no supertype
  std::vector<Field> fields;
};

struct Tag {
  /// Among `Plan::types`: its parameters, and results of blocks that catch it without and with the
  /// reference to the exception.
  uint32_t type;
  uint32_t caught;
  uint32_t caught_with_reference;
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
  /// The first types of the module; function types come behind them.
  std::vector<Aggregate> aggregates;
  std::vector<FunctionType> types;
  /// As many of these as a random function or block may have.
  uint32_t free_types = 0;
  std::vector<Tag> tags;
  /// Types by function: `bodies` of random ones, as many exported ones that call them, `dump`, and,
  /// where there are aggregates, `show`, which mixes what an anyref refers to.
  std::vector<uint32_t> functions;
  uint32_t bodies = 0;
  std::vector<Memory> memories;
  std::vector<Type> globals;
  uint32_t tables = 0;
  uint32_t data_segments = 0; // passive ones, from index 1 on
  uint32_t element_segments = 0;

  [[nodiscard]] uint32_t dump() const { return 2 * bodies; }
  [[nodiscard]] uint32_t show() const { return 2 * bodies + 1; }
  /// The module's type index of function type `type`.
  [[nodiscard]] uint32_t type_index(uint32_t type) const {
    return static_cast<uint32_t>(aggregates.size()) + type;
  }
  [[nodiscard]] const FunctionType& type_of(uint32_t function) const {
    return types[functions[function]];
  }
  /// An aggregate that `field_fits(aggregate, field)` of, and which field; false where there is
  /// none.
  template <class Fits>
  [[nodiscard]] bool some_field(Choices& choices, const Fits& fits, uint32_t& aggregate,
                                uint32_t& field) const {
    std::vector<std::pair<uint32_t, uint32_t>> fitting;
    for (uint32_t i = 0; i < aggregates.size(); ++i)
      for (uint32_t at = 0; at < aggregates[i].fields.size(); ++at)
        if (fits(aggregates[i], aggregates[i].fields[at])) fitting.emplace_back(i, at);
    if (fitting.empty()) return false;
    std::tie(aggregate, field) = fitting[choices.below(static_cast<uint32_t>(fitting.size()))];
    return true;
  }

  [[nodiscard]] Type any_type(Choices& choices) const {
    const uint32_t kind = choices.below(20);
    if (kind == 19 && features.has(Feature::exceptions)) return Type::exnref;
    if (kind >= 16 && features.has(Feature::gc)) return kind == 18 ? Type::object : Type::anyref;
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
[[nodiscard]] Bytes make_show(const Plan& plan);

} // namespace waxwing::fuzz
