// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a module and says in one line what it did, in a way that any other engine can repeat
// (tests/fuzz/execute.mjs does): instantiates it, calls every exported function in order with the
// same arguments, and sums up what is left behind.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "runtime/loaded_module.hpp"

namespace waxwing::fuzz {

/// `OUTCOMES HASH`: a letter for the instantiation and each call (`.` where it returned, `!` for
/// an exception, one for each group of traps that other engines tell apart), and a number
/// made of the results, of the exported numeric globals, and of the exported memories.
///
/// Imported functions of the module `fuzzing-support` take their arguments into the number and
/// return nothing; with any other import the result is `unlinkable`.
///
/// `load` makes the module out of its bytes, in the interpreter if it is empty; what it keeps for a
/// module lasts until it is called again.
using Load = std::function<Result<runtime::LoadedModule*>(runtime::Engine& engine,
                                                          std::span<const uint8_t> module)>;
[[nodiscard]] std::string execute(std::span<const uint8_t> module,
                                  const runtime::EngineConfig& config, const Load& load = {});

/// What the program is linked with: the interpreter (`interpreted.cc`), or compiled code at `level`
/// of optimisation (`compiled.cc`).
[[nodiscard]] Load loader(unsigned level);

} // namespace waxwing::fuzz
