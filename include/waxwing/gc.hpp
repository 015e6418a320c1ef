// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "waxwing/error.hpp"
#include "waxwing/function.hpp"
#include "waxwing/types.hpp"

/// Structs, arrays and i31 of guests (spec sections 2.3.7 to 2.3.9 and 4.2.9): what is in them, and
/// how a host makes them. A host sees them as `Value`s of kind `anyref` (or `externref`, where a
/// guest has converted one).
namespace waxwing::inline v0 {

/// The type of a field of a struct, or of the elements of an array.
struct FieldType {
  /// Of a packed one: i32.
  ValueType type;
  /// Bits of the number that is kept: 8 or 16; 0 where it is not packed.
  unsigned packed_bits = 0;
  /// `mut` in the specification.
  bool is_mutable = false;
  friend bool operator==(const FieldType&, const FieldType&) = default;
};

/// How a packed number is made an i32.
enum class Extension : uint8_t { zero, sign };

/// The type of structs or arrays, as a module of the store has declared it. A handle, valid as long
/// as its store.
class WAXWING_API ObjectType {
 public:
  /// What a reference type such as that of a parameter names: `(ref $point)`. Nothing for types
  /// that name none (`anyref`, `structref`, functions), and for those of no module with an instance
  /// in the store.
  [[nodiscard]] static std::optional<ObjectType> of(const Store& store, const ValueType& type);

  /// `struct_` or `array`.
  [[nodiscard]] ObjectKind kind() const;
  /// Those of a struct, supertypes' first; of an array, the one of its elements.
  [[nodiscard]] std::vector<FieldType> fields() const;
  /// The type of a reference to one that is not null.
  [[nodiscard]] ValueType reference() const;
  /// Whether each of these is one of `other`, by declaration.
  [[nodiscard]] bool is_subtype_of(const ObjectType& other) const;
  /// Whether both are the same; modules that declare equal types share them (spec section 3.1.5).
  friend bool operator==(const ObjectType& a, const ObjectType& b) { return a.type_ == b.type_; }

  ObjectType(impl::StoreState* store, const void* type) : store_(store), type_(type) {}
  [[nodiscard]] impl::StoreState* store_state() const { return store_; }
  [[nodiscard]] const void* word() const { return type_; }

 private:
  impl::StoreState* store_;
  const void* type_;
};

/// A struct. A handle, which keeps it alive; valid as long as its store.
class WAXWING_API Struct {
 public:
  /// The one that a reference refers to. Fails with `usage` for null and whatever else is none.
  [[nodiscard]] static Result<Struct> of(const Value& reference);
  /// Makes one with a value for each field; numbers of packed fields are cut to their bits. Fails
  /// with `usage` where the values don't fit or the type is no struct's, or with `limit` where
  /// there is no room in `Limits::gc_heap_bytes`.
  [[nodiscard]] static Result<Struct> make(const ObjectType& type, std::span<const Value> fields);

  [[nodiscard]] ObjectType type() const;
  /// How many fields it has.
  [[nodiscard]] size_t size() const;
  /// Fails with `usage` where there is no such field.
  [[nodiscard]] Result<Value> get(size_t field, Extension extension = Extension::zero) const;
  /// Fails with `usage` also where the field cannot be changed, or the value is not of its type.
  Result<void> set(size_t field, const Value& value);
  /// For guests. Its type is the exact one.
  [[nodiscard]] const Value& reference() const { return reference_; }

 private:
  explicit Struct(Value reference) : reference_(std::move(reference)) {}
  Value reference_;
};

/// An array. A handle, which keeps it alive; valid as long as its store.
class WAXWING_API Array {
 public:
  /// The one that a reference refers to. Fails with `usage` for null and whatever else is none.
  [[nodiscard]] static Result<Array> of(const Value& reference);
  /// Makes one whose elements are `init`. Fails with `usage` where that doesn't fit or the type is
  /// no array's, or with `limit` where there is no room in `Limits::gc_heap_bytes`.
  [[nodiscard]] static Result<Array> make(const ObjectType& type, uint32_t size, const Value& init);

  [[nodiscard]] ObjectType type() const;
  [[nodiscard]] uint32_t size() const;
  /// Fails with `usage` where there is no such element.
  [[nodiscard]] Result<Value> get(uint32_t index, Extension extension = Extension::zero) const;
  /// Fails with `usage` also where elements cannot be changed, or the value is not of their type.
  Result<void> set(uint32_t index, const Value& value);

  /// Copies elements from `index` on out or in, as their bytes in the order of this machine, such
  /// as the characters of an array of i8: as many as the bytes are. Fails with `usage` where the
  /// elements are references, where the bytes are no whole number of them, or out of bounds; in
  /// also where they cannot be changed. Then nothing was copied.
  [[nodiscard]] Result<void> read(uint32_t index, std::span<std::byte> to) const;
  [[nodiscard]] Result<void> write(uint32_t index, std::span<const std::byte> from);
  /// For guests. Its type is the exact one.
  [[nodiscard]] const Value& reference() const { return reference_; }

 private:
  explicit Array(Value reference) : reference_(std::move(reference)) {}
  Value reference_;
};

/// An i31 with the low 31 bits of a number (`ref.i31`), for guests; `Value::i31` reads one.
[[nodiscard]] WAXWING_API Value make_i31(int32_t number);

} // namespace waxwing::inline v0
