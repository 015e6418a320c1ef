// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/script.hpp"
#include "wasm/feature.hpp"

namespace waxwing::tool {

struct ScriptCompiler;

struct ScriptOptions {
  FeatureSet features;
  /// Whether the texts of malformed, invalid and unlinkable count as well.
  bool strict_messages = false;
  /// Collect garbage at every allocation.
  bool gc_stress = false;
  /// Null: modules are interpreted.
  const ScriptCompiler* compiler = nullptr;
};

/// What a script consists of.
struct ScriptStats {
  /// By `text::CommandKind`.
  std::array<uint32_t, text::kCommandKinds> commands{};
  uint32_t modules = 0;
  uint64_t module_bytes = 0;
  uint32_t threads = 0;

  void add(const ScriptStats& other);
};

/// What became of one script. `passed + failed + skipped` is the number of its assertions; what
/// fails outside of an assertion (a module, a register, an action alone, the script's own syntax)
/// is an error instead.
struct ScriptReport {
  uint32_t passed = 0;
  uint32_t failed = 0;
  uint32_t skipped = 0;
  uint32_t errors = 0;
  /// One for each failure and error: `FILE:LINE:COLUMN: ...`.
  std::vector<std::string> complaints;
  /// The same for what was skipped, with the reason.
  std::vector<std::string> notes;
  ScriptStats stats;

  void add(const ScriptReport& other);
};

/// Executes a script in an engine and a store of its own, and so each of its threads. `path` is for
/// messages only.
[[nodiscard]] ScriptReport run_script(const std::string& path, std::string source,
                                      const ScriptOptions& options);

} // namespace waxwing::tool
