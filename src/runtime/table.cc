// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/table.hpp"

#include <cstring>

#include "platform/memory.hpp"
#include "runtime/engine.hpp"

namespace waxwing::runtime {

namespace {

/// From this size on a table is made of pages that are zero, which is null, until they are touched.
constexpr size_t kPagedBytes = size_t{64} * 1024;

void fill_with(Ref* start, uint64_t count, Ref value) {
  for (uint64_t i = 0; i < count; ++i) start[i] = value;
}

} // namespace

Result<Table*> Table::make(Engine& engine, const TableType& type, Ref init, uint64_t max_elements) {
  uint64_t bound = type.limits.is64 ? UINT64_MAX : UINT32_MAX;
  if (type.limits.has_max && type.limits.max < bound) bound = type.limits.max;
  if (max_elements > bound) max_elements = bound;
  if (type.limits.min > max_elements) return fail(ErrorCode::table_limit);

  auto* table = create<Table>(engine.allocator(), engine, type);
  if (table == nullptr) return out_of_memory();
  table->max_elements_ = max_elements;
  if (table->grow(type.limits.min, init) < 0) {
    table->destroy();
    return out_of_memory();
  }
  return table;
}

Table::~Table() {
  const auto bytes = static_cast<size_t>(capacity_) * sizeof(Ref);
  if (paged_)
    platform::release(elements, bytes);
  else
    engine_.allocator().release(elements, bytes, alignof(Ref));
}

void Table::destroy() { waxwing::destroy(engine_.allocator(), this); }

TableType Table::current_type() const {
  TableType current = type_;
  current.limits.min = size;
  return current;
}

/// Makes room for `capacity` elements; those behind `size` are null.
bool Table::reserve(uint64_t capacity) {
  if (capacity > SIZE_MAX / 2 / sizeof(Ref)) return false;
  const Allocator& allocator = engine_.allocator();
  auto bytes = static_cast<size_t>(capacity) * sizeof(Ref);
  const auto bytes_before = static_cast<size_t>(capacity_) * sizeof(Ref);
  const auto bytes_used = static_cast<size_t>(size) * sizeof(Ref);
  if (bytes >= kPagedBytes) {
    bytes = align_up(bytes, platform::page_size());
    if (auto* grown = static_cast<Ref*>(platform::allocate_pages(bytes)); grown != nullptr) {
      if (bytes_used != 0) std::memcpy(grown, elements, bytes_used);
      if (paged_)
        platform::release(elements, bytes_before);
      else
        allocator.release(elements, bytes_before, alignof(Ref));
      elements = grown;
      capacity_ = bytes / sizeof(Ref);
      paged_ = true;
      return true;
    }
    if (paged_) return false;
  }
  void* grown = allocator.resize(allocator.context, elements, bytes_before, bytes, alignof(Ref));
  if (grown == nullptr) return false;
  elements = static_cast<Ref*>(grown);
  capacity_ = bytes / sizeof(Ref);
  std::memset(elements + size, 0, bytes - bytes_used);
  return true;
}

int64_t Table::grow(uint64_t count, Ref init) {
  if (count > max_elements_ - size) return -1;
  const uint64_t before = size;
  const uint64_t after = before + count;
  if (after > capacity_) {
    // A growing table gets half as much again, a new one exactly what it starts with.
    uint64_t wanted = before == 0 ? after : before + before / 2;
    if (wanted > max_elements_) wanted = max_elements_;
    if (wanted < after) wanted = after;
    if (!reserve(wanted) && (wanted == after || !reserve(after))) return -1;
  }
  // Unused capacity is null already.
  if (init != 0) fill_with(elements + before, count, init);
  size = after;
  return static_cast<int64_t>(before);
}

void Table::reset(Ref init) {
  if (size != 0) std::memset(elements, 0, static_cast<size_t>(size) * sizeof(Ref));
  size = type_.limits.min;
  if (init != 0) fill_with(elements, size, init);
}

bool Table::fill(uint64_t start, uint64_t count, Ref value) {
  if (count > size || start > size - count) return false;
  fill_with(elements + start, count, value);
  return true;
}

bool Table::write(uint64_t start, std::span<const Ref> values) {
  if (values.size() > size || start > size - values.size()) return false;
  if (!values.empty()) std::memcpy(elements + start, values.data(), values.size_bytes());
  return true;
}

bool Table::copy(Table& to, uint64_t to_start, const Table& from, uint64_t from_start,
                 uint64_t count) {
  if (count > to.size || to_start > to.size - count) return false;
  if (count > from.size || from_start > from.size - count) return false;
  if (count != 0)
    std::memmove(to.elements + to_start, from.elements + from_start,
                 static_cast<size_t>(count) * sizeof(Ref));
  return true;
}

} // namespace waxwing::runtime
