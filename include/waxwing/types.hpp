// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "waxwing/export.hpp"

namespace waxwing::inline v0 {

/// What a value is, as far as a host handles it.
enum class ValueKind : uint8_t {
  i32,
  i64,
  f32,
  f64,
  v128,
  /// A function or null, of whatever exact type.
  funcref,
  /// An object of the host or null; a guest can make one of its own objects, too.
  externref,
  /// A struct, an array, an i31, an object of the host, or null, of whatever exact type.
  anyref,
  /// An exception that was thrown, or null.
  exnref,
};

/// The type of a value. References may be of one exact type; `text` then tells it apart, `kind`
/// does not.
class WAXWING_API ValueType {
 public:
  constexpr ValueType() = default;
  /// References are the nullable ones.
  // NOLINTNEXTLINE(google-explicit-constructor): a kind is the type where there is no choice.
  constexpr ValueType(ValueKind kind) : kind_(kind) {}
  constexpr ValueType(ValueKind kind, bool nullable, uint32_t code)
      : kind_(kind), nullable_(nullable), code_(code) {}

  [[nodiscard]] constexpr ValueKind kind() const { return kind_; }
  [[nodiscard]] constexpr bool is_reference() const { return kind_ >= ValueKind::funcref; }
  /// Whether null is one of its values.
  [[nodiscard]] constexpr bool is_nullable() const { return is_reference() && nullable_; }
  /// In the words of the text format.
  [[nodiscard]] std::string text() const;
  /// The engine's own number for a type that is more than its kind; 0 otherwise.
  [[nodiscard]] constexpr uint32_t code() const { return code_; }
  friend constexpr bool operator==(const ValueType&, const ValueType&) = default;

 private:
  ValueKind kind_ = ValueKind::i32;
  bool nullable_ = true;
  uint32_t code_ = 0;
};

struct FunctionType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  /// `(param i32) (result i64)`; empty for a function with neither.
  [[nodiscard]] WAXWING_API std::string text() const;
  friend bool operator==(const FunctionType&, const FunctionType&) = default;
};

/// Sizes are in pages.
struct MemoryType {
  uint64_t min = 0;
  std::optional<uint64_t> max = {};
  /// Addresses are 64-bit numbers.
  bool is64 = false;
  /// Threads may use it together. Needs a maximum.
  bool shared = false;
  /// Bytes of a page: 65,536, or 1 (custom page sizes).
  uint64_t page_size = 65'536;
  friend bool operator==(const MemoryType&, const MemoryType&) = default;
};

/// Sizes are in elements.
struct TableType {
  ValueType element = ValueKind::funcref;
  uint64_t min = 0;
  std::optional<uint64_t> max = {};
  bool is64 = false;
  friend bool operator==(const TableType&, const TableType&) = default;
};

struct GlobalType {
  ValueType type;
  /// `mutable` in the specification.
  bool is_mutable = false;
  friend bool operator==(const GlobalType&, const GlobalType&) = default;
};

/// The type of an exception.
struct TagType {
  std::vector<ValueType> params;
  friend bool operator==(const TagType&, const TagType&) = default;
};

/// The type of what can be imported and exported.
using ExternType = std::variant<FunctionType, TableType, MemoryType, GlobalType, TagType>;

/// One import or export of a module.
struct ImportType {
  std::string module;
  std::string name;
  ExternType type;
  /// `type` in the words of the text format, `(func (param i32))`.
  std::string text;
};
struct ExportType {
  std::string name;
  ExternType type;
  std::string text;
};

} // namespace waxwing::inline v0
