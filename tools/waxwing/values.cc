// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/values.hpp"

#include <bit>
#include <fmt/format.h>
#include <optional>

#include "describe/types.hpp"
#include "runtime/instance.hpp"
#include "text/number.hpp"

namespace waxwing::tool {

namespace {

using runtime::Cell;
using runtime::Ref;

bool is_integer_text(std::string_view text) {
  const text::TokenKind kind = text::classify_number(text);
  return kind == text::TokenKind::nat || kind == text::TokenKind::integer;
}

bool is_number_text(std::string_view text) {
  return is_integer_text(text) || text::classify_number(text) == text::TokenKind::floating;
}

std::optional<uint64_t> integer(std::string_view text, unsigned bits) {
  return is_integer_text(text) ? text::parse_integer(text, bits) : std::nullopt;
}
std::optional<uint32_t> f32(std::string_view text) {
  return is_number_text(text) ? text::parse_f32(text) : std::nullopt;
}
std::optional<uint64_t> f64(std::string_view text) {
  return is_number_text(text) ? text::parse_f64(text) : std::nullopt;
}

struct Shape {
  std::string_view name;
  unsigned lanes;
  bool floating;
};
constexpr Shape kShapes[] = {{"i8x16", 16, false}, {"i16x8", 8, false}, {"i32x4", 4, false},
                             {"i64x2", 2, false},  {"f32x4", 4, true},  {"f64x2", 2, true}};

std::optional<V128> parse_lanes(const Shape& shape, std::string_view text) {
  V128 vector{};
  const unsigned size = 16 / shape.lanes;
  for (unsigned lane = 0; lane < shape.lanes; ++lane) {
    const size_t comma = text.find(',');
    if ((comma == std::string_view::npos) != (lane + 1 == shape.lanes)) return std::nullopt;
    const std::string_view word = text.substr(0, comma);
    std::optional<uint64_t> bits;
    if (!shape.floating)
      bits = integer(word, size * 8);
    else if (size == 8)
      bits = f64(word);
    else if (const auto narrow = f32(word))
      bits = *narrow;
    if (!bits) return std::nullopt;
    std::memcpy(vector.bytes + lane * size, &*bits, size);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return vector;
}

std::optional<V128> parse_vector(std::string_view text) {
  for (const Shape& shape : kShapes)
    if (text.starts_with(shape.name) && text.size() > shape.name.size() &&
        text[shape.name.size()] == ':')
      return parse_lanes(shape, text.substr(shape.name.size() + 1));
  if (!text.starts_with("0x") || text.size() != 34) return std::nullopt;
  V128 vector{};
  for (size_t i = 0; i < 16; ++i) {
    const std::string pair = "0x" + std::string(text.substr(2 + 2 * i, 2));
    const auto byte = integer(pair, 8);
    if (!byte || pair.find('_') != std::string::npos) return std::nullopt;
    vector.bytes[15 - i] = static_cast<uint8_t>(*byte);
  }
  return vector;
}

template <class Bits, class Float>
std::string format_float(Bits bits) {
  constexpr unsigned kMantissa = sizeof(Bits) == 4 ? 23 : 52;
  constexpr Bits kMask = (Bits{1} << kMantissa) - 1;
  constexpr Bits kExponent = (~Bits{0} >> 1) & ~kMask;
  if ((bits & kExponent) == kExponent && (bits & kMask) != 0) {
    const char* sign = (bits >> (sizeof(Bits) * 8 - 1)) != 0 ? "-" : "";
    const Bits payload = bits & kMask;
    if (payload == Bits{1} << (kMantissa - 1)) return fmt::format("{}nan", sign);
    return fmt::format("{}nan:{:#x}", sign, payload);
  }
  return fmt::format("{}", std::bit_cast<Float>(bits));
}

std::string format_reference(const Value& value) {
  const Ref ref = value.as<Ref>();
  const std::string_view type = "ref.";
  const HeapType heap = value.type.heap_type();
  if (ref == 0) return "ref.null";
  const bool func = !heap.is_concrete() && (heap.code() == heap::func.code());
  if (func) {
    const auto* function = reinterpret_cast<const runtime::FuncRef*>(ref);
    if (function->vmctx == nullptr) return "ref.func (host)";
    const auto& module = runtime::Instance::of(function->vmctx)->module();
    return fmt::format("ref.func {}",
                       static_cast<size_t>(function - function->vmctx->own_functions) +
                           module.imported_functions);
  }
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

std::expected<Value, std::string> parse_value(ValType type, std::string_view text,
                                              HostReferences& hosts) {
  auto refuse = [&](std::string_view wanted) {
    return std::unexpected(
        fmt::format("'{}' is not {}: {}", text, describe::val_type_text(type), wanted));
  };
  switch (type.code()) {
  case 0x7F:
    if (const auto bits = integer(text, 32)) return Value::of(type, static_cast<uint32_t>(*bits));
    return refuse("write an integer of 32 bits, e.g. -1 or 0xff");
  case 0x7E:
    if (const auto bits = integer(text, 64)) return Value::of(type, *bits);
    return refuse("write an integer of 64 bits, e.g. -1 or 0xff");
  case 0x7D:
    if (const auto bits = f32(text)) return Value::of(type, *bits);
    return refuse("write a number, e.g. 1.5, -2e10, inf or nan");
  case 0x7C:
    if (const auto bits = f64(text)) return Value::of(type, *bits);
    return refuse("write a number, e.g. 1.5, -2e10, inf or nan");
  case 0x7B:
    if (const auto vector = parse_vector(text)) return Value::of(type, *vector);
    return refuse("write lanes, e.g. i32x4:1,2,3,4 or f64x2:0.5,1, or 0x and 32 hex digits");
  default: break;
  }
  if (text == "null") {
    if (type.is_nullable()) return Value::of(type, Ref{0});
    return refuse("it cannot be null");
  }
  if (type.heap_type() == heap::extern_) {
    if (const auto number = integer(text, 32)) {
      const Ref ref = hosts.of(static_cast<uint32_t>(*number));
      if (ref != 0) return Value::of(type, ref);
      return refuse("the heap is too small for it");
    }
    return refuse("write null or a number that stands for an object of the host");
  }
  return refuse("write null");
}

std::string format_value(const Value& value) {
  switch (value.type.code()) {
  case 0x7F: return std::to_string(value.as<int32_t>());
  case 0x7E: return std::to_string(value.as<int64_t>());
  case 0x7D: return format_f32(value.as<uint32_t>());
  case 0x7C: return format_f64(value.as<uint64_t>());
  case 0x7B: {
    std::string out = "i32x4";
    for (size_t i = 0; i < 4; ++i)
      out += fmt::format(" {:#010x}", load_unaligned<uint32_t>(value.bits.bytes + 4 * i));
    return out;
  }
  default: return format_reference(value);
  }
}

std::string format_f32(uint32_t bits) { return format_float<uint32_t, float>(bits); }
std::string format_f64(uint64_t bits) { return format_float<uint64_t, double>(bits); }

} // namespace waxwing::tool
