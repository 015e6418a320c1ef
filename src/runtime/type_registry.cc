// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/type_registry.hpp"

#include <bit>
#include <cstring>
#include <utility>

#include "base/bits.hpp"
#include "base/hash.hpp"
#include "platform/clock.hpp"
#include "wasm/object_layout.hpp"

namespace waxwing::runtime {

namespace {

// Words of a group. A reference to a concrete type is two words: the value type's bits without the
// index, then the index itself: a number of the registry, or, for a type of the same group, its
// place in the group plus this bit.
constexpr uint32_t kInGroup = 1u << 31;
constexpr uint32_t kNoSupertype = kInGroup - 1;

constexpr uint32_t kIndexMask = HeapType::kAbstract - 1;

constexpr HeapType with_index(HeapType type, uint32_t index) {
  return HeapType::from_bits((type.bits() & ~kIndexMask) | index);
}

constexpr ValType with_index(ValType type, uint32_t index) {
  return ValType::ref(with_index(type.heap_type(), index), type.is_nullable());
}

constexpr bool names_type(ValType type) { return type.is_ref() && type.heap_type().is_concrete(); }

uint64_t hash_words(uint64_t key, std::span<const uint32_t> words) {
  Hasher hasher(key);
  for (; words.size() > 1; words = words.subspan(2))
    hasher.add(words[0] | uint64_t{words[1]} << 32);
  if (!words.empty()) hasher.add(words[0]);
  return hasher.finish();
}

uint32_t cells_of(std::span<const ValType> types) {
  uint32_t cells = 0;
  for (ValType type : types) cells += waxwing::cells_of(type);
  return cells;
}

/// Turns the index of a type that `group` mentions into one of the registry.
struct Translation {
  TypeIndex start;
  uint32_t first;
  std::span<const RuntimeType* const> known;

  [[nodiscard]] uint32_t operator()(TypeIndex index) const {
    return index >= start ? first + (index - start) : known[index]->id;
  }
  [[nodiscard]] WAX_NOINLINE ValType operator()(ValType type) const {
    return names_type(type) ? with_index(type, (*this)(type.heap_type().index())) : type;
  }
};

/// Which of the hierarchies of spec section 3.3.3 an abstract heap type belongs to, by its top.
constexpr HeapType top_of(HeapType type) {
  switch (type.code()) {
  case heap::nofunc.code():
  case heap::func.code(): return heap::func;
  case heap::noextern.code():
  case heap::extern_.code(): return heap::extern_;
  case heap::noexn.code():
  case heap::exn.code(): return heap::exn;
  default: return heap::any;
  }
}

constexpr bool is_bottom(HeapType type) {
  return type == heap::nofunc || type == heap::noextern || type == heap::noexn ||
         type == heap::none;
}

constexpr HeapType unshared(HeapType type) {
  return HeapType::from_bits(type.bits() & ~HeapType::kShared);
}

/// Whether an abstract `sub` is below an abstract `super`.
constexpr bool matches_abstract(HeapType sub, HeapType super) {
  if (sub == super) return true;
  if (top_of(sub) != top_of(super)) return false;
  if (is_bottom(sub) || super == top_of(super)) return true;
  return super == heap::eq && (sub == heap::i31 || sub == heap::struct_ || sub == heap::array);
}

/// The abstract heap type just above all types of a kind.
constexpr HeapType abstract_of(TypeKind kind) {
  switch (kind) {
  case TypeKind::func: return heap::func;
  case TypeKind::struct_: return heap::struct_;
  case TypeKind::array: return heap::array;
  }
  return heap::any;
}

/// The types that a group may mention: those of the module before it, and its own.
struct Mentioned {
  std::span<const DefType> group;
  TypeIndex start;
  std::span<const RuntimeType* const> known;

