// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Undoes what compilers to wasm do to loops: unrolled by a few, a loop has no vectors that are
// worth their shuffles; rolled again, it has.
#pragma once

#include <functional>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/ScalarEvolution.h>

#include "compile/address_range.hpp"

namespace waxwing::compile {

/// An access of the loop, in which no access can trap. Those of one group differ by constants.
struct RolledAccess {
  llvm::Instruction* at;
  size_t group;
  AddressRange* range;
};

/// Rolls the innermost `loop` if it is one block that does the same thing several times, each
/// time a step farther, from first to last: stores, and sums from one iteration to the next. All
/// but the first are erased; the ranges of the first have smaller steps, of which the addresses
/// have yet to be made. Whether two accesses can't touch the same byte in the nest is for
/// `are_apart` to say.
///
/// \param count  how often the backedge is taken, of which steps times it do not overflow
/// \return       the accesses that were erased
[[nodiscard]] llvm::SmallVector<llvm::Instruction*, 16>
reroll(llvm::Loop& loop, const llvm::SCEV* count, llvm::ScalarEvolution& evolution,
       llvm::ArrayRef<RolledAccess> accesses,
       const std::function<bool(const llvm::Instruction*, const llvm::Instruction*)>& are_apart);

} // namespace waxwing::compile
