// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What heap objects look like, and the words that refer to them.
//
// A reference of the `any`, `extern` and `exn` hierarchies is one word (`Ref`): 0 is null, an odd
// word is an i31, anything else is the address of an `Object`. (References to functions point to a
// `FuncRef`, which is no object of the heap.) Objects never move.
//
// An object begins with its `RuntimeType`, and `RuntimeType::object` is its kind. Structs and
// arrays have the canonical types of the engine's registry; the other kinds have one constant type
// each, defined below. Which words of an object are references follows from kind and type alone:
//
//   struct_    `RuntimeType::traced` lists the offsets of its references
//   array      every element, if `RuntimeType::traces_elements`
//   exception  the cells of its tag's parameters that are references
//   host       none
#pragma once

#include "base/config.hpp"
#include "runtime/cell.hpp"
#include "runtime/type_registry.hpp"

namespace waxwing::runtime {

struct Tag;

struct Object {
  const RuntimeType* type;
};

/// A struct: its fields lie at `type->offsets` from the object's first byte, each in the width of
/// its storage type and aligned to that or to 8 bytes.
struct StructObject : Object {};

/// An array: its elements follow each other from `type->object_size` on.
struct ArrayObject : Object {
  uint32_t length;
};

/// An exception (spec section 4.2.8): its tag and the arguments that it was thrown with, as cells.
struct ExceptionObject : Object {
  const Tag* tag;
  /// `tag->type->param_cells` cells.
  [[nodiscard]] Cell* cells() { return reinterpret_cast<Cell*>(this + 1); }
  [[nodiscard]] const Cell* cells() const { return reinterpret_cast<const Cell*>(this + 1); }
};

/// Called once with the host's data when an object of the host is gone. Runs in the middle of a
/// collection or at the end of the store, on the store's thread: it must not use the store.
using Finalizer = void (*)(void* data);

/// A value of the host, as `externref` or (converted) as `anyref`.
struct HostObject : Object {
  void* data;
  /// Null where nothing has to be done.
  Finalizer finalizer;
  /// Those with finalizers are in a list of the heap.
  HostObject* next;
};

inline constexpr RuntimeType kExceptionType{.object = ObjectKind::exception};
inline constexpr RuntimeType kHostType{.object = ObjectKind::host};

[[nodiscard]] WAX_ALWAYS_INLINE bool is_i31(Ref ref) { return (ref & 1) != 0; }
[[nodiscard]] WAX_ALWAYS_INLINE Ref make_i31(uint32_t value) {
  return static_cast<uint32_t>(value << 1 | 1);
}
[[nodiscard]] WAX_ALWAYS_INLINE int32_t i31_signed(Ref ref) {
  return static_cast<int32_t>(static_cast<uint32_t>(ref)) >> 1;
}
[[nodiscard]] WAX_ALWAYS_INLINE uint32_t i31_unsigned(Ref ref) {
  return static_cast<uint32_t>(ref) >> 1;
}

/// The object that `ref` refers to, null for null and i31; not for references to functions.
[[nodiscard]] WAX_ALWAYS_INLINE Object* object_of(Ref ref) {
  return is_i31(ref) ? nullptr : reinterpret_cast<Object*>(ref);
}
[[nodiscard]] WAX_ALWAYS_INLINE Ref ref_of(const Object* object) {
  return reinterpret_cast<Ref>(object);
}

/// The bytes of a field or an element.
[[nodiscard]] WAX_ALWAYS_INLINE uint8_t* field_of(Object* object, uint32_t offset) {
  return reinterpret_cast<uint8_t*>(object) + offset;
}
[[nodiscard]] WAX_ALWAYS_INLINE uint8_t* element_of(ArrayObject* array, uint32_t index) {
  return reinterpret_cast<uint8_t*>(array) + array->type->object_size +
         (size_t{index} << array->type->element_log2);
}

} // namespace waxwing::runtime
