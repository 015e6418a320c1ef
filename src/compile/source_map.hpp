// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names and lines of the source for debuggers and profilers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compile/options.hpp"
#include "wasm/module.hpp"
#include "wasm/names.hpp"

namespace llvm {
class MachineFunctionPass;
class StringRef;
} // namespace llvm

namespace waxwing::compile {

/// Names of functions as people know them. For one thread; `wasm` outlives it.
class SourceNames {
 public:
  explicit SourceNames(const waxwing::Module& wasm);

  /// From the name section, else as it is exported; empty where it has none.
  [[nodiscard]] std::string name_of(FuncIndex function);
  /// What a symbol of the objects is called in files for people.
  [[nodiscard]] std::string symbol_of(const std::string& symbol);

 private:
  const waxwing::Module& wasm_;
  ModuleNames names_;
  /// By function; empty where it is not exported.
  std::vector<std::string_view> exported_;
};

/// A place in the source: a file of `SourceMap::files`, and in it a line (0: unknown) and a column.
struct SourcePlace {
  uint32_t file = 0;
  uint32_t line = 0;
  uint32_t column = 0;
  friend bool operator==(const SourcePlace&, const SourcePlace&) = default;
};

/// Where operators stand in the source: as the caller says, else by the DWARF in the module (line
/// tables; DWARF for WebAssembly, section 2), else their offsets as lines of the module itself.
/// Immutable: any number of threads may ask.
class SourceMap {
 public:
  SourceMap(const waxwing::Module& wasm, const Options& options);

  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  /// Of the operator at `offset` of the module.
  [[nodiscard]] SourcePlace find(uint32_t offset) const;
  /// Of the first operator of a function that has one.
  [[nodiscard]] SourcePlace begin_of(FuncIndex function) const;
  [[nodiscard]] const waxwing::Module& wasm() const { return wasm_; }

 private:
  struct Row {
    uint32_t offset;
    SourcePlace place;
  };
  void read_dwarf();

  const waxwing::Module& wasm_;
  std::vector<std::string> files_;
  /// By offset. Without any, lines are offsets.
  std::vector<Row> rows_;
};

/// The pass that turns the offsets that machine code carries into lines of the source, and names
/// functions; made for one run.
[[nodiscard]] llvm::MachineFunctionPass* create_line_pass(const SourceMap& map);

} // namespace waxwing::compile
