// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string_view>

#include "base/vec.hpp"
#include "wasm/module.hpp"

namespace waxwing {

/// Subsections of the name section (spec appendix "Custom sections"; from `tables` on, the
/// extended-name-section proposal).
enum class NameKind : uint8_t {
  module = 0,
  functions = 1,
  locals = 2,
  labels = 3,
  types = 4,
  tables = 5,
  memories = 6,
  globals = 7,
  elements = 8,
  data = 9,
  fields = 10,
  tags = 11,
};

/// The names that a module's name section gives, read when they are asked for. Whatever is wrong
/// with the section, there is no error: from where it is malformed on, there are no names, and a
/// name that is not UTF-8 is none. Names point into the module's bytes. One object is for one
/// thread; the module has to outlive it.
class ModuleNames {
 public:
  explicit ModuleNames(const Module& module);

  /// The module's own name; empty where it has none, as in all of these.
  [[nodiscard]] std::string_view module() const;
  /// The first call reads the subsection once and keeps where its names are, if there is memory
  /// for that; later ones are binary searches.
  [[nodiscard]] std::string_view function(FuncIndex index);
  /// Reads the subsection up to the function.
  [[nodiscard]] std::string_view local(FuncIndex function, uint32_t index) const;

  /// Reads the subsection up to the tag.
  [[nodiscard]] std::string_view tag(uint32_t index) const;

  /// The contents of a subsection; empty where there is none.
  [[nodiscard]] ByteRange subsection(NameKind kind) const;

 private:
  struct Entry {
    FuncIndex function;
    uint32_t offset; // of the name's length
  };
  void index_functions();

  const Module& module_;
  ByteRange section_;
  Vec<Entry> functions_;
  bool is_indexed_ = false;
};

} // namespace waxwing
