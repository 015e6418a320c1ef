// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "waxwing/error.hpp"
#include "waxwing/function.hpp"
#include "waxwing/types.hpp"

/// Memories, tables, globals and tags: of an instance, or made by the host for modules to import.
namespace waxwing::inline v0 {

/// Some `T` one after the other in a guest's memory, seen in place, with bounds and alignment
/// checked. Valid until the memory grows: a host function that calls back into the guest asks again
/// afterwards. Another thread of the guest may change a shared memory at any time.
///
/// As the parameter of a host function it stands for two parameters of the guest's function, the
/// address and the number of elements, and is checked before the function is called.
template <class T>
class Span : public std::span<T> {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using std::span<T>::span;
  /// For characters: the text.
  [[nodiscard]] std::string_view text() const
    requires std::is_same_v<std::remove_cv_t<T>, char>
  {
    return {this->data(), this->size()};
  }
};

/// One `T` in a guest's memory, at any alignment. As the parameter of a host function it stands for
/// one parameter, the address, which is checked before the function is called. Valid like `Span`.
template <class T>
class Pointer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Pointer() = default;
  explicit Pointer(void* at) : at_(at) {}
  [[nodiscard]] T load() const {
    std::remove_cv_t<T> value;
    std::memcpy(&value, at_, sizeof value);
    return value;
  }
  void store(const T& value) const
    requires(!std::is_const_v<T>)
  {
    std::memcpy(at_, &value, sizeof value);
  }

 private:
  void* at_ = nullptr;
};

/// A linear memory. A handle, valid as long as its store. Every address is checked.
class WAXWING_API Memory {
 public:
  /// A shared memory of any store, for another one to have as well. Keeps it alive; thread-safe.
  class WAXWING_API Shared {
   public:
    [[nodiscard]] MemoryType type() const { return type_; }

   private:
    friend class Memory;
    Shared(std::shared_ptr<void> memory, const MemoryType& type)
        : memory_(std::move(memory)), type_(type) {}
    std::shared_ptr<void> memory_;
    MemoryType type_;
  };

  /// Makes one for modules to import. Fails with `limit`, `out_of_memory` or, for a type that
  /// cannot be, `usage`.
  [[nodiscard]] static Result<Memory> make(Store& store, const MemoryType& type);

  /// The memory in another store, which guests of several threads use at the same time. The engine
  /// of both is the same. Fails with `out_of_memory`.
  [[nodiscard]] static Result<Memory> from(Store& store, const Shared& shared);
  /// What `from` takes. Fails with `usage` for a memory that is not shared.
  [[nodiscard]] Result<Shared> share() const;

  /// With the present size as minimum.
  [[nodiscard]] MemoryType type() const;
  [[nodiscard]] uint64_t size_in_bytes() const;
  /// In pages.
  [[nodiscard]] uint64_t size() const;
  /// Adds pages; returns the size before, in pages. Fails with `limit`.
  Result<uint64_t> grow(uint64_t pages);

  /// All of it. Valid until it grows.
  [[nodiscard]] std::span<std::byte> bytes() const;
  /// `count` elements at `address`. Fails with `trap` (`out_of_bounds_memory_access`, or
  /// `unaligned_atomic` where the address does not suit `T`), so that a host function can pass it
  /// on.
  template <class T>
  [[nodiscard]] Result<Span<T>> view(uint64_t address, uint64_t count) const {
    Result<void*> at = resolve(address, count, sizeof(T), alignof(T));
    if (!at) return std::unexpected(std::move(at.error()));
    return Span<T>(static_cast<T*>(*at), static_cast<size_t>(count));
  }
  /// One value at `address`, at any alignment. Fails as above.
  template <class T>
  [[nodiscard]] Result<T> load(uint64_t address) const {
    Result<void*> at = resolve(address, 1, sizeof(T), 1);
    if (!at) return std::unexpected(std::move(at.error()));
    return Pointer<T>(*at).load();
  }
  template <class T>
  [[nodiscard]] Result<void> store(uint64_t address, const std::type_identity_t<T>& value) const {
    Result<void*> at = resolve(address, 1, sizeof(T), 1);
    if (!at) return std::unexpected(std::move(at.error()));
    Pointer<T>(*at).store(value);
    return {};
  }
  /// Copies a range out or in. Fails as above, and then nothing was copied.
  [[nodiscard]] Result<void> read(uint64_t address, std::span<std::byte> to) const;
  [[nodiscard]] Result<void> write(uint64_t address, std::span<const std::byte> from) const;
  /// A text that ends with a NUL, without it. Fails as above where there is none before the end.
  [[nodiscard]] Result<std::string_view> c_string(uint64_t address) const;

