// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compile/failure.hpp"
#include "compile/object_store.hpp"
#include "compile/options.hpp"

namespace waxwing::compile {

struct Symbol {
  std::string name;
  /// With bit 0 set for a Thumb function.
  uint64_t address = 0;
  uint64_t size = 0;
  bool is_function = false;
};

/// A section with debug information, and where it has addresses of code, as wide as pointers.
struct DebugSection {
  std::string name;
  std::vector<uint8_t> bytes;
  std::vector<uint32_t> addresses;
};

/// Code whose addresses are settled but for where its first byte lies: at a multiple of the
/// target's page.
struct Linked {
  std::vector<uint8_t> rodata;
  uint64_t rodata_address = 0;
  std::vector<uint8_t> text;
  uint64_t text_address = 0;
  std::vector<Symbol> symbols;
  std::vector<DebugSection> debug;
};

/// Links objects, in this order, with the target's helpers. Refuses what an image can't hold
/// (writable data, relocations that depend on where it is loaded, symbols that nothing defines), by
/// name. `folder` is a folder for files on the way.
[[nodiscard]] Outcome<Linked> link_objects(const ObjectStore& objects, const Options& options,
                                           const std::string& folder);

} // namespace waxwing::compile
