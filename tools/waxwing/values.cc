// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/values.hpp"

#include <fmt/format.h>
#include <optional>

#include "describe/types.hpp"
#include "describe/value_text.hpp"
#include "runtime/instance.hpp"

namespace waxwing::tool {

namespace {

using runtime::Cell;
using runtime::Ref;

std::string format_reference(const Value& value) {
  const Ref ref = value.as<Ref>();
  const std::string_view type = "ref.";
  const HeapType heap = value.type.heap_type();
  if (ref == 0) return "ref.null";
  const bool func = !heap.is_concrete() && (heap.code() == heap::func.code());
  if (func) return describe::function_text(*reinterpret_cast<const runtime::FuncRef*>(ref));
  if (runtime::is_i31(ref)) return fmt::format("ref.i31 {}", runtime::i31_signed(ref));
  // Below a concrete type there are functions, too.
  if (!heap.is_concrete() && heap != heap::exn) {
    if (const auto number = host_number(ref))
      return fmt::format("ref.{} {}", heap == heap::extern_ ? "extern" : "host", *number);
    const runtime::ObjectKind kind = runtime::object_of(ref)->type->object;
    return kind == runtime::ObjectKind::array ? "ref.array" : "ref.struct";
  }
  return fmt::format("{}{}", type, describe::heap_type_text(heap));
}

} // namespace

void put_value(Cell*& cell, const Value& value) {
  const uint32_t size = size_of(value.type);
  std::memcpy(cell, value.bits.bytes, size);
  cell += cells_of(value.type);
}

Value take_value(const Cell*& cell, ValType type) {
  Value value{type, {}};
  std::memcpy(value.bits.bytes, cell, size_of(type));
  cell += cells_of(type);
  return value;
}

ValType known_type(const runtime::TypeRegistry& types, ValType type) {
  if (!type.is_ref() || !type.heap_type().is_concrete()) return type;
  switch (types.type(type.heap_type().index())->kind) {
  case TypeKind::func: return ValType::ref(heap::func, type.is_nullable());
  case TypeKind::struct_: return ValType::ref(heap::struct_, type.is_nullable());
  case TypeKind::array: return ValType::ref(heap::array, type.is_nullable());
  }
  return type;
}

Ref HostReferences::of(uint32_t number) {
  if (const auto known = made_.find(number); known != made_.end()) return known->second->get();
  const auto* made = heap_.new_host(reinterpret_cast<void*>(static_cast<uintptr_t>(number)));
  if (made == nullptr) return 0;
  const Ref ref = runtime::ref_of(made);
  made_[number] = std::make_unique<runtime::Rooted>(heap_, ref);
  return ref;
}

std::optional<uint32_t> host_number(Ref ref) {
  const runtime::Object* object = runtime::object_of(ref);
  if (object == nullptr || object->type != &runtime::kHostType) return std::nullopt;
  const void* data = static_cast<const runtime::HostObject*>(object)->data;
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(data));
}

std::string format_value(const Value& value) {
  switch (value.type.code()) {
  case 0x7F: return std::to_string(value.as<int32_t>());
  case 0x7E: return std::to_string(value.as<int64_t>());
  case 0x7D: return format_f32(value.as<uint32_t>());
  case 0x7C: return format_f64(value.as<uint64_t>());
  case 0x7B: return describe::v128_text(value.bits.bytes);
  default: return format_reference(value);
  }
}

std::string format_f32(uint32_t bits) { return describe::f32_text(bits); }
std::string format_f64(uint64_t bits) { return describe::f64_text(bits); }

} // namespace waxwing::tool
