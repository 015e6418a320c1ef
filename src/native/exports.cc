// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an instance exports, by its name, with values of any types.
#include <cstddef>
#include <cstring>

#include "native/guest.hpp"
#include "native/library.hpp"
#include "native/value.hpp"
#include "runtime/gc/aggregate.hpp"
#include "runtime/global.hpp"

namespace waxwing::native {

namespace {

using runtime::Cell;
using runtime::Ref;

/// Values as C has them, of one store.
class Values {
 public:
  explicit Values(runtime::Store& store) : store_(store) {}

  /// False where `value` may not stand where `type` is asked for.
  [[nodiscard]] bool put(const WaxNativeValue& value, ValType type, void* to) const;
  [[nodiscard]] WaxNativeValue take(ValType type, const void* from) const;

 private:
  [[nodiscard]] WaxNativeType type_of(ValType type) const;
  [[nodiscard]] bool fits(Ref reference, ValType type) const;

  runtime::Store& store_;
};

WaxNativeType Values::type_of(ValType type) const {
  switch (type.code()) {
  case val::i32.code(): return WAX_NATIVE_I32;
  case val::i64.code(): return WAX_NATIVE_I64;
  case val::f32.code(): return WAX_NATIVE_F32;
  case val::f64.code(): return WAX_NATIVE_F64;
  case val::v128.code(): return WAX_NATIVE_V128;
  default: break;
  }
  const HeapType heap = type.heap_type();
  if (heap.is_concrete()) {
    const bool is_function = store_.engine().types().type(heap.index())->kind == TypeKind::func;
    return is_function ? WAX_NATIVE_FUNCREF : WAX_NATIVE_ANYREF;
  }
  switch (heap.code()) {
  case heap::func.code():
  case heap::nofunc.code(): return WAX_NATIVE_FUNCREF;
  case heap::extern_.code():
  case heap::noextern.code(): return WAX_NATIVE_EXTERNREF;
  case heap::exn.code():
  case heap::noexn.code(): return WAX_NATIVE_EXNREF;
  default: return WAX_NATIVE_ANYREF;
  }
}

bool Values::fits(Ref reference, ValType type) const {
  if (reference == 0) return type.is_nullable();
  const bool is_function = type_of(type) == WAX_NATIVE_FUNCREF;
  if (!is_function && !runtime::is_i31(reference) &&
      runtime::ref_of(store_.heap().find(reference)) != reference)
    return false;
  const HeapType heap = type.heap_type();
  if (!heap.is_concrete())
    return runtime::matches(reference, runtime::cast_target(heap, type.is_nullable(), {}));
  runtime::CastTarget target;
  target.type = store_.engine().types().type(heap.index());
  target.type_offset = is_function ? offsetof(runtime::FuncRef, type) : 0;
  const bool is_aggregate =
      is_function ||
      (!runtime::is_i31(reference) &&
       (runtime::object_of(reference)->type->object == runtime::ObjectKind::struct_ ||
        runtime::object_of(reference)->type->object == runtime::ObjectKind::array));
  return is_aggregate && runtime::matches(reference, target);
}

bool Values::put(const WaxNativeValue& value, ValType type, void* to) const {
  // Null is null in any hierarchy.
  const bool is_null = type.is_ref() && value.type > WAX_NATIVE_V128 && value.of.ref == nullptr;
  if (!is_null && value.type != type_of(type)) return false;
  if (type.is_ref() && !fits(reinterpret_cast<Ref>(value.of.ref), type)) return false;
  std::memcpy(to, &value.of, size_of(type));
  return true;
}

WaxNativeValue Values::take(ValType type, const void* from) const {
  WaxNativeValue value{};
  value.type = type_of(type);
  std::memcpy(&value.of, from, size_of(type));
  if (!type.is_ref() || value.of.ref == nullptr) return value;
  const auto reference = reinterpret_cast<Ref>(value.of.ref);
  if (value.type == WAX_NATIVE_FUNCREF)
    value.object = WAX_NATIVE_FUNCTION;
  else if (runtime::is_i31(reference))
    value.object = WAX_NATIVE_I31;
  else
    switch (runtime::object_of(reference)->type->object) {
    case runtime::ObjectKind::none: break;
    case runtime::ObjectKind::struct_: value.object = WAX_NATIVE_STRUCT; break;
    case runtime::ObjectKind::array: value.object = WAX_NATIVE_ARRAY; break;
    case runtime::ObjectKind::exception: value.object = WAX_NATIVE_EXCEPTION_OBJECT; break;
    case runtime::ObjectKind::host: value.object = WAX_NATIVE_HOST; break;
    }
  return value;
}

const Export* find(Guest& guest, ExternKind kind, std::string_view name, const char* noun) {
  guest.message.clear();
  const Export* found = guest.module().find_export(name);
  if (found != nullptr && found->kind == kind) return found;
  guest.message.add("no ").add(noun).add(" '").add_foreign(name).add("' is exported");
  return nullptr;
}

} // namespace
} // namespace waxwing::native

