// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>

#include "base/config.hpp"

namespace waxwing {

using TypeIndex = uint32_t;
using FuncIndex = uint32_t;

/// A heap type (spec section 2.3.3): an abstract one or an index into the module's types. 24 bits:
/// indices below 2^22, abstract types as `kAbstract` plus their byte in the binary format; bit 23
/// marks a shared type.
class HeapType {
 public:
  static constexpr uint32_t kAbstract = 1u << 22;
  static constexpr uint32_t kShared = 1u << 23;

  constexpr HeapType() = default;
  static constexpr HeapType concrete(TypeIndex index) { return HeapType(index); }
  static constexpr HeapType from_bits(uint32_t bits) { return HeapType(bits); }

  [[nodiscard]] constexpr bool is_concrete() const { return (bits_ & kAbstract) == 0; }
  [[nodiscard]] constexpr bool is_shared() const { return (bits_ & kShared) != 0; }
  [[nodiscard]] constexpr TypeIndex index() const { return bits_ & (kAbstract - 1); }
  /// The byte of the binary format of an abstract heap type.
  [[nodiscard]] constexpr uint8_t code() const { return static_cast<uint8_t>(bits_); }
  [[nodiscard]] constexpr uint32_t bits() const { return bits_; }
  friend constexpr bool operator==(HeapType, HeapType) = default;

  static constexpr HeapType abstract(uint8_t code) { return HeapType(kAbstract | code); }

 private:
  explicit constexpr HeapType(uint32_t bits) : bits_(bits) {}
  uint32_t bits_ = kAbstract;
};

namespace heap {
inline constexpr HeapType noexn = HeapType::abstract(0x74);
inline constexpr HeapType nofunc = HeapType::abstract(0x73);
inline constexpr HeapType noextern = HeapType::abstract(0x72);
inline constexpr HeapType none = HeapType::abstract(0x71);
inline constexpr HeapType func = HeapType::abstract(0x70);
inline constexpr HeapType extern_ = HeapType::abstract(0x6F);
inline constexpr HeapType any = HeapType::abstract(0x6E);
inline constexpr HeapType eq = HeapType::abstract(0x6D);
inline constexpr HeapType i31 = HeapType::abstract(0x6C);
inline constexpr HeapType struct_ = HeapType::abstract(0x6B);
inline constexpr HeapType array = HeapType::abstract(0x6A);
inline constexpr HeapType exn = HeapType::abstract(0x69);
/// The bottom of all hierarchies; only appears during validation.
inline constexpr HeapType bottom = HeapType::abstract(0x00);
} // namespace heap

/// A value type, or a packed storage type (spec sections 2.3.5, 2.3.8), in 32 bits: the low byte is
/// the byte of the binary format (0x64 and 0x63 for references, 0 for the bottom type of
/// validation), the rest the heap type of a reference.
class ValType {
 public:
  constexpr ValType() = default;
  static constexpr ValType from_bits(uint32_t bits) { return ValType(bits); }
  static constexpr ValType plain(uint8_t code) { return ValType(code); }
  static constexpr ValType ref(HeapType type, bool nullable) {
    return ValType(type.bits() << 8 | (nullable ? 0x63u : 0x64u));
  }

  [[nodiscard]] constexpr uint8_t code() const { return static_cast<uint8_t>(bits_); }
  [[nodiscard]] constexpr uint32_t bits() const { return bits_; }
  [[nodiscard]] constexpr bool is_ref() const { return code() == 0x63 || code() == 0x64; }
  [[nodiscard]] constexpr bool is_nullable() const { return code() == 0x63; }
  [[nodiscard]] constexpr HeapType heap_type() const { return HeapType::from_bits(bits_ >> 8); }
  [[nodiscard]] constexpr bool is_bottom() const { return bits_ == 0; }
  [[nodiscard]] constexpr bool is_packed() const { return code() == 0x78 || code() == 0x77; }
  [[nodiscard]] constexpr bool is_numeric() const { return code() >= 0x7C; }
  [[nodiscard]] constexpr bool is_vector() const { return code() == 0x7B; }
  [[nodiscard]] constexpr bool is_defaultable() const { return !is_ref() || is_nullable(); }
  /// What a packed storage type is on the operand stack.
  [[nodiscard]] constexpr ValType unpacked() const { return is_packed() ? ValType(0x7F) : *this; }
  friend constexpr bool operator==(ValType, ValType) = default;

