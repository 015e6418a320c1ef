// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything in a module but its types and bodies (spec sections 3.2 and 3.5).
#include "wasm/validate_module.hpp"

#include <algorithm>

#include "wasm/validate.hpp"

namespace waxwing {

namespace {

uint32_t size_of_space(const Module& module, ExternKind kind) {
  switch (kind) {
  case ExternKind::func: return static_cast<uint32_t>(module.functions.size());
  case ExternKind::table: return static_cast<uint32_t>(module.tables.size());
  case ExternKind::memory: return static_cast<uint32_t>(module.memories.size());
  case ExternKind::global: return static_cast<uint32_t>(module.globals.size());
  default: return static_cast<uint32_t>(module.tags.size());
  }
}

ErrorCode unknown(ExternKind kind) {
  switch (kind) {
  case ExternKind::func: return ErrorCode::unknown_function;
  case ExternKind::table: return ErrorCode::unknown_table;
  case ExternKind::memory: return ErrorCode::unknown_memory;
  case ExternKind::global: return ErrorCode::unknown_global;
  default: return ErrorCode::unknown_tag;
  }
}

/// Checks the declarations of one module. Errors that no instruction is to blame for are at the
/// first byte of the declaration.
class DeclarationChecker {
 public:
  explicit DeclarationChecker(Module& module) : module_(module), validator_(module.allocator) {}

  [[nodiscard]] Result<void> run() {
    TRY(validate_types(module_));
    TRY(module_.declared_refs.resize(module_.functions.size() / 8 + 1));
    TRY(check_functions());
    TRY(check_memories());
    TRY(check_tags());
    TRY(check_tables());
    TRY(check_globals());
    TRY(check_elements());
    TRY(check_data());
    TRY(check_start());
    return check_exports();
  }

 private:
  [[nodiscard]] uint32_t import_offset(ExternKind kind, uint32_t index) const {
    for (const Import& item : module_.imports)
      if (item.kind == kind && item.index == index) return item.offset;
    return 0;
  }

  /// Functions and memories don't carry their place: it is found when an error needs it.
  [[nodiscard]] uint32_t function_offset(FuncIndex index) const {
    if (index < module_.imported_functions) return import_offset(ExternKind::func, index);
    ByteReader reader(module_.slice(module_.function_section), module_.function_section.offset);
    for (FuncIndex i = module_.imported_functions; i < index; ++i)
      if (!reader.leb_u32().has_value()) break;
    return reader.offset();
  }
  [[nodiscard]] uint32_t memory_offset(uint32_t index) const {
    if (index < module_.imported_memories) return import_offset(ExternKind::memory, index);
    ByteReader reader(module_.slice(module_.memory_section), module_.memory_section.offset);
    for (uint32_t i = module_.imported_memories; i < index; ++i) {
      // Flags, minimum, and behind them as many numbers as the flags say.
      const uint8_t flags = reader.u8().value_or(0);
      const int numbers = 1 + (flags & 1) + (flags >> 3 & 1);
      for (int n = 0; n < numbers; ++n)
        if (!reader.leb_u64().has_value()) break;
    }
    return reader.offset();
  }

  [[nodiscard]] Result<const DefType*> func_type(TypeIndex index, uint32_t offset) const {
    if (index >= module_.types.size())
      return fail(ErrorCode::unknown_type, offset, index,
                  static_cast<uint32_t>(module_.types.size()));
    const DefType& type = module_.types[index];
    if (type.kind != TypeKind::func) return fail(ErrorCode::not_a_function_type, offset, index);
    return &type;
  }

  [[nodiscard]] Result<void> check_functions() const {
    for (FuncIndex i = 0; i < module_.functions.size(); ++i) {
      const TypeIndex type = module_.functions[i].type;
      if (type < module_.types.size() && module_.types[type].kind == TypeKind::func) continue;
      TRY(func_type(type, function_offset(i)));
    }
    return {};
  }

  [[nodiscard]] Result<void> check_bounds(const Limits& limits, uint64_t most, ErrorCode too_large,
                                          uint32_t offset) const {
    if (limits.min > most || (limits.has_max && limits.max > most)) return fail(too_large, offset);
    if (limits.has_max && limits.min > limits.max)
      return fail(ErrorCode::size_minimum_greater, offset);
    return {};
  }