using namespace waxwing;
using namespace waxwing::native;

int32_t waxwing_native_call_export(void* instance, const char* name, size_t name_size,
                                   const WaxNativeValue* arguments, size_t argument_count,
                                   WaxNativeValue* results, size_t* result_count) {
  Guest& guest = *static_cast<Guest*>(instance);
  const std::string_view words(name, name_size);
  const Export* const found = find(guest, ExternKind::func, words, "function");
  if (found == nullptr) return WAX_NATIVE_REFUSED;
  const runtime::RuntimeType& type = *guest.instance().loaded().function_type(found->index);
  const auto refuse = [&](auto&&... what) {
    guest.message.add('\'').add_foreign(words).add('\'');
    (guest.message.add(what), ...);
    return WAX_NATIVE_REFUSED;
  };
  if (type.params.size() != argument_count)
    return refuse(" takes ", decimal(type.params.size()).view(), " arguments");
  if (type.results.size() > *result_count)
    return refuse(" has ", decimal(type.results.size()).view(), " results");
  Vec<Cell> cells(guest.store().allocator());
  if (!cells.resize(type.call_cells + 1)) return refuse(": out of memory");
  const Values values(guest.store());
  Cell* next = cells.data();
  for (size_t i = 0; i < argument_count; ++i) {
    if (!values.put(arguments[i], type.params[i], next))
      return refuse(": argument ", decimal(i + 1).view(), " is not of the function's type");
    next += cells_of(type.params[i]);
  }
  const int32_t status = waxwing_native_call(instance, found->index, cells.data());
  if (status != WAX_NATIVE_OK) return status;
  const Cell* result = cells.data();
  *result_count = type.results.size();
  for (size_t i = 0; i < type.results.size(); ++i) {
    results[i] = values.take(type.results[i], result);
    result += cells_of(type.results[i]);
  }
  return WAX_NATIVE_OK;
}

int32_t waxwing_native_get_global(void* instance, const char* name, size_t name_size,
                                  WaxNativeValue* value) {
  Guest& guest = *static_cast<Guest*>(instance);
  const Export* const found = find(guest, ExternKind::global, {name, name_size}, "global");
  if (found == nullptr) return WAX_NATIVE_REFUSED;
  const runtime::Extern item = guest.instance().extern_of(ExternKind::global, found->index);
  *value = Values(guest.store()).take(item.global->type.type, item.global->value);
  return WAX_NATIVE_OK;
}

int32_t waxwing_native_set_global(void* instance, const char* name, size_t name_size,
                                  const WaxNativeValue* value) {
  Guest& guest = *static_cast<Guest*>(instance);
  const Export* const found = find(guest, ExternKind::global, {name, name_size}, "global");
  if (found == nullptr) return WAX_NATIVE_REFUSED;
  const runtime::Extern item = guest.instance().extern_of(ExternKind::global, found->index);
  const GlobalType& type = item.global->type;
  if (type.mutable_ && Values(guest.store()).put(*value, type.type, item.global->value))
    return WAX_NATIVE_OK;
  guest.message.add('\'').add_foreign({name, name_size});
  guest.message.add(type.mutable_ ? "' is of another type" : "' is constant");
  return WAX_NATIVE_REFUSED;
}
