// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The type section (spec section 3.4.1): indices, supertypes, and for every recursion group the
// first one in the module that it is equal to.
#include "base/hash.hpp"
#include "wasm/limits.hpp"
#include "wasm/matching.hpp"
#include "wasm/validate_module.hpp"

namespace waxwing {

namespace {

/// The recursion group that a type belongs to, with its members' references in a form that is the
/// same for equal groups (spec section 3.1.4): relative inside the group, canonical outside.
class Group {
 public:
  Group(const Module& module, TypeIndex start)
      : module_(module), start_(start), size_(module.types[start].group_size) {}

  [[nodiscard]] uint64_t word(TypeIndex index) const {
    if (index == kNoIndex) return uint64_t{1} << 40;
    if (index - start_ < size_) return uint64_t{2} << 40 | (index - start_);
    return uint64_t{3} << 40 | module_.types[index].canonical;
  }
  [[nodiscard]] uint64_t word(ValType type) const {
    if (!type.is_ref() || !type.heap_type().is_concrete()) return type.bits();
    return word(type.heap_type().index()) | uint64_t{type.code()} << 48;
  }
  [[nodiscard]] uint64_t word(const FieldType& field) const {
    return word(field.storage) | uint64_t{field.mutable_} << 63;
  }
  [[nodiscard]] static uint64_t head(const DefType& type) {
    return static_cast<uint64_t>(type.kind) | uint64_t{type.final_} << 8 |
           uint64_t{type.shared} << 9 | uint64_t{type.params.size()} << 10 |
           uint64_t{type.results.size()} << 24 | uint64_t{type.fields.size()} << 40;
  }

  [[nodiscard]] uint64_t hash(uint64_t key) const {
    Hasher hasher(key);
    for (const DefType& type : members()) {
      hasher.add(head(type));
      hasher.add(word(type.supertype));
      for (ValType param : type.params) hasher.add(word(param));
      for (ValType result : type.results) hasher.add(word(result));
      for (const FieldType& field : type.fields) hasher.add(word(field));
    }
    return hasher.finish();
  }

  [[nodiscard]] bool equals(const Group& other) const {
    if (size_ != other.size_) return false;
    for (uint32_t i = 0; i < size_; ++i) {
      const DefType& a = members()[i];
      const DefType& b = other.members()[i];
      if (head(a) != head(b) || word(a.supertype) != other.word(b.supertype)) return false;
      if (!equal(a.params, other, b.params) || !equal(a.results, other, b.results) ||
          !equal(a.fields, other, b.fields))
        return false;
    }
    return true;
  }

 private:
  [[nodiscard]] std::span<const DefType> members() const {
    return module_.types.span().subspan(start_, size_);
  }
  template <class T>
  [[nodiscard]] bool equal(std::span<const T> mine, const Group& other,
                           std::span<const T> theirs) const {
    for (size_t i = 0; i < mine.size(); ++i)
      if (word(mine[i]) != other.word(theirs[i])) return false;
    return true;
  }

  const Module& module_;
  TypeIndex start_;
  uint32_t size_;
};

/// Groups by their hash, with open addressing.
class GroupTable {
 public:
  explicit GroupTable(const Allocator& allocator)
      : slots_(allocator), key_(reinterpret_cast<uintptr_t>(this) * 0x9E3779B97F4A7C15) {}

  [[nodiscard]] Result<void> reserve(size_t groups) {
    size_t size = 16;
    while (size < groups * 2) size *= 2;
    return slots_.resize(size);
  }

  /// The first group equal to the one at `start`, which is put in if there is none.
  [[nodiscard]] TypeIndex find_or_insert(const Module& module, TypeIndex start) {
    const Group group(module, start);
    const uint64_t hash = group.hash(key_);
    const size_t mask = slots_.size() - 1;
    for (size_t at = static_cast<size_t>(hash) & mask;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.start == kNoIndex) {
        slot = {hash, start};
        return start;
      }
      if (slot.hash == hash && group.equals(Group(module, slot.start))) return slot.start;
    }
  }

 private:
  struct Slot {
    uint64_t hash = 0;
    TypeIndex start = kNoIndex;
  };
  Vec<Slot> slots_;
  // Where the table lies differs from run to run where the system randomises addresses.
  uint64_t key_;
};

Result<void> check_indices(const DefType& type, TypeIndex end) {
  const auto check = [&](ValType value) -> Result<void> {
    if (value.is_ref() && value.heap_type().is_concrete() && value.heap_type().index() >= end)
      return fail(ErrorCode::unknown_type, type.offset, value.heap_type().index(), end);
    return {};
  };
  for (ValType param : type.params) TRY(check(param));
  for (ValType result : type.results) TRY(check(result));
  for (const FieldType& field : type.fields) TRY(check(field.storage));
  if (type.supertype != kNoIndex && type.supertype >= end)
    return fail(ErrorCode::unknown_type, type.offset, type.supertype, end);
  return {};
}

/// Supertypes are declared before their subtypes, in the same group too, and chains are short: both
/// are known of the whole group before anything walks along one.
Result<void> check_depth(Module& module, TypeIndex index) {
  DefType& type = module.types[index];
  if (type.supertype == kNoIndex) return {};
  if (type.supertype >= index)
    return fail(ErrorCode::unknown_type, type.offset, type.supertype, index);
  const unsigned depth = module.types[type.supertype].depth + 1u;
  if (depth > kMaxSubtypeDepth)
    return fail(ErrorCode::limit_exceeded, type.offset, kMaxSubtypeDepth, depth);
  type.depth = static_cast<uint8_t>(depth);
  return {};
}

Result<void> check_supertype(const Module& module, TypeIndex index) {
  const DefType& type = module.types[index];
  if (type.supertype == kNoIndex) return {};
  const DefType& super = module.types[type.supertype];
  if (super.final_ || !structure_matches(module, type, super))
    return fail(ErrorCode::sub_type, type.offset, index, type.supertype);
  return {};
}

} // namespace

Result<void> check_val_type(const Module& module, ValType type, uint32_t offset) {
  if (!type.is_ref() || !type.heap_type().is_concrete()) return {};
  if (type.heap_type().index() < module.types.size()) return {};
  return fail(ErrorCode::unknown_type, offset, type.heap_type().index(),
              static_cast<uint32_t>(module.types.size()));
}

Result<void> validate_types(Module& module) {
  const auto count = static_cast<TypeIndex>(module.types.size());
  size_t groups = 0;
  for (TypeIndex start = 0; start < count; start += module.types[start].group_size) ++groups;
  GroupTable table(module.allocator);
  TRY(table.reserve(groups));
  for (TypeIndex start = 0; start < count;) {
    const TypeIndex end = start + module.types[start].group_size;
    for (TypeIndex i = start; i < end; ++i) TRY(check_indices(module.types[i], end));
    const TypeIndex first = table.find_or_insert(module, start);
    for (TypeIndex i = start; i < end; ++i) module.types[i].canonical = first + (i - start);
    for (TypeIndex i = start; i < end; ++i) TRY(check_depth(module, i));
    for (TypeIndex i = start; i < end; ++i) TRY(check_supertype(module, i));
    start = end;
  }
  return {};
}

} // namespace waxwing
