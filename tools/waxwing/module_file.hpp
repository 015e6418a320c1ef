// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "platform/mapped_file.hpp"
#include "text/parse.hpp"
#include "wasm/feature.hpp"
#include "wasm/module.hpp"

namespace waxwing::tool {

/// A module's bytes: those of a file in the binary format, mapped, or what its text means.
struct ModuleFile {
  /// As given on the command line, for messages.
  std::string path;
  platform::MappedFile file;
  /// Empty for a file in the binary format.
  std::vector<uint8_t> translated;
  bool is_text = false;
  /// A compiled image, checked: the module inside.
  bool is_image = false;
  std::span<const uint8_t> inside;

  /// Those of the module.
  [[nodiscard]] std::span<const uint8_t> bytes() const {
    if (is_image) return inside;
    return is_text ? std::span<const uint8_t>(translated) : file.bytes();
  }
};

/// Opens a module and, where its content is text, translates it. What is wrong has been printed on
/// the other side, which is the exit code.
[[nodiscard]] std::expected<ModuleFile, int> open_module(const std::string& path,
                                                         FeatureSet features);

/// The same, and images: those are checked for being whole, not for running here.
[[nodiscard]] std::expected<ModuleFile, int> open_program(const std::string& path,
                                                          FeatureSet features);

/// Turns offsets in a module that was text into lines and columns.
class SourceMap {
 public:
  SourceMap(const ModuleFile& file, const Module& module);
  /// `LINE:COLUMN` of the instruction at `offset`; for an `end` that isn't written, the instruction
  /// before it. Empty outside of functions, and for a module that was no text.
  [[nodiscard]] std::string place_of(uint32_t offset) const;

 private:
  const ModuleFile& file_;
  const Module& module_;
  std::vector<text::SourceLocation> map_;
};

/// Prints why a module was refused, with file, offset, function and instruction, and returns the
/// exit code.
int print_module_error(const ModuleFile& file, FeatureSet features, const Error& error);

} // namespace waxwing::tool
