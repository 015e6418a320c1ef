// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "describe/tag_text.hpp"

#include <fmt/format.h>

#include "wasm/names.hpp"

namespace waxwing::describe {

namespace {

using runtime::Instance;
using runtime::Tag;

/// The name that `module` has for its tag `index`, or nothing.
std::string name_in(const Module& module, uint32_t index) {
  if (const std::string_view name = ModuleNames(module).tag(index); !name.empty())
    return std::string(name);
  for (const Export& item : module.exports)
    if (item.kind == ExternKind::tag && item.index == index) return std::string(item.name);
  for (const Import& import : module.imports)
    if (import.kind == ExternKind::tag && import.index == index)
      return fmt::format("{}.{}", import.module, import.name);
  return {};
}

} // namespace

std::string tag_text(const runtime::Store& store, const Tag& tag) {
  std::string found = "a tag of the host";
  for (const bool defines : {true, false}) {
    for (const Instance* instance : store.instances) {
      const Module& module = instance->module();
      const uint32_t first = defines ? module.imported_tags : 0;
      const auto end = defines ? static_cast<uint32_t>(module.tags.size()) : module.imported_tags;
      for (uint32_t i = first; i < end; ++i) {
        if (instance->tag(i) != &tag) continue;
        if (std::string name = name_in(module, i); !name.empty()) return name;
        if (defines) found = fmt::format("tag {}", i);
        break;
      }
    }
  }
  return found;
}

} // namespace waxwing::describe
