// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "compile/failure.hpp"
#include "compile/options.hpp"
#include "compile/pack.hpp"
#include "wasm/feature.hpp"

namespace waxwing::compile {

/// What hears of the work. Any of them may be empty.
struct Listener {
  /// The function that is worked on now; for messages about crashes.
  std::function<void(FuncIndex)> at;
  /// Functions compiled, functions in all, bytes of code. False gives up.
  std::function<bool(uint32_t, uint32_t, uint64_t)> progress;
};

/// One compilation from first to last, in this process: LLVM may still end it.
[[nodiscard]] Outcome<Packed> run_job(std::span<const uint8_t> module, FeatureSet features,
                                      const Options& options, const Listener& listener);

/// Turns the interface's options into ours; what they leave open is decided, what they get wrong
/// said.
[[nodiscard]] Outcome<Options> read_options(const WaxCompileOptions& options);

/// The same in a child process, so that errors inside LLVM become errors like any other: a fork
/// without exec, as the module does not know the program that it is loaded into.
[[nodiscard]] Outcome<Packed> run_contained(std::span<const uint8_t> module, FeatureSet features,
                                            const Options& options, const Listener& listener);

/// Something that is done in a child process.
using ContainedWork = std::function<Outcome<Packed>(const Listener& listener)>;

/// Does it, with what it makes and says brought over here. `again`, where there is one, is done
/// instead of reporting that LLVM has crashed.
[[nodiscard]] Outcome<Packed> contain(ContainedWork job, const Listener& listener,
                                      const std::function<Outcome<Packed>()>& again = {});

} // namespace waxwing::compile
