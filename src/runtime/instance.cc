// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/instance.hpp"

#include "platform/memory.hpp"

namespace waxwing::runtime {

FuncRef* Instance::func_ref(FuncIndex index) {
  const uint32_t imported = module().imported_functions;
  if (index < imported) return imported_functions[index];
  uint32_t& number = reference_numbers_[index - imported];
  if (number != 0) return own_functions + number - 1;
  FuncRef* const ref = own_functions + reference_count_++;
  number = reference_count_;
  ref->vmctx = this;
  ref->type = loaded_->function_type(index);
  loaded_->backend().bind(*this, index, *ref);
  return ref;
}

bool Instance::find_export(std::string_view name, Extern& out) {
  const Export* found = module().find_export(name);
  if (found == nullptr) return false;
  out = extern_of(found->kind, found->index);
  return true;
}

Extern Instance::extern_of(ExternKind kind, uint32_t index) {
  Extern value;
  value.kind = kind;
  switch (kind) {
  case ExternKind::func: value.func = func_ref(index); break;
  case ExternKind::table: value.table = tables[index]; break;
  case ExternKind::memory: value.memory = memories[index]; break;
  case ExternKind::global: value.global = globals[index]; break;
  case ExternKind::tag: value.tag = tags[index]; break;
  }
  return value;
}

void Instance::destroy() {
  const Allocator& allocator = loaded_->engine().allocator();
  const Module& m = module();
  if (attached_) loaded_->backend().detach(*this);
  for (size_t i = 0; i < m.memories.size(); ++i)
    if (memories[i] != nullptr) memories[i]->release();
  for (size_t i = m.imported_tables; i < m.tables.size(); ++i)
    if (tables[i] != nullptr) tables[i]->destroy();
  loaded_->release();
  const size_t size = allocation_size_;
  if (paged_)
    platform::release(this, size);
  else
    allocator.release(this, size, alignof(Instance));
}

} // namespace waxwing::runtime
