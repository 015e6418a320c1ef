// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operators on structs, arrays and references that are more than an access (spec sections
// 4.6.4 to 4.6.6), for every engine. Those that allocate may collect: the caller has set
// `Store::stack_top` above everything that it still needs.
#pragma once

#include "runtime/gc/object.hpp"
#include "wasm/trap.hpp"

namespace waxwing::runtime {

class Instance;
class Store;

/// Writes a value (in its own width or wider, as in a cell) to a field or an element of `storage`.
void store_storage(uint8_t* to, ValType storage, const void* value);
/// Reads one into `value`, which has room for `size_of(storage.unpacked())` bytes; packed ones are
/// sign-extended if `is_signed`.
void load_storage(void* value, ValType storage, const uint8_t* from, bool is_signed = false);

/// `struct.new`: `fields` are cells, one value after the other. Null where there is no room.
[[nodiscard]] StructObject* struct_new(Store& store, const RuntimeType& type, const Cell* fields);
/// `array.new`: `value` is the cells of one value.
[[nodiscard]] ArrayObject* array_new(Store& store, const RuntimeType& type, const void* value,
                                     uint32_t length);
/// `array.new_fixed`: `values` are cells, one value after the other.
[[nodiscard]] ArrayObject* array_new_fixed(Store& store, const RuntimeType& type,
                                           const Cell* values, uint32_t length);
[[nodiscard]] TrapKind array_new_data(Instance& instance, const RuntimeType& type, uint32_t segment,
                                      uint32_t from, uint32_t length, Ref& out);
[[nodiscard]] TrapKind array_new_elem(Instance& instance, const RuntimeType& type, uint32_t segment,
                                      uint32_t from, uint32_t length, Ref& out);

// Nothing is written unless the whole range is in bounds.
[[nodiscard]] TrapKind array_fill(Store& store, Ref array, uint32_t to, const void* value,
                                  uint32_t count);
[[nodiscard]] TrapKind array_copy(Store& store, Ref array, uint32_t to, Ref source, uint32_t from,
                                  uint32_t count);
[[nodiscard]] TrapKind array_init_data(Instance& instance, Ref array, uint32_t to, uint32_t segment,
                                       uint32_t from, uint32_t count);
[[nodiscard]] TrapKind array_init_elem(Instance& instance, Ref array, uint32_t to, uint32_t segment,
                                       uint32_t from, uint32_t count);

/// What `ref.test`, `ref.cast` and the branches on casts look for.
struct CastTarget {
  /// A concrete type, null for an abstract one.
  const RuntimeType* type = nullptr;
  /// Where what is referred to names its type: functions and objects differ.
  uint16_t type_offset = 0;
  /// Of an abstract type: one bit an `ObjectKind` that belongs to it, and `kI31`; `kAll` for the
  /// top of a hierarchy.
  uint8_t kinds = 0;
  bool nullable = false;

  static constexpr uint8_t kI31 = 1;
  static constexpr uint8_t kAll = 0xFF;
};

/// `type` in terms of a module with the canonical types `types`.
[[nodiscard]] CastTarget cast_target(HeapType type, bool nullable,
                                     std::span<const RuntimeType* const> types);

/// Whether `ref`, which is of the target's hierarchy, matches it.
[[nodiscard]] WAX_ALWAYS_INLINE bool matches(Ref ref, const CastTarget& target) {
  if (ref == 0) return target.nullable;
  if (target.type != nullptr)
    return !is_i31(ref) &&
           is_subtype(*reinterpret_cast<const RuntimeType* const*>(ref + target.type_offset),
                      target.type);
  if (target.kinds == CastTarget::kAll || target.kinds == 0) return target.kinds != 0;
  if (is_i31(ref)) return (target.kinds & CastTarget::kI31) != 0;
  const auto kind = static_cast<unsigned>(reinterpret_cast<const Object*>(ref)->type->object);
  return (target.kinds >> kind & 1) != 0;
}

} // namespace waxwing::runtime
