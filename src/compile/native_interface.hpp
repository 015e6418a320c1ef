// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a module is to a program in C: the functions that it gives and those that it wants. The
// object and the header of a native library are both made of this.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compile/failure.hpp"
#include "wasm/module.hpp"

namespace waxwing::compile {

/// A function of the module, or of its embedder, as a C function.
struct CFunction {
  /// Of C, prefix included.
  std::string symbol;
  FuncIndex function = 0;
  /// As the module knows it; `module` is for imports.
  std::string module;
  std::string name;
  std::vector<ValType> params;
  std::vector<ValType> results;
};

struct CInterface {
  std::string prefix;
  std::vector<CFunction> exports;
  std::vector<CFunction> imports;
  /// Exported functions with types that C has not: references and vectors.
  std::vector<std::string> left_out;
  /// Functions of WASI that are imported, each once, and whether threads are made.
  std::vector<std::string> wasi;
  bool makes_threads = false;
  /// The memory that is exported as `memory`.
  std::optional<uint32_t> memory;
};

/// Names get `prefix` and an underscore in front; what is no letter or digit becomes an underscore,
/// and a name that is there already gets a number. An empty prefix is an executable's, which has no
/// embedder. What is imported from modules in `instances` (`*`: all but WASI) are exports of other
/// instances. Fails over imports that nobody can supply.
[[nodiscard]] Outcome<CInterface> c_interface(const waxwing::Module& wasm, std::string_view prefix,
                                              std::span<const std::string_view> instances = {});

/// The C type of a number.
[[nodiscard]] const char* c_type(ValType type);

/// The header for the functions of `interface`; `name` is the module's.
[[nodiscard]] std::string c_header(const CInterface& interface, std::string_view name);

} // namespace waxwing::compile