  /// Whether values of a type refer to objects of the heap.
  [[nodiscard]] WAX_NOINLINE bool is_traced(ValType type) const {
    if (!type.is_ref()) return false;
    const HeapType heap_type = type.heap_type();
    if (!heap_type.is_concrete()) return top_of(unshared(heap_type)) != heap::func;
    const TypeIndex index = heap_type.index();
    return (index >= start ? group[index - start].kind : known[index]->kind) != TypeKind::func;
  }
};

constexpr size_t kMinSlots = 16;

/// Types live in chunks of which each is twice as long as the one before.
constexpr uint32_t kFirstChunk = 16;

/// The most that `chunks` of them hold.
constexpr uint32_t capacity_of(size_t chunks) { return kFirstChunk * ((1u << chunks) - 1); }

} // namespace

/// Memory of a group, handed out piece by piece.
struct TypeRegistry::Pieces {
  uint8_t* at = nullptr;
  /// For every array there may be a gap in front of it.
  static constexpr size_t kGap = alignof(void*) - 1;

  [[nodiscard]] WAX_NOINLINE void* take(size_t bytes, size_t alignment) {
    at = reinterpret_cast<uint8_t*>(align_up(reinterpret_cast<uintptr_t>(at), alignment));
    return std::exchange(at, at + bytes);
  }
  template <class T>
  [[nodiscard]] std::span<T> take(size_t count) {
    return {static_cast<T*>(take(count * sizeof(T), alignof(T))), count};
  }

  /// What the types of `group` and its `words` take at most.
  static uint64_t bound(std::span<const DefType> group, size_t words) {
    uint64_t bytes = words * sizeof(uint32_t) + kGap;
    for (const DefType& def : group) {
      bytes += (def.params.size() + def.results.size()) * sizeof(ValType);
      bytes += def.fields.size() * (sizeof(FieldType) + 2 * sizeof(uint32_t));
      bytes += (size_t{def.depth} + 1) * sizeof(void*) + 6 * kGap;
    }
    return bytes;
  }
};

TypeRegistry::TypeRegistry(const Allocator& allocator)
    : allocator_(allocator), groups_(allocator), slots_(allocator), words_(allocator),
      free_(allocator) {
  platform::make_hash_key(key_);
}

TypeRegistry::~TypeRegistry() {
  for (const Group& group : groups_)
    if (group.references != 0) allocator_.release(group.memory, group.memory_bytes, alignof(void*));
  for (size_t k = 0; k < kChunks; ++k)
    allocator_.release(chunks_[k], sizeof(RuntimeType) * (size_t{kFirstChunk} << k),
                       alignof(RuntimeType));
}

Result<void> TypeRegistry::intern(const Module& module, Vec<const RuntimeType*>& out) {
  const std::span<const DefType> types = module.types.span();
  TRY(out.reserve(types.size()));
  platform::LockGuard guard(lock_);
  for (TypeIndex start = 0; start < types.size();) {
    const uint32_t size = types[start].group_size;
    if (size == 0) { // `(rec)` has no types of its own
      ++start;
      continue;
    }
    const auto entered = enter_group(types.subspan(start, size), start, out.span());
    if (!entered) {
      drop_all(out.span());
      out.clear();
      return std::unexpected(entered.error());
    }
    const uint32_t first = *entered;
    for (uint32_t i = 0; i < size; ++i) out.push_reserved(type(first + i));
    start += size;
  }
  return {};
}

void TypeRegistry::release(std::span<const RuntimeType* const> types) {
  platform::LockGuard guard(lock_);
  drop_all(types);
}

/// Takes back one reference for each time that `intern` has met a group.
void TypeRegistry::drop_all(std::span<const RuntimeType* const> types) {
  // The groups of later types mention those of earlier ones. Each appears as a whole.
  for (size_t i = types.size(); i-- > 0;) {
    const uint32_t group = types[i]->group;
    if (types[i]->id == groups_[group].first) drop(group);
  }
}

uint32_t TypeRegistry::size() const {
  platform::LockGuard guard(lock_);
  return alive_;
}

Result<const RuntimeType*> TypeRegistry::intern_function(std::span<const ValType> params,
                                                         std::span<const ValType> results) {
  DefType def;
  def.params = params;
  def.results = results;
  platform::LockGuard guard(lock_);
  // The reference is never given back: hosts have few types, and keep them in places of their own.
  return type(TRY(enter_group({&def, 1}, 0, {})));
}

TypeRegistry::Place TypeRegistry::place_of(uint32_t id) {
  const auto chunk = static_cast<size_t>(std::bit_width(id / kFirstChunk + 1) - 1) % kChunks;
  return {chunk, id - kFirstChunk * ((1u << chunk) - 1)};
}

const RuntimeType* TypeRegistry::type(uint32_t id) const { return at(id); }

RuntimeType* TypeRegistry::at(uint32_t id) const {
  const Place place = place_of(id);
  return chunks_[place.chunk] + place.index;
}

/// The number of the first type of a group, which is added if there is none like it; with one more
/// reference to it.
Result<uint32_t> TypeRegistry::enter_group(std::span<const DefType> group, TypeIndex start,
                                           std::span<const RuntimeType* const> known) {
  words_.clear();
  TRY(write_words(group, start, known));
  const uint64_t hash = hash_words(key_, words_.span());
  if ((size_t{group_count_} + 1) * 4 > slots_.size() * 3) TRY(grow_slots());
  const size_t mask = slots_.size() - 1;
  size_t slot = static_cast<size_t>(hash) & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    Group& other = groups_[slots_[slot] - 1];
    if (other.hash == hash && other.words.size() == words_.size() &&
        std::memcmp(other.words.data(), words_.data(), other.words.size_bytes()) == 0) {
      ++other.references;
      return other.first;
    }
  }
  const uint32_t number = TRY(add_group(group, start, known, hash));
  slots_[slot] = number + 1;
  return groups_[number].first;
}

