// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "api/convert.hpp"

#include <fmt/format.h>

namespace waxwing::inline v0 {

std::string ValueType::text() const { return describe::val_type_text(impl::to_core(*this)); }

ObjectKind Value::object_kind() const {
  if (!type_.is_reference() || type_.kind() == ValueKind::funcref) return ObjectKind::null;
  const auto ref = raw_.as<runtime::Ref>();
  if (ref == 0) return ObjectKind::null;
  if (runtime::is_i31(ref)) return ObjectKind::i31;
  // What was made by the host and not by `make_value` refers to its own objects.
  if (root_ == nullptr) return ObjectKind::host;
  switch (runtime::object_of(ref)->type->object) {
  case runtime::ObjectKind::none: break;
  case runtime::ObjectKind::struct_: return ObjectKind::struct_;
  case runtime::ObjectKind::array: return ObjectKind::array;
  case runtime::ObjectKind::exception: return ObjectKind::exception;
  case runtime::ObjectKind::host: return ObjectKind::host;
  }
  return ObjectKind::null;
}

int32_t Value::i31() const { return runtime::i31_signed(raw_.as<runtime::Ref>()); }

std::string Value::text() const {
  switch (kind()) {
  case ValueKind::i32: return std::to_string(i32());
  case ValueKind::i64: return std::to_string(i64());
  case ValueKind::f32: return describe::f32_text(raw_.as<uint32_t>());
  case ValueKind::f64: return describe::f64_text(raw_.as<uint64_t>());
  case ValueKind::v128: return describe::v128_text(raw_.bytes.data());
  case ValueKind::funcref: {
    const auto* function = raw_.as<const runtime::FuncRef*>();
    return function == nullptr ? "ref.null" : describe::function_text(*function);
  }
  case ValueKind::externref:
  case ValueKind::anyref:
  case ValueKind::exnref: break;
  }
  switch (object_kind()) {
  case ObjectKind::null: return "ref.null";
  case ObjectKind::i31: return fmt::format("ref.i31 {}", i31());
  case ObjectKind::struct_: return "ref.struct";
  case ObjectKind::array: return "ref.array";
  case ObjectKind::exception: return "ref.exn";
  case ObjectKind::host: break;
  }
  return kind() == ValueKind::externref ? "ref.extern" : "ref.host";
}

std::string FunctionType::text() const {
  std::vector<core::ValType> in;
  std::vector<core::ValType> out;
  in.reserve(params.size());
  out.reserve(results.size());
  for (const ValueType& type : params) in.push_back(impl::to_core(type));
  for (const ValueType& type : results) out.push_back(impl::to_core(type));
  return describe::signature_text(in, out);
}

std::string_view name_of(TrapKind kind) {
  switch (kind) {
  case TrapKind::unreachable: return "unreachable";
  case TrapKind::integer_divide_by_zero: return "integer_divide_by_zero";
  case TrapKind::integer_overflow: return "integer_overflow";
  case TrapKind::invalid_conversion_to_integer: return "invalid_conversion_to_integer";
  case TrapKind::out_of_bounds_memory_access: return "out_of_bounds_memory_access";
  case TrapKind::out_of_bounds_table_access: return "out_of_bounds_table_access";
  case TrapKind::out_of_bounds_array_access: return "out_of_bounds_array_access";
  case TrapKind::undefined_element: return "undefined_element";
  case TrapKind::uninitialized_element: return "uninitialized_element";
  case TrapKind::indirect_call_type_mismatch: return "indirect_call_type_mismatch";
  case TrapKind::null_reference: return "null_reference";
  case TrapKind::cast_failure: return "cast_failure";
  case TrapKind::unaligned_atomic: return "unaligned_atomic";
  case TrapKind::expected_shared_memory: return "expected_shared_memory";
  case TrapKind::call_stack_exhausted: return "call_stack_exhausted";
  case TrapKind::out_of_memory: return "out_of_memory";
  case TrapKind::gc_heap_exhausted: return "gc_heap_exhausted";
  case TrapKind::interrupted: return "interrupted";
  case TrapKind::timeout: return "timeout";
  case TrapKind::out_of_fuel: return "out_of_fuel";
  case TrapKind::host: return "host";
  case TrapKind::exit: return "exit";
  case TrapKind::invalid_function: return "invalid_function";
  case TrapKind::uncaught_exception: return "uncaught_exception";
  case TrapKind::other: break;
  }
  return "other";
}

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
  case ErrorKind::malformed: return "malformed";
  case ErrorKind::component: return "component";
  case ErrorKind::image: return "image";
  case ErrorKind::text: return "text";
  case ErrorKind::invalid: return "invalid";
  case ErrorKind::feature_disabled: return "feature_disabled";
  case ErrorKind::unknown_import: return "unknown_import";
  case ErrorKind::incompatible_import: return "incompatible_import";
  case ErrorKind::limit: return "limit";
  case ErrorKind::out_of_memory: return "out_of_memory";
  case ErrorKind::io: return "io";
  case ErrorKind::usage: return "usage";
  case ErrorKind::compilation: return "compilation";
  case ErrorKind::trap: return "trap";
  case ErrorKind::exception: break;
  }
  return "exception";
}

