// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a module and says in one line what it did, in a way that any other engine can repeat
// (tests/fuzz/execute.mjs does): instantiates it, calls every exported function in order with the
// same arguments, and sums up what is left behind.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "runtime/engine.hpp"

namespace waxwing::fuzz {

/// `OUTCOMES HASH`: a letter for the instantiation and each call (`.` where it returned, `!` for
/// an exception, one for each group of traps that other engines tell apart), and a number
/// made of the results, of the exported numeric globals, and of the exported memories.
///
/// Imported functions of the module `fuzzing-support` take their arguments into the number and
/// return nothing; with any other import the result is `unlinkable`.
[[nodiscard]] std::string execute(std::span<const uint8_t> module,
                                  const runtime::EngineConfig& config);

} // namespace waxwing::fuzz
