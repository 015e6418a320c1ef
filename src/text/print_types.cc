// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types as text (spec section 6.4).
#include "text/print_values.hpp"
#include "text/printer.hpp"

namespace waxwing::text {

namespace {

struct AbstractName {
  uint8_t code;
  std::string_view heap;
  std::string_view reference;
};
constexpr AbstractName kAbstractNames[] = {
    {heap::func.code(), "func", "funcref"},
    {heap::extern_.code(), "extern", "externref"},
    {heap::any.code(), "any", "anyref"},
    {heap::eq.code(), "eq", "eqref"},
    {heap::i31.code(), "i31", "i31ref"},
    {heap::struct_.code(), "struct", "structref"},
    {heap::array.code(), "array", "arrayref"},
    {heap::exn.code(), "exn", "exnref"},
    {heap::none.code(), "none", "nullref"},
    {heap::nofunc.code(), "nofunc", "nullfuncref"},
    {heap::noextern.code(), "noextern", "nullexternref"},
    {heap::noexn.code(), "noexn", "nullexnref"},
};

const AbstractName* find_abstract(HeapType type) {
  for (const AbstractName& name : kAbstractNames)
    if (name.code == type.code()) return &name;
  return nullptr;
}

} // namespace

void Printer::heap_type(HeapType type) {
  if (type.is_concrete()) {
    reference(types_, type.index());
    return;
  }
  const AbstractName* name = find_abstract(type);
  if (type.is_shared()) out_ += "(shared ";
  out_ += name == nullptr ? "any" : name->heap;
  if (type.is_shared()) out_ += ')';
}

void Printer::ref_type(HeapType type, bool nullable) {
  if (nullable && !type.is_concrete() && !type.is_shared()) {
    if (const AbstractName* name = find_abstract(type)) {
      out_ += name->reference;
      return;
    }
  }
  out_ += nullable ? "(ref null " : "(ref ";
  heap_type(type);
  out_ += ')';
}

void Printer::val_type(ValType type) {
  switch (type.code()) {
  case val::i32.code(): out_ += "i32"; break;
  case val::i64.code(): out_ += "i64"; break;
  case val::f32.code(): out_ += "f32"; break;
  case val::f64.code(): out_ += "f64"; break;
  case val::v128.code(): out_ += "v128"; break;
  case val::i8.code(): out_ += "i8"; break;
  case val::i16.code(): out_ += "i16"; break;
  default: ref_type(type.heap_type(), type.is_nullable());
  }
}

void Printer::limits(const Limits& limits) {
  number(limits.min);
  if (limits.has_max) {
    out_ += ' ';
    number(limits.max);
  }
}

void Printer::memory_type(const MemoryType& type) {
  if (type.limits.is64) out_ += "i64 ";
  limits(type.limits);
  if (type.limits.shared) out_ += " shared";
  if (type.page_log2 != 16) {
    out_ += " (pagesize ";
    number(uint64_t{1} << type.page_log2);
    out_ += ')';
  }
}

void Printer::table_type(const TableType& type) {
  if (type.limits.is64) out_ += "i64 ";
  if (type.limits.shared) out_ += "shared ";
  limits(type.limits);
  out_ += ' ';
  val_type(type.element);
}

void Printer::global_type(const GlobalType& type) {
  if (type.shared)
    out_ += type.mutable_ ? "(shared mut " : "(shared ";
  else if (type.mutable_)
    out_ += "(mut ";
  val_type(type.type);
  if (type.shared || type.mutable_) out_ += ')';
}

void Printer::signature(const DefType& type, bool ids) {
  for (uint32_t i = 0; i < type.params.size(); ++i) {
    const std::string_view id = ids ? locals_.find(i) : std::string_view();
    const bool open = i == 0 || !id.empty() || (ids && !locals_.find(i - 1).empty());
    if (open) out_ += " (param";
    out_ += ' ';
    if (!id.empty()) {
      append_id(out_, id);
      out_ += ' ';
    }
    val_type(type.params[i]);
    if (!id.empty() || i + 1 == type.params.size() || (ids && !locals_.find(i + 1).empty()))
      out_ += ')';
  }
  if (!type.results.empty()) {
    out_ += " (result";
    for (const ValType result : type.results) {
      out_ += ' ';
      val_type(result);
    }
    out_ += ')';
  }
}

void Printer::type_use(TypeIndex type) {
  out_ += " (type ";
  reference(types_, type);
  out_ += ')';
}

void Printer::extern_type(ExternKind kind, uint32_t index) {
  switch (kind) {
  case ExternKind::func: {
    const TypeIndex type = module_.functions[index].type;
    type_use(type);
    if (type < module_.types.size() && module_.types[type].kind == TypeKind::func)
      signature(module_.types[type], false);
    break;
  }
  case ExternKind::table:
    out_ += ' ';
    table_type(module_.tables[index].type);
    break;
  case ExternKind::memory:
    out_ += ' ';
    memory_type(module_.memories[index]);
    break;
  case ExternKind::global:
    out_ += ' ';
    global_type(module_.globals[index].type);
    break;
  case ExternKind::tag: type_use(module_.tags[index].type); break;
  }
}

} // namespace waxwing::text
