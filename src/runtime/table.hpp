// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>

#include "base/vec.hpp"
#include "runtime/cell.hpp"
#include "wasm/types.hpp"

namespace waxwing::runtime {

class Engine;
class Heap;

/// The part of a table that guest code reads.
struct VmTable {
  Ref* elements = nullptr;
  uint64_t size = 0;
};

class Table : public VmTable {
 public:
  Table(Engine& engine, const TableType& type) : engine_(engine), type_(type) {}
  ~Table();

  /// `type.element` is in the registry's terms. `max_elements` is the embedder's limit.
  [[nodiscard]] static Result<Table*> make(Engine& engine, const TableType& type, Ref init,
                                           uint64_t max_elements);
  void destroy();

  [[nodiscard]] const TableType& type() const { return type_; }
  [[nodiscard]] TableType current_type() const;

  /// Adds `count` elements of `init`; returns the size before or -1 (spec section 4.5.4).
  [[nodiscard]] int64_t grow(uint64_t count, Ref init);
  /// False where the range is out of bounds, and then nothing is written.
  [[nodiscard]] bool fill(uint64_t start, uint64_t count, Ref value);
  /// Passes the elements to a collection.
  void visit_references(Heap& heap) const;
  [[nodiscard]] bool write(uint64_t start, std::span<const Ref> values);
  [[nodiscard]] static bool copy(Table& to, uint64_t to_start, const Table& from,
                                 uint64_t from_start, uint64_t count);

 private:
  [[nodiscard]] bool reserve(uint64_t capacity);

  Engine& engine_;
  TableType type_;
  uint64_t capacity_ = 0;
  uint64_t max_elements_ = 0;
  /// `elements` are whole pages of the system instead of the allocator's memory.
  bool paged_ = false;
};

} // namespace waxwing::runtime
