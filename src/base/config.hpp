// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one configuration header. Conditional compilation lives here and in platform/; every other
// file sees plain constants and attributes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace waxwing {

// Width of one interpreter slot, which is also the width of one cell of the uniform entry.
#ifndef WAXWING_SLOT_BITS
#if UINTPTR_MAX > 0xFFFFFFFFu
#define WAXWING_SLOT_BITS 64
#else
#define WAXWING_SLOT_BITS 32
#endif
#endif
inline constexpr unsigned kSlotBits = WAXWING_SLOT_BITS;
static_assert(kSlotBits == 32 || kSlotBits == 64);

inline constexpr bool kPointerIs64 = UINTPTR_MAX > 0xFFFFFFFFu;

// Whether the system can show one file in several memories.
#if defined(__unix__) || defined(__APPLE__)
inline constexpr bool kMapsFiles = true;
#else
inline constexpr bool kMapsFiles = false;
#endif

// The largest unsigned type with arithmetic of its own.
#ifdef __SIZEOF_INT128__
using LargestUint = unsigned __int128;
#else
using LargestUint = uint64_t;
#endif

// Whether rounding to an integer is one instruction, so that `__builtin_floor` never is a call.
#if defined(__SSE4_1__) || defined(__aarch64__) || defined(__ARM_FEATURE_DIRECTED_ROUNDING)
inline constexpr bool kHasRoundInstruction = true;
#else
inline constexpr bool kHasRoundInstruction = false;
#endif

// Which handlers the interpreter has. The full set is for speed: accumulators, operands of every
// kind, handlers that do the work of several operators. The small set (docs/interpreter.md) is for
// targets whose flash is scarce; it runs the same programs, and the rest of the core goes for size
// with it.
#define WAXWING_HANDLERS_FULL 1
#define WAXWING_HANDLERS_SMALL 2
#ifndef WAXWING_HANDLERS
#if UINTPTR_MAX > 0xFFFFFFFFu
#define WAXWING_HANDLERS WAXWING_HANDLERS_FULL
#else
#define WAXWING_HANDLERS WAXWING_HANDLERS_SMALL
#endif
#endif
#if WAXWING_HANDLERS == WAXWING_HANDLERS_FULL
#define WAX_HANDLER_FORMS "interp/forms_full.def"
#define WAX_FUSED_HANDLERS "interp/handlers_fused.def"
#else
#define WAX_HANDLER_FORMS "interp/forms_small.def"
#define WAX_FUSED_HANDLERS "interp/handlers_unfused.def"
#endif
inline constexpr bool kFullHandlers = WAXWING_HANDLERS == WAXWING_HANDLERS_FULL;
static_assert(kFullHandlers || WAXWING_HANDLERS == WAXWING_HANDLERS_SMALL);

// Whether operators on vectors are computed as vectors, or lane by lane, which is less code where
// there are no vector registers.
inline constexpr bool kComputesVectors = kFullHandlers;
// Alignment of a vector as a variable; more than what the stack has costs code in every function.
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
inline constexpr size_t kVectorAlignment = 4;
#else
inline constexpr size_t kVectorAlignment = 16;
#endif

// Whether floats are computed as vectors, which have to follow IEEE 754 for that; NEON on 32-bit
// ARM takes subnormals for zero.
#if defined(__arm__)
inline constexpr bool kFloatVectorsAreIeee = false;
#else
inline constexpr bool kFloatVectorsAreIeee = kComputesVectors;
#endif

// How interpreter handlers reach each other. The tail form needs a guaranteed tail call.
#define WAXWING_DISPATCH_TAIL 1
#define WAXWING_DISPATCH_GOTO 2
#define WAXWING_DISPATCH_LOOP 3
#define WAXWING_DISPATCH_PROFILE 4
#ifndef WAXWING_DISPATCH
#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
#define WAXWING_DISPATCH WAXWING_DISPATCH_TAIL
#elif defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__) &&                         \
    (defined(__x86_64__) || defined(__aarch64__))
#define WAXWING_DISPATCH WAXWING_DISPATCH_TAIL
#elif defined(__OPTIMIZE__)
#define WAXWING_DISPATCH WAXWING_DISPATCH_GOTO
#else
#define WAXWING_DISPATCH WAXWING_DISPATCH_LOOP
#endif
#endif
enum class Dispatch { tail = 1, computed_goto = 2, loop = 3, profile = 4 };
inline constexpr Dispatch kDispatch = static_cast<Dispatch>(WAXWING_DISPATCH);

// What the interpreter's sources include: a group of handlers, and the dispatch itself.
#if WAXWING_DISPATCH == WAXWING_DISPATCH_TAIL
#define WAX_HANDLER_GROUP "interp/group_tail.inc"
#define WAX_DISPATCH_FORM "interp/dispatch_tail.inc"
#elif WAXWING_DISPATCH == WAXWING_DISPATCH_GOTO
#define WAX_HANDLER_GROUP "interp/group_elsewhere.inc"
#define WAX_DISPATCH_FORM "interp/dispatch_goto.inc"
#elif WAXWING_DISPATCH == WAXWING_DISPATCH_LOOP
#define WAX_HANDLER_GROUP "interp/group_loop.inc"
#define WAX_DISPATCH_FORM "interp/dispatch_loop.inc"
#else
#define WAX_HANDLER_GROUP "interp/group_loop.inc"
#define WAX_DISPATCH_FORM "interp/dispatch_profile.inc"
#endif

#if defined(__SANITIZE_THREAD__)
#define WAXWING_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WAXWING_TSAN 1
#endif
#endif
#ifdef WAXWING_TSAN
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

// Functions through which guest code touches memory that its threads share: inlined, except under
// ThreadSanitizer, which would see the access in the function that it was inlined into.
#ifdef WAXWING_TSAN
#define WAX_PLAIN_ACCESS __attribute__((no_sanitize("thread"), noinline)) inline
#else
#define WAX_PLAIN_ACCESS [[gnu::always_inline]] inline
#endif

#if defined(__clang__)
#define WAX_MUSTTAIL [[clang::musttail]]
#else
#define WAX_MUSTTAIL
#endif

// The handler convention: as many arguments in registers as the target can carry, none saved.
#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
#define WAX_HANDLER_CC __attribute__((preserve_none))
#else
#define WAX_HANDLER_CC
#endif

#define WAX_ALWAYS_INLINE [[gnu::always_inline]] inline
#define WAX_NOINLINE [[gnu::noinline]]
#define WAX_INLINE_LAMBDA __attribute__((always_inline))
// Inlined for speed; where size counts, one function that is called.
#if WAXWING_HANDLERS == WAXWING_HANDLERS_FULL
#define WAX_INLINE_IF_FULL [[gnu::always_inline]] inline
#else
#define WAX_INLINE_IF_FULL [[gnu::noinline]] inline
#endif
#define WAX_COLD [[gnu::cold, gnu::noinline]]
#define WAX_LIKELY(x) __builtin_expect(!!(x), 1)
#define WAX_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define WAX_NO_SANITIZE_THREAD __attribute__((no_sanitize("thread")))
#define WAX_NO_SANITIZE_ADDRESS __attribute__((no_sanitize("address")))
#define WAX_SECTION(name) __attribute__((section(name)))

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Waxwing runs on little-endian targets only"
#endif

} // namespace waxwing
