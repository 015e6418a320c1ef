// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "script/words.hpp"

#include <fmt/format.h>

#include "base/bits.hpp"
// Behind the rooms below.
#include <waxwing/function.hpp>

namespace waxwing::script {

namespace {

using text::ConstKind;
using text::NanPattern;
using text::Pattern;

std::string f32_text(uint32_t bits) {
  return Value(ValueKind::f32, RawValue::of(bits), nullptr).text();
}
std::string f64_text(uint64_t bits) {
  return Value(ValueKind::f64, RawValue::of(bits), nullptr).text();
}

std::string reference_text(std::string_view name, const text::Constant& value) {
  return value.has_number ? fmt::format("ref.{} {}", name, value.bits)
                          : fmt::format("ref.{}", name);
}

std::string_view nan_text(NanPattern nan) {
  return nan == NanPattern::canonical ? "nan:canonical" : "nan:arithmetic";
}

std::string vector_text(const Pattern& pattern) {
  auto lanes = [&pattern]<class T>(std::string_view name, T, auto format) {
    std::string out = fmt::format("v128 {}", name);
    for (size_t lane = 0; lane < 16 / sizeof(T); ++lane) {
      const T bits = load_unaligned<T>(pattern.value.v128.bytes + lane * sizeof(T));
      const NanPattern nan = lane < 4 ? pattern.nan[lane] : NanPattern::none;
      out += ' ';
      out += nan == NanPattern::none ? format(bits) : std::string(nan_text(nan));
    }
    return out;
  };
  auto hex = [](auto bits) { return fmt::format("{:#x}", bits); };
  switch (pattern.shape) {
  case text::Shape::i8x16: return lanes("i8x16", uint8_t{}, hex);
  case text::Shape::i16x8: return lanes("i16x8", uint16_t{}, hex);
  case text::Shape::i32x4: return lanes("i32x4", uint32_t{}, hex);
  case text::Shape::i64x2: return lanes("i64x2", uint64_t{}, hex);
  case text::Shape::f32x4: return lanes("f32x4", uint32_t{}, f32_text);
  case text::Shape::f64x2: return lanes("f64x2", uint64_t{}, f64_text);
  }
  return "v128";
}

std::string pattern_text(const Pattern& pattern) {
  if (!pattern.either.empty()) {
    std::string out;
    for (const Pattern& one : pattern.either)
      out += fmt::format("{}{}", out.empty() ? "" : " or ", pattern_text(one));
    return out;
  }
  const text::Constant& value = pattern.value;
  switch (value.kind) {
  case ConstKind::i32: return fmt::format("i32 {}", static_cast<int32_t>(value.bits));
  case ConstKind::i64: return fmt::format("i64 {}", static_cast<int64_t>(value.bits));
  case ConstKind::f32:
    return fmt::format("f32 {}", pattern.nan[0] != NanPattern::none
                                     ? std::string(nan_text(pattern.nan[0]))
                                     : f32_text(static_cast<uint32_t>(value.bits)));
  case ConstKind::f64:
    return fmt::format("f64 {}", pattern.nan[0] != NanPattern::none
                                     ? std::string(nan_text(pattern.nan[0]))
                                     : f64_text(value.bits));
  case ConstKind::v128: return vector_text(pattern);
  case ConstKind::ref_null: return "ref.null";
  case ConstKind::ref_func: return reference_text("func", value);
  case ConstKind::ref_extern: return reference_text("extern", value);
  case ConstKind::ref_host: return reference_text("host", value);
  case ConstKind::ref_i31: return reference_text("i31", value);
  case ConstKind::ref_struct: return reference_text("struct", value);
  case ConstKind::ref_array: return reference_text("array", value);
  case ConstKind::ref_eq: return reference_text("eq", value);
  case ConstKind::ref_any: return reference_text("any", value);
  case ConstKind::ref_exn: return reference_text("exn", value);
  }
  return "?";
}

} // namespace

std::string constant_text(const text::Constant& constant) {
  Pattern pattern;
  pattern.value = constant;
  return pattern_text(pattern);
}

std::string patterns_text(std::span<const Pattern> patterns) {
  if (patterns.empty()) return "no values";
  std::string out;
  for (const Pattern& pattern : patterns)
    out += fmt::format("{}({})", out.empty() ? "" : " ", pattern_text(pattern));
  return out;
}

} // namespace waxwing::script
