// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Making an instance of a module (spec section 4.7.2).
#include <cstring>
#include <iterator>

#include "base/bits.hpp"
#include "platform/memory.hpp"
#include "runtime/const_expr.hpp"
#include "runtime/instance.hpp"

namespace waxwing::runtime {

namespace {

/// From this size on an instance is made of pages that are zero until they are touched.
constexpr uint64_t kPagedBytes = uint64_t{64} * 1024;
/// The most elements that one module may have filled with references when it starts: tables of null
/// cost nothing until they are used, these do.
constexpr uint64_t kFilledElements = 4'000'000;

bool limits_match(const Limits& provided, const Limits& wanted) {
  if (provided.is64 != wanted.is64 || provided.min < wanted.min) return false;
  return !wanted.has_max || (provided.has_max && provided.max <= wanted.max);
}

/// What the arrays behind the head of an instance are made of.
struct Part {
  uint8_t size;
  uint8_t alignment;

  template <class T>
  static constexpr Part of() {
    return {sizeof(T), alignof(T)};
  }
};
constexpr Part kParts[] = {
    // First, as `memory_place` says.
    Part::of<Memory*>(), Part::of<Table*>(),  Part::of<Global*>(),  Part::of<Global>(),
    Part::of<Tag*>(),    Part::of<Tag>(),     Part::of<Ref*>(),     Part::of<Ref>(),
    Part::of<uint8_t>(), Part::of<uint8_t>(), Part::of<FuncRef*>(), Part::of<uint32_t>(),
    Part::of<FuncRef>(),
};

} // namespace

// Spec section 3.3.9.
bool import_matches(Store& store, const LoadedModule& module, uint32_t index,
                    const Extern& provided) {
  const Module& m = module.module();
  const Import& import = m.imports[index];
  if (provided.kind != import.kind) return false;
  const TypeRegistry& types = store.engine().types();
  switch (import.kind) {
  case ExternKind::func: return is_subtype(provided.func->type, module.function_type(import.index));
  case ExternKind::table: {
    const TableType& wanted = m.tables[import.index].type;
    return provided.table->type().element == to_registry(wanted.element, module.types()) &&
           limits_match(provided.table->current_type().limits, wanted.limits);
  }
  case ExternKind::memory: {
    const MemoryType& wanted = m.memories[import.index];
    const MemoryType found = provided.memory->current_type();
    return found.page_log2 == wanted.page_log2 && found.limits.shared == wanted.limits.shared &&
           limits_match(found.limits, wanted.limits);
  }
  case ExternKind::global: {
    const GlobalType& wanted = m.globals[import.index].type;
    const GlobalType& found = provided.global->type;
    const ValType type = to_registry(wanted.type, module.types());
    if (found.mutable_ != wanted.mutable_ || found.shared != wanted.shared) return false;
    return wanted.mutable_ ? found.type == type : types.matches(found.type, type);
  }
  case ExternKind::tag: return provided.tag->type == module.type(m.tags[import.index].type);
  }
  return false;
}

/// One instantiation, step by step.
class Instantiation {
 public:
  Instantiation(Store& store, LoadedModule& loaded, SharedData data)
      : store_(store), loaded_(loaded), module_(loaded.module()), data_(data),
        stack_(store.allocator()), references_(store.heap(), this) {}

  /// The same once more for an instance that there is: what is its own gets the values that it
  /// started with.
  [[nodiscard]] Result<void> again(Instance& instance, Outcome& outcome) {
    outcome = Outcome::ok;
    instance_ = &instance;
    again_ = copying_ = true;
    for (uint32_t i = module_.imported_memories; i < module_.memories.size(); ++i)
      if (!instance.memories[i]->reset()) return fail(ErrorCode::memory_in_use, i);
    std::memset(instance.dropped_elements_, 0, module_.elements.size());
    std::memset(instance.dropped_data_, 0, module_.data.size());
    TRY(make_globals());
    TRY(make_tables());
    TRY(make_elements());
    TrapKind trap = TRY(copy_elements());
    if (trap == TrapKind::none) trap = TRY(copy_data());
    if (trap != TrapKind::none) outcome = store_.raise(trap);
    return {};
  }

