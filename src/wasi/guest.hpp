// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "base/bits.hpp"
#include "runtime/memory.hpp"
#include "wasi/abi.hpp"

/// What a guest passes to a function: addresses in its memory, which may be anything. They are
/// types of their own, and the only way to what they point at is `GuestMemory`, which asks the
/// memory each time: nothing of the host's points into it between two calls.
namespace waxwing::wasi {

/// The address of one `T`.
template <class T>
struct Ptr {
  static_assert(std::is_trivially_copyable_v<T>);
  uint32_t address;
};

/// The address of `count` elements, one after the other.
template <class T>
struct Array {
  static_assert(std::is_trivially_copyable_v<T>);
  uint32_t address;
  uint32_t count;

  /// The address of element `index`; past 2^32 it stays out of bounds.
  [[nodiscard]] uint64_t at(uint64_t index) const { return address + index * sizeof(T); }
};

/// Bytes to fill.
using Bytes = Array<uint8_t>;

/// A string that names a file, or the target of a link. Not terminated.
struct Path {
  uint32_t address;
  uint32_t length;
};

/// The memory that a call's addresses are in.
class GuestMemory {
 public:
  /// Null for a caller that has none: then every address is out of bounds.
  explicit GuestMemory(const runtime::Memory* memory) : memory_(memory) {}

  /// The host's address of `length` bytes, to be used at once.
  [[nodiscard]] Expected<uint8_t*> bytes(uint64_t address, uint64_t length) const {
    uint8_t* found = memory_ == nullptr ? nullptr : memory_->resolve(address, length);
    if (found == nullptr) return refuse(Errno::fault);
    return found;
  }
  [[nodiscard]] Expected<uint8_t*> bytes(Bytes range) const {
    return bytes(range.address, range.count);
  }

  template <class T>
  [[nodiscard]] Expected<T> read(uint64_t address) const {
    return load_unaligned<T>(TRY(bytes(address, sizeof(T))));
  }
  template <class T>
  [[nodiscard]] Expected<T> read(Array<T> array, uint64_t index) const {
    return read<T>(array.at(index));
  }

  template <class T>
  [[nodiscard]] Status write(uint64_t address, const T& value) const {
    store_unaligned(TRY(bytes(address, sizeof(T))), value);
    return {};
  }
  template <class T>
  [[nodiscard]] Status write(Ptr<T> to, const std::type_identity_t<T>& value) const {
    return write<T>(to.address, value);
  }

  /// Fails where results could not be written later; functions that have an effect check first.
  template <class T>
  [[nodiscard]] Status check(Ptr<T> to) const {
    TRY(bytes(to.address, sizeof(T)));
    return {};
  }
  template <class T>
  [[nodiscard]] Status check(Array<T> array) const {
    TRY(bytes(array.address, uint64_t{array.count} * sizeof(T)));
    return {};
  }

 private:
  const runtime::Memory* memory_;
};

/// One call of a function by a guest.
struct Call {
  GuestMemory memory;
  Abi abi = Abi::snapshot1;
  /// Not 0 once the guest is to stop: what waits gives up with `intr`. May be null.
  const std::atomic<uint32_t>* interrupt = nullptr;
  /// Set by what ends the program.
  bool exits = false;
  uint32_t exit_code = 0;

  [[nodiscard]] bool interrupted() const {
    return interrupt != nullptr && interrupt->load(std::memory_order_relaxed) != 0;
  }
  void exit(uint32_t code) {
    exits = true;
    exit_code = code;
  }
};

} // namespace waxwing::wasi
