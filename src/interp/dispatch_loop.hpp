// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dispatch by a loop over function pointers, with the state in memory: half as fast, and right with
// any compiler at any level of optimisation.
#pragma once

#include "interp/handlers.hpp"

namespace waxwing::interp {

struct LoopState {
  const uint8_t* ip;
  uint8_t* fp;
  uint8_t* mem;
  size_t size;
  VmContext* vm;
  uint64_t ia;
  float fs;
  double fd;
  Outcome outcome;
};

/// False when the guest is left, with `outcome`.
using LoopHandler = bool (*)(LoopState& state);

#define WAX_EACH(name) WAX_DECLARE(name)
#define WAX_DECLARE(name) WAX_SECTION(WAX_HANDLER_SECTION) bool handler_##name(LoopState& state);
WAX_ALL_NAMES
#undef WAX_DECLARE
#undef WAX_EACH

} // namespace waxwing::interp

#define WAX_HANDLER(name, ...) WAX_HANDLER_1(name, __VA_ARGS__)
#define WAX_HANDLER_1(name, ...)                                                                   \
  WAX_SECTION(WAX_HANDLER_SECTION) bool handler_##name(LoopState& state) {                         \
    [[maybe_unused]] auto& [ip, fp, mem, size, vm, ia, fs, fd, outcome_out] = state;               \
    [[maybe_unused]] const __VA_ARGS__& i = *reinterpret_cast<const __VA_ARGS__*>(ip);
#define WAX_END }
#define WAX_DISPATCH() return true
#define WAX_NEXT()                                                                                 \
  ip += sizeof i;                                                                                  \
  return true
#define WAX_GO(name) return handler_##name(state)
#define WAX_EXIT(outcome)                                                                          \
  {                                                                                                \
    outcome_out = outcome;                                                                         \
    return false;                                                                                  \
  }