 private:
  explicit constexpr ValType(uint32_t bits) : bits_(bits) {}
  uint32_t bits_ = 0;
};

namespace val {
inline constexpr ValType bottom{};
inline constexpr ValType i32 = ValType::plain(0x7F);
inline constexpr ValType i64 = ValType::plain(0x7E);
inline constexpr ValType f32 = ValType::plain(0x7D);
inline constexpr ValType f64 = ValType::plain(0x7C);
inline constexpr ValType v128 = ValType::plain(0x7B);
inline constexpr ValType i8 = ValType::plain(0x78);
inline constexpr ValType i16 = ValType::plain(0x77);
inline constexpr ValType funcref = ValType::ref(heap::func, true);
inline constexpr ValType externref = ValType::ref(heap::extern_, true);
inline constexpr ValType anyref = ValType::ref(heap::any, true);
inline constexpr ValType exnref = ValType::ref(heap::exn, true);
} // namespace val

/// Bytes that a value takes in memory of the host: references are pointers.
[[nodiscard]] constexpr uint32_t size_of(ValType type) {
  switch (type.code()) {
  case 0x78: return 1;
  case 0x77: return 2;
  case 0x7F:
  case 0x7D: return 4;
  case 0x7E:
  case 0x7C: return 8;
  case 0x7B: return 16;
  default: return sizeof(void*);
  }
}

/// Cells that a value takes in an interpreter frame and in the array of the uniform entry.
[[nodiscard]] constexpr uint32_t cells_of(ValType type) {
  constexpr uint32_t kCell = kSlotBits / 8;
  return (size_of(type) + kCell - 1) / kCell;
}

struct FieldType {
  ValType storage;
  bool mutable_ = false;
  friend bool operator==(const FieldType&, const FieldType&) = default;
};

enum class TypeKind : uint8_t { func = 0x60, struct_ = 0x5F, array = 0x5E };

inline constexpr TypeIndex kNoIndex = 0xFFFFFFFF;

/// One type of a module, flattened out of its recursion group. The spans point into the module's
/// arena and last as long as the module.
struct DefType {
  TypeKind kind = TypeKind::func;
  bool final_ = true;
  bool shared = false;
  /// Length of the chain of supertypes above it (at most 63).
  uint8_t depth = 0;
  TypeIndex supertype = kNoIndex;
  /// First index and number of types of its recursion group.
  TypeIndex group_start = 0;
  uint32_t group_size = 1;
  /// The smallest index in this module of a type equivalent to it (iso-recursive, spec section
  /// 3.1.4): two types of one module are the same if these are equal.
  TypeIndex canonical = 0;
  /// Of its first byte in the module.
  uint32_t offset = 0;
  std::span<const ValType> params;
  std::span<const ValType> results;
  /// Fields of a struct; the one element type of an array.
  std::span<const FieldType> fields;
};

/// Bounds of a memory (in pages) or a table (in elements).
struct Limits {
  uint64_t min = 0;
  uint64_t max = 0; // meaningful if has_max
  bool has_max = false;
  bool shared = false;
  bool is64 = false;
  friend bool operator==(const Limits&, const Limits&) = default;
};

struct MemoryType {
  Limits limits;
  uint8_t page_log2 = 16;
  friend bool operator==(const MemoryType&, const MemoryType&) = default;
};

struct TableType {
  ValType element;
  Limits limits;
  friend bool operator==(const TableType&, const TableType&) = default;
};

struct GlobalType {
  ValType type;
  bool mutable_ = false;
  bool shared = false;
  friend bool operator==(const GlobalType&, const GlobalType&) = default;
};

enum class ExternKind : uint8_t { func = 0, table = 1, memory = 2, global = 3, tag = 4 };

} // namespace waxwing
