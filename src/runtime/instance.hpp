// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/loaded_module.hpp"
#include "runtime/store.hpp"
#include "runtime/vmctx.hpp"

namespace waxwing::runtime {

/// A tag's identity is its address.
struct Tag {
  const RuntimeType* type;
};

/// Something that can be imported and exported.
struct Extern {
  ExternKind kind{};
  union {
    FuncRef* func = nullptr;
    Table* table;
    Memory* memory;
    Global* global;
    Tag* tag;
  };
};

/// An instantiated module. One allocation: this head, whose first part is the `VmContext` that
/// guest code sees, then the arrays that it points to. Owned by its store.
class Instance : public VmContext {
 public:
  [[nodiscard]] static Instance* of(VmContext* context) { return static_cast<Instance*>(context); }
  [[nodiscard]] LoadedModule& loaded() const { return *loaded_; }
  [[nodiscard]] const Module& module() const { return loaded_->module(); }
  [[nodiscard]] Store& owner() const { return *store; }

  /// The reference to a function of the module, made when first asked for.
  [[nodiscard]] FuncRef* func_ref(FuncIndex index);
  /// The function that one of these references, to a function of the module's own, belongs to.
  /// Takes time for each function before it: for messages.
  [[nodiscard]] FuncIndex index_of(const FuncRef& own) const {
    const auto number = static_cast<uint32_t>(&own - own_functions + 1);
    FuncIndex index = 0;
    while (reference_numbers_[index] != number) ++index;
    return index + module().imported_functions;
  }
  [[nodiscard]] Tag* tag(uint32_t index) const { return tags[index]; }

  /// The export named `name`; false where there is none.
  [[nodiscard]] bool find_export(std::string_view name, Extern& out);
  [[nodiscard]] Extern extern_of(ExternKind kind, uint32_t index);

  // Bulk operators (spec sections 4.4.7 and 4.4.8). They return the trap, or `none`; nothing is
  // written unless the whole range is in bounds.
  [[nodiscard]] TrapKind memory_init(uint32_t memory, uint32_t segment, uint64_t to, uint32_t from,
                                     uint32_t count);
  void data_drop(uint32_t segment);
  [[nodiscard]] TrapKind memory_copy(uint32_t to_memory, uint32_t from_memory, uint64_t to,
                                     uint64_t from, uint64_t count);
  [[nodiscard]] TrapKind memory_fill(uint32_t memory, uint64_t to, uint8_t value, uint64_t count);
  [[nodiscard]] TrapKind table_init(uint32_t table, uint32_t segment, uint64_t to, uint32_t from,
                                    uint32_t count);
  void elem_drop(uint32_t segment);
  [[nodiscard]] TrapKind table_copy(uint32_t to_table, uint32_t from_table, uint64_t to,
                                    uint64_t from, uint64_t count);

  /// Element `index` of a segment that was not dropped.
  [[nodiscard]] Ref element(uint32_t segment, uint32_t index);
  /// Elements that a segment has, 0 once it was dropped.
  [[nodiscard]] uint32_t element_count(uint32_t segment) const;
  /// Bytes of a data segment, none once it was dropped.
  [[nodiscard]] std::span<const uint8_t> data(uint32_t segment) const;

  /// Passes the references of its globals, tables and element segments to a collection.
  void visit_references(Heap& heap);

  /// Ends an instance that its store does not know (any more).
  void destroy();

 private:
  friend class Instantiation;
  Instance() = default;

  LoadedModule* loaded_;
  /// A segment of expressions is evaluated at instantiation. One of function indices has a null
  /// pointer here: its references are made when they are asked for.
  Ref** element_values_;
  // One byte a segment: dropped.
  uint8_t* dropped_elements_;
  uint8_t* dropped_data_;
  /// By own function: the place of its reference in `own_functions` plus 1, or 0. So those that are
  /// needed lie together, however few of how many functions they are.
  uint32_t* reference_numbers_;
  uint32_t reference_count_;
  size_t allocation_size_;
  /// The allocation is whole pages of the system instead of the allocator's memory.
  bool paged_;
  bool attached_;
};

/// The frame of `callee`, a function of the host that code of `caller` has called: by its index
/// among the imports, if it is one of them.
[[nodiscard]] inline Frame host_frame(VmContext* caller, const FuncRef* callee) {
  Frame frame;
  const Instance* const instance = Instance::of(caller);
  const FuncIndex count = instance->module().imported_functions;
  while (frame.function != count && instance->imported_functions[frame.function] != callee)
    ++frame.function;
  if (frame.function != count) frame.module = &instance->loaded();
  return frame;
}

/// Where an instance has the pointer to its memory `memory`, in bytes from its start: the array of
/// memories comes first behind the head, so that an engine can reach one by one load.
[[nodiscard]] constexpr uint32_t memory_place(uint32_t memory) {
  static_assert(alignof(Memory*) <= alignof(Instance));
  return static_cast<uint32_t>(sizeof(Instance) + memory * sizeof(Memory*));
}

/// What becomes of active data segments for imported memories that are shared: a thread that joins
/// others must not write them again.
enum class SharedData : uint8_t { written, left_alone };

/// Makes an instance of `module` with `imports` in the order of `Module::imports` (spec section
/// 4.7.2), without running its start function. Fails with `incompatible_import_type` and the
/// import's index as offset, with a limit, or out of memory. A trap while segments are copied gives
/// an instance with `Outcome::trap` in `outcome` and stays in the store, since others may hold
/// references to it.
[[nodiscard]] Result<Instance*> instantiate(Store& store, LoadedModule& module,
                                            std::span<const Extern> imports, Outcome& outcome,
                                            SharedData data = SharedData::written);

/// Makes an instance as it was before its start function ran: its own memories, tables, globals and
/// segments; what it imports stays as it is. None of its functions may be running. Fails out of
/// memory, or with `memory_in_use` and the index of a shared memory that others hold; the instance
/// can only be destroyed then.
[[nodiscard]] Result<void> reset(Instance& instance, Outcome& outcome);

/// Runs the start function, if there is one.
[[nodiscard]] Outcome run_start(Instance& instance);

/// Whether `provided` may stand for import `index` of `module` (spec section 3.2.7).
[[nodiscard]] bool import_matches(Store& store, const LoadedModule& module, uint32_t index,
                                  const Extern& provided);

} // namespace waxwing::runtime
