// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What translated code is made of. An instruction is one of the layouts below: the address of its
// handler, then its operands packed with their natural widths, so that a handler reads each of them
// by one narrow load and the width of a word is nothing but `sizeof(void*)`. Operands are byte
// offsets from the frame's start ("slots"), immediates, and distances of branches, which are
// counted in bytes from the instruction that holds them.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include "base/bits.hpp"
#include "base/config.hpp"
#include "runtime/cell.hpp"
#include "runtime/gc/aggregate.hpp"
#include "runtime/vmctx.hpp"
#include "wasm/trap.hpp"

namespace waxwing::interp {

using runtime::Cell;
using runtime::FuncRef;
using runtime::Outcome;
using runtime::Ref;
using runtime::RuntimeType;
using runtime::Store;
using runtime::VmContext;

/// The machine state of a running function, one variable each; handlers get them as arguments and
/// pass them on:
///   ip    the instruction that is executed
///   fp    the first byte of the frame
///   mem, size   memory 0: its first byte, and how many bytes may be accessed
///   vm    the instance
///   ia    the integer accumulator: an i32 in the low half, an i64, or a reference
///   fs, fd      the accumulators of f32 and f64
#define WAX_STATE_PARAMETERS                                                                       \
  const uint8_t *ip, uint8_t *fp, uint8_t *mem, size_t size, ::waxwing::runtime::VmContext *vm,    \
      uint64_t ia, float fs, double fd
#define WAX_STATE ip, fp, mem, size, vm, ia, fs, fd

/// What the first word of an instruction points to: a function of the tail form, a label of the
/// computed-goto form, a function of the loop.
using Handler = const void*;

// Layouts. `d` is always the first operand, so that the destination of any instruction can be
// changed without knowing its layout.
struct Plain {
  Handler handler = nullptr;
};
struct Dst {
  Handler handler = nullptr;
  uint16_t d = 0;
};
struct DstSrc {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0;
};
struct DstSrc2 {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0, b = 0;
};
struct DstSrc3 {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0, b = 0, c = 0;
};
/// With an immediate; an i64 operand is its sign extension.
struct DstSrcImm {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0;
  int32_t imm = 0;
};
struct DstSrcImm64 {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0;
  uint32_t imm[2] = {};
};
struct DstImm {
  Handler handler = nullptr;
  uint16_t d = 0;
  int32_t imm = 0;
};
struct DstImm64 {
  Handler handler = nullptr;
  uint16_t d = 0;
  uint32_t imm[2] = {};
};
/// Offsets of 32 bits reach every slot of the largest frame.
struct WideDst {
  Handler handler = nullptr;
  uint32_t d = 0;
};
struct WideCopy {
  Handler handler = nullptr;
  uint32_t d = 0, a = 0;
};
struct WideConst {
  Handler handler = nullptr;
  uint32_t d = 0;
  int32_t imm = 0;
};
struct WideConst64 {
  Handler handler = nullptr;
  uint32_t d = 0;
  uint32_t imm[2] = {};
};
struct CopyPair {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0, d2 = 0, a2 = 0;
};
/// Memory: the address in `a`, the value of a store in `b`.
struct Access {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0;
  uint32_t offset = 0;
};
struct AccessSum {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0, b = 0, offset = 0;
};
struct AccessSumImm {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0;
  int32_t imm = 0;
  uint32_t offset = 0;
};
struct StoreSlot {
  Handler handler = nullptr;
  uint16_t b = 0, a = 0;
  uint32_t offset = 0;
};
struct StoreImm {
  Handler handler = nullptr;
  uint16_t b = 0, a = 0;
  uint32_t offset = 0;
  int32_t imm = 0;
};
struct StoreSum {
  Handler handler = nullptr;
  uint16_t b = 0, a = 0, a2 = 0, offset = 0;
  int32_t imm = 0;
};
struct StoreSumSlot {
  Handler handler = nullptr;
  uint16_t b = 0, a = 0, a2 = 0, offset = 0;
};
/// `sum` is the immediate part of the address.
struct StoreSumImm {
  Handler handler = nullptr;
  uint16_t b = 0, a = 0;
  int32_t sum = 0;
  uint32_t offset = 0;
  int32_t imm = 0;
};
struct AccessAny {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0;
  uint32_t memory = 0;
  uint32_t offset[2] = {};
};
struct StoreAny {
  Handler handler = nullptr;
  uint16_t b = 0, a = 0;
  uint32_t memory = 0;
  uint32_t offset[2] = {};
};
struct Jump {
  Handler handler = nullptr;
  int32_t rel = 0;
};
struct Branch {
  Handler handler = nullptr;
  uint16_t a = 0, b = 0;
  int32_t rel = 0;
};
struct BranchImm {
  Handler handler = nullptr;
  uint16_t a = 0;
  int32_t rel = 0;
  int32_t imm = 0;
};
/// `d += step`, then the comparison with `b` or an immediate.
struct LoopBranch {
  Handler handler = nullptr;
  uint16_t d = 0, b = 0;
  int32_t step = 0;
  int32_t rel = 0;
};
struct LoopBranchImm {
  Handler handler = nullptr;
  uint16_t d = 0;
  int32_t step = 0;
  int32_t rel = 0;
  int32_t imm = 0;
};
/// Followed by `count` + 1 distances (int32_t) from this instruction.
struct BranchTable {
  Handler handler = nullptr;
  uint16_t a = 0;
  uint32_t count = 0;
};
struct GlobalAccess {
  Handler handler = nullptr;
  uint16_t d = 0;
  /// Byte offset from `own_globals`, or the index of an imported one.
  uint32_t global = 0;
};
/// A value is returned from slot `a` to the frame's first cell; the frame's header is at `header`.
struct Return {
  Handler handler = nullptr;
  uint16_t a = 0;
  uint32_t header = 0;
  int32_t imm = 0;
};
struct Return64 {
  Handler handler = nullptr;
  uint16_t a = 0;
  uint32_t header = 0;
  uint32_t imm[2] = {};
};
struct Zero {
  Handler handler = nullptr;
  uint32_t at = 0;
  /// Units of `kZeroUnit` bytes.
  uint32_t count = 0;
};
struct Count {
  Handler handler = nullptr;
  uint32_t count = 0;
};

struct Function;

/// All calls end alike, so that a return address leads to it: where the callee's frame starts,
/// which is where its arguments lie, and where its header will be, both from this frame's start.
struct CallEnd {
  uint32_t frame = 0;
  uint32_t header = 0;
};
struct Call {
  Handler handler = nullptr;
  Function* callee = nullptr;
  CallEnd end{};
};
struct CallImport {
  Handler handler = nullptr;
  uint32_t index = 0;
  uint32_t unused = 0;
  CallEnd end{};
};
struct CallIndirect {
  Handler handler = nullptr;
  const RuntimeType* type = nullptr;
  uint32_t a = 0;
  uint32_t table = 0;
  CallEnd end{};
};
struct CallRef {
  Handler handler = nullptr;
  uint32_t a = 0;
  uint32_t unused = 0;
  CallEnd end{};
};
static_assert(sizeof(Call) == offsetof(Call, end) + sizeof(CallEnd));
static_assert(sizeof(CallImport) == offsetof(CallImport, end) + sizeof(CallEnd));
static_assert(sizeof(CallIndirect) == offsetof(CallIndirect, end) + sizeof(CallEnd));
static_assert(sizeof(CallRef) == offsetof(CallRef, end) + sizeof(CallEnd));

/// Tail calls: `bytes` of arguments lie at `from` and go to the start of the frame, whose header is
/// at `header`.
struct TailCall {
  Handler handler = nullptr;
  uint32_t from = 0;
  uint32_t bytes = 0;
  uint32_t header = 0;
  Function* callee = nullptr;
};
struct TailCallImport {
  Handler handler = nullptr;
  uint32_t from = 0;
  uint32_t bytes = 0;
  uint32_t header = 0;
  uint32_t index = 0;
};
struct TailCallIndirect {
  Handler handler = nullptr;
  uint32_t from = 0;
  uint32_t bytes = 0;
  uint32_t header = 0;
  uint32_t a = 0;
  uint32_t table = 0;
  const RuntimeType* type = nullptr;
};
struct TailCallRef {
  Handler handler = nullptr;
  uint32_t from = 0;
  uint32_t bytes = 0;
  uint32_t header = 0;
  uint32_t a = 0;
};

/// The values of the exception lie at `a`, or the reference to one.
struct Throw {
  Handler handler = nullptr;
  uint32_t a = 0;
  uint32_t tag = 0;
};

/// An operator that is a function call away: bulk operators, tables, growth.
struct HelperCall;
using Helper = TrapKind (*)(VmContext* vm, uint8_t* fp, const HelperCall& call);
struct HelperCall {
  Handler handler = nullptr;
  uint16_t a = 0, b = 0, c = 0, d = 0;
  uint32_t x = 0, y = 0;
  Helper helper = nullptr;
};

/// An operator on objects that is a function: its operands lie in consecutive slots from `at` on,
/// where its result goes too; `top` is the end of the operand stack with them.
struct ObjectCall;
using ObjectFunction = TrapKind (*)(VmContext* vm, uint8_t* fp, const ObjectCall& call);
struct ObjectCall {
  Handler handler = nullptr;
  uint32_t at = 0, top = 0;
  uint32_t x = 0, y = 0;
  const RuntimeType* type = nullptr;
  ObjectFunction function = nullptr;
};

/// A test of a reference's type.
struct RefTest {
  Handler handler = nullptr;
  uint16_t d = 0, a = 0;
  runtime::CastTarget target{};
};
struct RefBranch {
  Handler handler = nullptr;
  uint16_t a = 0;
  int32_t rel = 0;
  runtime::CastTarget target{};
};

inline constexpr uint32_t kZeroUnit = 32;
/// What follows a frame's arguments: the caller's next instruction and its frame.
struct Header {
  const uint8_t* ip;
  uint8_t* fp;
};

/// Alignment of every instruction.
inline constexpr size_t kWord = sizeof(void*);

/// What an immediate of an instruction stands for as a `T`.
template <class T, class I>
[[nodiscard]] WAX_ALWAYS_INLINE T immediate(const I& i) {
  if constexpr (std::is_array_v<decltype(I::imm)>)
    return load_unaligned<T>(&i.imm);
  else if constexpr (std::same_as<T, float>)
    return std::bit_cast<float>(i.imm);
  else if constexpr (sizeof(T) == 8)
    return static_cast<T>(static_cast<int64_t>(i.imm));
  else
    return static_cast<T>(i.imm);
}

/// The value of a slot.
template <class T>
[[nodiscard]] WAX_ALWAYS_INLINE T slot(const uint8_t* fp, size_t offset) {
  return load_unaligned<T>(fp + offset);
}
template <class T>
WAX_ALWAYS_INLINE void set_slot(uint8_t* fp, size_t offset, T value) {
  store_unaligned(fp + offset, value);
}

} // namespace waxwing::interp
