// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

namespace waxwing {

/// Why a guest was stopped. The texts live in `describe/`.
enum class TrapKind : uint8_t {
#define WAX_TRAP(name, text) name,
#include "wasm/trap.def"
#undef WAX_TRAP
};

inline constexpr uint8_t kTrapKinds = 0
#define WAX_TRAP(name, text) +1
#include "wasm/trap.def"
#undef WAX_TRAP
    ;

} // namespace waxwing
