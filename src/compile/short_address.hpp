// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Accesses of a guest have two registers for an address, the memory's base and the index. On x86-64
// two registers of the sixteen can't be the first of them without a displacement, which takes a
// byte where it is zero, and on processors that add three numbers more slowly than two a cycle: a
// list is followed in five instead of four.
#pragma once

#include "compile/options.hpp"

namespace llvm {
class FunctionPass;
} // namespace llvm

namespace waxwing::compile {

/// Lets the two registers of an address change places where that saves the displacement, and
/// computes a multiple plus two numbers that is no access's address in two steps. To be run when
/// registers are known.
[[nodiscard]] llvm::FunctionPass* create_short_address_pass();

} // namespace waxwing::compile