/// Spells out a group so that equal groups, and no others, have equal words (spec section 3.1.4).
Result<void> TypeRegistry::write_words(std::span<const DefType> group, TypeIndex start,
                                       std::span<const RuntimeType* const> known) {
  const auto reference = [&](TypeIndex index) {
    return index >= start ? kInGroup | (index - start) : known[index]->id;
  };
  const auto value = [&](ValType type) {
    const bool names = names_type(type);
    words_.push_reserved(names ? with_index(type, 0).bits() : type.bits());
    if (names) words_.push_reserved(reference(type.heap_type().index()));
  };
  size_t most = 1;
  for (const DefType& type : group)
    most += 5 + 2 * (type.params.size() + type.results.size()) + 3 * type.fields.size();
  TRY(words_.reserve(most));
  words_.push_reserved(static_cast<uint32_t>(group.size()));
  for (const DefType& type : group) {
    words_.push_reserved(static_cast<uint32_t>(type.kind) | (type.final_ ? 0x100u : 0) |
                         (type.shared ? 0x200u : 0));
    words_.push_reserved(type.supertype == kNoIndex ? kNoSupertype : reference(type.supertype));
    words_.push_reserved(static_cast<uint32_t>(type.params.size()));
    words_.push_reserved(static_cast<uint32_t>(type.results.size()));
    words_.push_reserved(static_cast<uint32_t>(type.fields.size()));
    for (ValType param : type.params) value(param);
    for (ValType result : type.results) value(result);
    for (const FieldType& field : type.fields) {
      words_.push_reserved(field.mutable_ ? 1 : 0);
      value(field.storage);
    }
  }
  return {};
}

