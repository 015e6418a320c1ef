// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

#include "wasm/module.hpp"
#include "wasm/names.hpp"

namespace waxwing::describe {

/// What a module calls its functions: the names of its name section, else those of its imports and
/// exports. Refers to the module.
class FunctionNames {
 public:
  explicit FunctionNames(const Module& module) : module_(module), names_(module) {}

  /// The function's name; empty where it has none.
  [[nodiscard]] std::string name_of(FuncIndex function);
  /// The function's name as `MODULE.NAME`, if it is imported; else empty.
  [[nodiscard]] std::string import_name(FuncIndex function) const;
  /// Whether there is a name section with names of functions.
  [[nodiscard]] bool has_names() const { return names_.subsection(NameKind::functions).size != 0; }

 private:
  const Module& module_;
  ModuleNames names_;
};

} // namespace waxwing::describe