  [[nodiscard]] Result<void> check_memory(uint32_t index) const {
    const MemoryType& memory = module_.memories[index];
    const Limits& limits = memory.limits;
    // One byte and the pages that memories have always had.
    if (memory.page_log2 != 0 && memory.page_log2 != 16)
      return fail(ErrorCode::invalid_page_size, memory_offset(index), memory.page_log2);
    const unsigned bits = (limits.is64 ? 64u : 32u) - memory.page_log2;
    // As many pages as addresses can reach; where a page is a byte, the size itself has to be
    // a number of that width.
    const uint64_t most = memory.page_log2 != 0 ? uint64_t{1} << bits
                          : limits.is64         ? UINT64_MAX
                                                : UINT32_MAX;
    const bool fits = limits.min <= most && (!limits.has_max || limits.max <= most);
    if (!fits || (limits.has_max && limits.min > limits.max))
      return check_bounds(limits, most,
                          limits.is64 ? ErrorCode::memory_size_64 : ErrorCode::memory_size,
                          memory_offset(index));
    if (limits.shared && !limits.has_max)
      return fail(ErrorCode::shared_memory_needs_maximum, memory_offset(index));
    return {};
  }

  [[nodiscard]] Result<void> check_memories() const {
    for (uint32_t i = 0; i < module_.memories.size(); ++i) {
      if (i == 1 && !module_.features.has(Feature::multi_memory))
        return fail(ErrorCode::multiple_memories, memory_offset(i));
      TRY(check_memory(i));
    }
    return {};
  }

  [[nodiscard]] Result<void> check_tags() const {
    for (const TagDecl& tag : module_.tags) {
      const DefType& type = *TRY(func_type(tag.type, tag.offset));
      if (!type.results.empty()) return fail(ErrorCode::non_empty_tag_result, tag.offset, tag.type);
    }
    return {};
  }

  [[nodiscard]] Result<void> check_tables() {
    for (uint32_t i = 0; i < module_.tables.size(); ++i) {
      const TableDecl& table = module_.tables[i];
      if (i == 1 && !module_.features.has(Feature::reference_types))
        return fail(ErrorCode::multiple_tables, table.offset);
      const ValType element = table.type.element;
      TRY(check_val_type(module_, element, table.offset));
      TRY(check_bounds(table.type.limits, table.type.limits.is64 ? UINT64_MAX : UINT32_MAX,
                       ErrorCode::table_size, table.offset));
      if (i < module_.imported_tables) continue;
      if (table.init.size != 0)
        TRY(check_constant(table.init, element, module_.imported_globals));
      else if (!element.is_defaultable())
        return fail(ErrorCode::type_mismatch, table.offset, element.bits(), 0);
    }
    return {};
  }

  [[nodiscard]] Result<void> check_globals() {
    for (uint32_t i = 0; i < module_.globals.size(); ++i) {
      const GlobalDecl& global = module_.globals[i];
      TRY(check_val_type(module_, global.type.type, global.offset));
      if (i < module_.imported_globals) {
        if (global.type.mutable_ && !module_.features.has(Feature::mutable_globals))
          return fail(ErrorCode::feature_disabled, global.offset,
                      static_cast<uint32_t>(Feature::mutable_globals));
        continue;
      }
      TRY(check_constant(global.init, global.type.type, visible_globals(i)));
    }
    return {};
  }

  [[nodiscard]] Result<void> check_element(const ElemSegment& segment) {
    TRY(check_val_type(module_, segment.type, segment.start));
    if (segment.mode == SegmentMode::active) {
      if (segment.table >= module_.tables.size())
        return fail(ErrorCode::unknown_table, segment.start, segment.table,
                    static_cast<uint32_t>(module_.tables.size()));
      const TableType& table = module_.tables[segment.table].type;
      if (!matches(module_, segment.type, table.element))
        return fail(ErrorCode::type_mismatch, segment.start, table.element.bits(),
                    segment.type.bits());
      TRY(check_constant(segment.offset, table.limits.is64 ? val::i64 : val::i32,
                         visible_globals(module_.globals.size())));
    }
    for (const FuncIndex function : segment.functions) {
      if (function >= module_.functions.size())
        return fail(ErrorCode::unknown_function, segment.start, function,
                    static_cast<uint32_t>(module_.functions.size()));
      declare_ref(module_, function);
    }
    for (const ConstExpr& expression : segment.expressions)
      TRY(check_constant(expression, segment.type, visible_globals(module_.globals.size())));
    return {};
  }