/// Adds a group with one reference, and returns its number.
Result<uint32_t> TypeRegistry::add_group(std::span<const DefType> group, TypeIndex start,
                                         std::span<const RuntimeType* const> known, uint64_t hash) {
  const auto count = static_cast<uint32_t>(group.size());
  const uint64_t bound = Pieces::bound(group, words_.size());
  if (bound > SIZE_MAX / 2) return out_of_memory();
  const auto bytes = static_cast<size_t>(bound);
  if (free_group_ == 0) TRY(groups_.reserve_more(1));
  // So that giving the numbers back cannot fail.
  TRY(free_.reserve_more(group_count_ + size_t{2} - free_.size()));
  const uint32_t first = TRY(new_numbers(count));
  void* memory = allocator_.allocate(bytes, alignof(void*));
  if (memory == nullptr) {
    free_numbers(first, count);
    return out_of_memory();
  }
  uint32_t number = free_group_;
  if (number != 0) {
    free_group_ = groups_[--number].first;
  } else {
    number = static_cast<uint32_t>(groups_.size());
    groups_.push_reserved({});
  }
  Pieces pieces{static_cast<uint8_t*>(memory)};
  const auto words = pieces.take<uint32_t>(words_.size());
  std::memcpy(words.data(), words_.data(), words.size_bytes());
  groups_[number] = {hash, words, first, count, 1, memory, bytes, 0};
  ++group_count_;
  alive_ += count;
  make_types(pieces, number, group, start, known);
  mention(groups_[number], true);
  return number;
}

void TypeRegistry::make_types(Pieces& pieces, uint32_t group_number, std::span<const DefType> group,
                              TypeIndex start, std::span<const RuntimeType* const> known) {
  const uint32_t first = groups_[group_number].first;
  const Translation translate{start, first, known};
  for (uint32_t n = 0; n < group.size(); ++n) {
    const DefType& def = group[n];
    RuntimeType* made = at(first + n);
    const RuntimeType* super = def.supertype == kNoIndex ? nullptr : type(translate(def.supertype));
    const auto depth = static_cast<uint8_t>(super == nullptr ? 0 : super->depth + 1);
    const auto display = pieces.take<const RuntimeType*>(size_t{depth} + 1);
    for (size_t i = 0; i < depth; ++i) display[i] = super->display[i];
    display[depth] = made;
    const auto params = pieces.take<ValType>(def.params.size());
    const auto results = pieces.take<ValType>(def.results.size());
    const auto fields = pieces.take<FieldType>(def.fields.size());
    for (size_t i = 0; i < params.size(); ++i) params[i] = translate(def.params[i]);
    for (size_t i = 0; i < results.size(); ++i) results[i] = translate(def.results[i]);
    for (size_t i = 0; i < fields.size(); ++i)
      fields[i] = {translate(def.fields[i].storage), def.fields[i].mutable_};
    const auto traced = [mentioned = Mentioned{group, start, known}](ValType field) {
      return mentioned.is_traced(field);
    };
    const Layout layout = lay_out(def, pieces, traced);
    const uint32_t param_cells = cells_of(params);
    const uint32_t result_cells = cells_of(results);
    ::new (static_cast<void*>(made))
        RuntimeType{.kind = def.kind,
                    .final_ = def.final_,
                    .shared = def.shared,
                    .depth = depth,
                    .id = first + n,
                    .display = display.data(),
                    .group = group_number,
                    .params = params,
                    .results = results,
                    .fields = fields,
                    .param_cells = param_cells,
                    .result_cells = result_cells,
                    .call_cells = param_cells > result_cells ? param_cells : result_cells,
                    .object = layout.object,
                    .traces_elements = layout.traces_elements,
                    .element_log2 = layout.element_log2,
                    .object_size = layout.size,
                    .offsets = layout.offsets,
                    .traced = layout.traced};
  }
}

