// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Offsets of what compiled code reads and writes in the runtime's structures, for any pointer size
// (docs/abi.md, section 2). Includes nothing of the house but its tables. The runtime asserts its
// own structures against it.
#pragma once

#include <cstdint>

namespace waxwing::image {

/// Fields of VmContext, numbered from 0.
enum class VmField : uint32_t {
#define WAX_VMCTX(type, name, fixed) name,
#include "runtime/vmctx.def"
#undef WAX_VMCTX
};

/// Whether a field never changes once guest code runs (`!invariant.load`).
inline constexpr bool kVmFieldIsFixed[] = {
#define WAX_VMCTX(type, name, fixed) fixed,
#include "runtime/vmctx.def"
#undef WAX_VMCTX
};

/// Functions of the runtime that compiled code calls, by their place in `VmContext::builtins`.
enum class Builtin : uint32_t {
#define WAX_BUILTIN(name, result, parameters, returns) name,
#include "runtime/builtins.def"
#undef WAX_BUILTIN
};

/// One letter a value: `p` pointer, `i` 32-bit integer, `l` 64-bit integer, `v` nothing.
struct BuiltinInfo {
  const char* name;
  char result;
  const char* parameters;
  /// False for what never comes back.
  bool returns;
};
inline constexpr BuiltinInfo kBuiltins[] = {
#define WAX_BUILTIN(name, result, parameters, returns) {#name, #result[0], #parameters, returns},
#include "runtime/builtins.def"
#undef WAX_BUILTIN
};

/// Layouts for pointers of `pointer` bytes.
struct Layout {
  uint32_t pointer;

  [[nodiscard]] constexpr uint32_t vm(VmField field) const {
    return static_cast<uint32_t>(field) * pointer;
  }
  [[nodiscard]] constexpr uint32_t builtin(Builtin number) const {
    return static_cast<uint32_t>(number) * pointer;
  }
  [[nodiscard]] constexpr uint32_t cell() const { return pointer; }

  // Head of a store.
  [[nodiscard]] constexpr uint32_t store_fuel() const { return 0; }
  [[nodiscard]] constexpr uint32_t store_native_stack_limit() const { return 8; }
  [[nodiscard]] constexpr uint32_t store_interrupt_word() const { return 8 + pointer; }
  [[nodiscard]] constexpr uint32_t store_activation() const { return pointer == 8 ? 24 : 16; }

  [[nodiscard]] constexpr uint32_t store_frame_top() const { return store_activation() + pointer; }

  [[nodiscard]] constexpr uint32_t memory_base() const { return 0; }
  [[nodiscard]] constexpr uint32_t memory_size() const { return pointer; }
  [[nodiscard]] constexpr uint32_t table_elements() const { return 0; }
  /// A u64 on every target.
  [[nodiscard]] constexpr uint32_t table_size() const { return 8; }
  /// Distance between the module's own globals.
  [[nodiscard]] constexpr uint32_t global_stride() const { return 32; }

  [[nodiscard]] constexpr uint32_t ref_vmctx() const { return 0; }
  [[nodiscard]] constexpr uint32_t ref_type() const { return pointer; }
  [[nodiscard]] constexpr uint32_t ref_native() const { return 2 * pointer; }
  [[nodiscard]] constexpr uint32_t ref_uniform() const { return 3 * pointer; }
  [[nodiscard]] constexpr uint32_t ref_record() const { return 4 * pointer; }
  /// `FunctionEntry::tail` behind `record`.
  [[nodiscard]] constexpr uint32_t entry_tail() const { return 4; }

  [[nodiscard]] constexpr uint32_t type_depth() const { return 3; }
  [[nodiscard]] constexpr uint32_t type_display() const { return 8; }
  /// A byte: the kind of the type's objects (`kStructKind`, `kArrayKind`).
  [[nodiscard]] constexpr uint32_t type_object() const { return pointer == 8 ? 84 : 52; }

  /// What an object begins with; the rest is wasm/object_layout.hpp.
  [[nodiscard]] constexpr uint32_t object_type() const { return 0; }
};

/// Kinds of objects (`Layout::type_object`).
inline constexpr uint8_t kStructKind = 1;
inline constexpr uint8_t kArrayKind = 2;

/// Addresses that a guarded memory has from its base on: any 32-bit address plus any 32-bit offset
/// plus the widest access.
inline constexpr uint64_t kGuardedBytes = (uint64_t{8} << 30) + (uint64_t{64} << 10);
/// Parameters that `VmContext::tail_arguments` has room for, of 16 bytes each.
inline constexpr uint32_t kTailArguments = 1000;

} // namespace waxwing::image
