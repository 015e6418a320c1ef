// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a module may have of each thing. The numbers are those that the WebAssembly JavaScript
// Interface gives as implementation-defined limits, so that a module that any browser takes is
// taken here, and no more than that.
#pragma once

#include <cstdint>

namespace waxwing {

/// Offsets are 32 bits wide everywhere.
inline constexpr uint32_t kMaxModuleSize = 0xFFFFFFFF;
inline constexpr uint32_t kMaxTypes = 1'000'000;
inline constexpr uint32_t kMaxFunctions = 1'000'000;
inline constexpr uint32_t kMaxImports = 1'000'000;
inline constexpr uint32_t kMaxExports = 1'000'000;
inline constexpr uint32_t kMaxGlobals = 1'000'000;
inline constexpr uint32_t kMaxTags = 1'000'000;
inline constexpr uint32_t kMaxDataSegments = 100'000;
inline constexpr uint32_t kMaxElemSegments = 10'000'000;
inline constexpr uint32_t kMaxTables = 100'000;
inline constexpr uint32_t kMaxMemories = 100;
inline constexpr uint32_t kMaxParams = 1'000;
inline constexpr uint32_t kMaxResults = 1'000;
inline constexpr uint32_t kMaxFields = 10'000;
/// Operands of `array.new_fixed`.
inline constexpr uint32_t kMaxFixedElements = 10'000;
/// Length of a chain of supertypes.
inline constexpr uint32_t kMaxSubtypeDepth = 63;
inline constexpr uint32_t kMaxBodySize = 7'654'321;
/// Parameters included.
inline constexpr uint32_t kMaxLocals = 50'000;
/// Height of the operand stack in a function; not a limit of the interface's.
inline constexpr uint32_t kMaxOperands = 1'000'000;

} // namespace waxwing
