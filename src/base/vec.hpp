// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "base/allocator.hpp"
#include "base/config.hpp"
#include "base/error.hpp"

namespace waxwing {

namespace detail {
/// The memory of an array. What doesn't depend on the type of its elements is here, once for all.
struct ArrayMemory {
  const Allocator* allocator;
  void* data = nullptr;
  size_t capacity = 0;

  /// Room for `wanted` elements, more than `capacity`, of `size` bytes each, which may be moved as
  /// bytes; and some more. False if there is no memory.
  [[nodiscard]] bool grow(size_t wanted, size_t size, size_t alignment);
  /// Copies `value` behind `count` elements, and counts it.
  [[nodiscard]] Result<void> push(size_t& count, const void* value, size_t size, size_t alignment);
  /// Gives the memory back.
  void release(size_t size, size_t alignment);
};
[[nodiscard]] constexpr size_t grown_capacity(size_t capacity, size_t wanted) {
  const size_t larger = capacity + capacity / 2 + 4;
  return larger > wanted ? larger : wanted;
}
} // namespace detail

/// A growable array whose growth can fail. Move-only; elements may be moved in memory when it
/// grows, so pointers into it last until the next growth. Holds the allocator it was made with,
/// which must outlive it.
template <class T>
class Vec {
 public:
  explicit Vec(const Allocator& allocator) : memory_{&allocator} {}
  Vec(Vec&& other) noexcept
      : memory_(std::exchange(other.memory_, {other.memory_.allocator})),
        size_(std::exchange(other.size_, 0)) {}
  Vec& operator=(Vec&& other) noexcept {
    if (this != &other) {
      reset();
      memory_ = std::exchange(other.memory_, {other.memory_.allocator});
      size_ = std::exchange(other.size_, 0);
    }
    return *this;
  }
  Vec(const Vec&) = delete;
  Vec& operator=(const Vec&) = delete;
  ~Vec() { reset(); }

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] size_t capacity() const { return memory_.capacity; }
  [[nodiscard]] const Allocator& allocator() const { return *memory_.allocator; }
  [[nodiscard]] T* data() { return static_cast<T*>(memory_.data); }
  [[nodiscard]] const T* data() const { return static_cast<const T*>(memory_.data); }
  [[nodiscard]] T* begin() { return data(); }
  [[nodiscard]] T* end() { return data() + size_; }
  [[nodiscard]] const T* begin() const { return data(); }
  [[nodiscard]] const T* end() const { return data() + size_; }
  [[nodiscard]] T& operator[](size_t i) { return data()[i]; }
  [[nodiscard]] const T& operator[](size_t i) const { return data()[i]; }
  [[nodiscard]] T& back() { return data()[size_ - 1]; }
  [[nodiscard]] const T& back() const { return data()[size_ - 1]; }
  [[nodiscard]] std::span<T> span() { return {data(), size_}; }
  [[nodiscard]] std::span<const T> span() const { return {data(), size_}; }

  /// Makes room for `capacity` elements in all.
  [[nodiscard]] Result<void> reserve(size_t capacity) {
    if (capacity <= memory_.capacity) return {};
    if constexpr (std::is_trivially_copyable_v<T>) {
      return grow(capacity);
    } else {
      if (capacity > std::numeric_limits<size_t>::max() / 2 / sizeof(T)) return out_of_memory();
      void* grown = memory_.allocator->allocate(capacity * sizeof(T), alignof(T));
      if (grown == nullptr) return out_of_memory();
      T* target = static_cast<T*>(grown);
      for (size_t i = 0; i < size_; ++i) {
        ::new (static_cast<void*>(target + i)) T(std::move(data()[i]));
        data()[i].~T();
      }
      memory_.release(sizeof(T), alignof(T));
      memory_.data = grown;
      memory_.capacity = capacity;
      return {};
    }
  }

  /// Makes room for `count` more elements.
  [[nodiscard]] Result<void> reserve_more(size_t count) {
    return count <= memory_.capacity - size_ ? Result<void>() : grow(size_ + count);
  }

  [[nodiscard]] Result<void> push(T value) {
    if constexpr (!kFullHandlers && std::is_trivially_copyable_v<T>)
      return memory_.push(size_, &value, sizeof(T), alignof(T));
    if (size_ == memory_.capacity) TRY(grow(size_ + 1));
    push_reserved(std::move(value));
    return {};
  }

  /// The same where `reserve` has made room.
  void push_reserved(T value) {
    ::new (static_cast<void*>(data() + size_)) T(std::move(value));
    ++size_;
  }

  [[nodiscard]] Result<void> append(std::span<const T> values)
    requires std::is_trivially_copyable_v<T>
  {
    if (values.empty()) return {};
    if (values.size() > memory_.capacity - size_) TRY(grow(size_ + values.size()));
    std::memcpy(static_cast<void*>(data() + size_), values.data(), values.size() * sizeof(T));
    size_ += values.size();
    return {};
  }

  /// Grows with copies of `value`, or drops elements from the end.
  [[nodiscard]] Result<void> resize(size_t size, const T& value = T())
    requires std::is_copy_constructible_v<T>
  {
    if (size > memory_.capacity) TRY(grow(size));
    while (size_ < size) ::new (static_cast<void*>(data() + size_++)) T(value);
    truncate(size);
    return {};
  }

  /// Takes over elements that were written behind the end, or drops some: at most `capacity()`.
  void set_size(size_t size)
    requires std::is_trivially_copyable_v<T>
  {
    size_ = size;
  }

  /// Drops elements from the end; never fails and keeps the capacity.
  void truncate(size_t size) {
    if constexpr (std::is_trivially_destructible_v<T>) {
      if (size_ > size) size_ = size;
      return;
    }
    while (size_ > size) data()[--size_].~T();
  }
  void clear() { truncate(0); }
  T pop() {
    T value = std::move(back());
    truncate(size_ - 1);
    return value;
  }
  /// Drops everything and gives the memory back.
  void reset() {
    clear();
    memory_.release(sizeof(T), alignof(T));
  }

 private:
  [[nodiscard]] Result<void> grow(size_t wanted) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      if (memory_.grow(wanted, sizeof(T), alignof(T))) return {};
      return out_of_memory();
    } else {
      return reserve(detail::grown_capacity(memory_.capacity, wanted));
    }
  }

  detail::ArrayMemory memory_;
  size_t size_ = 0;
};

using Buffer = Vec<uint8_t>;

} // namespace waxwing
