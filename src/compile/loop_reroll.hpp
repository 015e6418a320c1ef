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

/// Has `loop`, which is left at its latch only, end when its backedge has been taken
/// `times * (count + 1) - 1` times, by a counter of its own. That is less than 2^63, and `count`
/// can be computed in the preheader.
void set_iterations(llvm::Loop& loop, const llvm::SCEV* count, uint64_t times,
                    llvm::ScalarEvolution& evolution);

/// Rolls the innermost `loop` if it is one block that does the same thing several times, each
/// time a step farther, from first to last: stores, and sums, least and greatest integers from one
/// iteration to the next. All
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
