// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/linker.hpp"

#include <algorithm>
#include <cstring>

#include "base/hash.hpp"
#include "platform/clock.hpp"

namespace waxwing::runtime {

namespace {

/// Slots (a power of two) of an open-addressed table for `count` names, at most half full.
size_t slots_for(size_t count) {
  size_t slots = 8;
  while (slots < count * 2) slots *= 2;
  return slots;
}

void add_name(Hasher& hasher, std::string_view name) {
  hasher.add(name.size());
  while (!name.empty()) {
    uint64_t word = 0;
    const size_t count = name.size() < sizeof word ? name.size() : sizeof word;
    std::memcpy(&word, name.data(), count);
    hasher.add(word);
    name.remove_prefix(count);
  }
}

} // namespace

Linker::Linker(Store& store)
    : store_(store), names_(store.allocator()), entries_(store.allocator()),
      slots_(store.allocator()) {
  platform::make_hash_key(key_);
}

Linker::~Linker() = default;

/// The slot that holds a name, or the free one where it belongs.
size_t Linker::slot_of(std::string_view module, std::string_view name) const {
  const size_t mask = slots_.size() - 1;
  Hasher hasher(key_);
  add_name(hasher, module);
  add_name(hasher, name);
  size_t slot = static_cast<size_t>(hasher.finish()) & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask)
    if (const Entry& entry = entries_[slots_[slot] - 1];
        entry.name == name && entry.module == module)
      break;
  return slot;
}

Result<void> Linker::grow_slots(size_t wanted) {
  Vec<uint32_t> grown(store_.allocator());
  TRY(grown.resize(wanted));
  slots_ = std::move(grown);
  for (size_t i = 0; i < entries_.size(); ++i)
    slots_[slot_of(entries_[i].module, entries_[i].name)] = static_cast<uint32_t>(i + 1);
  return {};
}

Result<void> Linker::define(std::string_view module, std::string_view name, Extern value) {
  if (const size_t wanted = slots_for(entries_.size() + 1); wanted > slots_.size())
    TRY(grow_slots(wanted));
  const size_t slot = slot_of(module, name);
  if (slots_[slot] != 0) {
    entries_[slots_[slot] - 1].value = value;
    return {};
  }
  // Most names are defined beside others of the same module.
  const bool beside = !entries_.empty() && entries_.back().module == module;
  const size_t before = beside ? 0 : module.size();
  char* const copy = TRY(names_.array<char>(before + name.size()))
  .data();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): as many as there are, or none
  std::copy_n(module.data(), before, copy);
  std::copy_n(name.data(), name.size(), copy + before);
  TRY(entries_.push({beside ? entries_.back().module : std::string_view(copy, before),
                     std::string_view(copy + before, name.size()), value}));
  slots_[slot] = static_cast<uint32_t>(entries_.size());
  return {};
}

Result<void> Linker::define_function(std::string_view module, std::string_view name,
                                     std::span<const ValType> params,
                                     std::span<const ValType> results, HostCallback callback,
                                     void* data) {
  const RuntimeType* type = TRY(store_.engine().types().intern_function(params, results));
  Extern value;
  value.kind = ExternKind::func;
  value.func = TRY(store_.host_function(type, callback, data));
  return define(module, name, value);
}

Result<void> Linker::define_instance(std::string_view module, Instance& instance) {
  for (const Export& exported : instance.module().exports)
    TRY(define(module, exported.name, instance.extern_of(exported.kind, exported.index)));
  return {};
}

bool Linker::find(std::string_view module, std::string_view name, Extern& out) const {
  if (slots_.empty()) return false;
  const uint32_t entry = slots_[slot_of(module, name)];
  if (entry == 0) return false;
  out = entries_[entry - 1].value;
  return true;
}

Result<Instance*> Linker::instantiate(LoadedModule& module, Outcome& outcome, SharedData data) {
  const std::span<const Import> imports = module.module().imports.span();
  Vec<Extern> values(store_.allocator());
  TRY(values.resize(imports.size()));
  for (size_t i = 0; i < imports.size(); ++i)
    if (!find(imports[i].module, imports[i].name, values[i]))
      return fail(ErrorCode::unknown_import, i);
  return runtime::instantiate(store_, module, values.span(), outcome, data);
}

} // namespace waxwing::runtime
