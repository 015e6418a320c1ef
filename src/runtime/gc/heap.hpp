// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The heap of a store: objects of guests, exceptions, and values of the host. See docs/gc.md.
//
// To allocate an object:
//
//   store.stack_top = …;               what lies below it on the value stack is kept alive
//   ExceptionObject* e = store.heap().new_exception(tag);
//   if (e == nullptr) return store.raise(TrapKind::gc_heap_exhausted);
//   std::memcpy(e->cells(), …);        before anything else is allocated
//
// The object is zero-filled. Any allocation may collect; alive is what can be reached from
//   - the value stack between `Store::stack_base` and `Store::stack_top`, and the native stack of
//     the guest's thread up to its outermost guest entry: every word that looks like an address in
//     an object, from its first byte to one past its last;
//   - globals, tables, element segments, `Store::exception`;
//   - `Rooted` values, which is how code of the host holds references.
// A new kind of object needs an `ObjectKind`, a constant type in object.hpp, and a case in
// `Heap::trace`.
#pragma once

#include <cstdint>

#include "base/vec.hpp"
#include "runtime/gc/object.hpp"
#include "runtime/gc/space.hpp"
#include "runtime/limits.hpp"

namespace waxwing::runtime {

class Heap;
class Store;

/// A reference that the host holds: what it refers to stays alive. Must not move in memory, so it
/// is neither copied nor moved. Belongs to the store's thread, and ends before the store.
class Rooted {
 public:
  explicit Rooted(Heap& heap, Ref ref = 0);
  ~Rooted();
  Rooted(const Rooted&) = delete;
  Rooted& operator=(const Rooted&) = delete;

  [[nodiscard]] Ref get() const { return ref_; }
  void set(Ref ref) { ref_ = ref; }

 private:
  friend class Heap;
  Ref ref_;
  /// What points to this one in the heap's list; null once the heap is gone.
  Rooted** link_;
  Rooted* next_;
};

/// References that lie elsewhere than in a `Rooted`: `visit` is called in every collection and
/// passes them to `Heap::mark` or `Heap::mark_words`.
class RootSource {
 public:
  using Visit = void (*)(RootSource& source, Heap& heap);
  RootSource(Heap& heap, Visit visit);
  ~RootSource();
  RootSource(const RootSource&) = delete;
  RootSource& operator=(const RootSource&) = delete;

 private:
  friend class Heap;
  Visit visit_;
  Heap& heap_;
  RootSource* next_;
};

/// One collection.
struct Collection {
  /// Nanoseconds that the guest stood still.
  uint64_t pause;
  /// Bytes of the objects that were found alive, and of the blocks that hold objects.
  uint64_t live_bytes;
  uint64_t used_bytes;
};

class Heap {
 public:
  Heap(Store& store, const StoreLimits& limits);
  /// Calls the finalizers that are left.
  ~Heap();
  Heap(const Heap&) = delete;

  // Zero-filled objects; null where there is no room for them even after a collection.

  [[nodiscard]] StructObject* new_struct(const RuntimeType& type);
  [[nodiscard]] ArrayObject* new_array(const RuntimeType& type, uint32_t length);
  [[nodiscard]] ExceptionObject* new_exception(const Tag& tag);
  /// `finalizer` is called with `data` when the object is gone; not if null is returned.
  [[nodiscard]] HostObject* new_host(void* data, Finalizer finalizer = nullptr);

  /// Collects now.
  void collect();

  /// Keeps `ref` alive in the collection that is going on; any word is allowed.
  void mark(Ref ref);
  /// The same for all words between two addresses that are aligned to a cell.
  void mark_words(const void* begin, const void* end);

  /// The start of the object that `address` lies in, from its first byte to one past its last, or
  /// null.
  [[nodiscard]] Object* find(uintptr_t address) const { return space_.find(address); }

  /// Bytes of the blocks that hold objects, and of all memory that the heap has taken.
  [[nodiscard]] uint64_t used_bytes() const { return space_.used_bytes(); }
  [[nodiscard]] uint64_t taken_bytes() const { return space_.taken_bytes(); }
  /// The most that `taken_bytes` has been.
  [[nodiscard]] uint64_t largest_bytes() const { return space_.largest_bytes(); }
  [[nodiscard]] uint64_t collections() const { return collections_; }

  /// Called after every collection.
  using Observer = void (*)(void* context, const Collection& collection);
  void observe(Observer observer, void* context) {
    observer_ = observer;
    observer_context_ = context;
  }

 private:
  friend class Rooted;
  friend class RootSource;

  /// An object whose references, from `index` on, are still to be looked at.
  struct Work {
    Object* object;
    uint32_t index;
  };
  /// Looked at in one go, so that an array of references takes one place on the stack.
  static constexpr uint32_t kElementsAtOnce = 256;
  /// Work that needs no memory: with it, chains of any length are followed without any more.
  static constexpr uint32_t kInlineWork = 64;

  [[nodiscard]] Object* allocate(const RuntimeType& type, uint64_t bytes);
  [[nodiscard]] Object* allocate_slowly(uint64_t bytes);
  void mark_roots();
  void mark_native_stack();
  void mark_native_frames();
  void mark_exactly(Ref ref);
  void push(Object* object, uint32_t index);
  void drain();
  void follow();
  void trace(Object* object, uint32_t index);
  [[nodiscard]] HostObject* take_dead_hosts();
  static void finalize(HostObject* hosts);

  Store& store_;
  Space space_;
  bool stress_;
  bool collecting_ = false;
  Rooted* rooted_ = nullptr;
  RootSource* sources_ = nullptr;
  HostObject* hosts_ = nullptr;
  /// Blocks in use above which the next collection comes.
  uint64_t threshold_;
  uint64_t collections_ = 0;
  Work inline_work_[kInlineWork];
  uint32_t inline_count_ = 0;
  Vec<Work> work_;
  /// Something marked was left out of the work for want of memory.
  bool overflowed_ = false;
  Observer observer_ = nullptr;
  void* observer_context_ = nullptr;
};

} // namespace waxwing::runtime
