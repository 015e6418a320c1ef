// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/error.hpp"
#include "wasm/feature.hpp"

namespace waxwing::text {

struct ParseOptions {
  /// Only the meaning of a few texts depends on it (without 64-bit memories, the bounds of a memory
  /// are 32-bit numbers); whether a module may use a feature is for decoding and validation.
  FeatureSet features = FeatureSet::defaults();
  /// Whether identifiers and `(@name ...)` annotations become a name section.
  bool names = true;
  /// Whether to fill `Binary::source_map`.
  bool source_map = false;
};

/// The source offset of one instruction.
struct SourceLocation {
  uint32_t code;   // offset of its first byte in the module
  uint32_t source; // offset in the text
};

/// A module in the binary format.
struct Binary {
  std::vector<uint8_t> bytes;
  /// The identifier behind `module`, without "$"; empty where there is none.
  std::string id;
  /// In order of `code`; empty unless asked for.
  std::vector<SourceLocation> source_map;
};

/// Translates a module in the text format (spec chapter 6) to the binary format: a `(module ...)`,
/// also in its `binary`, `quote` and `definition` forms, or the fields of one without parentheses
/// around them. Understands core Wasm 3.0, threads, shared types, wide arithmetic, custom page
/// sizes, legacy exceptions, and the annotations `@custom`, `@name` and
/// `@metadata.code.branch_hint`. Checks what is malformed, not what is invalid. Nesting is limited
/// by memory alone.
[[nodiscard]] TextResult<Binary> parse_module(std::string_view source,
                                              const ParseOptions& options = {});

} // namespace waxwing::text
