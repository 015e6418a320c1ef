// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/link_error.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "describe/types.hpp"
#include "waxwing/file_kind.hpp"
#include "waxwing/nearest.hpp"

namespace waxwing::tool {

namespace {

using runtime::Extern;
using runtime::LoadedModule;

std::string_view noun(ExternKind kind) {
  switch (kind) {
  case ExternKind::func: return "function";
  case ExternKind::table: return "table";
  case ExternKind::memory: return "memory";
  case ExternKind::global: return "global";
  case ExternKind::tag: return "tag";
  }
  return "?";
}

std::string with_type(ExternKind kind, const std::string& type) {
  return type.empty() ? std::string(noun(kind)) : fmt::format("{} {}", noun(kind), type);
}

/// Import names that tell which environment a module was made for.
struct Environment {
  std::string_view module;
  std::string_view name;
  std::string_view advice;
};
constexpr Environment kEnvironments[] = {
    {"wasi:", "",
     "it was made for WASI 0.2, whose programs are components; build it for WASI "
     "preview 1 (wasm32-wasip1)"},
    {"__wbindgen", "", "it was made for JavaScript by wasm-bindgen; build it for wasm32-wasip1"},
    {"wbg", "", "it was made for JavaScript by wasm-bindgen; build it for wasm32-wasip1"},
    {"gojs", "", "it was made for JavaScript by Go; build it with GOOS=wasip1"},
    {"go", "", "it was made for JavaScript by Go; build it with GOOS=wasip1"},
    {"env", "emscripten_",
     "it was made for JavaScript by Emscripten; build it with "
     "-sSTANDALONE_WASM"},
    {"env", "__syscall_",
     "it was made for JavaScript by Emscripten; build it with "
     "-sSTANDALONE_WASM"},
    {"env", "invoke_",
     "it was made for JavaScript by Emscripten; build it with "
     "-sSTANDALONE_WASM -fwasm-exceptions"},
    {"a", "",
     "its import names are shortened, as Emscripten does for JavaScript; build it with "
     "-sSTANDALONE_WASM"},
};

std::string_view advice_for(const Import& import) {
  for (const Environment& e : kEnvironments) {
    const bool module_fits = e.module.ends_with(':') || e.module.starts_with("__")
                                 ? import.module.starts_with(e.module)
                                 : import.module == e.module;
    if (module_fits && import.name.starts_with(e.name)) return e.advice;
  }
  return {};
}

/// What is there under a name most like the import's: in its module first, else under the same
/// name in another one.
std::string nearest_entry(const Import& import, const runtime::Linker& linker) {
  std::vector<std::string_view> names;
  for (const auto& entry : linker.entries())
    if (entry.module == import.module && entry.value.kind == import.kind)
      names.push_back(entry.name);
  const std::string_view near = nearest(import.name, names);
  std::vector<std::string_view> modules;
  for (const auto& entry : linker.entries()) {
    const bool same_name = entry.name == import.name && entry.value.kind == import.kind;
    if ((entry.module == import.module && !near.empty() && entry.name == near) ||
        (near.empty() && same_name && entry.module != import.module))
      return fmt::format("{}.{}, {}", entry.module, entry.name, extern_text(entry.value));
  }
  return {};
}

} // namespace

std::string extern_text(const Extern& item) {
  std::string type;
  switch (item.kind) {
  case ExternKind::func:
    type = describe::signature_text(item.func->type->params, item.func->type->results);
    break;
  case ExternKind::table: type = describe::table_type_text(item.table->current_type()); break;
  case ExternKind::memory: type = describe::memory_type_text(item.memory->current_type()); break;
  case ExternKind::global: type = describe::global_type_text(item.global->type); break;
  case ExternKind::tag: type = describe::signature_text(item.tag->type->params, {}); break;
  }
  return with_type(item.kind, type);
}

std::string link_error_text(const std::string& path, const LoadedModule& loaded,
                            const runtime::Linker& linker, const Error& error) {
  const Module& module = loaded.module();
  if (error.offset >= module.imports.size()) return fmt::format("{}: cannot be linked", path);
  const Import& import = module.imports[error.offset];
  const std::string wanted =
      with_type(import.kind, describe::extern_type_text(module, import.kind, import.index));
  Extern found;
  if (linker.find(import.module, import.name, found))
    return fmt::format("{}:{:#x}: import {}.{}: incompatible import type: expected {}, found {}",
                       path, import.offset, import.module, import.name, wanted, extern_text(found));
  std::string out = fmt::format("{}:{:#x}: unknown import {}.{}: expected {}, found nothing of "
                                "that name",
                                path, import.offset, import.module, import.name, wanted);
  if (is_object_file(module)) return fmt::format("{}: {}", path, object_file_advice(path));
  const std::string near = nearest_entry(import, linker);
  if (!near.empty()) out += fmt::format("\n  nearest: {}", near);
  const bool is_linked = std::ranges::any_of(
      linker.entries(), [&](const auto& entry) { return entry.module == import.module; });
  if (const std::string_view advice = advice_for(import); !advice.empty())
    out += fmt::format("\n  {}", advice);
  else if (!is_linked && near.empty())
    out += fmt::format("\n  --link {}=FILE provides the exports of another module under that name",
                       import.module);
  return out;
}

} // namespace waxwing::tool
