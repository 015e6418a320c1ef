// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/link_error.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "waxwing/file_kind.hpp"
#include "waxwing/nearest.hpp"

namespace waxwing::tool {

namespace {

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

std::string_view advice_for(const ImportType& import) {
  for (const Environment& e : kEnvironments) {
    const bool module_fits = e.module.ends_with(':') || e.module.starts_with("__")
                                 ? import.module.starts_with(e.module)
                                 : import.module == e.module;
    if (module_fits && import.name.starts_with(e.name)) return e.advice;
  }
  return {};
}

/// What kind of thing a description such as `(func (param i32))` is of.
std::string_view kind_of(std::string_view text) {
  return text.substr(0, text.find_first_of(" )", 1));
}

/// The description in words: `function (param i32)`.
std::string in_words(std::string_view text) {
  const std::string_view kind = kind_of(text);
  std::string out(kind == "(func" ? "function" : kind.substr(1));
  const std::string_view type = text.substr(kind.size(), text.size() - kind.size() - 1);
  return out.append(type);
}

/// What is there under a name most like the import's: in its module first, else under the same
/// name in another one.
std::string nearest_entry(const ImportType& import, const std::vector<Linker::Name>& there) {
  const std::string_view kind = kind_of(import.text);
  std::vector<std::string_view> names;
  for (const Linker::Name& entry : there)
    if (entry.module == import.module && kind_of(entry.text) == kind) names.push_back(entry.name);
  const std::string_view near = nearest(import.name, names);
  for (const Linker::Name& entry : there) {
    const bool same_name = entry.name == import.name && kind_of(entry.text) == kind;
    if ((entry.module == import.module && !near.empty() && entry.name == near) ||
        (near.empty() && same_name && entry.module != import.module))
      return fmt::format("{}.{}, {}", entry.module, entry.name, in_words(entry.text));
  }
  return {};
}

} // namespace

std::string link_error_text(const std::string& path, const Module& module, const Linker& linker,
                            const Error& wrong) {
  if (wrong.kind != ErrorKind::unknown_import || !wrong.import) return wrong.message;
  if (module.custom_section(kLinkingSection))
    return fmt::format("{}: {}", path, object_file_advice(path));
  const ImportType import = module.imports().at(*wrong.import);
  const std::vector<Linker::Name> there = linker.names();
  std::string out = wrong.message;
  const std::string near = nearest_entry(import, there);
  if (!near.empty()) out += fmt::format("\n  nearest: {}", near);
  const bool is_linked =
      std::ranges::find(there, import.module, &Linker::Name::module) != there.end();
  if (const std::string_view advice = advice_for(import); !advice.empty())
    out += fmt::format("\n  {}", advice);
  else if (!is_linked && near.empty())
    out += fmt::format("\n  --link {}=FILE provides the exports of another module under that name",
                       import.module);
  return out;
}

} // namespace waxwing::tool
