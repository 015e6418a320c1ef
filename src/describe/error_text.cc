// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "describe/error_text.hpp"

#include <fmt/format.h>

#include "base/reader.hpp"
#include "describe/names.hpp"
#include "describe/types.hpp"
#include "wasm/instruction.hpp"

namespace waxwing::describe {

namespace {

std::string type_or_nothing(uint32_t bits) {
  const ValType type = ValType::from_bits(bits);
  return type.is_bottom() ? "nothing" : val_type_text(type);
}

/// Where an instruction is at `offset` of a function body, its mnemonic.
std::string_view mnemonic_at(const Module& module, uint32_t offset) {
  const ByteRange code = module.code_section;
  if (offset < code.offset || offset - code.offset >= code.size) return {};
  const uint32_t end = code.offset + code.size;
  ByteReader reader(module.slice({offset, end - offset}), offset);
  Instruction instruction;
  if (!read_instruction(reader, module.features, instruction)) return {};
  return op_name(instruction.op);
}

} // namespace

std::string_view code_text(ErrorCode code) {
  constexpr std::string_view kTexts[] = {
#define WAX_ERROR(name, text) text,
#include "base/error.def"
#undef WAX_ERROR
  };
  return kTexts[static_cast<size_t>(code)];
}

std::string_view feature_text(Feature feature) {
  constexpr std::string_view kTexts[] = {
#define WAX_FEATURE(name, text, since, default_on) text,
#include "wasm/feature.def"
#undef WAX_FEATURE
  };
  const auto index = static_cast<size_t>(feature);
  return index < std::size(kTexts) ? kTexts[index] : "?";
}

std::string error_text(const Error& error) {
  const std::string_view text = code_text(error.code);
  switch (error.code) {
  case ErrorCode::type_mismatch:
    if (error.a == error.b) return std::string(text);
    return fmt::format("{}: expected {}, found {}", text, type_or_nothing(error.a),
                       type_or_nothing(error.b));
  case ErrorCode::unknown_type:
  case ErrorCode::unknown_function:
  case ErrorCode::unknown_table:
  case ErrorCode::unknown_memory:
  case ErrorCode::unknown_global:
  case ErrorCode::unknown_local:
  case ErrorCode::unknown_label:
  case ErrorCode::unknown_tag:
  case ErrorCode::unknown_field:
  case ErrorCode::unknown_elem_segment:
  case ErrorCode::unknown_data_segment:
    return fmt::format("{} {} (there {} {})", text, error.a, error.b == 1 ? "is" : "are",
                       error.b == 0 ? "none" : std::to_string(error.b));
  case ErrorCode::feature_disabled:
    return fmt::format("{}: {}", text, feature_text(static_cast<Feature>(error.a)));
  case ErrorCode::limit_exceeded:
    if (error.a == 0) return std::string(text);
    return error.b > error.a ? fmt::format("{}: {} where {} are allowed", text, error.b, error.a)
                             : fmt::format("{}: {} are allowed", text, error.a);
  case ErrorCode::illegal_opcode:
    return error.a == 0 ? fmt::format("{} {:02x}", text, error.b)
                        : fmt::format("{} {:02x} {:02x}", text, error.a, error.b);
  case ErrorCode::malformed_section_id:
  case ErrorCode::malformed_import_kind:
  case ErrorCode::malformed_export_kind:
  case ErrorCode::malformed_value_type:
  case ErrorCode::malformed_reference_type:
  case ErrorCode::malformed_heap_type:
  case ErrorCode::malformed_limits_flags:
  case ErrorCode::malformed_memop_flags:
  case ErrorCode::malformed_elements_segment:
  case ErrorCode::malformed_data_segment:
  case ErrorCode::malformed_mutability: return fmt::format("{}: {:#04x}", text, error.a);
  case ErrorCode::unknown_binary_version:
    return fmt::format("{}: expected {}, found {}", text, error.a, error.b);
  case ErrorCode::section_size_mismatch:
    if (error.a == error.b) return std::string(text);
    return fmt::format("{}: expected {} bytes, found {}", text, error.a, error.b);
  case ErrorCode::function_and_code_inconsistent:
  case ErrorCode::data_count_inconsistent:
    return fmt::format("{}: {} and {}", text, error.a, error.b);
  default: return std::string(text);
  }
}

std::string error_text(const Module& module, const Error& error) {
  std::string where = fmt::format("{:#x}", error.offset);
  std::string at;
  if (error.code == ErrorCode::duplicate_export_name && error.b < module.exports.size())
    at = fmt::format(" \"{}\"", module.exports[error.b].name);
  if (const FuncIndex function = module.function_at(error.offset); function != kNoIndex) {
    const std::string name = FunctionNames(module).name_of(function);
    where +=
        fmt::format(" (func {}{})", function, name.empty() ? "" : fmt::format(" \"{}\"", name));
    const bool of_body =
        error.code >= ErrorCode::type_mismatch || error.code == ErrorCode::feature_disabled;
    const std::string_view mnemonic = of_body ? mnemonic_at(module, error.offset) : "";
    if (!mnemonic.empty()) at = fmt::format(" at {}", mnemonic);
  }
  return fmt::format("{}: {}{}", where, error_text(error), at);
}

} // namespace waxwing::describe
