// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>

#include "base/error.hpp"
#include "base/vec.hpp"
#include "platform/thread.hpp"
#include "wasm/module.hpp"
#include "wasm/types.hpp"

namespace waxwing::runtime {

/// What a heap object is (see gc/object.hpp).
enum class ObjectKind : uint8_t { none, struct_, array, exception, host };

/// A canonical type of an engine: two types are the same (iso-recursively, spec section 3.1.4)
/// exactly if their `RuntimeType` pointers are equal. Concrete heap types inside it are numbers of
/// this registry (`id`), not of any module.
struct RuntimeType {
  TypeKind kind = TypeKind::func;
  bool final_ = true;
  bool shared = false;
  /// `display[depth] == this`; `display[d]` for d < depth are its supertypes, outermost first, so
  /// that a subtype test is one load and one compare.
  uint8_t depth = 0;
  uint32_t id = 0;
  const RuntimeType* const* display = nullptr;
  /// The registry's number of its recursion group.
  uint32_t group = 0;
  std::span<const ValType> params{};
  std::span<const ValType> results{};
  std::span<const FieldType> fields{};
  /// Cells of the arguments, of the results, and the larger of both.
  uint32_t param_cells = 0;
  uint32_t result_cells = 0;
  uint32_t call_cells = 0;
  // Objects of the type. References to functions are not traced.
  ObjectKind object = ObjectKind::none;
  /// Arrays: the elements are references that are traced; log2 of an element's bytes.
  bool traces_elements = false;
  uint8_t element_log2 = 0;
  /// Bytes of a struct, or what lies in front of an array's elements.
  uint32_t object_size = 0;
  /// Of a struct's fields from the object's first byte, and those of the traced references.
  std::span<const uint32_t> offsets{};
  std::span<const uint32_t> traced{};
};

/// Whether `sub` is `super` or declared below it.
[[nodiscard]] WAX_ALWAYS_INLINE bool is_subtype(const RuntimeType* sub, const RuntimeType* super) {
  return sub == super || (super->depth < sub->depth && sub->display[super->depth] == super);
}

/// All types of all modules of an engine. Thread-safe. A recursion group is reference-counted: it
/// lives as long as anyone who holds one of its types, or a type that mentions one of them. Modules
/// hold theirs, and an instance holds its module; types of host functions live until the registry
/// ends.
class TypeRegistry {
 public:
  explicit TypeRegistry(const Allocator& allocator);
  ~TypeRegistry();
  TypeRegistry(const TypeRegistry&) = delete;

  /// Enters the types of a validated module and appends one canonical type for each of them to
  /// `out`, in order. The caller holds them until it gives all of `out` to `release`; after a
  /// failure it holds none.
  [[nodiscard]] Result<void> intern(const Module& module, Vec<const RuntimeType*>& out);
  void release(std::span<const RuntimeType* const> types);

  /// The type of a host function. `params` and `results` hold no concrete heap types.
  [[nodiscard]] Result<const RuntimeType*> intern_function(std::span<const ValType> params,
                                                           std::span<const ValType> results);

  /// A type that somebody holds.
  [[nodiscard]] const RuntimeType* type(uint32_t id) const;
  /// Types that are alive.
  [[nodiscard]] uint32_t size() const;

  /// Subtyping between value types whose concrete heap types are numbers of this registry.
  [[nodiscard]] bool matches(ValType sub, ValType super) const;
  [[nodiscard]] bool matches(HeapType sub, HeapType super) const;

 private:
  /// A recursion group, told apart from others by its words: kinds, supertypes and fields with
  /// references into the group counted from its start.
  struct Group {
    uint64_t hash;
    std::span<const uint32_t> words;
    uint32_t first;
    uint32_t count;
    /// Modules, groups that mention it, and one for ever if it is a host function's. 0: the record
    /// is free, and `first` is the next free one plus one.
    uint32_t references;
    /// What `words` and all that its types point to lie in.
    void* memory;
    size_t memory_bytes;
    /// In `dead_`: the next plus one.
    uint32_t next_dead;
  };
  /// Numbers of types that were given back.
  struct FreeNumbers {
    uint32_t first;
    uint32_t count;
  };
  static constexpr size_t kChunks = 18;
  struct Place {
    size_t chunk;
    size_t index;
  };
  [[nodiscard]] static Place place_of(uint32_t id);

  [[nodiscard]] Result<uint32_t> enter_group(std::span<const DefType> group, TypeIndex start,
                                             std::span<const RuntimeType* const> known);
  [[nodiscard]] Result<void> write_words(std::span<const DefType> group, TypeIndex start,
                                         std::span<const RuntimeType* const> known);
  [[nodiscard]] Result<uint32_t> add_group(std::span<const DefType> group, TypeIndex start,
                                           std::span<const RuntimeType* const> known,
                                           uint64_t hash);
  struct Layout {
    ObjectKind object = ObjectKind::none;
    bool traces_elements = false;
    uint8_t element_log2 = 0;
    uint32_t size = 0;
    std::span<const uint32_t> offsets;
    std::span<const uint32_t> traced;
  };
  struct Pieces;
  template <class Traced>
  [[nodiscard]] static Layout lay_out(const DefType& def, Pieces& pieces, Traced traced);
  void make_types(Pieces& pieces, uint32_t group_number, std::span<const DefType> group,
                  TypeIndex start, std::span<const RuntimeType* const> known);
  [[nodiscard]] Result<uint32_t> new_numbers(uint32_t count);
  void free_numbers(uint32_t first, uint32_t count);
  [[nodiscard]] Result<void> grow_slots();
  [[nodiscard]] RuntimeType* at(uint32_t id) const;
  void drop(uint32_t group_number);
  void drop_all(std::span<const RuntimeType* const> types);
  void remove_slot(uint32_t group_number);
  void mention(const Group& group, bool adds);

  const Allocator& allocator_;
  mutable platform::Mutex lock_;
  Vec<Group> groups_;
  /// The first free record of `groups_` plus one.
  uint32_t free_group_ = 0;
  uint32_t group_count_ = 0;
  /// Open addressing; group number plus one, 0 is free.
  Vec<uint32_t> slots_;
  Vec<uint32_t> words_;
  /// By number, none beside another.
  Vec<FreeNumbers> free_;
  /// Groups that nobody holds any more, while they are taken down.
  uint32_t dead_ = 0;
  /// Guests choose types: the hash is keyed.
  uint64_t key_ = 0;
  /// Types never move, so that they can be read without the lock.
  RuntimeType* chunks_[kChunks] = {};
  /// Numbers that were ever given out, and types that are alive.
  uint32_t count_ = 0;
  uint32_t alive_ = 0;
};

/// `type` of a module with its module-local index replaced by the registry's number.
[[nodiscard]] ValType to_registry(ValType type, std::span<const RuntimeType* const> module_types);

} // namespace waxwing::runtime
