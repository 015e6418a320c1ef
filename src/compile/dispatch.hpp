// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interpreters that are compiled: a loop around a switch. Processors predict where an indirect jump
// goes by where it is, so one that every instruction of the interpreted program shares is predicted
// badly, and one behind each of them well (Ertl and Gregg, "The Structure and Performance of
// Efficient Interpreters", 2003).
#pragma once

#include "compile/options.hpp"

namespace llvm {
class FunctionPass;
} // namespace llvm

namespace waxwing::compile {

[[nodiscard]] bool threads_dispatch(const Options& options);

/// Copies a small block that ends in a switch to the end of what jumps back to it. To be run after
/// what needs loops to have one entry, which they haven't afterwards.
[[nodiscard]] llvm::FunctionPass* create_dispatch_pass();

/// Gives the copies one jump table. To be run right after instruction selection.
[[nodiscard]] llvm::FunctionPass* create_shared_table_pass();

} // namespace waxwing::compile