  [[nodiscard]] Result<Instance*> run(std::span<const Extern> imports, Outcome& outcome) {
    outcome = Outcome::ok;
    TRY(check_imports(imports));
    if (store_.instances.size() >= store_.limits().instances)
      return fail(ErrorCode::limit_exceeded);
    TRY(store_.instances.reserve_more(1));
    TRY(store_.kept_modules.reserve_more(1));
    TRY(allocate());
    const Result<TrapKind> filled = fill(imports);
    // Until segments are copied nobody else knows the instance, so it can end here.
    if (!filled && !copying_) {
      // Objects of its constants may not be collected yet.
      if (has_object_types()) store_.keep(loaded_);
      instance_->destroy();
      return std::unexpected(filled.error());
    }
    store_.instances.push_reserved(instance_);
    if (!filled) return std::unexpected(filled.error());
    if (*filled != TrapKind::none) outcome = store_.raise(*filled);
    return instance_;
  }

 private:
  /// What is already made of the instance, and operands of constant expressions.
  struct References : RootSource {
    References(Heap& heap, Instantiation* of) : RootSource(heap, &visit), instantiation(of) {}
    static void visit(RootSource& source, Heap& heap) {
      const Instantiation& i = *static_cast<References&>(source).instantiation;
      if (i.instance_ != nullptr) i.instance_->visit_references(heap);
      heap.mark_words(i.stack_.begin(), i.stack_.end());
    }
    Instantiation* instantiation;
  };

  [[nodiscard]] bool has_object_types() const {
    for (const RuntimeType* type : loaded_.types())
      if (type->object != ObjectKind::none) return true;
    return false;
  }

  [[nodiscard]] Result<void> check_imports(std::span<const Extern> imports) const {
    const size_t count = module_.imports.size();
    if (imports.size() < count) return fail(ErrorCode::unknown_import, imports.size());
    for (uint32_t i = 0; i < count; ++i)
      if (!import_matches(store_, loaded_, i, imports[i]))
        return fail(ErrorCode::incompatible_import_type, i);
    return {};
  }

  /// The one allocation of the instance, with the arrays in it empty.
  [[nodiscard]] Result<void> allocate() {
    const Module& m = module_;
    size_t values = 0;
    for (const ElemSegment& segment : m.elements)
      if (segment.mode == SegmentMode::passive) values += segment.expressions.size();
    const size_t own_functions = m.functions.size() - m.imported_functions;
    const size_t counts[] = {m.memories.size(),    m.tables.size(),
                             m.globals.size(),     m.globals.size() - m.imported_globals,
                             m.tags.size(),        m.tags.size() - m.imported_tags,
                             m.elements.size(),    values,
                             m.elements.size(),    m.data.size(),
                             m.imported_functions, own_functions,
                             own_functions};
    static_assert(std::size(counts) == std::size(kParts));
    size_t places[std::size(kParts)];
    uint64_t size = sizeof(Instance);
    for (size_t k = 0; k < std::size(kParts); ++k) {
      size = align_up<uint64_t>(size, kParts[k].alignment);
      places[k] = static_cast<size_t>(size);
      size += uint64_t{counts[k]} * kParts[k].size;
    }
    if (size > SIZE_MAX / 2) return out_of_memory();

    void* memory = nullptr;
    bool paged = false;
    auto bytes = static_cast<size_t>(size);
    if (size >= kPagedBytes) {
      const size_t whole = align_up(bytes, platform::page_size());
      memory = platform::allocate_pages(whole);
      paged = memory != nullptr;
      if (paged) bytes = whole;
    }
    if (memory == nullptr) {
      memory = store_.allocator().allocate(bytes, alignof(Instance));
      if (memory == nullptr) return out_of_memory();
      std::memset(memory, 0, bytes);
    }
    auto* start = static_cast<uint8_t*>(memory);
    instance_ = ::new (memory) Instance();
    Instance& i = *instance_;
    i.allocation_size_ = bytes;
    i.paged_ = paged;
    i.loaded_ = &loaded_;
    loaded_.retain();
    i.store = &store_;
    i.types = loaded_.types().data();
    i.engine_module = loaded_.backend_data;
    void* const pointers[] = {&i.memories,
                              &i.tables,
                              &i.globals,
                              &i.own_globals,
                              &i.tags,
                              &own_tags_,
                              &i.element_values_,
                              &values_,
                              &i.dropped_elements_,
                              &i.dropped_data_,
                              &i.imported_functions,
                              &i.reference_numbers_,
                              &i.own_functions};
    static_assert(std::size(pointers) == std::size(kParts));
    for (size_t k = 0; k < std::size(kParts); ++k) {
      uint8_t* const array = start + places[k];
      std::memcpy(pointers[k], &array, sizeof array);
    }
    return {};
  }

  [[nodiscard]] Result<TrapKind> fill(std::span<const Extern> imports) {
    take_imports(imports);
    TRY(make_memories());
    make_tags();
    TRY(loaded_.backend().attach(*instance_));
    instance_->attached_ = true;
    TRY(make_globals());
    TRY(make_tables());
    TRY(make_elements());
    copying_ = true;
    if (const TrapKind trap = TRY(copy_elements()); trap != TrapKind::none) return trap;
    return copy_data();
  }

