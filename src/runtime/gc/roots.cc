// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a collection begins: what a store and its instances refer to.
#include "base/bits.hpp"
#include "runtime/gc/heap.hpp"
#include "runtime/instance.hpp"
#include "runtime/store.hpp"

namespace waxwing::runtime {

namespace {

void visit(const Global& global, Heap& heap) {
  if (global.type.type.is_ref()) heap.mark(load_unaligned<Ref>(global.value));
}

} // namespace

void Store::visit_references(Heap& heap) {
  heap.mark(exception);
  for (const Global* global : globals_) visit(*global, heap);
  for (const Table* table : tables_) table->visit_references(heap);
  for (Instance* instance : instances) instance->visit_references(heap);
}

void Instance::visit_references(Heap& heap) {
  const Module& m = module();
  // An instance in the making has globals without a type and no tables yet.
  for (size_t i = 0; i < m.globals.size() - m.imported_globals; ++i) visit(own_globals[i], heap);
  for (size_t i = m.imported_tables; i < m.tables.size(); ++i)
    if (tables[i] != nullptr) tables[i]->visit_references(heap);
  for (uint32_t i = 0; i < m.elements.size(); ++i) {
    const Ref* values = element_values_[i];
    if (values == nullptr) continue;
    for (uint32_t k = 0; k < element_count(i); ++k) heap.mark(values[k]);
  }
}

void Table::visit_references(Heap& heap) const {
  if (type_.element.heap_type() == heap::func) return;
  for (uint64_t i = 0; i < size; ++i) heap.mark(elements[i]);
}

} // namespace waxwing::runtime
