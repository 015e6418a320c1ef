// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dispatch by tail calls: a handler is a function that jumps to the next. With clang that is
// guaranteed and the state stays in registers by the handlers' calling convention; with GCC it is
// its sibling call optimisation, which a test watches.
#pragma once

#include "interp/handlers.hpp"

namespace waxwing::interp {

using TailHandler = Outcome(WAX_HANDLER_CC*)(WAX_STATE_PARAMETERS);

#define WAX_EACH(name) WAX_DECLARE(name)
#define WAX_DECLARE(name)                                                                          \
  WAX_HANDLER_CC WAX_SECTION(WAX_HANDLER_SECTION)                                                  \
  Outcome handler_##name(WAX_STATE_PARAMETERS);
WAX_ALL_NAMES
#undef WAX_DECLARE
#undef WAX_EACH

} // namespace waxwing::interp

// The parameters that a body doesn't use are passed on all the same.
#define WAX_HANDLER(name, ...) WAX_HANDLER_1(name, __VA_ARGS__)
#define WAX_HANDLER_1(name, ...)                                                                   \
  WAX_HANDLER_CC WAX_SECTION(WAX_HANDLER_SECTION)                                                  \
  Outcome handler_##name([[maybe_unused]] const uint8_t* ip, [[maybe_unused]] uint8_t* fp,         \
                         [[maybe_unused]] uint8_t* mem, [[maybe_unused]] size_t size,              \
                         [[maybe_unused]] ::waxwing::runtime::VmContext* vm,                       \
                         [[maybe_unused]] uint64_t ia, [[maybe_unused]] float fs,                  \
                         [[maybe_unused]] double fd) {                                             \
    [[maybe_unused]] const __VA_ARGS__& i = *reinterpret_cast<const __VA_ARGS__*>(ip);
#define WAX_END }
#define WAX_DISPATCH() WAX_MUSTTAIL return (*reinterpret_cast<const TailHandler*>(ip))(WAX_STATE)
#define WAX_NEXT()                                                                                 \
  ip += sizeof i;                                                                                  \
  WAX_DISPATCH()
#define WAX_GO(name) WAX_MUSTTAIL return handler_##name(WAX_STATE)
#define WAX_EXIT(outcome) return outcome