/// Adds a reference to each other group that `group` mentions, as often as it does, or takes it
/// back; those whose last it was become `dead_`.
void TypeRegistry::mention(const Group& group, bool adds) {
  const auto visit = [&](const RuntimeType& other) {
    if (other.id - group.first < group.count) return;
    Group& mentioned = groups_[other.group];
    if (adds) {
      ++mentioned.references;
    } else if (--mentioned.references == 0) {
      mentioned.next_dead = dead_;
      dead_ = other.group + 1;
    }
  };
  const auto look = [&](ValType value) {
    if (names_type(value)) visit(*type(value.heap_type().index()));
  };
  for (uint32_t n = 0; n < group.count; ++n) {
    const RuntimeType& made = *type(group.first + n);
    for (const ValType param : made.params) look(param);
    for (const ValType result : made.results) look(result);
    for (const FieldType& field : made.fields) look(field.storage);
    if (made.depth == 0) continue;
    visit(*made.display[made.depth - 1]);
  }
}

/// Takes a reference to a group back; ends it, and those that only it has mentioned, with the last.
void TypeRegistry::drop(uint32_t group_number) {
  if (--groups_[group_number].references != 0) return;
  // A list instead of recursion: guests choose how long such chains are.
  dead_ = group_number + 1;
  groups_[group_number].next_dead = 0;
  while (dead_ != 0) {
    const uint32_t number = dead_ - 1;
    Group& group = groups_[number];
    dead_ = group.next_dead;
    mention(group, false);
    remove_slot(number);
    allocator_.release(group.memory, group.memory_bytes, alignof(void*));
    free_numbers(group.first, group.count);
    alive_ -= group.count;
    --group_count_;
    group = {};
    group.first = free_group_;
    free_group_ = number + 1;
  }
}

/// Closes the gap that a group leaves in its run of slots.
void TypeRegistry::remove_slot(uint32_t group_number) {
  const size_t mask = slots_.size() - 1;
  size_t gap = static_cast<size_t>(groups_[group_number].hash) & mask;
  while (slots_[gap] != group_number + 1) gap = (gap + 1) & mask;
  for (size_t slot = (gap + 1) & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const size_t home = static_cast<size_t>(groups_[slots_[slot] - 1].hash) & mask;
    // It may move up to the gap unless its home lies behind that.
    if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
    slots_[gap] = slots_[slot];
    gap = slot;
  }
  slots_[gap] = 0;
}

/// Where the fields of a type's objects lie. Those of a supertype, which come first, get the same
/// places in all its subtypes.
template <class Traced>
TypeRegistry::Layout TypeRegistry::lay_out(const DefType& def, Pieces& pieces, Traced traced) {
  Layout layout;
  if (def.kind == TypeKind::array) {
    const ValType storage = def.fields[0].storage;
    layout.object = ObjectKind::array;
    layout.traces_elements = traced(storage);
    layout.element_log2 = static_cast<uint8_t>(std::countr_zero(waxwing::size_of(storage)));
    layout.size = array_elements_offset(storage, sizeof(void*));
  } else if (def.kind == TypeKind::struct_) {
    layout.object = ObjectKind::struct_;
    size_t references = 0;
    for (const FieldType& field : def.fields) references += traced(field.storage) ? 1 : 0;
    const auto offsets = pieces.take<uint32_t>(def.fields.size());
    const auto traced_offsets = pieces.take<uint32_t>(references);
    size_t next = 0;
    FieldPlaces places(sizeof(void*));
    for (size_t i = 0; i < offsets.size(); ++i) {
      const ValType storage = def.fields[i].storage;
      offsets[i] = places.place(storage);
      if (traced(storage)) traced_offsets[next++] = offsets[i];
    }
    layout.size = places.size();
    layout.offsets = offsets;
    layout.traced = traced_offsets;
  }
  return layout;
}

/// Closes the gap that element `i` leaves.
template <class T>
WAX_NOINLINE void remove(Vec<T>& from, size_t i) {
  std::memmove(&from[i], &from[i] + 1, (from.size() - i - 1) * sizeof(T));
  from.truncate(from.size() - 1);
}

