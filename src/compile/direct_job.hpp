// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "compile/direct_guest.hpp"
#include "compile/job.hpp"

namespace waxwing::compile {

/// Makes an object of a module without a sandbox, in a child process as `run_contained` does.
/// `options` are direct. Fails over what the module imports and neither the C library nor `input`
/// has, and over a program without a beginning.
[[nodiscard]] Outcome<Packed> run_direct(std::span<const uint8_t> module, FeatureSet features,
                                         const Options& options, const WaxDirectInput& input,
                                         const Listener& listener);

} // namespace waxwing::compile
