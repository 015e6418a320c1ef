// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "describe/names.hpp"

#include <algorithm>

#include "base/reader.hpp"

namespace waxwing::describe {

namespace {

constexpr uint8_t kModuleName = 0;
constexpr uint8_t kFunctionNames = 1;

Result<std::string_view> read_name(ByteReader& reader) {
  const uint32_t length = TRY(reader.leb_u32());
  const auto bytes = TRY(reader.bytes(length));
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

/// The bytes of the subsection `id` of the first name section, empty where there is none.
std::span<const uint8_t> subsection(const Module& module, uint8_t id) {
  for (const CustomSection& custom : module.customs) {
    if (custom.name != "name") continue;
    ByteReader reader(module.slice(custom.bytes));
    while (!reader.at_end()) {
      const auto found = reader.u8();
      const auto size = reader.leb_u32();
      if (!found || !size) break;
      const auto payload = reader.bytes(*size);
      if (!payload) break;
      if (*found == id) return *payload;
    }
    break;
  }
  return {};
}

} // namespace

FunctionNames::FunctionNames(const Module& module) : module_(module) {
  const std::span<const uint8_t> bytes = subsection(module, kFunctionNames);
  ByteReader reader(bytes);
  const auto count = reader.leb_u32();
  if (!count) return;
  // An entry takes two bytes at least.
  names_.reserve(std::min<size_t>(*count, bytes.size() / 2));
  for (uint32_t i = 0; i < *count; ++i) {
    const auto function = reader.leb_u32();
    if (!function) return;
    const auto name = read_name(reader);
    // The section demands this order.
    if (!name || (!names_.empty() && *function <= names_.back().function)) return;
    names_.push_back({*function, *name});
  }
}

std::string FunctionNames::name_of(FuncIndex function) const {
  const auto found = std::ranges::lower_bound(names_, function, {}, &Entry::function);
  if (found != names_.end() && found->function == function && !found->name.empty())
    return std::string(found->name);
  if (function < module_.imported_functions)
    for (const Import& import : module_.imports)
      if (import.kind == ExternKind::func && import.index == function)
        return std::string(import.module) + "." + std::string(import.name);
  for (const Export& item : module_.exports)
    if (item.kind == ExternKind::func && item.index == function) return std::string(item.name);
  return {};
}

std::string_view module_name(const Module& module) {
  ByteReader reader(subsection(module, kModuleName));
  const auto name = read_name(reader);
  return name ? *name : std::string_view();
}

} // namespace waxwing::describe