namespace impl {

Error make_error(ErrorKind kind, std::string message) {
  Error error;
  error.kind = kind;
  error.message = std::move(message);
  return error;
}

std::unexpected<Error> refuse(ErrorKind kind, std::string message) {
  return std::unexpected(make_error(kind, std::move(message)));
}

std::unexpected<Error> refuse(const core::Error& wrong) {
  Error error = make_error(wrong.code, describe::error_text(wrong));
  error.reason = error.message;
  return std::unexpected(std::move(error));
}

Error make_error(core::ErrorCode code, std::string message) {
  using core::ErrorCode;
  Error error = make_error(kind_of(code), std::move(message));
  error.truncated = code == ErrorCode::unexpected_end || code == ErrorCode::length_out_of_bounds ||
                    code == ErrorCode::image_truncated;
  if (error.kind != ErrorKind::limit) return error;
  switch (code) {
  case ErrorCode::memory_limit: error.limit = LimitKind::memory; break;
  case ErrorCode::table_limit: error.limit = LimitKind::table; break;
  case ErrorCode::stack_too_small: error.limit = LimitKind::stack; break;
  case ErrorCode::memory_guard_refused: error.limit = LimitKind::addresses; break;
  case ErrorCode::gc_heap_limit: error.limit = LimitKind::gc_heap; break;
  case ErrorCode::thread_limit: error.limit = LimitKind::threads; break;
  default: error.limit = LimitKind::other; break;
  }
  return error;
}

ErrorKind kind_of(core::ErrorCode code) {
  using core::ErrorCode;
  switch (code) {
  case ErrorCode::out_of_memory: return ErrorKind::out_of_memory;
  case ErrorCode::limit_exceeded:
  case ErrorCode::memory_limit:
  case ErrorCode::table_limit:
  case ErrorCode::stack_too_small:
  case ErrorCode::unsupported_constant:
  case ErrorCode::gc_heap_limit:
  case ErrorCode::memory_guard_refused:
  case ErrorCode::thread_limit: return ErrorKind::limit;
  case ErrorCode::feature_disabled: return ErrorKind::feature_disabled;
  case ErrorCode::io_error: return ErrorKind::io;
  case ErrorCode::component_not_module: return ErrorKind::component;
  case ErrorCode::unknown_import: return ErrorKind::unknown_import;
  case ErrorCode::incompatible_import_type: return ErrorKind::incompatible_import;
  default: break;
  }
  // The table has the binary format first, then validation, and images last.
  if (code >= ErrorCode::image_truncated) return ErrorKind::image;
  return code < ErrorCode::type_mismatch ? ErrorKind::malformed : ErrorKind::invalid;
}

TrapKind kind_of(core::TrapKind kind) {
  using From = core::TrapKind;
  switch (kind) {
  case From::unreachable: return TrapKind::unreachable;
  case From::integer_divide_by_zero: return TrapKind::integer_divide_by_zero;
  case From::integer_overflow: return TrapKind::integer_overflow;
  case From::invalid_conversion_to_integer: return TrapKind::invalid_conversion_to_integer;
  case From::out_of_bounds_memory_access: return TrapKind::out_of_bounds_memory_access;
  case From::out_of_bounds_table_access: return TrapKind::out_of_bounds_table_access;
  case From::out_of_bounds_array_access: return TrapKind::out_of_bounds_array_access;
  case From::undefined_element: return TrapKind::undefined_element;
  case From::uninitialized_element: return TrapKind::uninitialized_element;
  case From::indirect_call_type_mismatch: return TrapKind::indirect_call_type_mismatch;
  case From::null_reference:
  case From::null_function_reference:
  case From::null_structure_reference:
  case From::null_array_reference:
  case From::null_i31_reference:
  case From::null_exception_reference: return TrapKind::null_reference;
  case From::cast_failure: return TrapKind::cast_failure;
  case From::unaligned_atomic: return TrapKind::unaligned_atomic;
  case From::expected_shared_memory: return TrapKind::expected_shared_memory;
  case From::call_stack_exhausted: return TrapKind::call_stack_exhausted;
  case From::out_of_memory: return TrapKind::out_of_memory;
  case From::gc_heap_exhausted: return TrapKind::gc_heap_exhausted;
  case From::uncaught_exception: return TrapKind::uncaught_exception;
  case From::interrupted: return TrapKind::interrupted;
  case From::timeout: return TrapKind::timeout;
  case From::out_of_fuel: return TrapKind::out_of_fuel;
  case From::host: return TrapKind::host;
  case From::exit: return TrapKind::exit;
  case From::invalid_function: return TrapKind::invalid_function;
  default: return TrapKind::other;
  }
}

core::TrapKind core_kind(TrapKind kind) {
  using To = core::TrapKind;
  switch (kind) {
  case TrapKind::unreachable: return To::unreachable;
  case TrapKind::integer_divide_by_zero: return To::integer_divide_by_zero;
  case TrapKind::integer_overflow: return To::integer_overflow;
  case TrapKind::invalid_conversion_to_integer: return To::invalid_conversion_to_integer;
  case TrapKind::out_of_bounds_memory_access: return To::out_of_bounds_memory_access;
  case TrapKind::out_of_bounds_table_access: return To::out_of_bounds_table_access;
  case TrapKind::out_of_bounds_array_access: return To::out_of_bounds_array_access;
  case TrapKind::undefined_element: return To::undefined_element;
  case TrapKind::uninitialized_element: return To::uninitialized_element;
  case TrapKind::indirect_call_type_mismatch: return To::indirect_call_type_mismatch;
  case TrapKind::null_reference: return To::null_reference;
  case TrapKind::cast_failure: return To::cast_failure;
  case TrapKind::unaligned_atomic: return To::unaligned_atomic;
  case TrapKind::expected_shared_memory: return To::expected_shared_memory;
  case TrapKind::call_stack_exhausted: return To::call_stack_exhausted;
  case TrapKind::out_of_memory: return To::out_of_memory;
  case TrapKind::gc_heap_exhausted: return To::gc_heap_exhausted;
  case TrapKind::interrupted: return To::interrupted;
  case TrapKind::timeout: return To::timeout;
  case TrapKind::out_of_fuel: return To::out_of_fuel;
  case TrapKind::exit: return To::exit;
  case TrapKind::host:
  case TrapKind::invalid_function:
  case TrapKind::uncaught_exception:
  case TrapKind::other: break;
  }
  return To::host;
}

ValueType to_public(const runtime::TypeRegistry& types, core::ValType type) {
  switch (type.code()) {
  case 0x7F: return ValueKind::i32;
  case 0x7E: return ValueKind::i64;
  case 0x7D: return ValueKind::f32;
  case 0x7C: return ValueKind::f64;
  case 0x7B: return ValueKind::v128;
  default: break;
  }
  const HeapType heap = type.heap_type();
  ValueKind kind = ValueKind::anyref;
  if (heap.is_concrete()) {
    const runtime::RuntimeType* concrete = types.type(heap.index());
    if (concrete != nullptr && concrete->kind == TypeKind::func) kind = ValueKind::funcref;
  } else if (heap.code() == heap::func.code() || heap.code() == heap::nofunc.code()) {
    kind = ValueKind::funcref;
  } else if (heap.code() == heap::extern_.code() || heap.code() == heap::noextern.code()) {
    kind = ValueKind::externref;
  } else if (heap.code() == heap::exn.code() || heap.code() == heap::noexn.code()) {
    kind = ValueKind::exnref;
  }
  if (type == to_core(kind)) return kind;
  return {kind, type.is_nullable(), type.bits()};
}

std::vector<ValueType> to_public(const runtime::TypeRegistry& types,
                                 std::span<const core::ValType> some) {
  std::vector<ValueType> out;
  out.reserve(some.size());
  for (const core::ValType type : some) out.push_back(to_public(types, type));
  return out;
}

FunctionType to_public(const runtime::TypeRegistry& types, const runtime::RuntimeType& type) {
  return {to_public(types, type.params), to_public(types, type.results)};
}

TableType to_public(const runtime::TypeRegistry& types, const core::TableType& type) {
  return {.element = to_public(types, type.element),
          .min = type.limits.min,
          .max = type.limits.has_max ? std::optional(type.limits.max) : std::nullopt,
          .is64 = type.limits.is64};
}

GlobalType to_public(const runtime::TypeRegistry& types, const core::GlobalType& type) {
  return {.type = to_public(types, type.type), .is_mutable = type.mutable_};
}

MemoryType to_public(const core::MemoryType& type) {
  return {.min = type.limits.min,
          .max = type.limits.has_max ? std::optional(type.limits.max) : std::nullopt,
          .is64 = type.limits.is64,
          .shared = type.limits.shared,
          .page_size = uint64_t{1} << type.page_log2};
}

core::ValType to_core(ValueKind kind) {
  switch (kind) {
  case ValueKind::i32: return val::i32;
  case ValueKind::i64: return val::i64;
  case ValueKind::f32: return val::f32;
  case ValueKind::f64: return val::f64;
  case ValueKind::v128: return val::v128;
  case ValueKind::funcref: return val::funcref;
  case ValueKind::externref: return val::externref;
  case ValueKind::anyref: return val::anyref;
  case ValueKind::exnref: break;
  }
  return val::exnref;
}

core::ValType to_core(const ValueType& type) {
  if (type.code() != 0) return core::ValType::from_bits(type.code());
  return to_core(type.kind());
}

Value make_value(StoreState& store, core::ValType type, const RawValue& raw) {
  const ValueType known = to_public(store.types(), type);
  std::shared_ptr<const Root> root;
  if (known.is_reference() && known.kind() != ValueKind::funcref)
    if (const auto ref = raw.as<runtime::Ref>(); runtime::object_of(ref) != nullptr)
      root = std::make_shared<Root>(store.store->heap(), ref);
  return {known, raw, &store, std::move(root)};
}

std::vector<Value> make_values(StoreState& store, std::span<const core::ValType> types,
                               const runtime::Cell* cells) {
  std::vector<Value> out;
  out.reserve(types.size());
  for (const core::ValType type : types)
    out.push_back(make_value(store, type, take_cells(cells, type)));
  return out;
}

Result<std::vector<ValueKind>> plain_kinds(const std::vector<ValueType>& types) {
  std::vector<ValueKind> kinds;
  for (const ValueType& type : types) {
    if (type.code() != 0)
      return refuse(ErrorKind::usage, type.text() + " is a type that only a module can have");
    kinds.push_back(type.kind());
  }
  return kinds;
}

namespace {

/// Whether the object behind `ref`, which is neither null nor a function, is of a heap type.
bool is_of(StoreState& store, runtime::Ref ref, HeapType heap) {
  using Kind = runtime::ObjectKind;
  const bool i31 = runtime::is_i31(ref);
  const runtime::RuntimeType* type = i31 ? nullptr : runtime::object_of(ref)->type;
  const Kind kind = i31 ? Kind::none : type->object;
  const bool aggregate = kind == Kind::struct_ || kind == Kind::array;
  if (heap.is_concrete())
    return aggregate && runtime::is_subtype(type, store.types().type(heap.index()));
  if (heap.code() == heap::any.code() || heap.code() == heap::extern_.code())
    return kind != Kind::exception;
  if (heap.code() == heap::eq.code()) return i31 || aggregate;
  if (heap.code() == heap::i31.code()) return i31;
  if (heap.code() == heap::struct_.code()) return kind == Kind::struct_;
  if (heap.code() == heap::array.code()) return kind == Kind::array;
  return heap.code() == heap::exn.code() && kind == Kind::exception;
}

} // namespace

Result<void> check_reference(StoreState& store, const RawValue& raw, core::ValType wanted) {
  const auto ref = raw.as<runtime::Ref>();
  if (ref == 0) {
    if (wanted.is_nullable()) return {};
    return refuse(ErrorKind::usage, "null where it is not allowed");
  }
  const HeapType heap = wanted.heap_type();
  if (to_public(store.types(), wanted).kind() != ValueKind::funcref) {
    if (!runtime::is_i31(ref) && store.store->heap().find(ref) != runtime::object_of(ref))
      return refuse(ErrorKind::usage, "a reference of another store, or to an object that is gone");
    if (!is_of(store, ref, heap))
      return refuse(ErrorKind::usage, "a reference to an object of another type");
    return {};
  }
  const auto* function = raw.as<const runtime::FuncRef*>();
  if (store_of(*function) != store.store)
    return refuse(ErrorKind::usage, "a function of another store");
  if (heap == heap::nofunc)
    return refuse(ErrorKind::usage, "a function where only null is allowed");
  if (heap.is_concrete() && !runtime::is_subtype(function->type, store.types().type(heap.index())))
    return refuse(ErrorKind::usage, "a function of another type");
  return {};
}

Result<void> check_value(StoreState& store, const Value& value, core::ValType wanted) {
  const ValueType type = to_public(store.types(), wanted);
  // A null of one kind is no null of another.
  if (value.kind() != type.kind())
    return refuse(
        ErrorKind::usage,
        fmt::format("expected {}, found {}", describe::val_type_text(wanted), value.type().text()));
  if (!type.is_reference()) return {};
  return check_reference(store, value.raw(), wanted);
}

} // namespace impl
} // namespace waxwing::inline v0