  void take_imports(std::span<const Extern> imports) {
    for (uint32_t i = 0; i < module_.imports.size(); ++i) {
      const Extern& value = imports[i];
      const uint32_t index = module_.imports[i].index;
      switch (value.kind) {
      case ExternKind::func: instance_->imported_functions[index] = value.func; break;
      case ExternKind::table: instance_->tables[index] = value.table; break;
      case ExternKind::memory:
        value.memory->retain();
        instance_->memories[index] = value.memory;
        break;
      case ExternKind::global: instance_->globals[index] = value.global; break;
      case ExternKind::tag: instance_->tags[index] = value.tag; break;
      }
    }
  }

  [[nodiscard]] Result<void> make_memories() {
    for (uint32_t i = module_.imported_memories; i < module_.memories.size(); ++i)
      instance_->memories[i] = TRY(Memory::make(loaded_.engine(), module_.memories[i],
                                                store_.limits().memory_bytes, needs_guards(i)));
    for (uint32_t i = 0; i < module_.imported_memories; ++i)
      if (needs_guards(i) && !instance_->memories[i]->guard())
        return fail(ErrorCode::memory_guard_refused);
    if (!module_.memories.empty()) instance_->memory0 = instance_->memories[0];
    return {};
  }

  [[nodiscard]] bool needs_guards(uint32_t memory) const {
    return loaded_.image != nullptr && loaded_.backend().needs_guards(loaded_, memory);
  }

  void make_tags() {
    for (uint32_t i = module_.imported_tags; i < module_.tags.size(); ++i) {
      Tag* tag = ::new (own_tags_ + (i - module_.imported_tags)) Tag;
      tag->type = loaded_.type(module_.tags[i].type);
      instance_->tags[i] = tag;
    }
  }

  [[nodiscard]] Result<void> make_globals() {
    for (uint32_t i = module_.imported_globals; i < module_.globals.size(); ++i) {
      const GlobalDecl& decl = module_.globals[i];
      Global* global = ::new (instance_->own_globals + (i - module_.imported_globals)) Global;
      global->type = {to_registry(decl.type.type, loaded_.types()), decl.type.mutable_,
                      decl.type.shared};
      V128 value;
      TRY(constant(decl.init, value));
      std::memcpy(global->value, &value, sizeof value);
      instance_->globals[i] = global;
    }
    return {};
  }

  [[nodiscard]] Result<void> make_tables() {
    uint64_t filled = 0;
    for (uint32_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
      const TableDecl& decl = module_.tables[i];
      V128 value{};
      if (decl.init.size != 0) TRY(constant(decl.init, value));
      TableType type = decl.type;
      type.element = to_registry(type.element, loaded_.types());
      const Ref init = load_unaligned<Ref>(&value);
      if (again_) {
        instance_->tables[i]->reset(init);
        continue;
      }
      if (init != 0) {
        if (type.limits.min > kFilledElements - filled) return fail(ErrorCode::table_limit);
        filled += type.limits.min;
      }
      instance_->tables[i] =
          TRY(Table::make(loaded_.engine(), type, init, store_.limits().table_elements));
    }
    return {};
  }

  /// Segments of expressions that stay.
  [[nodiscard]] Result<void> make_elements() {
    for (uint32_t i = 0; i < module_.elements.size(); ++i) {
      const ElemSegment& segment = module_.elements[i];
      if (segment.mode == SegmentMode::declarative) instance_->elem_drop(i);
      if (segment.mode != SegmentMode::passive || segment.expressions.empty()) continue;
      Ref*& start = instance_->element_values_[i];
      if (start == nullptr) {
        start = values_;
        values_ += segment.expressions.size();
      }
      Ref* value = start;
      for (const ConstExpr& expression : segment.expressions) *value++ = TRY(reference(expression));
    }
    return {};
  }

  /// So many functions are about to get their references, if they have none yet.
  void expect_references(size_t count) {
    const Instance& i = *instance_;
    const size_t own = module_.functions.size() - module_.imported_functions;
    const size_t left = own - i.reference_count_;
    const FuncRef* const next = i.own_functions + i.reference_count_;
    const FuncRef* const end = next + (count < left ? count : left);
    // Their numbers, which lie before them, are on nearly every page then.
    constexpr size_t kOnPage = 256;
    const bool has_numbers = i.reference_count_ == 0 && count > own / kOnPage;
    auto* const begin = has_numbers ? reinterpret_cast<const uint8_t*>(i.reference_numbers_)
                                    : reinterpret_cast<const uint8_t*>(next);
    platform::expect_writes(const_cast<uint8_t*>(begin),
                            static_cast<size_t>(reinterpret_cast<const uint8_t*>(end) - begin));
  }