/// Numbers for `count` types in a row, with places for them.
Result<uint32_t> TypeRegistry::new_numbers(uint32_t count) {
  for (size_t i = 0; i < free_.size(); ++i) {
    FreeNumbers& range = free_[i];
    if (range.count < count) continue;
    const uint32_t first = range.first;
    range.first += count;
    range.count -= count;
    if (range.count == 0) remove(free_, i);
    return first;
  }
  if (count > capacity_of(kChunks) - count_) return fail(ErrorCode::limit_exceeded);
  for (size_t chunk = place_of(count_).chunk; chunk <= place_of(count_ + count - 1).chunk;
       ++chunk) {
    if (chunks_[chunk] != nullptr) continue;
    void* memory = allocator_.allocate(sizeof(RuntimeType) * (size_t{kFirstChunk} << chunk),
                                       alignof(RuntimeType));
    if (memory == nullptr) return out_of_memory();
    chunks_[chunk] = static_cast<RuntimeType*>(memory);
  }
  const uint32_t first = count_;
  count_ += count;
  return first;
}

/// There is room in `free_` for one range more than there are groups.
void TypeRegistry::free_numbers(uint32_t first, uint32_t count) {
  size_t at = 0;
  while (at < free_.size() && free_[at].first < first) ++at;
  const bool joins_before = at != 0 && free_[at - 1].first + free_[at - 1].count == first;
  const bool joins_behind = at < free_.size() && first + count == free_[at].first;
  if (joins_before && joins_behind) {
    free_[at - 1].count += count + free_[at].count;
    remove(free_, at);
  } else if (joins_before) {
    free_[at - 1].count += count;
  } else if (joins_behind) {
    free_[at].first = first;
    free_[at].count += count;
  } else {
    free_.push_reserved({});
    std::memmove(&free_[at] + 1, &free_[at], (free_.size() - at - 1) * sizeof(FreeNumbers));
    free_[at] = {first, count};
  }
}

Result<void> TypeRegistry::grow_slots() {
  Vec<uint32_t> grown(allocator_);
  TRY(grown.resize(slots_.empty() ? kMinSlots : slots_.size() * 2));
  const size_t mask = grown.size() - 1;
  for (size_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i].references == 0) continue;
    size_t slot = static_cast<size_t>(groups_[i].hash) & mask;
    while (grown[slot] != 0) slot = (slot + 1) & mask;
    grown[slot] = static_cast<uint32_t>(i + 1);
  }
  slots_ = std::move(grown);
  return {};
}

// Spec section 3.3.3.
bool TypeRegistry::matches(HeapType sub, HeapType super) const {
  if (sub == super) return true;
  if (!sub.is_concrete() && !super.is_concrete())
    return sub.is_shared() == super.is_shared() && matches_abstract(unshared(sub), unshared(super));
  if (sub.is_concrete() && super.is_concrete())
    return is_subtype(type(sub.index()), type(super.index()));
  if (sub.is_concrete()) {
    const RuntimeType* concrete = type(sub.index());
    return concrete->shared == super.is_shared() &&
           matches_abstract(abstract_of(concrete->kind), unshared(super));
  }
  // Only the bottom of a hierarchy is below a concrete type.
  const RuntimeType* concrete = type(super.index());
  return concrete->shared == sub.is_shared() && is_bottom(unshared(sub)) &&
         top_of(unshared(sub)) == top_of(abstract_of(concrete->kind));
}

// Spec sections 3.3.4 and 3.3.5.
bool TypeRegistry::matches(ValType sub, ValType super) const {
  if (sub == super) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  return (super.is_nullable() || !sub.is_nullable()) && matches(sub.heap_type(), super.heap_type());
}

ValType to_registry(ValType type, std::span<const RuntimeType* const> module_types) {
  if (!names_type(type)) return type;
  return with_index(type, module_types[type.heap_type().index()]->id);
}

} // namespace waxwing::runtime
