// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <span>
#include <string_view>

#include "base/arena.hpp"
#include "base/vec.hpp"
#include "runtime/instance.hpp"

namespace waxwing::runtime {

/// Names for what modules import. Belongs to one store. Names are copied.
class Linker {
 public:
  explicit Linker(Store& store);
  ~Linker();
  Linker(const Linker&) = delete;

  [[nodiscard]] Store& store() { return store_; }

  /// Defines or replaces `module`.`name`.
  [[nodiscard]] Result<void> define(std::string_view module, std::string_view name, Extern value);
  /// Defines a host function of the given type.
  [[nodiscard]] Result<void> define_function(std::string_view module, std::string_view name,
                                             std::span<const ValType> params,
                                             std::span<const ValType> results,
                                             HostCallback callback, void* data);
  /// Defines all exports of an instance under `module`.
  [[nodiscard]] Result<void> define_instance(std::string_view module, Instance& instance);

  [[nodiscard]] bool find(std::string_view module, std::string_view name, Extern& out) const;

  /// All names, in the order in which they were defined, for messages.
  struct Entry {
    std::string_view module;
    std::string_view name;
    Extern value;
  };
  [[nodiscard]] std::span<const Entry> entries() const { return entries_.span(); }

  /// Resolves the imports of `module` and instantiates it. `unknown_import` and
  /// `incompatible_import_type` carry the import's index in `offset`.
  [[nodiscard]] Result<Instance*> instantiate(LoadedModule& module, Outcome& outcome,
                                              SharedData data = SharedData::written);

 private:
  [[nodiscard]] Result<void> grow_slots(size_t wanted);
  [[nodiscard]] size_t slot_of(std::string_view module, std::string_view name) const;

  Store& store_;
  Arena names_;
  Vec<Entry> entries_;
  /// Open addressing; entry number plus one, 0 is free.
  Vec<uint32_t> slots_;
  /// Guests choose names: the hash is keyed.
  uint64_t key_ = 0;
};

} // namespace waxwing::runtime
