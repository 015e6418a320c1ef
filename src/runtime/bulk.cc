// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operators that work on ranges of memories and tables (spec sections 4.6.6 and 4.6.8).
#include <cstring>

#include "base/bits.hpp"
#include "runtime/instance.hpp"

namespace waxwing::runtime {

namespace {

// Other threads may access a shared memory at the same time, which is a data race for C++ but has
// a meaning in Wasm: each byte is read and written on its own.

WAX_NO_SANITIZE_THREAD void copy_shared(uint8_t* to, const uint8_t* from, size_t count) {
  auto* target = static_cast<volatile uint8_t*>(to);
  const auto* source = static_cast<const volatile uint8_t*>(from);
  constexpr size_t kWord = sizeof(uintptr_t);
  const auto misaligned =
      (reinterpret_cast<uintptr_t>(to) | reinterpret_cast<uintptr_t>(from)) % kWord;
  const bool words = misaligned == 0;
  if (to <= from) {
    size_t i = 0;
    for (; words && count - i >= kWord; i += kWord)
      *reinterpret_cast<volatile uintptr_t*>(to + i) =
          *reinterpret_cast<const volatile uintptr_t*>(from + i);
    for (; i < count; ++i) target[i] = source[i];
  } else {
    size_t i = count;
    for (; i > 0 && (!words || i % kWord != 0); --i) target[i - 1] = source[i - 1];
    for (; i >= kWord; i -= kWord)
      *reinterpret_cast<volatile uintptr_t*>(to + i - kWord) =
          *reinterpret_cast<const volatile uintptr_t*>(from + i - kWord);
  }
}

WAX_NO_SANITIZE_THREAD void fill_shared(uint8_t* to, uint8_t value, size_t count) {
  auto* target = static_cast<volatile uint8_t*>(to);
  for (size_t i = 0; i < count; ++i) target[i] = value;
}

} // namespace

std::span<const uint8_t> Instance::data(uint32_t segment) const {
  if (dropped_data_[segment] != 0) return {};
  return module().slice(module().data[segment].bytes);
}

void Instance::data_drop(uint32_t segment) { dropped_data_[segment] = 1; }

uint32_t Instance::element_count(uint32_t segment) const {
  if (dropped_elements_[segment] != 0) return 0;
  return static_cast<uint32_t>(module().elements[segment].size());
}

void Instance::elem_drop(uint32_t segment) { dropped_elements_[segment] = 1; }

Ref Instance::element(uint32_t segment, uint32_t index) {
  if (const Ref* values = element_values_[segment]; values != nullptr) return values[index];
  return reinterpret_cast<Ref>(func_ref(module().elements[segment].functions[index]));
}

TrapKind Instance::memory_init(uint32_t memory, uint32_t segment, uint64_t to, uint32_t from,
                               uint32_t count) {
  const std::span<const uint8_t> bytes = data(segment);
  Memory& target = *memories[memory];
  if (count > bytes.size() || from > bytes.size() - count) {
    store->note_access(from, count, segment, bytes.size());
    return TrapKind::out_of_bounds_memory_access;
  }
  uint8_t* address = target.resolve(to, count);
  if (address == nullptr) {
    store->note_access(to, count, memory, target.byte_size());
    return TrapKind::out_of_bounds_memory_access;
  }
  if (count == 0) return TrapKind::none;
  if (target.is_shared())
    copy_shared(address, bytes.data() + from, count);
  else
    std::memcpy(address, bytes.data() + from, count);
  return TrapKind::none;
}

TrapKind Instance::memory_copy(uint32_t to_memory, uint32_t from_memory, uint64_t to, uint64_t from,
                               uint64_t count) {
  Memory& target = *memories[to_memory];
  Memory& source = *memories[from_memory];
  uint8_t* to_address = target.resolve(to, count);
  if (to_address == nullptr) {
    store->note_access(to, count, to_memory, target.byte_size());
    return TrapKind::out_of_bounds_memory_access;
  }
  const uint8_t* from_address = source.resolve(from, count);
  if (from_address == nullptr) {
    store->note_access(from, count, from_memory, source.byte_size());
    return TrapKind::out_of_bounds_memory_access;
  }
  // Both ranges lie in memory of the host, so the count fits its sizes.
  const auto bytes = static_cast<size_t>(count);
  if (target.is_shared() || source.is_shared())
    copy_shared(to_address, from_address, bytes);
  else
    std::memmove(to_address, from_address, bytes);
  return TrapKind::none;
}

TrapKind Instance::memory_fill(uint32_t memory, uint64_t to, uint8_t value, uint64_t count) {
  Memory& target = *memories[memory];
  uint8_t* address = target.resolve(to, count);
  if (address == nullptr) {
    store->note_access(to, count, memory, target.byte_size());
    return TrapKind::out_of_bounds_memory_access;
  }
  if (target.is_shared())
    fill_shared(address, value, static_cast<size_t>(count));
  else
    std::memset(address, value, static_cast<size_t>(count));
  return TrapKind::none;
}

TrapKind Instance::table_init(uint32_t table, uint32_t segment, uint64_t to, uint32_t from,
                              uint32_t count) {
  Table& target = *tables[table];
  const uint32_t available = element_count(segment);
  if (count > available || from > available - count) {
    store->note_access(from, count, segment, available);
    return TrapKind::out_of_bounds_table_access;
  }
  if (count > target.size || to > target.size - count) {
    store->note_access(to, count, table, target.size);
    return TrapKind::out_of_bounds_table_access;
  }
  Ref* elements = target.elements + to;
  for (uint32_t i = 0; i < count; ++i) elements[i] = element(segment, from + i);
  return TrapKind::none;
}

TrapKind Instance::table_copy(uint32_t to_table, uint32_t from_table, uint64_t to, uint64_t from,
                              uint64_t count) {
  Table& target = *tables[to_table];
  const Table& source = *tables[from_table];
  if (Table::copy(target, to, source, from, count)) return TrapKind::none;
  const bool beyond_target = count > target.size || to > target.size - count;
  store->note_access(beyond_target ? to : from, count, beyond_target ? to_table : from_table,
                     beyond_target ? target.size : source.size);
  return TrapKind::out_of_bounds_table_access;
}

} // namespace waxwing::runtime
