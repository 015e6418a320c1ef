// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

#include "base/error.hpp"
#include "base/vec.hpp"
#include "wasm/trap.hpp"
#include "wasm/types.hpp"

namespace waxwing::runtime {

class LoadedModule;
class Instance;

/// One frame of a stack trace.
struct Frame {
  /// The module of the function, or which imports it where the host has it; null where no module
  /// is known.
  const LoadedModule* module = nullptr;
  const Instance* instance = nullptr;
  FuncIndex function = 0;
  /// Offset in the module's bytes of the instruction that traps or calls.
  uint32_t offset = 0;
  /// False where the offset is only near.
  bool exact = true;
  /// `offset` is a place in the image, whose tables are elsewhere: of an instruction, or in a call.
  bool is_native = false;
  /// The engine's own address of the instruction while `offset` has not been found out yet
  /// (`Store::locate_trace`), then null.
  const void* code = nullptr;
};

/// Collects frames, innermost first, and keeps the first and the last of a deep recursion.
struct TraceSink {
  static constexpr uint32_t kKeep = 64;
  Frame first[kKeep];
  Frame last[kKeep]; // a ring, oldest overwritten
  uint64_t count = 0;

  void add(const Frame& frame) {
    if (count < kKeep)
      first[count] = frame;
    else
      last[count % kKeep] = frame;
    ++count;
  }
};

/// Why a guest was stopped.
struct TrapInfo {
  TrapKind kind = TrapKind::none;
  /// For `exit`.
  uint32_t exit_code = 0;
  /// For an access out of bounds: address, bytes and memory (or table) where known.
  bool has_address = false;
  uint64_t address = 0;
  uint64_t length = 0;
  uint32_t index = 0;
  uint64_t bound = 0;
  /// For `host`: a text that outlives the store.
  const char* message = nullptr;
  /// For `invalid_function`: what is wrong with the body.
  Error error{};
  TraceSink trace;
};

} // namespace waxwing::runtime
