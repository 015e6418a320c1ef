// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/reader.hpp"
#include "wasm/module.hpp"

namespace waxwing::text {

/// The spaces that have names, numbered as the subsections of the name section.
enum class NameSpace : uint8_t {
  module = 0,
  function = 1,
  local = 2,
  label = 3,
  type = 4,
  table = 5,
  memory = 6,
  global = 7,
  elem = 8,
  data = 9,
  field = 10,
  tag = 11,
};

/// What the name section of a module says (spec appendix on custom sections, and its extension to
/// all index spaces). Names that are not UTF-8 are left out, and reading ends at the first thing
/// that is malformed: names never make a module unreadable. Views are into the module's bytes.
class NameSection {
 public:
  explicit NameSection(const Module& module);

  [[nodiscard]] std::string_view module() const { return module_; }
  /// The name of an index, or nothing. Not for locals, labels and fields.
  [[nodiscard]] std::string_view find(NameSpace space, uint32_t index) const;
  /// The name of a local, label or field: of the index `owner` and then `index`.
  [[nodiscard]] std::string_view find(NameSpace space, uint32_t owner, uint32_t index) const;

 private:
  static constexpr size_t kSpaces = 12;
  using Names = std::unordered_map<uint64_t, std::string_view>;

  static uint64_t key(uint32_t owner, uint32_t index) { return uint64_t{owner} << 32 | index; }
  Result<void> read(ByteReader reader);
  Result<void> read_names(ByteReader& reader, uint32_t owner, Names& names);

  std::string_view module_;
  std::array<Names, kSpaces> names_;
};

} // namespace waxwing::text
