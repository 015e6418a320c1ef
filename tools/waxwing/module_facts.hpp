// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/module.hpp"

/// What `inspect` tells about a module beyond the `Module` itself.
namespace waxwing::tool {

struct SectionFact {
  uint8_t id;
  std::string_view name;
  /// Of the payload.
  uint32_t offset;
  uint32_t size;
  /// Number of entries; of a custom section none.
  bool has_count;
  uint32_t count;
};

/// The sections of a module that decodes, in their order.
[[nodiscard]] std::vector<SectionFact> list_sections(std::span<const uint8_t> bytes);

struct FunctionFact {
  FuncIndex index;
  /// From the name section, else of an export; empty where it has neither.
  std::string name;
  /// Of the body, its locals included.
  uint32_t offset;
  uint32_t size;
};

/// The functions of a module that have a body, the largest first.
[[nodiscard]] std::vector<FunctionFact> list_functions(const Module& module);

/// Features without any of which the module would not be valid. The other side is why it isn't,
/// whatever is allowed.
[[nodiscard]] std::expected<FeatureSet, Error> needed_features(std::span<const uint8_t> bytes,
                                                               bool has_no_code);

} // namespace waxwing::tool
