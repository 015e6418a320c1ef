// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "describe/names.hpp"

namespace waxwing::describe {

std::string FunctionNames::name_of(FuncIndex function) {
  if (const std::string_view name = names_.function(function); !name.empty())
    return std::string(name);
  if (std::string name = import_name(function); !name.empty()) return name;
  for (const Export& item : module_.exports)
    if (item.kind == ExternKind::func && item.index == function) return std::string(item.name);
  return {};
}

std::string FunctionNames::import_name(FuncIndex function) const {
  if (function >= module_.imported_functions) return {};
  for (const Import& import : module_.imports)
    if (import.kind == ExternKind::func && import.index == function)
      return std::string(import.module) + "." + std::string(import.name);
  return {};
}

} // namespace waxwing::describe
