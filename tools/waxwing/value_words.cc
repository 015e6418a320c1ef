// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/value_words.hpp"

#include <cstring>
#include <fmt/format.h>
#include <new>
#include <optional>

#include "text/number.hpp"

namespace waxwing::tool {

namespace {

/// An object of the host that is nothing but its number.
struct Numbered {
  uint32_t number;
};

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
    std::memcpy(vector.bytes.data() + lane * size, &*bits, size);
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

/// A value whose bits are `bits`.
template <class T>
Value value_of(const ValueType& type, T bits) {
  return {type, RawValue::of(bits), nullptr};
}

} // namespace

ExternRef NumberedObjects::of(uint32_t number) {
  const auto known = made_.find(number);
  if (known != made_.end()) return known->second;
  return made_[number] = store_.reference(Numbered{number});
}

std::string NumberedObjects::text(const Value& value) const {
  std::string text = value.text();
  if (value.object_kind() != ObjectKind::host) return text;
  if (const auto* object = store_.get<Numbered>(value.externref()))
    text += fmt::format(" {}", object->number);
  return text;
}

std::expected<Value, std::string> parse_value(const ValueType& type, std::string_view text,
                                              NumberedObjects& objects) {
  auto refuse = [&](std::string_view wanted) {
    return std::unexpected(fmt::format("'{}' is not {}: {}", text, type.text(), wanted));
  };
  switch (type.kind()) {
  case ValueKind::i32:
    if (const auto bits = integer(text, 32)) return value_of(type, static_cast<uint32_t>(*bits));
    return refuse("write an integer of 32 bits, e.g. -1 or 0xff");
  case ValueKind::i64:
    if (const auto bits = integer(text, 64)) return value_of(type, *bits);
    return refuse("write an integer of 64 bits, e.g. -1 or 0xff");
  case ValueKind::f32:
    if (const auto bits = f32(text)) return value_of(type, *bits);
    return refuse("write a number, e.g. 1.5, -2e10, inf or nan");
  case ValueKind::f64:
    if (const auto bits = f64(text)) return value_of(type, *bits);
    return refuse("write a number, e.g. 1.5, -2e10, inf or nan");
  case ValueKind::v128:
    if (const auto vector = parse_vector(text)) return value_of(type, *vector);
    return refuse("write lanes, e.g. i32x4:1,2,3,4 or f64x2:0.5,1, or 0x and 32 hex digits");
  case ValueKind::funcref:
  case ValueKind::externref:
  case ValueKind::anyref:
  case ValueKind::exnref: break;
  }
  if (text == "null") {
    if (type.is_nullable()) return value_of(type, uintptr_t{0});
    return refuse("it cannot be null");
  }
  if (type.kind() != ValueKind::externref) return refuse("write null");
  const auto number = integer(text, 32);
  if (!number) return refuse("write null or a number that stands for an object of the host");
  try {
    return Value(
        type,
        RawValue::of(static_cast<uintptr_t>(objects.of(static_cast<uint32_t>(*number)).word())),
        nullptr);
  } catch (const std::bad_alloc&) {
    return refuse("the heap is too small for it");
  }
}

} // namespace waxwing::tool
