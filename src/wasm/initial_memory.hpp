// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "wasm/module.hpp"

namespace waxwing {

/// What active data segments write to memory 0 before anything runs: nothing outside of
/// [`begin`, `end`), and `filled` bytes in all, those that are written twice counted twice.
struct InitialMemory {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t filled = 0;
};

/// Less than this is copied as fast as it is mapped.
inline constexpr uint64_t kLeastMappedMemory = uint64_t{128} * 1024;

/// The place of an active segment in its memory, in bytes, where a constant alone says it.
[[nodiscard]] bool constant_place(const Module& module, const DataSegment& segment,
                                  uint64_t& place);

/// Whether memory 0 starts the same in every instance of a module that is valid, and there is
/// enough in it to be mapped: it is the module's own, not shared, and no active segment of the
/// module can fail (spec section 4.7.2), so that nobody sees it without one of them.
[[nodiscard]] bool initial_memory(const Module& module, InitialMemory& out);

} // namespace waxwing
