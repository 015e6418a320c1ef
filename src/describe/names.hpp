// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wasm/module.hpp"

namespace waxwing::describe {

/// What a module calls its functions: the names of its name section (spec appendix "Custom
/// sections"), else those of imports and exports. Reads the section once; a malformed one has no
/// names from there on. Refers to the module.
class FunctionNames {
 public:
  explicit FunctionNames(const Module& module);

  /// The function's name; empty where it has none.
  [[nodiscard]] std::string name_of(FuncIndex function) const;
  /// Whether there is a name section with names of functions.
  [[nodiscard]] bool has_names() const { return !names_.empty(); }

 private:
  struct Entry {
    FuncIndex function;
    std::string_view name;
  };

  const Module& module_;
  /// In order of their functions.
  std::vector<Entry> names_;
};

/// The module's own name in its name section; empty where there is none. Points into the module's
/// bytes.
[[nodiscard]] std::string_view module_name(const Module& module);

} // namespace waxwing::describe
