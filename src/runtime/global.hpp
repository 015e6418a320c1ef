// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "runtime/cell.hpp"
#include "wasm/types.hpp"

namespace waxwing::runtime {

/// A global's value comes first, so that a pointer to the global is one to its value.
struct Global {
  alignas(16) uint8_t value[16] = {};
  /// Heap types in the registry's terms.
  GlobalType type;
};

} // namespace waxwing::runtime