  [[nodiscard]] Result<void> check_elements() {
    for (const ElemSegment& segment : module_.elements) TRY(check_element(segment));
    return {};
  }

  [[nodiscard]] Result<void> check_data() {
    for (const DataSegment& segment : module_.data) {
      if (segment.mode != SegmentMode::active) continue;
      if (segment.memory >= module_.memories.size())
        return fail(ErrorCode::unknown_memory, segment.start, segment.memory,
                    static_cast<uint32_t>(module_.memories.size()));
      const bool is64 = module_.memories[segment.memory].limits.is64;
      TRY(check_constant(segment.offset, is64 ? val::i64 : val::i32,
                         visible_globals(module_.globals.size())));
    }
    return {};
  }

  [[nodiscard]] Result<void> check_start() const {
    if (!module_.has_start) return {};
    if (module_.start >= module_.functions.size())
      return fail(ErrorCode::unknown_function, module_.start_offset, module_.start,
                  static_cast<uint32_t>(module_.functions.size()));
    const DefType& type = module_.type_of(module_.start);
    if (!type.params.empty() || !type.results.empty())
      return fail(ErrorCode::start_function, module_.start_offset, module_.start);
    return {};
  }

  [[nodiscard]] Result<void> check_exports() {
    Vec<uint32_t>& order = module_.exports_by_name;
    order.clear();
    TRY(order.reserve(module_.exports.size()));
    for (uint32_t i = 0; i < module_.exports.size(); ++i) {
      const Export& item = module_.exports[i];
      const uint32_t size = size_of_space(module_, item.kind);
      if (item.index >= size) return fail(unknown(item.kind), item.offset, item.index, size);
      if (item.kind == ExternKind::func) declare_ref(module_, item.index);
      if (item.kind == ExternKind::global && module_.globals[item.index].type.mutable_ &&
          !module_.features.has(Feature::mutable_globals))
        return fail(ErrorCode::feature_disabled, item.offset,
                    static_cast<uint32_t>(Feature::mutable_globals));
      TRY(order.push(i));
    }
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      const int by_name = module_.exports[a].name.compare(module_.exports[b].name);
      return by_name != 0 ? by_name < 0 : a < b;
    });
    for (size_t i = 1; i < order.size(); ++i) {
      const Export& item = module_.exports[order[i]];
      if (item.name == module_.exports[order[i - 1]].name)
        return fail(ErrorCode::duplicate_export_name, item.offset, order[i - 1], order[i]);
    }
    return {};
  }

  /// Of the globals before `count`, those that a constant expression may read.
  [[nodiscard]] uint32_t visible_globals(size_t count) const {
    return module_.features.has(Feature::gc) ? static_cast<uint32_t>(count)
                                             : module_.imported_globals;
  }
  [[nodiscard]] Result<void> check_constant(ConstExpr expression, ValType expected,
                                            uint32_t globals) {
    return validator_.check_constant(module_, expression, expected, globals,
                                     module_.declared_refs.span());
  }

  Module& module_;
  FunctionValidator validator_;
};

} // namespace

void declare_ref(Module& module, FuncIndex function) {
  module.declared_refs[function / 8] |= static_cast<uint8_t>(1u << (function % 8));
}

Result<void> validate_declarations(Module& module) { return DeclarationChecker(module).run(); }

Result<void> validate(Module& module) {
  TRY(validate_declarations(module));
  FunctionValidator validator(module.allocator);
  for (FuncIndex i = module.imported_functions; i < module.functions.size(); ++i)
    TRY(validate_function(module, i, validator));
  return {};
}

} // namespace waxwing
