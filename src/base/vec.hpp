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
#include "base/error.hpp"

namespace waxwing {

/// A growable array whose growth can fail. Move-only; elements may be moved in memory when it
/// grows, so pointers into it last until the next growth. Holds the allocator it was made with,
/// which must outlive it.
template <class T>
class Vec {
 public:
  explicit Vec(const Allocator& allocator) : allocator_(&allocator) {}
  Vec(Vec&& other) noexcept
      : allocator_(other.allocator_), data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)), capacity_(std::exchange(other.capacity_, 0)) {}
  Vec& operator=(Vec&& other) noexcept {
    if (this != &other) {
      reset();
      allocator_ = other.allocator_;
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
      capacity_ = std::exchange(other.capacity_, 0);
    }
    return *this;
  }
  Vec(const Vec&) = delete;
  Vec& operator=(const Vec&) = delete;
  ~Vec() { reset(); }

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] size_t capacity() const { return capacity_; }
  [[nodiscard]] const Allocator& allocator() const { return *allocator_; }
  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] T* begin() { return data_; }
  [[nodiscard]] T* end() { return data_ + size_; }
  [[nodiscard]] const T* begin() const { return data_; }
  [[nodiscard]] const T* end() const { return data_ + size_; }
  [[nodiscard]] T& operator[](size_t i) { return data_[i]; }
  [[nodiscard]] const T& operator[](size_t i) const { return data_[i]; }
  [[nodiscard]] T& back() { return data_[size_ - 1]; }
  [[nodiscard]] const T& back() const { return data_[size_ - 1]; }
  [[nodiscard]] std::span<T> span() { return {data_, size_}; }
  [[nodiscard]] std::span<const T> span() const { return {data_, size_}; }

  /// Makes room for `capacity` elements in all.
  [[nodiscard]] Result<void> reserve(size_t capacity) {
    if (capacity <= capacity_) return {};
    if (capacity > std::numeric_limits<size_t>::max() / 2 / sizeof(T)) return out_of_memory();
    if constexpr (std::is_trivially_copyable_v<T>) {
      void* grown = allocator_->resize(allocator_->context, static_cast<void*>(data_),
                                       capacity_ * sizeof(T), capacity * sizeof(T), alignof(T));
      if (grown == nullptr) return out_of_memory();
      data_ = static_cast<T*>(grown);
    } else {
      void* grown = allocator_->allocate(capacity * sizeof(T), alignof(T));
      if (grown == nullptr) return out_of_memory();
      T* target = static_cast<T*>(grown);
      for (size_t i = 0; i < size_; ++i) {
        ::new (static_cast<void*>(target + i)) T(std::move(data_[i]));
        data_[i].~T();
      }
      allocator_->release(data_, capacity_ * sizeof(T), alignof(T));
      data_ = target;
    }
    capacity_ = capacity;
    return {};
  }

  /// Makes room for `count` more elements.
  [[nodiscard]] Result<void> reserve_more(size_t count) {
    return count <= capacity_ - size_ ? Result<void>() : grow(size_ + count);
  }

  [[nodiscard]] Result<void> push(T value) {
    if (size_ == capacity_) TRY(grow(size_ + 1));
    push_reserved(std::move(value));
    return {};
  }

  /// The same where `reserve` has made room.
  void push_reserved(T value) {
    ::new (static_cast<void*>(data_ + size_)) T(std::move(value));
    ++size_;
  }

  [[nodiscard]] Result<void> append(std::span<const T> values)
    requires std::is_trivially_copyable_v<T>
  {
    if (values.empty()) return {};
    if (values.size() > capacity_ - size_) TRY(grow(size_ + values.size()));
    std::memcpy(static_cast<void*>(data_ + size_), values.data(), values.size() * sizeof(T));
    size_ += values.size();
    return {};
  }

  /// Grows with copies of `value`, or drops elements from the end.
  [[nodiscard]] Result<void> resize(size_t size, const T& value = T())
    requires std::is_copy_constructible_v<T>
  {
    if (size > capacity_) TRY(grow(size));
    while (size_ < size) ::new (static_cast<void*>(data_ + size_++)) T(value);
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
    while (size_ > size) data_[--size_].~T();
  }
  void clear() { truncate(0); }
  T pop() {
    T value = std::move(data_[size_ - 1]);
    truncate(size_ - 1);
    return value;
  }
  /// Drops everything and gives the memory back.
  void reset() {
    clear();
    allocator_->release(static_cast<void*>(data_), capacity_ * sizeof(T), alignof(T));
    data_ = nullptr;
    capacity_ = 0;
  }

 private:
  [[nodiscard]] Result<void> grow(size_t wanted) {
    size_t doubled = capacity_ + capacity_ / 2 + 4;
    return reserve(doubled > wanted ? doubled : wanted);
  }

  const Allocator* allocator_;
  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

using Buffer = Vec<uint8_t>;

} // namespace waxwing