  [[nodiscard]] Result<TrapKind> copy_elements() {
    for (uint32_t i = 0; i < module_.elements.size(); ++i) {
      const ElemSegment& segment = module_.elements[i];
      if (segment.mode != SegmentMode::active) continue;
      if (again_ && segment.table < module_.imported_tables) {
        instance_->elem_drop(i);
        continue;
      }
      Table& table = *instance_->tables[segment.table];
      const uint64_t start = TRY(offset(segment.offset, table.type().limits.is64));
      if (segment.size() > table.size || start > table.size - segment.size()) {
        store_.note_access(start, segment.size(), segment.table, table.size);
        return TrapKind::out_of_bounds_table_access;
      }
      Ref* elements = table.elements + start;
      if constexpr (kMapsFiles) expect_references(segment.functions.size());
      for (const FuncIndex function : segment.functions)
        *elements++ = reinterpret_cast<Ref>(instance_->func_ref(function));
      for (const ConstExpr& expression : segment.expressions)
        *elements++ = TRY(reference(expression));
      instance_->elem_drop(i);
    }
    return TrapKind::none;
  }

  [[nodiscard]] Result<TrapKind> copy_data() {
    const bool is_shown = shows_image();
    for (uint32_t i = 0; i < module_.data.size(); ++i) {
      const DataSegment& segment = module_.data[i];
      if (segment.mode != SegmentMode::active) continue;
      const bool is_imported = segment.memory < module_.imported_memories;
      const bool is_left = is_imported && data_ == SharedData::left_alone &&
                           module_.memories[segment.memory].limits.shared;
      if ((again_ && is_imported) || is_left || (is_shown && segment.memory == 0)) {
        instance_->data_drop(i);
        continue;
      }
      const uint64_t start =
          TRY(offset(segment.offset, module_.memories[segment.memory].limits.is64));
      if constexpr (kMapsFiles)
        if (uint8_t* const to =
                instance_->memories[segment.memory]->resolve(start, segment.bytes.size))
          platform::expect_writes(to, segment.bytes.size);
      const TrapKind trap = instance_->memory_init(segment.memory, i, start, 0, segment.bytes.size);
      if (trap != TrapKind::none) return trap;
      instance_->data_drop(i);
    }
    return TrapKind::none;
  }

  /// Whether memory 0 shows what it starts with without a copy.
  [[nodiscard]] bool shows_image() {
    if constexpr (!kMapsFiles) return false;
    Memory* const memory = instance_->memory0;
    if (memory == nullptr || module_.imported_memories != 0 || module_.data.empty()) return false;
    if (memory->shows_image()) return true;
    const MemoryImage image = loaded_.memory_image();
    return image.file >= 0 && memory->show_image(image);
  }

  [[nodiscard]] Result<void> constant(ConstExpr expression, V128& value) {
    return evaluate(*instance_, expression, stack_, value);
  }
  [[nodiscard]] Result<Ref> reference(ConstExpr expression) {
    V128 value;
    TRY(constant(expression, value));
    return load_unaligned<Ref>(&value);
  }
  [[nodiscard]] Result<uint64_t> offset(ConstExpr expression, bool is64) {
    V128 value;
    TRY(constant(expression, value));
    return is64 ? load_unaligned<uint64_t>(&value) : load_unaligned<uint32_t>(&value);
  }

  Store& store_;
  LoadedModule& loaded_;
  const Module& module_;
  SharedData data_;
  Vec<V128> stack_;
  References references_;
  Instance* instance_ = nullptr;
  Tag* own_tags_ = nullptr;
  Ref* values_ = nullptr;
  /// Others may have references into the instance from here on.
  bool copying_ = false;
  /// The instance is reset.
  bool again_ = false;
};

Result<Instance*> instantiate(Store& store, LoadedModule& module, std::span<const Extern> imports,
                              Outcome& outcome, SharedData data) {
  return Instantiation(store, module, data).run(imports, outcome);
}

Result<void> reset(Instance& instance, Outcome& outcome) {
  return Instantiation(instance.owner(), instance.loaded(), SharedData::written)
      .again(instance, outcome);
}

Outcome run_start(Instance& instance) {
  const Module& module = instance.module();
  if (!module.has_start) return Outcome::ok;
  // A start function has neither parameters nor results.
  Cell none{};
  return call(instance.owner(), instance.func_ref(module.start), &none);
}

} // namespace waxwing::runtime
