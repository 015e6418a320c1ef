// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "api/convert.hpp"

#include <fmt/format.h>

namespace waxwing::inline v0 {

std::string ValueType::text() const { return describe::val_type_text(impl::to_core(*this)); }

std::string FunctionType::text() const {
  std::vector<core::ValType> in;
  std::vector<core::ValType> out;
  for (const ValueType& type : params) in.push_back(impl::to_core(type));
  for (const ValueType& type : results) out.push_back(impl::to_core(type));
  return describe::signature_text(in, out);
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
  return refuse(kind_of(wrong.code), describe::error_text(wrong));
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
  case ErrorCode::thread_limit: return ErrorKind::limit;
  case ErrorCode::feature_disabled: return ErrorKind::feature_disabled;
  case ErrorCode::io_error: return ErrorKind::io;
  case ErrorCode::component_not_module: return ErrorKind::component;
  case ErrorCode::unknown_import: return ErrorKind::unknown_import;
  case ErrorCode::incompatible_import_type: return ErrorKind::incompatible_import;
  default: break;
  }
  // The table has the binary format first, then validation.
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
  case From::out_of_memory:
  case From::gc_heap_exhausted: return TrapKind::out_of_memory;
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
  case TrapKind::interrupted: return To::interrupted;
  case TrapKind::timeout: return To::timeout;
  case TrapKind::out_of_fuel: return To::out_of_fuel;
  case TrapKind::exit: return To::exit;
  case TrapKind::host:
  case TrapKind::invalid_function:
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
  ValueKind kind = ValueKind::other;
  if (heap.is_concrete()) {
    const runtime::RuntimeType* concrete = types.type(heap.index());
    if (concrete != nullptr && concrete->kind == TypeKind::func) kind = ValueKind::funcref;
  } else if (heap.code() == heap::func.code() || heap.code() == heap::nofunc.code()) {
    kind = ValueKind::funcref;
  } else if (heap.code() == heap::extern_.code() || heap.code() == heap::noextern.code()) {
    kind = ValueKind::externref;
  }
  if (type == val::funcref || type == val::externref) return kind;
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
  case ValueKind::other: break;
  }
  return val::anyref;
}

core::ValType to_core(const ValueType& type) {
  if (type.code() != 0) return core::ValType::from_bits(type.code());
  return to_core(type.kind());
}

Result<void> check_reference(StoreState& store, const RawValue& raw, core::ValType wanted) {
  if (raw.as<runtime::Ref>() == 0) {
    if (wanted.is_nullable()) return {};
    return refuse(ErrorKind::usage, "null where it is not allowed");
  }
  const HeapType heap = wanted.heap_type();
  if (to_public(store.types(), wanted).kind() != ValueKind::funcref) {
    if (heap == heap::noextern || heap == heap::none || heap == heap::noexn)
      return refuse(ErrorKind::usage, "a reference where only null is allowed");
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
  // A null of one kind is no null of another, nor an opaque reference anything but what it came as.
  bool fits = value.kind() == type.kind();
  if (fits && type.kind() == ValueKind::other)
    fits = store.types().matches(to_core(value.type()), wanted);
  if (!fits)
    return refuse(
        ErrorKind::usage,
        fmt::format("expected {}, found {}", describe::val_type_text(wanted), value.type().text()));
  if (!type.is_reference()) return {};
  return check_reference(store, value.raw(), wanted);
}

} // namespace impl
} // namespace waxwing::inline v0
