// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The numbers of the handlers, and what their bodies are written with.
#pragma once

#include "interp/code.hpp"
#include "interp/handlers.def"
#include "runtime/plain_access.hpp"
#include "wasm/eval.hpp"

namespace waxwing::interp {

/// Every handler, in the order of `handlers.def`.
enum class Id : uint16_t {
#define WAX_EACH(name) name,
  WAX_ALL_NAMES
#undef WAX_EACH
      count
};

inline constexpr size_t kHandlerCount = static_cast<size_t>(Id::count);

/// The addresses that instructions hold, by number; the same for the whole run of the program.
[[nodiscard]] const Handler* handler_table();

/// Runs from `ip` on until the frame that was entered returns or a trap ends it.
[[nodiscard]] Outcome start(const uint8_t* ip, uint8_t* fp, uint8_t* mem, size_t size,
                            VmContext* vm);

/// The section that holds all handlers and nothing else.
#define WAX_HANDLER_SECTION "wax_handlers"

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE T accumulator(uint64_t ia, float fs, double fd) {
  if constexpr (std::same_as<T, float>)
    return fs;
  else if constexpr (std::same_as<T, double>)
    return fd;
  else
    return static_cast<T>(ia);
}
/// Nothing where the handlers have no accumulators.
template <class T>
WAX_ALWAYS_INLINE void set_accumulator([[maybe_unused]] uint64_t& ia, [[maybe_unused]] float& fs,
                                       [[maybe_unused]] double& fd, [[maybe_unused]] T value) {
  if constexpr (!kFullHandlers)
    return;
  else if constexpr (std::same_as<T, float>)
    fs = value;
  else if constexpr (std::same_as<T, double>)
    fd = value;
  else
    ia = value;
}

template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr T value_of(const Checked<T>& r) {
  return r.value;
}
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr T value_of(const T& r) {
  return r;
}
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr TrapKind trap_of(const Checked<T>& r) {
  return r.trap;
}
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE constexpr TrapKind trap_of(const T&) {
  return TrapKind::none;
}

/// The layout of an instruction whose second operand is an immediate of type `T`.
template <class T>
using ImmLayout = std::conditional_t<std::same_as<T, double>, DstSrcImm64, DstSrcImm>;

/// The same for a comparison that is part of a branch.
template <class T>
using BranchImmLayout = std::conditional_t<std::same_as<T, double>, BranchImm64, BranchImm>;

/// What a load reads and what it makes of it; what a store takes and what it writes.
template <Op O>
struct Traffic;
#define WAX_TRAFFIC(op, memory_type, value_type)                                                   \
  template <>                                                                                      \
  struct Traffic<Op::op> {                                                                         \
    using Memory = memory_type;                                                                    \
    using Value = value_type;                                                                      \
  };
WAX_TRAFFIC(i32_load, uint32_t, uint32_t)
WAX_TRAFFIC(i64_load, uint64_t, uint64_t)
WAX_TRAFFIC(f32_load, float, float)
WAX_TRAFFIC(f64_load, double, double)
WAX_TRAFFIC(i32_load8_s, int8_t, uint32_t)
WAX_TRAFFIC(i32_load8_u, uint8_t, uint32_t)
WAX_TRAFFIC(i32_load16_s, int16_t, uint32_t)
WAX_TRAFFIC(i32_load16_u, uint16_t, uint32_t)
WAX_TRAFFIC(i64_load8_s, int8_t, uint64_t)
WAX_TRAFFIC(i64_load8_u, uint8_t, uint64_t)
WAX_TRAFFIC(i64_load16_s, int16_t, uint64_t)
WAX_TRAFFIC(i64_load16_u, uint16_t, uint64_t)
WAX_TRAFFIC(i64_load32_s, int32_t, uint64_t)
WAX_TRAFFIC(i64_load32_u, uint32_t, uint64_t)
WAX_TRAFFIC(i32_store, uint32_t, uint32_t)
WAX_TRAFFIC(i64_store, uint64_t, uint64_t)
WAX_TRAFFIC(f32_store, float, float)
WAX_TRAFFIC(f64_store, double, double)
WAX_TRAFFIC(i32_store8, uint8_t, uint32_t)
WAX_TRAFFIC(i32_store16, uint16_t, uint32_t)
WAX_TRAFFIC(i64_store8, uint8_t, uint64_t)
WAX_TRAFFIC(i64_store16, uint16_t, uint64_t)
WAX_TRAFFIC(i64_store32, uint32_t, uint64_t)
#undef WAX_TRAFFIC

// Shared memories are read and written by several threads without order; what races there is the
// guest's own business.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE T load_memory(const uint8_t* at) {
  return runtime::load_plain<T>(at);
}
template <class T>
WAX_ALWAYS_INLINE void store_memory(uint8_t* at, const T& value) {
  runtime::store_plain<T>(at, value);
}

/// A reference as what the accumulator holds.
using RefBits = std::conditional_t<kPointerIs64, uint64_t, uint32_t>;

/// Whether `width` bytes at `address` lie outside the first `size`. No sum here can wrap: a 32-bit
/// address and a 32-bit offset make 33 bits.
[[nodiscard]] WAX_ALWAYS_INLINE bool outside(uint64_t address, size_t width, size_t size) {
  return WAX_UNLIKELY(address + width > size);
}

} // namespace waxwing::interp
