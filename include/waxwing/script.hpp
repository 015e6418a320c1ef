// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "waxwing/engine.hpp"
#include "waxwing/error.hpp"
#include "waxwing/module.hpp"
#include "waxwing/store.hpp"

/// Scripts of the official test suite (`.wast`, WebAssembly/spec, interpreter/README.md): modules,
/// calls, and assertions about what comes of them. Component `script`; not part of
/// `waxwing/waxwing.hpp`.
namespace waxwing::inline v0 {

struct ScriptOptions {
  /// Of the engine that the script and all its threads run in. Each has a store of its own.
  Config config = {};
  Limits limits = {};
  /// Whether the texts of malformed, invalid and unlinkable count as well.
  bool strict_messages = false;
  /// Makes of each valid module what is run in its place, such as `with_machine_code` of it. Called
  /// by the threads of a script, perhaps by several at once. Empty: the module itself.
  std::function<Result<Module>(const Module& module)> prepare = {};
  /// Makes a shared library of a module that was prepared, with C functions of that prefix
  /// (`waxwing/native.hpp`), all its imports from other instances and the runtime in
  /// libwaxwing_native.so: its path. The script loads it and removes the file. Called as `prepare`
  /// is. Empty: modules are run by the engine.
  std::function<Result<std::string>(const Module& module, const std::string& prefix)> make_library =
      {};
};

/// What a script consists of.
struct ScriptStats {
  /// How many commands there were of each kind that there are, in the words of scripts.
  struct Count {
    std::string_view command;
    uint32_t count = 0;
  };
  std::vector<Count> commands;
  /// In the binary format, or translated to it.
  uint32_t modules = 0;
  uint64_t module_bytes = 0;
  uint32_t threads = 0;

  WAXWING_API void add(const ScriptStats& other);
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

  WAXWING_API void add(const ScriptReport& other);
};

/// Executes a script, with the host module `spectest` that scripts expect. `path` is for messages
/// only. Thread-safe.
[[nodiscard]] WAXWING_API ScriptReport run_script(std::string_view path, std::string source,
                                                  const ScriptOptions& options = {});

} // namespace waxwing::inline v0