  /// The one function behind all of these: where `count` elements of `size` bytes begin.
  [[nodiscard]] Result<void*> resolve(uint64_t address, uint64_t count, size_t size,
                                      size_t alignment) const;
  Memory(impl::StoreState* store, void* memory) : store_(store), memory_(memory) {}
  [[nodiscard]] impl::StoreState* store_state() const { return store_; }
  [[nodiscard]] void* word() const { return memory_; }

 private:
  impl::StoreState* store_;
  void* memory_;
};

/// A table of references. A handle, valid as long as its store.
class WAXWING_API Table {
 public:
  /// Makes one whose elements are `init`. Fails with `limit`, `out_of_memory` or `usage`.
  [[nodiscard]] static Result<Table> make(Store& store, const TableType& type, const Value& init);

  /// With the present size as minimum.
  [[nodiscard]] TableType type() const;
  [[nodiscard]] uint64_t size() const;
  /// Fails with `usage` where there is no such element.
  [[nodiscard]] Result<Value> get(uint64_t index) const;
  /// Fails with `usage` also where the value is not of the table's type.
  Result<void> set(uint64_t index, const Value& value);
  /// Adds elements; returns the size before. Fails with `limit` or `usage`.
  Result<uint64_t> grow(uint64_t count, const Value& init);

  Table(impl::StoreState* store, void* table) : store_(store), table_(table) {}
  [[nodiscard]] impl::StoreState* store_state() const { return store_; }
  [[nodiscard]] void* word() const { return table_; }

 private:
  impl::StoreState* store_;
  void* table_;
};

/// A global. A handle, valid as long as its store.
class WAXWING_API Global {
 public:
  /// Fails with `usage` where the value is not of the type, or with `out_of_memory`.
  [[nodiscard]] static Result<Global> make(Store& store, const GlobalType& type,
                                           const Value& value);

  [[nodiscard]] GlobalType type() const;
  [[nodiscard]] Value get() const;
  /// Fails with `usage` where the value is not of its type, or where it cannot be changed.
  Result<void> set(const Value& value);

  Global(impl::StoreState* store, void* global) : store_(store), global_(global) {}
  [[nodiscard]] impl::StoreState* store_state() const { return store_; }
  [[nodiscard]] void* word() const { return global_; }

 private:
  impl::StoreState* store_;
  void* global_;
};

/// The tag of an exception: its type, and what tells one apart from another. A handle, valid as
/// long as its store.
class WAXWING_API Tag {
 public:
  /// Makes one for modules to import. Fails with `usage` for types that only a module can have, or
  /// with `out_of_memory`.
  [[nodiscard]] static Result<Tag> make(Store& store, const TagType& type);

  [[nodiscard]] TagType type() const;
  /// What the module that defines it calls it, for messages.
  [[nodiscard]] std::string name() const;
  /// Whether both are the same tag, of whatever name.
  friend bool operator==(const Tag& a, const Tag& b) { return a.tag_ == b.tag_; }

  Tag(impl::StoreState* store, void* tag) : store_(store), tag_(tag) {}
  [[nodiscard]] impl::StoreState* store_state() const { return store_; }
  [[nodiscard]] void* word() const { return tag_; }

 private:
  impl::StoreState* store_;
  void* tag_;
};

} // namespace waxwing::inline v0
